"""What a stage sees of a paper: its telling sentences, within a token budget.

Sentences are scored by cues (deep learning, training, pre-trained weights, catalogue names, first person and passive
use) and by section: methods, results and captions before introduction and discussion. The best sentence of every model
that the paper names comes first, then the rest by score. Neighbouring sentences join to one numbered passage; the last
line counts what was left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from program import catalogue
from program.cues import cues, may_trigger
from program.paper import Paper, Paragraph, SectionKind
from program.sentences import Sentence, split

CHARACTERS_PER_TOKEN = 4  # estimate for English scientific text; an LM's own count is in the ledger
SHARE = 0.15  # of the paper's tokens
FLOOR, CEILING = 500, 2400  # tokens

_SECTION_WEIGHT: dict[SectionKind, float] = {
    "methods": 1.25,
    "results": 1.0,
    "abstract": 1.0,
    "caption": 0.9,
    "table": 0.6,
    "appendix": 0.8,
    "other": 0.7,
    "discussion": 0.6,
    "introduction": 0.4,
    "acknowledgement": 0.2,
}
_CUE_WEIGHT = {
    "deep": 2.0,
    "pretrained": 2.0,
    "finetune": 1.0,
    "features": 0.7,
    "training": 1.0,
    "train": 0.7,
    "scratch": 0.5,
    "own_design": 0.5,
    "inspired": 0.5,
    "reported_numbers": 0.3,
}
_MARKER = re.compile(r"\[\[\s*##|##\s*\]\]")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Passages:
    """Rendered passages and what they cost: estimated tokens, of the paper's tokens; telling sentences shown, left out."""

    text: str
    tokens: int
    paper_tokens: int
    shown: int
    left_out: int


@dataclass(slots=True)
class _Candidate:
    paragraph: int
    number: int
    sentence: Sentence
    score: float
    names: frozenset[str]


def estimate_tokens(text: str) -> int:
    """The estimated number of tokens of a text."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def default_budget(paper: Paper) -> int:
    """The tokens that a stage may see: a share of the paper, between a floor and a ceiling."""
    return int(min(CEILING, max(FLOOR, SHARE * paper_tokens(paper))))


def paper_tokens(paper: Paper) -> int:
    """The estimated tokens of the whole body."""
    return sum(len(p.text) for p in paper.paragraphs) // CHARACTERS_PER_TOKEN


def choose(paper: Paper, models: Sequence[str] = (), budget: int | None = None) -> Passages:
    """Choose passages for the stages that ask about the paper or, with `models`, for those that ask about them."""
    wanted = frozenset(models)
    candidates = [c for at, p in enumerate(paper.paragraphs) for c in _candidates(at, p, paper, wanted)]
    chosen = _within(budget or default_budget(paper), candidates, paper)
    text = _render(paper, chosen, len(candidates))
    shown = len(chosen)
    return Passages(text, estimate_tokens(text), paper_tokens(paper), shown, max(0, len(candidates) - shown))


def _candidates(at: int, paragraph: Paragraph, paper: Paper, wanted: frozenset[str]) -> Iterable[_Candidate]:
    words = set(_WORD.findall(paragraph.text.lower()))
    named = not words.isdisjoint(catalogue.first_tokens())
    if not named and not may_trigger(words) and not _mentions(paragraph.text, wanted):
        return
    mentions = catalogue.find(paragraph.text) if named else []
    weight = _SECTION_WEIGHT[paragraph.kind]
    for number, sentence in enumerate(split(paragraph.text)):
        inside = [m for m in mentions if sentence.start <= m.start < sentence.end]
        score = _score(sentence.text, inside, paper, wanted)
        if score > 0:
            names = frozenset(m.entry.name for m in inside if m.entry.depth != "shallow")
            yield _Candidate(at, number, sentence, score * weight, names)


def _score(sentence: str, mentions: list[catalogue.Mention], paper: Paper, wanted: frozenset[str]) -> float:
    found = cues(sentence)
    score = sum(_CUE_WEIGHT.get(cue, 0.0) for cue in found)
    year = paper.year or paper.latest_cited_year
    if any(m.entry.is_deep(year) for m in mentions):
        score += 3.0
    elif mentions:
        score += 1.0
    if wanted:
        score = score * 0.5 + 4.0 * _asked(sentence, mentions, wanted)
    if score <= 0:
        return 0.0
    if {"we", "was"} & found and {"use", "output", "train"} & found:
        score += 1.5
    if {"outlook", "others"} & found:
        score -= 0.5
    return max(score, 0.1)


def _asked(sentence: str, mentions: list[catalogue.Mention], wanted: frozenset[str]) -> float:
    if _mentions(sentence, wanted) or any(m.entry.name in wanted for m in mentions):
        return 1.0
    families = {catalogue.canonical(name).family for name in wanted}
    return 0.6 if any(m.entry.family in families for m in mentions) else 0.0


def _mentions(text: str, wanted: frozenset[str]) -> bool:
    return any(name in text for name in wanted)


def _within(budget: int, candidates: list[_Candidate], paper: Paper) -> list[_Candidate]:
    """The best sentences that fit, at first one for every named model, in the paper's order."""
    ranked = sorted(candidates, key=lambda c: (-c.score, c.paragraph, c.number))
    seen: Counter[str] = Counter()
    first: list[_Candidate] = []
    for candidate in ranked:
        if any(not seen[name] for name in candidate.names):
            first.append(candidate)
            seen.update(candidate.names)
    leaders = {id(c) for c in first}
    chosen: list[_Candidate] = []
    left = budget * CHARACTERS_PER_TOKEN
    for candidate in (*first, *(c for c in ranked if id(c) not in leaders)):
        cost = len(candidate.sentence.text) + 8
        if cost <= left:
            chosen.append(candidate)
            left -= cost
    return sorted(chosen or _opening(paper, left), key=lambda c: (c.paragraph, c.number))


def _opening(paper: Paper, characters: int) -> list[_Candidate]:
    """For a paper without any cue: the first sentences of its abstract and methods, so that the answer can be no."""
    opening: list[_Candidate] = []
    for at, paragraph in enumerate(paper.paragraphs):
        if paragraph.kind in {"abstract", "methods"} or at < 2:
            for number, sentence in enumerate(split(paragraph.text)[:2]):
                characters -= len(sentence.text) + 8
                if characters < 0 or len(opening) == 12:
                    return opening
                opening.append(_Candidate(at, number, sentence, 0.0, frozenset()))
    return opening


def _render(paper: Paper, chosen: list[_Candidate], telling: int) -> str:
    lines: list[str] = []
    previous: _Candidate | None = None
    for candidate in chosen:
        text = neutralise(candidate.sentence.text)
        if previous and (candidate.paragraph, candidate.number) == (previous.paragraph, previous.number + 1):
            lines[-1] += " " + text
        else:
            paragraph = paper.paragraphs[candidate.paragraph]
            lines.append(f"[{len(lines) + 1}] ({heading(paragraph)}) {text}")
        previous = candidate
    left_out = max(0, telling - len(chosen))
    lines.append(f"({left_out} further sentences with such words left out)" if left_out else "(nothing left out)")
    return "\n".join(lines)


def heading(paragraph: Paragraph) -> str:
    """The section as a passage shows it: kind, then the innermost title when it says more."""
    title = neutralise(paragraph.section.rsplit(" > ", 1)[-1])[:60].replace("(", "").replace(")", "")
    return f"{paragraph.kind}: {title}" if title and title.lower() != paragraph.kind else paragraph.kind


def neutralise(text: str) -> str:
    """Text that can't open a prompt field or a passage: one line, field markers taken apart.

    The fullwidth number sign reads as before and is folded back when a quote is located.
    """
    return " ".join(_MARKER.sub(lambda m: m.group().replace("#", "＃"), text).split())


def stated_title(paper: Paper) -> str:
    """The title as a prompt shows it."""
    return neutralise(paper.title) or "untitled"


def stated_year(paper: Paper) -> str:
    """The year of publication as a prompt shows it, or the latest year that the paper cites."""
    if paper.year:
        return str(paper.year)
    return f"unknown, cites work of {paper.latest_cited_year}" if paper.latest_cited_year else "unknown"
