"""The models that a text may be reusing: catalogue names, and names that look like a model's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from program import catalogue
from ptmreuse.embedded import own_use
from ptmreuse.embedded.reading import Line, Reading

# Bounded, so that a chain of a thousand letters or hyphens costs no more than a name.
_NAME = (
    r"(?:[A-Z][a-z]{0,30}[A-Z0-9]\w{0,30}(?:[-‐][A-Za-z0-9]{1,30}){0,5}|"
    r"[A-Z][a-z]{1,30}[-‐](?:[A-Z]\w{0,30}|\d\w{0,30})|[a-z]{1,30}[A-Z]\w{1,30})"
)
_NOUN = (
    r"(?:neural network|deep learning|deep-learning|network|model|tool|software|framework|algorithm|package|"
    r"architecture|method|predictor|classifier|server|pipeline)"
)
_CITED = r"\s?(?:\((?:[A-Z][\w’'-]+(?: et al| and|,| &)|v\.?\s?\d)|\[\d)"
_UNKNOWN = re.compile(
    rf"\b{_NOUN}s?,? (?:called |named |of )?(?P<after>{_NAME})\b"
    rf"|\b(?P<before>{_NAME}) {_NOUN}\b"
    rf"|\b(?P<cited>{_NAME})(?={_CITED})"
)
_CLASSES = re.compile(
    r"^(?:\d?D?[-‐]?(?:D?CNN|R?NN|DNN|ANN|LSTM|Bi-?LSTM|GRU|GAN|GCN|GNN|VAE|MLP|SVM|PCA|CRF|LLM|AI|ML|DL|NLP)s?|[A-Z]{1,5}s?|"
    r"Py\w+|Tensor[Ff]low|Git[Hh]ub|Image[Net|J]\w*|Mat[Ll]ab|MATLAB|Bio\w*[Pp]ython|Sci\w+|Py[Tt]orch|Graph[Pp]ad\w*|"
    r"\w*(?:RNA|DNA|PCR|ELISA|seq|Seq)\w*|COVID.*|SARS.*|\w+\d{3,}|[A-Z][a-z]?[A-Z]\d+|Pub[Mm]ed|Uni[Pp]rot\w*|Bio[Rr]ender)$"
)


@dataclass(slots=True)
class Candidate:
    """A model and the sentences that mention it, each with the span of the mention."""

    name: str
    entry: catalogue.Entry | None
    lines: list[tuple[Line, int, int]] = field(default_factory=list)

    @property
    def best(self) -> tuple[Line, int, int]:
        """The sentence that tells most of own use."""
        return max(self.lines, key=lambda item: own_use.score(item[0]))


def candidates(reading: Reading) -> list[Candidate]:
    """Every deep model that the passages name, in order of first mention."""
    found: dict[str, Candidate] = {}
    for line in reading.lines:
        for mention in line.deep:
            candidate = found.setdefault(mention.entry.name, Candidate(mention.entry.name, mention.entry))
            candidate.lines.append((line, mention.start, mention.end))
        for name, start, end in _unknown(line):
            found.setdefault(name, Candidate(name, None)).lines.append((line, start, end))
    return list(found.values())


def _unknown(line: Line) -> Iterable[tuple[str, int, int]]:
    if not own_use.is_about_deep(line):
        return
    for match in _UNKNOWN.finditer(line.text):
        group = match.lastgroup or ""
        name, start, end = match[group], match.start(group), match.end(group)
        taken = any(m.start < end and start < m.end for m in line.mentions)
        if not taken and not _CLASSES.match(name):
            yield name, start, end
