"""What a stage sees of a paper: its telling sentences, within a token budget.

Sentences are scored by cues (deep learning, training, pre-trained weights, catalogue names, first person and passive
use) and by section: methods, results and captions before introduction and discussion. The best sentence of every model
that the paper names comes first, then the rest by score. Neighbouring sentences join to one numbered passage; the last
line counts what was left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from program import catalogue
from program.cues import cues, may_trigger
from program.paper import Paper, Paragraph, SectionKind
from program.sentences import split

CHARACTERS_PER_TOKEN = 4  # estimate for English scientific text; an LM's own count is in the ledger
SHARE = 0.32  # of the paper's tokens; most papers have fewer telling sentences than that
FLOOR, CEILING = 500, 4500  # tokens
BEFORE, AFTER = 0.4, 0.3  # share of the score of the sentence before and after: "It was trained on ..."
TELLING = 1.0  # least score of a sentence that is worth its tokens
PER_MODEL = 3  # sentences that every named model has before the rest is ranked
ABSTRACT = 2.0  # score of a sentence of the abstract for the stages on models: it says what the study is after
_OPENING = 12  # sentences of a paper without any cue
_LONG = 500  # characters of one of them
_NUMBERING = 10  # characters of "[123] () " and the line end
_LEFT_OUT = "({} further sentences with such words left out)"

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
    "neural": 2.0,
    "pretrained": 2.0,
    "finetune": 1.0,
    "features": 0.7,
    "training": 1.0,
    "train": 0.7,
    "scratch": 0.5,
    "own_design": 0.5,
    "inspired": 0.5,
    "reported_numbers": 0.3,
    "architecture": 0.6,
    "baseline": 0.4,
}
_RESEARCH = re.compile(r"research|report|data|^article|^other|method|original|software|resource")
_MARKER = re.compile(r"\[\[\s*##|##\s*\]\]")


@dataclass(frozen=True, slots=True)
class Passages:
    """Rendered passages, their estimated tokens and the whole paper's, and the telling sentences shown and left out."""

    text: str
    tokens: int
    paper_tokens: int
    shown: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence of deep learning, or next to one: paragraph, number in it, text, score, the models that it names."""

    paragraph: int
    number: int
    text: str
    score: float
    mentions: tuple[catalogue.Mention, ...]

    @property
    def names(self) -> frozenset[str]:
        """The canonical names of the models that it names, shallow tools apart."""
        return frozenset(m.entry.name for m in self.mentions if m.entry.depth != "shallow")


def estimate_tokens(text: str) -> int:
    """The estimated number of tokens of a text."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def paper_tokens(paper: Paper) -> int:
    """The estimated tokens of the whole body."""
    return sum(len(p.text) for p in paper.paragraphs) // CHARACTERS_PER_TOKEN


def default_budget(paper: Paper) -> int:
    """The tokens that a stage may see: a share of the paper, between a floor and a ceiling."""
    return int(min(CEILING, max(FLOOR, SHARE * paper_tokens(paper))))


class Survey:
    """A paper's telling sentences, found once for all stages. `budget` is in tokens; None takes `default_budget`."""

    def __init__(self, paper: Paper, budget: int | None = None) -> None:
        self.paper = paper
        self._budget = budget or default_budget(paper)
        self._year = paper.year or paper.latest_cited_year
        self._telling = [t for at, p in enumerate(paper.paragraphs) for t in self._in_paragraph(at, p)]

    def passages(self, models: Sequence[str] = (), budget: int | None = None) -> Passages:
        """The passages for the stages that ask about the paper or, with `models`, for those that ask about them."""
        if not models and not budget:
            return self.on_paper
        return self._passages(self._asked(frozenset(models)) if models else self._telling, budget or self._budget)

    @cached_property
    def on_paper(self) -> Passages:
        """The passages for the stages that ask about the paper, chosen once: they travel with the survey."""
        return self._passages(self._telling, self._budget)

    def passages_for_all(self) -> Passages:
        """The passages for all stages at once: each sentence by its better rank, among those on the paper or on any of
        the models that it names."""
        return self._passages(self._for_all(), self._budget)

    def paragraphs(self) -> tuple[int, ...]:
        """The numbers of the paragraphs that the passages for all stages come from, in their order."""
        return tuple(sorted({telling.paragraph for telling in self._chosen(self._for_all(), self._budget)[0]}))

    def _for_all(self) -> list[Telling]:
        named = frozenset(name for t in self._telling for name in t.names)
        best = {(t.paragraph, t.number): t for t in self._telling}
        for t in self._asked(named) if named else ():
            key = (t.paragraph, t.number)
            best[key] = max(t, best.get(key, t), key=lambda each: each.score)
        return [best[key] for key in sorted(best)]

    def _chosen(self, telling: list[Telling], budget: int) -> tuple[list[Telling], int]:
        """The sentences that are shown, and how many telling ones are not."""
        fitting = _within(budget, telling, self.paper)
        return fitting or _within(budget, _opening(self.paper), self.paper), len(telling) - len(fitting)

    def _passages(self, telling: list[Telling], budget: int) -> Passages:
        chosen, left_out = self._chosen(telling, budget)
        text = _render(self.paper, chosen, left_out)
        return Passages(text, estimate_tokens(text), paper_tokens(self.paper), len(chosen), left_out)

    def _in_paragraph(self, at: int, paragraph: Paragraph) -> list[Telling]:
        words = catalogue.words(paragraph.text)
        mentions = catalogue.find(paragraph.text)
        if not mentions and not may_trigger(words):
            return []
        weight = _SECTION_WEIGHT[paragraph.kind]
        telling = []
        for number, sentence in enumerate(split(paragraph.text)):
            inside = tuple(m for m in mentions if sentence.start <= m.start < sentence.end)
            score = weight * self._score(sentence.text, inside)
            telling.append(Telling(at, number, sentence.text, score, inside))
        return _with_neighbours(telling)

    def _score(self, sentence: str, mentions: tuple[catalogue.Mention, ...]) -> float:
        found = cues(sentence)
        score = sum(_CUE_WEIGHT.get(cue, 0.0) for cue in found)
        if mentions:
            score += 3.0 if any(m.entry.is_deep(self._year) for m in mentions) else 1.0
        if score <= 0:
            return 0.0
        if not found.isdisjoint(("we", "was")) and not found.isdisjoint(("use", "output", "train")):
            score += 1.5
        if not found.isdisjoint(("outlook", "others")):
            score -= 0.5
        return max(score, 0.1)

    def _asked(self, models: frozenset[str]) -> list[Telling]:
        """The telling sentences scored anew: those that name a model asked about, or its family, come first."""
        families = {catalogue.canonical(name).family for name in models}

        def bonus(telling: Telling) -> float:
            if any(name in telling.text for name in models) or any(m.entry.name in models for m in telling.mentions):
                return 5.0
            return 3.0 if any(m.entry.family in families for m in telling.mentions) else 0.0

        best = {(t.paragraph, t.number): t for t in self._abstract}
        for t in (*self._telling, *self._plain(models)):
            score = max(t.score / 2 + bonus(t), ABSTRACT if (t.paragraph, t.number) in best else 0.0)
            best[t.paragraph, t.number] = replace(t, score=score)
        return _with_neighbours([best[key] for key in sorted(best)])

    @cached_property
    def _abstract(self) -> list[Telling]:
        """Every sentence of the abstract."""
        return [
            Telling(at, number, sentence.text, ABSTRACT, ())
            for at, paragraph in enumerate(self.paper.paragraphs)
            if paragraph.kind == "abstract"
            for number, sentence in enumerate(split(paragraph.text))
        ]

    def _plain(self, models: frozenset[str]) -> list[Telling]:
        """Sentences without any cue that hold the name of a model that is not in the catalogue."""
        seen = {(t.paragraph, t.number) for t in self._telling}
        names = [name for name in models if name not in catalogue.entries()]
        holding = [(at, p) for at, p in enumerate(self.paper.paragraphs) if any(name in p.text for name in names)]
        sentences = [(at, number, s.text) for at, p in holding for number, s in enumerate(split(p.text))]
        return [
            Telling(at, number, text, 0.0, ())
            for at, number, text in sentences
            if (at, number) not in seen and any(name in text for name in names)
        ]


def _with_neighbours(telling: list[Telling]) -> list[Telling]:
    """Sentences with a share of the score of the ones before and after them; those without any are dropped."""
    scores = [t.score for t in telling]
    known = {(t.paragraph, t.number): t.score for t in telling}
    for index, t in enumerate(telling):
        before = known.get((t.paragraph, t.number - 1), 0.0)
        after = known.get((t.paragraph, t.number + 1), 0.0)
        scores[index] = t.score + BEFORE * before + AFTER * after
    return [replace(t, score=score) for t, score in zip(telling, scores, strict=True) if score >= TELLING]


def choose(paper: Paper, models: Sequence[str] = (), budget: int | None = None) -> Passages:
    """The passages of a paper: a `Survey` for one use."""
    return Survey(paper).passages(models, budget)


def _within(budget: int, telling: list[Telling], paper: Paper) -> list[Telling]:
    """The best sentences that fit, at first those for every named model, in the paper's order."""
    ranked = sorted(telling, key=lambda t: (-t.score, t.paragraph, t.number))
    seen: Counter[str] = Counter()
    first: list[Telling] = []
    for sentence in ranked:
        if any(seen[name] < PER_MODEL for name in sentence.names):
            first.append(sentence)
            seen.update(sentence.names)
    chosen: dict[tuple[int, int], Telling] = {}
    left = budget * CHARACTERS_PER_TOKEN - len(_LEFT_OUT) - 4  # digits of its number
    for sentence in (*first, *ranked):
        at, number = key = (sentence.paragraph, sentence.number)
        joins = (at, number - 1) in chosen or (at, number + 1) in chosen
        cost = len(sentence.text) + (1 if joins else len(heading(paper.paragraphs[at])) + _NUMBERING)
        if key not in chosen and cost <= left:
            chosen[key] = sentence
            left -= cost
    return [chosen[key] for key in sorted(chosen)]


def _opening(paper: Paper) -> list[Telling]:
    """For a paper without any cue: the first sentences of its abstract and methods, so that the answer can be no."""
    opening: list[Telling] = []
    for at, paragraph in enumerate(paper.paragraphs):
        if paragraph.kind in ("abstract", "methods") or at < 2:
            opening += [Telling(at, n, _shortened(s.text), 0.0, ()) for n, s in enumerate(split(paragraph.text)[:2])]
    return opening[:_OPENING]


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _LONG else f"{sentence[:_LONG]} [...]"


def _render(paper: Paper, chosen: list[Telling], left_out: int) -> str:
    lines: list[str] = []
    previous: Telling | None = None
    for sentence in chosen:
        text = neutralise(sentence.text)
        if previous and (sentence.paragraph, sentence.number) == (previous.paragraph, previous.number + 1):
            lines[-1] += " " + text
        else:
            lines.append(f"[{len(lines) + 1}] ({heading(paper.paragraphs[sentence.paragraph])}) {text}")
        previous = sentence
    lines.append(_LEFT_OUT.format(left_out) if left_out else "(nothing left out)")
    return "\n".join(lines)


def heading(paragraph: Paragraph) -> str:
    """The section as a passage shows it: kind, then the innermost title when it says more."""
    title = neutralise(re.sub(r"[()]", "", paragraph.section.rsplit(" > ", 1)[-1]))[:60]
    return f"{paragraph.kind}: {title}" if title and title.lower() != paragraph.kind else paragraph.kind


def neutralise(text: str) -> str:
    """Text that can't open a prompt field or a passage: one line, field markers taken apart.

    The fullwidth number sign reads as before and is folded back when a quote is located.
    """
    return " ".join(_MARKER.sub(lambda m: m.group().replace("#", "＃"), text).split())


def stated_title(paper: Paper) -> str:
    """The title as a prompt shows it, with the type of an article that is no report of research."""
    title = neutralise(paper.title) or "untitled"
    kind = neutralise(paper.article_type).replace("-", " ").lower()
    return title if not kind or _RESEARCH.search(kind) else f"{title} ({kind})"


def stated_year(paper: Paper) -> str:
    """The year of publication as a prompt shows it, or the latest year that the paper cites."""
    if paper.year:
        return str(paper.year)
    return f"unknown, cites work of {paper.latest_cited_year}" if paper.latest_cited_year else "unknown"
