"""The models that stages 4 and 5 are asked about, and the sentences about each."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from program import catalogue
from program.cues import cues
from ptmreuse.embedded.items import Features
from ptmreuse.embedded.prompt import Fields, list_of
from ptmreuse.embedded.reading import Line, Reading

_NAMES = TypeAdapter(list[str])
_CLOSE = 70  # characters
_GROUPS = {
    "medical-image": "medical",
    "neuroimaging": "medical",
    "earth-observation": "earth",
    "weather": "earth",
    "audio": "sound",
    "speech": "sound",
    "video": "image",
    "material": "molecule",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A model, its catalogue entry if it has one, the sentences that name it, and those just before and after."""

    name: str
    entry: catalogue.Entry | None
    lines: tuple[tuple[Line, int, int], ...]
    near: tuple[Line, ...]


def asked(inputs: Fields, reading: Reading) -> list[Asked]:
    """Each model of the `models` field, in its order."""
    return [_asked(name, reading) for name in list_of(_NAMES, inputs, "models")]


def _asked(name: str, reading: Reading) -> Asked:
    entry = catalogue.entries().get(name)
    found: list[tuple[Line, int, int]] = []
    positions: set[int] = set()
    for exact in (True, False):
        for position, line in enumerate(reading.lines):
            span = _span(name, entry, line, exact)
            if span:
                found.append((line, *span))
                positions.add(position)
        if found:
            break
    around = {p + d for p in positions for d in (-1, 1)} - positions
    near = tuple(reading.lines[p] for p in sorted(around) if 0 <= p < len(reading.lines))
    return Asked(name, entry, tuple(found), near)


def _span(name: str, entry: catalogue.Entry | None, line: Line, exact: bool) -> tuple[int, int] | None:
    for mention in line.mentions:
        same = mention.entry.name == name if exact else entry is not None and mention.entry.family == entry.family
        if same:
            return mention.start, mention.end
    at = line.text.find(name)
    return (at, at + len(name)) if at >= 0 else None


def kind_features(entry: catalogue.Entry | None) -> Features:
    """What sort of model it is: its kind, its modality, and both."""
    if entry is None:
        return {"kind_unknown": 1.0}
    group = _GROUPS.get(entry.modality, entry.modality)
    names = (f"kind_{entry.kind}", f"modality_{group}", f"{entry.kind}_{group}", f"family_{entry.family}")
    return dict.fromkeys(names, 1.0)


def close_features(lines: tuple[tuple[Line, int, int], ...]) -> Features:
    """The cues within a few words of a mention."""
    told: Features = {}
    for line, start, end in lines:
        around = f"{line.text[max(0, start - _CLOSE) : start]} {line.text[end : end + _CLOSE]}"
        told |= dict.fromkeys((f"close_{cue}" for cue in cues(around)), 1.0)
    return told
