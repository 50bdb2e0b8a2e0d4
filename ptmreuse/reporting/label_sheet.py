"""The CSV in which a person labels a sample: the paper, empty columns to fill in, and how it was drawn."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

import pandas as pd

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.reporting.for_estimate import ASSUMED, Drawn, Part
from ptmreuse.reporting.record import PATTERN, STEP, YES_NO, Told
from ptmreuse.rows import MACHINE

Purpose = Literal["estimate", "training"]

FILLED_IN = [
    "uses_deep_learning", "uses_deep_learning_quote", "reuses_ptm", "reuses_ptm_quote", "models", "note",
]  # fmt: skip
SAMPLE_COLUMNS = ["title", "doi", "year", "source", *FILLED_IN, "split", "id", "file", "stratum", "probability"]
MACHINE_COLUMNS = [f"{MACHINE}{name}" for name in (*YES_NO, "models", "doubts")]
STRATA_COLUMNS = ["stratum", "answer", "group", "papers", "assumed_reuse", "drawn", "probability"]
_SPLIT: Mapping[Purpose, str] = {"estimate": "test", "training": "train"}  # what is estimated from is not trained on


def sample_table(papers: Sequence[Drawn], purpose: Purpose, show_answers: bool = False) -> pd.DataFrame:
    """One row per paper to label with `SAMPLE_COLUMNS`, in their order; with `MACHINE_COLUMNS` if answers are shown.

    `stratum` is a code, or what it stands for if answers are shown; `probability` is a number above 0 to 1; both are
    missing where papers were not drawn by chance. `year` is a nullable integer, the rest text.
    """
    rows = [_row(each, purpose, show_answers) for each in papers]
    columns = SAMPLE_COLUMNS + (MACHINE_COLUMNS if show_answers else [])
    types = dict.fromkeys(columns, "str") | {"year": "Int64", "probability": "Float64"}
    return pd.DataFrame(rows, columns=columns).astype(types)


def _row(each: Drawn, purpose: Purpose, show_answers: bool) -> dict[str, object]:
    told, part = each.told, each.part
    row: dict[str, object] = dict.fromkeys(SAMPLE_COLUMNS, "")
    row |= {"title": " ".join(told.title.split()), "doi": told.doi, "year": told.year or pd.NA, "source": told.source}
    row |= {"split": _SPLIT[purpose], "id": told.text_hash, "file": "" if told.doi else _file(told.source)}
    row["probability"] = part.probability if part else pd.NA
    if part:
        row["stratum"] = part.stratum.name if show_answers else part.code
    return row | (_machine(each) if show_answers else {})


def _file(source: str) -> str:
    return PurePosixPath(source.replace("!", "/").replace("\\", "/")).name


def _machine(each: Drawn) -> dict[str, object]:
    values = [*(each.told.value(stage) for stage in YES_NO), _models(each.told), each.why]
    return dict(zip(MACHINE_COLUMNS, values, strict=True))


def _models(told: Told) -> str:
    """The models as a person writes them down: name | pattern | step."""
    of = {model: [" + ".join(told.values_of(stage, model)) for stage in (PATTERN, STEP)] for model in told.models}
    return "; ".join(" | ".join([model, *values]) for model, values in of.items())


def strata_table(parts: Sequence[Part]) -> pd.DataFrame:
    """What the codes stand for, one row per stratum with `STRATA_COLUMNS`: papers, assumed share of reuse, drawn."""
    rows = [
        (
            part.code,
            part.stratum.answer,
            part.stratum.group,
            len(part.stratum.papers),
            ASSUMED[part.stratum.answer],
            part.drawn,
            part.probability,
        )
        for part in parts
    ]
    return pd.DataFrame(rows, columns=STRATA_COLUMNS)


def strata_path(out: Path) -> Path:
    """Where the key to the codes lies: sample.strata.csv beside sample.csv."""
    return out.with_name(f"{out.stem}.strata.csv")


def write(tables: Mapping[Path, pd.DataFrame]) -> None:
    """Write new CSV files, marked as UTF-8 for spreadsheets.

    Raises UsageError for one that is there already, for somebody may have filled it in, SystemicError when the disk
    refuses.
    """
    for path in tables:
        if path.exists():
            raise UsageError(f"{path}: is there already and may hold labels; give another --out")
    for path, table in tables.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            table.to_csv(path, index=False, encoding="utf-8-sig")
        except OSError as error:
            raise SystemicError(f"{path}: can't be written ({error.strerror or error}); give another --out") from error
