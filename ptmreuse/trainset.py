"""Labelled papers loaded from a trainset, and what is in one: `python -m ptmreuse.trainset trainsets/papers.jsonl`.

    trainsets/papers.jsonl      ours: passages, answers and quotes in each row
    trainsets/real.jsonl        answers and places of quotes; the text comes from the user's own copies
    labels.csv, labels.jsonl    a user's labels by DOI or file name, joined with the papers
    a folder of Parquet, a hub id

All of them go through `datasets`; what it writes down while it loads is gone afterwards.
"""

import argparse
import hashlib
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from program.evidence import locate
from program.paper import Paper, Paragraph
from ptmreuse.copies import find_copies
from ptmreuse.errors import UsageError
from ptmreuse.labelled import LabelledModel, LabelledPaper
from ptmreuse.places import quoted
from ptmreuse.rows import PaperRow, QuotePlace, Split, checked, from_csv, from_jsonl
from signatures.labels import Pattern, Step

RUN = 8  # words that two papers may not share
NEAR = 0.1  # share of the smaller paper's runs from which two papers are near-duplicates

_HUB = re.compile(r"[\w.-]+/[\w.-]+")
_SPLITS = {"train": "train", "validation": "val", "val": "val", "dev": "val", "test": "test"}


class Overlap(NamedTuple):
    """Two papers that are not disjoint: their ids, and the share of the smaller one's runs of words that both have."""

    first: str
    second: str
    share: float


def load(source: str, split: str | None = None, papers: Path | None = None) -> list[LabelledPaper]:
    """The labelled papers of a source, of one split or of all; text that is not in the rows comes from `papers`.

    Raises UsageError with every faulty row (its line, field and value), or every paper that is missing or whose quotes
    are not where the labels say.
    """
    rows = _checked(source, _read(source))
    rows = [(line, row) for line, row in rows if split in (None, row.split)]
    joined = _joined(source, [row for _, row in rows if not row.passages], papers)
    problems: list[str] = []
    loaded = [_labelled(row, joined.get(row.key), line, problems) for line, row in rows]
    _raise(source, problems, "correct the quotes, or give the copies that were labelled")
    return loaded


def digest(papers: Iterable[LabelledPaper]) -> str:
    """16 hexadecimal digits of the papers' texts and labels, the same in any order."""
    told = sorted(f"{p.paper.text_hash} {p.uses_deep_learning} {p.reuses_ptm} {p.models} {p.quotes}" for p in papers)
    return hashlib.blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def overlaps(first: Sequence[LabelledPaper], second: Sequence[LabelledPaper], near: float = NEAR) -> list[Overlap]:
    """Pairs of papers of two sets that are the same by id or DOI (share 1.0) or share at least `near` of their runs."""
    known: dict[str, set[int]] = {}
    runs_of = [_runs(labelled.paper) for labelled in first]
    for at, runs in enumerate(runs_of):
        for run in runs:
            known.setdefault(run, set()).add(at)
    found = []
    for labelled in second:
        runs = _runs(labelled.paper)
        shared = Counter(at for run in runs for at in known.get(run, ()))
        for at, other in enumerate(first):
            smaller = min(len(runs), len(runs_of[at]))
            share = 1.0 if _same(labelled.paper, other.paper) else shared[at] / smaller if smaller else 0.0
            if share and share >= near:
                found.append(Overlap(other.paper.source, labelled.paper.source, round(share, 4)))
    return found


def _same(one: Paper, other: Paper) -> bool:
    return one.source == other.source or (bool(one.doi) and one.doi.lower() == other.doi.lower())


def _runs(paper: Paper) -> set[str]:
    """Every run of `RUN` words in the title or a paragraph."""
    texts = (re.findall(r"\w+", text.lower()) for text in (paper.title, *(p.text for p in paper.paragraphs)))
    return {" ".join(words[at : at + RUN]) for words in texts for at in range(len(words) - RUN + 1)}


def _read(source: str) -> Iterator[tuple[int, Any, str]]:
    """Line or row number and raw row, or what is wrong with it."""
    path = Path(source)
    if path.is_file() and path.suffix.lower() in (".jsonl", ".json", ".csv"):
        lines = [each["text"] for _, rows in _dataset(source, "text", data_files=source) for each in rows]
        yield from from_csv(lines) if path.suffix.lower() == ".csv" else from_jsonl(lines)
        return
    if path.is_file() and path.suffix.lower() == ".parquet":
        found = _dataset(source, "parquet", data_files=source)
    elif path.is_dir() or (not path.exists() and not path.suffix and _HUB.fullmatch(source)):
        found = _dataset(source, source)
    else:
        wanted = "give a .jsonl, .csv or .parquet file, a folder of Parquet, or a hub id such as owner/name"
        raise UsageError(f"{source}: {'not a trainset' if path.exists() else 'no such file'}; {wanted}")
    numbered = enumerate(((name, row) for name, rows in found for row in rows), 1)
    for number, (name, row) in numbered:
        filled = {field: value for field, value in row.items() if value is not None}
        yield number, {"split": _SPLITS.get(name, "train")} | filled, ""


def _dataset(source: str, *what: str, **where: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """The rows of each split, by `datasets`, which is imported here because that takes seconds."""
    import datasets

    with tempfile.TemporaryDirectory(prefix="ptmreuse-") as cache:
        try:
            splits = datasets.load_dataset(*what, streaming=True, cache_dir=cache, **where)
            return [(str(name), list(rows)) for name, rows in splits.items()]
        except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            advice = (
                "look at the file" if Path(source).exists() else "no such file here; as a hub id it needs the network"
            )
            raise UsageError(f"{source}: can't be loaded ({reason}); {advice}") from error


def _checked(source: str, raw: Iterable[tuple[int, Any, str]]) -> list[tuple[int, PaperRow]]:
    rows: list[tuple[int, PaperRow]] = []
    problems: list[str] = []
    lines: dict[str, int] = {}
    for line, value, fault in raw:
        row, faults = (None, [fault]) if fault else checked(value)
        if row and row.key in lines:
            faults = [f"{row.key} is labelled in line {lines[row.key]} already"]
        elif row:
            lines[row.key] = line
            rows.append((line, row))
        problems += [f"line {line}: {each}" for each in faults]
    _raise(source, problems, "correct them and load it again")
    if not rows:
        raise UsageError(f"{source}: holds no labelled paper; give one row per paper")
    return rows


def _joined(source: str, rows: Sequence[PaperRow], papers: Path | None) -> dict[str, Paper]:
    if not rows:
        return {}
    if papers is None:
        raise UsageError(f"{source}: {len(rows)} papers without their text; give the folder of your copies (--papers)")
    found, missing = find_copies(rows, papers)
    _raise(source, [f"{key}: {reason}" for key, reason in missing.items()], "add the papers, or remove their rows")
    return found


def _labelled(row: PaperRow, copy: Paper | None, line: int, problems: list[str]) -> LabelledPaper:
    paper = copy or _own(row)

    def text(quote: str | QuotePlace, field: str) -> str:
        given = quoted(quote, paper) if isinstance(quote, QuotePlace) else quote
        if given is None:
            problems.append(f"line {line}: {field}: the paragraph at {quote} of {row.key} is not the one labelled")
        elif given and not locate(given, paper):
            problems.append(f"line {line}: {field} = {given[:60]!r}: is not in {row.key}")
        return given or ""

    answers = (row.uses_deep_learning, row.reuses_ptm)
    quotes = [text(a.quote, f"{n}.quote") for a, n in zip(answers, ("uses_deep_learning", "reuses_ptm"), strict=True)]
    models = []
    for at, model in enumerate(row.models):
        mention = text(model.quote, f"models[{at}].quote")
        each = [text(p.quote, f"models[{at}].patterns[{n}].quote") for n, p in enumerate(model.patterns)]
        own = (mention, *each, text(model.step_quote, f"models[{at}].step_quote"))
        models.append(
            LabelledModel(
                model.name,
                model.mention or model.name,
                tuple(p.pattern for p in model.patterns),
                model.step,
                _filled(own),
                model.also,
                model.optional,
                model.pattern_debatable,
                model.step_debatable,
            )
        )
    return LabelledPaper(
        paper, answers[0].answer, answers[1].answer, tuple(models), tuple(filter(None, quotes)), row.split
    )


def _filled(quotes: tuple[str, ...]) -> tuple[str, ...]:
    """Quotes of mention, patterns and step: one that is missing is the mention's, or any other."""
    first = next(filter(None, quotes), "")
    if not any(quotes[1:]):
        return (first,) if first else ()
    return tuple(quote or first for quote in quotes)


def _own(row: PaperRow) -> Paper:
    passages = [Paragraph(p.text, p.kind, p.section, f"passages[{n}]") for n, p in enumerate(row.passages)]
    subjects = (row.field,) if row.field else ()
    return Paper(row.key, row.title, tuple(passages), doi=row.doi, year=row.year, subjects=subjects)


def _raise(source: str, problems: Sequence[str], advice: str) -> None:
    if problems:
        each = "".join(f"\n  {problem}" for problem in problems)
        raise UsageError(f"{source}: {len(problems)} at fault; {advice}{each}")


def counts(papers: Sequence[LabelledPaper]) -> str:
    """How many papers and models have each label, per split, as a Markdown table."""
    told: list[tuple[str, str]] = [(label, labelled.split) for labelled in papers for label in _labels(labelled)]
    number = Counter(told)
    yes_no = ("papers", "no deep learning", "deep learning, no reuse", "reuse", "models")
    answers = (*(f"pattern: {each}" for each in get_args(Pattern)), *(f"step: {each}" for each in get_args(Step)))
    lines = ["| | train | val | test | all |", "|---|--:|--:|--:|--:|"]
    for label in (*yes_no, *answers):
        each = [number[label, split] for split in get_args(Split)]
        lines.append(f"| {' | '.join([label, *map(str, each), str(sum(each))])} |")
    return "\n".join(lines)


def _labels(labelled: LabelledPaper) -> Iterator[str]:
    yield "papers"
    yield (
        "reuse"
        if labelled.reuses_ptm
        else "deep learning, no reuse"
        if labelled.uses_deep_learning
        else "no deep learning"
    )
    for model in labelled.models:
        yield from ("models", *(f"pattern: {pattern}" for pattern in model.patterns), f"step: {model.step}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the label counts of a trainset; exit code 2 with its faults when it has any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a trainset: file, folder of Parquet, or hub id")
    parser.add_argument(
        "--papers", type=Path, metavar="DIR", help="your copies of papers whose text is not in the rows"
    )
    given = parser.parse_args(arguments)
    try:
        papers = load(given.source, papers=given.papers)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{counts(papers)}\n\ndigest {digest(papers)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
