"""The features of a whole paper, for the two yes/no stages."""

import re

from program import catalogue
from program.cues import cues
from ptmreuse.embedded import own_use
from ptmreuse.embedded.candidates import Candidate
from ptmreuse.embedded.items import Features, count
from ptmreuse.embedded.prompt import Fields
from ptmreuse.embedded.reading import Line, Reading

_REVIEW = re.compile(
    r"\b(?:review|overview|perspectives?|editorial|commentary|opinion|roadmap|primer)\b", re.IGNORECASE
)
_OWN_SECTIONS = ("methods", "results", "caption", "abstract", "other", "appendix")


def paper_features(inputs: Fields, reading: Reading, named: list[Candidate]) -> Features:
    """What the sentences, the title and the named models say together."""
    ranked = own_use.ranked(reading)
    scores = [score for score, _ in ranked]
    own = [score for score, line in ranked if line.kind in _OWN_SECTIONS]
    heading = inputs.get("title", "")
    title = cues(heading)
    told: Features = {
        "bias": 1.0,
        "best": max(scores, default=-6.0) / 2,
        "best_not_shallow": max((s for s, line in ranked if line.deep or not line.has("shallow")), default=-6.0) / 2,
        "best_own_section": max(own, default=-6.0) / 2,
        "second": (sorted(scores)[-2] if len(scores) > 1 else -6.0) / 2,
        "telling": count(sum(score > 0 for score in scores)),
        "about_deep": count(len(ranked)),
        "left_out": count(reading.left_out),
        "title_deep": float(not title.isdisjoint(own_use.SUBJECT) or bool(catalogue.find(heading))),
        "title_review": float(bool(_REVIEW.search(heading))),
        "dense": max((_density(line) for line in reading.lines if line.kind in _OWN_SECTIONS), default=0) / 2,
        "methods_deep": float(any(_is_method(line) for line in reading.lines)),
        "telling_share": sum(score > 0 for score in scores) / (len(scores) + 1),
        "shallow_named": float(any(len(line.mentions) > len(line.deep) for line in reading.lines)),
    }
    return told | _named_features(named)


def _is_method(line: Line) -> bool:
    return line.kind == "methods" and line.has("deep", "neural") and not line.cited


def _density(line: Line) -> int:
    """How many sorts of words a sentence has that describe a network and its training."""
    return sum(
        cue in line.cues for cue in ("deep", "neural", "training", "architecture", "train", "own_design", "scratch")
    )


def _named_features(named: list[Candidate]) -> Features:
    known = [c for c in named if c.entry]
    chances = sorted((own_use.score(c.best[0]) for c in known), reverse=True)
    kinds = {c.entry.kind for c in known if c.entry}
    return {
        "named": count(len(known)),
        "named_best": (chances[0] if chances else -6.0) / 2,
        "named_second": (chances[1] if len(chances) > 1 else -6.0) / 2,
        "named_in_methods": float(any(line.kind in ("methods", "caption") for c in known for line, _, _ in c.lines)),
        "named_in_results": float(any(line.kind in ("results", "abstract") for c in known for line, _, _ in c.lines)),
        "named_often": count(max((len(c.lines) for c in known), default=0)),
        "unknown_named": count(len(named) - len(known)),
        **{f"kind_{kind}": 1.0 for kind in kinds},
    }
