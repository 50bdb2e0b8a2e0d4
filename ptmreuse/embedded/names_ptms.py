"""Stage 3 for the embedded LM: one item per candidate name."""

import re

from pydantic import TypeAdapter

from program import catalogue
from program.cues import cues
from ptmreuse.embedded import own_use
from ptmreuse.embedded.candidates import Candidate, candidates
from ptmreuse.embedded.items import Features, Item, count, quote, share_of_cues
from ptmreuse.embedded.learner import Array
from ptmreuse.embedded.prompt import Fields, list_of
from ptmreuse.embedded.reading import Line, read_inputs
from signatures.labels import PTMMention

CLASSES = ("reused",)
_PTMS = TypeAdapter(list[PTMMention])

_USE = r"using|use[ds]?|utili[sz]\w+|with|by|via|from|in|through|employ\w+|appl\w+|ran|run"
_TRAIN = r"train\w*|fine-?tun\w+|implement\w+|adopt\w+|build|built|modified|retrain\w+|initiali\w+"
_COMPARE = r"than|compared (?:to|with)|versus|vs\.?|unlike|outperform\w*|over"
_PRESENT = r"present|propos|introduc|develop|describ|report|releas|design"
_USED = r"used|applied|run|trained|fine-?tuned|employed|obtained|downloaded|implemented|performed"
_PREDICTS = (
    r"predict\w*|model(?:s|ed|ing|led|ling)?\b|structure|embedding|confidence|score|output|segmentation|weights|"
    r"backbone|encoder"
)

_BEFORE = {
    "using": re.compile(rf"\b(?:{_USE})(?: the| a| an)?(?: [\w-]+){{0,2}} ?\(?$"),
    "training": re.compile(rf"\b(?:{_TRAIN})(?: the| a| an)?(?: [\w-]+){{0,3}} ?\(?$"),
    "listing": re.compile(r"(?:such as|e\.g\.,?|including|like|for example,?)(?: [^.;]{0,60})?$"),
    "comparing": re.compile(rf"\b(?:{_COMPARE})(?: the)?(?: [\w-]+){{0,2}} ?$"),
    "inspired": re.compile(
        r"\b(?:inspired by|similar to|analogous to|based on|motivated by)(?: the| a)?(?: [\w-]+){0,2} ?$"
    ),
    "presented": re.compile(
        rf"\b(?:we|here,?|this (?:paper|work|study)|paper) (?:\w+ )?(?:{_PRESENT})\w*[^.;]{{0,60}}$", re.IGNORECASE
    ),
}
_AFTER = {
    "described": re.compile(
        r"^ ?(?:\([^)]*\) |\[[^\]]*\],? )?(?:is an?\b|uses\b|utilizes\b|builds on\b|consists\b|"
        r"was (?:first |originally )?(?:developed|proposed|introduced|presented)|employs\b|takes\b|improves\b|relies\b|"
        r"proposed\b|introduced\b|has been\b|have been\b)"
    ),
    "was_used": re.compile(rf"^[^.;]{{0,40}}\b(?:was|were|is|are) (?:\w+ ){{0,2}}(?:{_USED})"),
    "predicts": re.compile(rf"^[-‐ ]?(?:{_PREDICTS})"),
    "cited": re.compile(r"^ ?(?:v\.?\s?[\d.]+ ?)?(?:\((?:[A-Z]|v)|\[\d)"),
    "in_list": re.compile(r"^(?: \([^)]*\)| \[[^\]]*\])?(?:,| and| or) (?:and )?[A-Z]"),
}


def items(inputs: Fields) -> list[Item]:
    """Every candidate with the features of its sentences."""
    reading = read_inputs(inputs)
    named = candidates(reading)
    title = inputs.get("title", "")
    return [Item(c.name, _features(c, named, title), _ordered(c)) for c in named]


def _ordered(candidate: Candidate) -> tuple[tuple[Line, int, int], ...]:
    return tuple(sorted(candidate.lines, key=lambda item: -own_use.score(item[0])))


def _features(candidate: Candidate, named: list[Candidate], title: str) -> Features:
    lines = [line for line, _, _ in candidate.lines]
    scores = sorted((own_use.score(line) for line in lines), reverse=True)
    kinds = {line.kind for line in lines}
    told: Features = {
        "bias": 1.0,
        "best": scores[0] / 2,
        "second": (scores[1] if len(scores) > 1 else -4.0) / 2,
        "often": count(len(lines)),
        "telling": count(sum(score > 0 for score in scores)),
        "only_introduction": float(kinds <= {"introduction"}),
        "only_discussion": float(kinds <= {"discussion"}),
        "only_told": float(kinds <= {"discussion", "introduction"}),
        "rivals": count(len(named)),
        "crowded": float(min(len(line.mentions) for line in lines) > 2),
        "lesser_in_family": _behind(candidate, [c for c in named if _akin(c, candidate)]),
        "lesser": _behind(candidate, named),
        "in_title": float(candidate.name.lower() in title.lower()),
    }
    told |= {f"in_{kind}": 1.0 for kind in kinds} | share_of_cues(lines, "any_")
    return told | _around(candidate) | _relations(candidate, named)


def _akin(one: Candidate, other: Candidate) -> bool:
    return one.entry is not None and other.entry is not None and one.entry.family == other.entry.family


def _behind(candidate: Candidate, named: list[Candidate]) -> float:
    """How far a candidate's best sentence is behind that of the best one, in log odds halved."""
    best = max((own_use.score(c.best[0]) for c in named), default=0.0)
    return (best - own_use.score(candidate.best[0])) / 2


def _around(candidate: Candidate) -> Features:
    told: Features = {}
    for line, start, end in candidate.lines:
        before, after = line.text[max(0, start - 80) : start], line.text[end : end + 80]
        told |= {f"before_{name}": 1.0 for name, pattern in _BEFORE.items() if pattern.search(before)}
        told |= {f"after_{name}": 1.0 for name, pattern in _AFTER.items() if pattern.match(after)}
        told |= {f"close_{cue}": 1.0 for cue in cues(f"{before} {after}")}
    return told


def _relations(candidate: Candidate, named: list[Candidate]) -> Features:
    entry = candidate.entry
    if entry is None:
        return {"unknown": 1.0, "unknown_often": count(len(candidate.lines))}
    others = [c.entry for c in named if c.entry and c.entry is not entry]
    return {
        f"kind_{entry.kind}": 1.0,
        f"family_{entry.family}": 1.0,
        "bare_beside_version": float(entry.name == entry.family and any(o.family == entry.family for o in others)),
        "bare": float(entry.name == entry.family),
        "wraps_another": float(any(o.name in entry.wraps or o.family in entry.wraps for o in others)),
        "inside_another": float(any(entry.name in o.wraps or entry.family in o.wraps for o in others)),
    }


def truths(found: list[Item], outputs: Fields) -> list[list[float]]:
    """A candidate is reused when the demo lists it."""
    listed = {catalogue.canonical(ptm.mention).name for ptm in list_of(_PTMS, outputs, "ptms")}
    return [[float(item.name in listed)] for item in found]


def reply(_: Fields, found: list[Item], chances: Array) -> dict[str, object]:
    """The output fields: the candidates that are more likely than not, or the likeliest one."""
    chosen = [item for item, chance in zip(found, chances[:, 0], strict=True) if chance >= 0.5]
    if found and not chosen:
        chosen = [found[int(chances[:, 0].argmax())]]
    return {"ptms": [_mention(item) for item in chosen]}


def _mention(item: Item) -> dict[str, str]:
    spelt = (found for found in item.lines if catalogue.canonical(found[0].text[found[1] : found[2]]).name == item.name)
    line, start, end = next(spelt, item.lines[0])  # a bare name in a better sentence would be another model
    return {"mention": line.text[start:end], "evidence": quote(line, start, end)}
