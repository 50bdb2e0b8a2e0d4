"""Labels as Label Studio's JSON: tasks with one annotation per person, made from and for the interface of `config`.

The format is that of its documentation: Task format, and the tags Choices, Labels and TextArea. Who annotated is an
answer of its own, since Label Studio names users by numbers of the server that they are on. Offsets are characters,
as in Python; versions before 2022 counted UTF-16 units (issue 1347, pull request 1559), which is put right.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from ptmreuse.labelling.filled_in import SPANS, FilledIn, Span, filled_in, paper_of, text_of
from ptmreuse.labelling.tool import Answered, Imported, collected
from ptmreuse.labelling.units import papers
from ptmreuse.rows import QUOTED, PaperRow

ANNOTATOR = "annotator"
TEXTS = ("models", "quotes", "note", ANNOTATOR)
_MARKED = "evidence"
_HINTS = {
    "models": "one a line: name | patterns joined by + | step",
    "quotes": "question: a quote that is not in the text",
    "note": "",
    ANNOTATOR: "your name",
}


def config() -> str:
    """The labelling interface, XML, to paste where a project is set up."""
    choices = "".join(
        f'  <Header value={quoteattr(question)}/>\n  <Choices name="{question}" toName="text" choice="single">'
        '<Choice value="yes"/><Choice value="no"/></Choices>\n'
        for question in QUOTED
    )
    labels = "".join(f'<Label value="{label}"/>' for label in SPANS)
    areas = "".join(
        f'  <TextArea name="{name}" toName="text" editable="true" maxSubmissions="1" placeholder={quoteattr(hint)}/>\n'
        for name, hint in _HINTS.items()
    )
    style = "<Style>.htx-text{ white-space: pre-wrap; }</Style>"
    shown = f'  <Header value="$title"/>\n  <Labels name="{_MARKED}" toName="text">{labels}</Labels>\n'
    return f'<View>\n  {style}\n{shown}  <Text name="text" value="$text"/>\n{choices}{areas}</View>\n'


def exported(by_annotator: Mapping[str, Sequence[PaperRow]], suggest: bool = False) -> str:
    """The labels as JSON to import: one task per paper; predictions, to be corrected, rather than annotations."""
    tasks = []
    for key, rows in papers(by_annotator).items():
        base = paper_of(next((row for row in rows.values() if row.passages), next(iter(rows.values()))))
        data = {"title": base.get("title") or key, "text": text_of(base) or key, "paper": base}
        given = {who: list(_results(who, filled_in(row, text_of(base)), text_of(base))) for who, row in rows.items()}
        if suggest:
            own = {who: [each for each in results if each["from_name"] != ANNOTATOR] for who, results in given.items()}
            tasks.append({"data": data, "predictions": [{"model_version": w, "result": r} for w, r in own.items()]})
        else:
            tasks.append({"data": data, "annotations": [{"result": results} for results in given.values()]})
    return json.dumps(tasks, ensure_ascii=False, indent=1)


def imported(text: str) -> Imported:
    """The labels in an export by annotator; one who gave no name is called as Label Studio calls the user.

    An annotation that was cancelled, or without an answer to the first question, is no label, nor is a prediction.
    Raises ValueError for what is no list of tasks.
    """
    tasks = json.loads(text)
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "data" in task for task in tasks):
        raise ValueError("it is no list of tasks with their data; export the project as JSON, not JSON-MIN")
    return collected(((f"task {task.get('id', number)}", task) for number, task in enumerate(tasks, 1)), _labels)


def _labels(task: Mapping[str, Any]) -> Iterator[Answered]:
    paper = _paper(task["data"])
    for annotation in task.get("annotations") or ():
        if not annotation.get("was_cancelled"):
            who, given = _given(annotation, text_of(paper))
            yield Answered(who, paper, given)


def _paper(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The paper of a task; of one that was not made here, what its data say."""
    if isinstance(paper := data.get("paper"), Mapping):
        return paper
    text = str(data.get("text", ""))
    named = {name: data[name] for name in ("id", "doi", "file", "title") if data.get(name)}
    return named | ({"passages": [{"kind": "other", "text": text}]} if text else {})


def _results(who: str, given: FilledIn, text: str) -> Iterator[dict[str, Any]]:
    def result(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        return {"id": f"{who}-{name}", "from_name": name, "to_name": "text", "type": kind, "value": value}

    for question in QUOTED:
        yield result(question, "choices", {"choices": [getattr(given, question)]})
    for span in given.spans:
        value = {"start": span.start, "end": span.end, "text": text[span.start : span.end], "labels": [span.label]}
        yield result(_MARKED, "labels", value) | {"id": f"{who}-{span.label}-{span.start}"}
    for name, answer in {**{n: getattr(given, n) for n in TEXTS[:-1]}, ANNOTATOR: who}.items():
        if answer:
            yield result(name, "textarea", {"text": [answer]})


def _given(annotation: Mapping[str, Any], text: str) -> tuple[str, FilledIn]:
    answers: dict[str, str] = {}
    spans = []
    for result in annotation.get("result", ()):
        name, value = result.get("from_name"), result.get("value", {})
        if name in QUOTED:
            answers[name] = "".join(value.get("choices", ())[:1])
        elif name in TEXTS:
            told = value.get("text", ())
            answers[name] = told if isinstance(told, str) else "\n".join(told)
        elif name == _MARKED:
            spans.append(_span(value, text))
    who = answers.pop(ANNOTATOR, "").strip() or _user(annotation.get("completed_by"))
    return who, FilledIn(**dict.fromkeys(QUOTED, "") | answers, spans=tuple(spans))


def _span(value: Mapping[str, Any], text: str) -> Span:
    """A span; what it says of its text counts more than where, for older versions counted some characters twice."""
    start, end, label = int(value["start"]), int(value["end"]), "".join(value["labels"][:1])
    marked = str(value.get("text", "")) or text[start:end]
    if marked not in text:
        marked = marked.replace("\\n", "\n")  # a line's end is written as two characters
    if text[start:end] != marked:
        found = [at for at in range(len(text)) if text.startswith(marked, at)]
        if not found:
            raise ValueError(f"{label} = {marked[:60]!r}: is not in the text")
        start = min(found, key=lambda at: abs(at - start))
    return Span(start, start + len(marked), label)


def _user(user: Any) -> str:
    named = (user.get("email") or user.get("id")) if isinstance(user, Mapping) else user
    return f"user {named}" if isinstance(named, int) else str(named or "unknown")
