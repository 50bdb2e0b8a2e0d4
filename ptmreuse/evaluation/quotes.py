"""The quotes of an answer: are they verbatim in the paper, and are they those that the labels quote?"""

from collections.abc import Iterable, Sequence

from program.answers import Finding
from program.evidence import MIN_QUOTE, squeeze
from program.gate import NOT_FOUND
from ptmreuse.evaluation.judged import Quote
from ptmreuse.labelled import LabelledPaper


def quotes(findings: Iterable[Finding], labelled: LabelledPaper) -> tuple[Quote, ...]:
    """The quotes of an answer's findings; a finding that came without a quote has none.

    A quote is labelled when it overlaps any labelled quote of the paper, be it of another stage: labels quote one
    sentence per answer, and the sentence that shows the fine-tuning of a model also shows its reuse.
    """
    wanted = [quote for quote in labelled.all_quotes if quote]
    return tuple(_quote(f, wanted) for f in findings if f.evidence or f.reason == NOT_FOUND)


def overlap(one: str, other: str) -> bool:
    """Whether two quotes overlap: one holds the other, or they share a run of half of the shorter one.

    Compared as evidence is, without white space and with one kind of dash and quotation mark. A run counts from 12
    characters on, the least that evidence has: shorter ones are shared by chance.
    """
    short, long = sorted((squeeze(one), squeeze(other)), key=len)
    run = min(len(short), max(MIN_QUOTE, -(-len(short) // 2)))
    return bool(short) and any(short[at : at + run] in long for at in range(len(short) - run + 1))


def _quote(finding: Finding, wanted: Sequence[str]) -> Quote:
    if not finding.evidence:
        return Quote("", "", verbatim=False, labelled=False if wanted else None)
    text = finding.evidence.quote
    labelled = any(overlap(text, quote) for quote in wanted) if wanted else None
    return Quote(text, finding.evidence.where, verbatim=True, labelled=labelled)
