"""Labels as Argilla's JSON: a list of records as `dataset.records.to_json` writes and `from_json` reads them.

The dataset needs the text fields `title` and `text`, the questions of `QUESTIONS` and, for `evidence`, spans of `text`
with the labels of `SPANS`; extra metadata must be allowed. Argilla knows users by UUID: one is made from each name and
kept with the record, so that names come back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ptmreuse.labelling.filled_in import FilledIn, Span, filled_in, paper_of, text_of
from ptmreuse.labelling.tool import Answered, Imported, collected
from ptmreuse.labelling.units import papers
from ptmreuse.rows import QUOTED, PaperRow

QUESTIONS = (*QUOTED, "models", "quotes", "note", "evidence")
_STATUS = ("draft", "discarded")  # of a response that is no label


def user_id(annotator: str) -> str:
    """The UUID that stands for an annotator."""
    return str(uuid5(NAMESPACE_URL, f"annotator:{annotator}"))


def exported(by_annotator: Mapping[str, Sequence[PaperRow]], suggest: bool = False) -> str:
    """The labels as JSON: one record per paper; the first annotator's as suggestions rather than all as responses."""
    records = [_record(key, rows, suggest) for key, rows in papers(by_annotator).items()]
    return json.dumps(records, ensure_ascii=False, indent=1)


def imported(text: str) -> Imported:
    """The labels in a list of records by annotator; one whose name is not known is called by the UUID.

    A response that is a draft, discarded, or without an answer to the first question, is no label, nor is a suggestion.
    Raises ValueError for what is no list of records.
    """
    records = json.loads(text)
    if not isinstance(records, list) or not all(isinstance(record, dict) and "fields" in record for record in records):
        raise ValueError("it is no list of records with their fields; write it by dataset.records.to_json")
    return collected(((f"record {record.get('id')}", record) for record in records), _labels)


def _record(key: str, rows: Mapping[str, PaperRow], suggest: bool) -> dict[str, Any]:
    base = paper_of(next((row for row in rows.values() if row.passages), next(iter(rows.values()))))
    responses: dict[str, list[dict[str, Any]]] = {}
    suggestions: dict[str, dict[str, Any]] = {}
    for who, row in rows.items():
        for question, value in _values(filled_in(row, text_of(base))).items():
            responses.setdefault(question, []).append({"value": value, "user_id": user_id(who)})
            suggestions.setdefault(question, {"value": value, "agent": who})
    first = next(iter(rows))
    annotators = json.dumps({user_id(who): who for who in rows}, ensure_ascii=False)
    return {
        "id": key,
        "fields": {"title": base.get("title") or key, "text": text_of(base) or key},
        "metadata": {"paper": json.dumps(base, ensure_ascii=False), "annotators": annotators},
        "suggestions": {q: each for q, each in suggestions.items() if each["agent"] == first} if suggest else {},
        "responses": {} if suggest else responses,
        "vectors": {},
    }


def _values(given: FilledIn) -> dict[str, Any]:
    told = {question: getattr(given, question) for question in QUESTIONS[:-1]}
    spans = [{"start": span.start, "end": span.end, "label": span.label} for span in given.spans]
    return {question: value for question, value in {**told, "evidence": spans}.items() if value}


def _labels(record: Mapping[str, Any]) -> Iterator[Answered]:
    metadata = record.get("metadata") or {}
    paper = json.loads(metadata["paper"]) if "paper" in metadata else _paper(record)
    names = json.loads(metadata.get("annotators", "{}"))
    answers: dict[str, dict[str, Any]] = {}
    for question, responses in (record.get("responses") or {}).items():
        for response in responses:
            if question in QUESTIONS and response.get("status") not in _STATUS:
                answers.setdefault(str(response["user_id"]), {})[question] = response["value"]
    unanswered: dict[str, Any] = dict.fromkeys(QUOTED, "")
    for user, given in answers.items():
        spans = tuple(_span(each, text_of(paper)) for each in given.pop("evidence", ()))
        yield Answered(names.get(user, user), paper, FilledIn(**unanswered | given, spans=spans))


def _span(value: Mapping[str, Any], text: str) -> Span:
    start, end = int(value["start"]), int(value["end"])
    if not 0 <= start < end <= len(text):
        raise ValueError(f"evidence from {start} to {end} is not in the text of {len(text)} characters")
    return Span(start, end, str(value["label"]))


def _paper(record: Mapping[str, Any]) -> dict[str, Any]:
    """The paper of a record that was not made here."""
    text = str(record["fields"].get("text", ""))
    named = {"id": str(record.get("id") or ""), "title": str(record["fields"].get("title", ""))}
    return named | ({"passages": [{"kind": "other", "text": text}]} if text else {})
