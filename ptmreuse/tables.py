"""The ledger as two tables: one row per source, and one row per paper and model."""

from pathlib import Path
from sqlite3 import Row

import pandas as pd

from program.answers import Answer, Finding
from program.catalogue import canonical
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Key, Ledger

PAPER_COLUMNS = [
    "source", "doi", "pmcid", "title", "journal", "year", "article_type", "subjects", "license",
    "uses_deep_learning", "reuses_ptm", "reason", "n_models",
    "uses_deep_learning_quote", "uses_deep_learning_place", "reuses_ptm_quote", "reuses_ptm_place",
    "duplicate_of", "detail", "text_hash",
]  # fmt: skip
MODEL_COLUMNS = [
    "source", "doi", "model", "family", "in_catalogue", "mention", "pattern", "step", "reason",
    "mention_quote", "mention_place", "pattern_quote", "pattern_place", "step_quote", "step_place",
]  # fmt: skip
JOINT = " | "  # between the quotes of several patterns

Answers = dict[str, Answer]


def papers_table(ledger: Ledger, key: Key) -> pd.DataFrame:
    """One row per source with `PAPER_COLUMNS`; yes/no columns hold yes, no, unresolved, or "" where not asked.

    All are text but `year` and `n_models`, nullable integers; `n_models` is missing where the models are not known.
    """
    answers = ledger.all_answers(key)
    rows = [_paper(document, answers.get(document["text_hash"], {})) for document in ledger.all_documents()]
    return _frame(rows, PAPER_COLUMNS, year="Int64", n_models="Int64")


def models_table(ledger: Ledger, key: Key) -> pd.DataFrame:
    """One row per paper and reused model with `MODEL_COLUMNS`; several patterns are joined by ";".

    All are text but `in_catalogue`, which is a bool.
    """
    answers = ledger.all_answers(key)
    rows = [
        _model(document, finding, answers[document["text_hash"]])
        for document in ledger.all_documents()
        if document["status"] == "read"
        for finding in _resolved(answers.get(document["text_hash"], {}), "names_ptms")
    ]
    return _frame(rows, MODEL_COLUMNS, in_catalogue="bool")


def _frame(rows: list[dict[str, object]], columns: list[str], **types: str) -> pd.DataFrame:
    """A frame whose columns have the same types with and without rows."""
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "str") | types)


def write_tables(papers: pd.DataFrame, models: pd.DataFrame, out: Path) -> list[Path]:
    """Write both tables as CSV and Parquet; returns the paths. Raises SystemicError when the disk refuses."""
    paths: list[Path] = []
    try:
        for name, table in (("papers", papers), ("models", models)):
            paths += [out / f"{name}.csv", out / f"{name}.parquet"]
            table.to_csv(paths[-2], index=False)
            table.to_parquet(paths[-1], index=False)
    except OSError as error:
        advice = "see to the disk, then run again: the answers are in the ledger"
        raise SystemicError(f"{paths[-2]}: can't be written ({error.strerror or error}); {advice}") from error
    return paths


def _paper(document: Row, answers: Answers) -> dict[str, object]:
    row: dict[str, object] = {name: document[name] for name in PAPER_COLUMNS if name in document.keys()}  # noqa: SIM118
    row = dict.fromkeys(PAPER_COLUMNS, "") | row | {"n_models": pd.NA}
    if document["status"] == "duplicate":
        return row | {"reason": "duplicate"}
    if document["status"] != "read":
        unresolved = {"uses_deep_learning": "unresolved", "reuses_ptm": "unresolved"}
        return row | unresolved | {"reason": document["status"]}
    return row | _yes_no(answers) | {"n_models": _number(answers), "reason": _reason(answers)}


def _yes_no(answers: Answers) -> dict[str, object]:
    first, second = answers.get("uses_deep_learning"), answers.get("reuses_ptm")
    told: dict[str, object] = {}
    for stage, answer in (("uses_deep_learning", first), ("reuses_ptm", second)):
        evidence = next((f.evidence for f in answer.findings if f.evidence), None) if answer else None
        told[f"{stage}_quote"] = evidence.quote if evidence else ""
        told[f"{stage}_place"] = evidence.where if evidence else ""
        told[stage] = answer.value if answer else ""
    if first and not second:  # a no at stage 1 answers stage 2; an unresolved stage 1 leaves it open
        told["reuses_ptm"] = {"no": "no", "unresolved": "unresolved"}.get(first.value, "")
    return told


def _number(answers: Answers) -> object:
    if any(stage in answers and answers[stage].value == "no" for stage in ("uses_deep_learning", "reuses_ptm")):
        return 0
    named = answers.get("names_ptms")
    return len(named.resolved) if named and named.value == "yes" else pd.NA


def _reason(answers: Answers) -> str:
    """Every stage that is not wholly resolved, with its reasons."""
    told = []
    for stage, answer in answers.items():
        reasons = {f.reason for f in answer.findings if f.reason} | ({answer.reason} if answer.reason else set())
        told += [f"{stage}: {reason}" for reason in sorted(reasons)]
    return "; ".join(told)


def _model(document: Row, finding: Finding, answers: Answers) -> dict[str, object]:
    name = canonical(finding.model)
    patterns = [f for f in _resolved(answers, "reuse_pattern") if f.model == finding.model]
    steps = [f for f in _resolved(answers, "science_step") if f.model == finding.model]
    return {
        "source": document["source"],
        "doi": document["doi"],
        "model": finding.model,
        "family": name.family,
        "in_catalogue": name.in_catalogue,
        "mention": finding.value,
        "pattern": _value(";".join(f.value for f in patterns), "reuse_pattern", answers),
        "step": _value(";".join(f.value for f in steps), "science_step", answers),
        "reason": _model_reason(finding.model, answers),
        **_quoted("mention", [finding]),
        **_quoted("pattern", patterns),
        **_quoted("step", steps),
    }


def _value(found: str, stage: str, answers: Answers) -> str:
    return found or ("unresolved" if stage in answers else "")


def _model_reason(model: str, answers: Answers) -> str:
    told = []
    for stage in ("reuse_pattern", "science_step"):
        answer = answers.get(stage)
        reasons = {f.reason for f in answer.findings if f.model == model and f.reason} if answer else set()
        if answer and answer.reason and not answer.findings:
            reasons.add(answer.reason)
        told += [f"{stage}: {reason}" for reason in sorted(reasons)]
    return "; ".join(told)


def _quoted(column: str, findings: list[Finding]) -> dict[str, object]:
    found = [f.evidence for f in findings if f.evidence]
    return {
        f"{column}_quote": JOINT.join(e.quote for e in found),
        f"{column}_place": JOINT.join(e.where for e in found),
    }


def _resolved(answers: Answers, stage: str) -> tuple[Finding, ...]:
    answer = answers.get(stage)
    return answer.resolved if answer else ()
