"""`ptmreuse labels export FILE... --to TOOL` and `ptmreuse labels import FILE --from TOOL`: labels in other tools."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from rich.console import Console

from ptmreuse.errors import UsageError

TOOLS = ("label-studio", "argilla")


def add(actions: "argparse._SubParsersAction[Any]") -> None:
    """The two subcommands and their flags."""
    out = actions.add_parser("export", help="label files as the JSON of Label Studio or Argilla")
    out.set_defaults(command=export)
    out.add_argument("files", nargs="+", type=Path, metavar="FILE", help="labels, JSONL or CSV; one annotator each")
    out.add_argument("--to", choices=TOOLS, required=True, help="whose JSON")
    out.add_argument("--suggest", action="store_true", help="labels as suggestions to be corrected, not as answers")
    out.add_argument("--out", type=Path, required=True, metavar="FILE", help="the JSON; never written over")
    back = actions.add_parser("import", help="the JSON of Label Studio or Argilla as label files")
    back.set_defaults(command=import_)
    back.add_argument("file", type=Path, metavar="FILE", help="the JSON that the tool wrote")
    back.add_argument("--from", dest="tool", choices=TOOLS, required=True, help="whose JSON")
    told = "LABELS.jsonl makes LABELS.ANNOTATOR.jsonl of each; never written over"
    back.add_argument("--out", type=Path, required=True, metavar="LABELS.jsonl", help=told)
    for parser in (out, back):
        parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def export(given: argparse.Namespace) -> int:
    """Write the JSON and, for Label Studio, its labelling interface beside it; returns the exit code 0.

    Raises UsageError for files that can't be read, faulty rows, and an --out that is there already; SystemicError when
    the disk refuses.
    """
    from ptmreuse.labelling import argilla, label_studio
    from ptmreuse.labelling.annotated import by_annotator, write_new
    from ptmreuse.labelling.units import papers

    labels = by_annotator(given.files)
    written = {given.out: (argilla if given.to == "argilla" else label_studio).exported(labels, given.suggest)}
    if given.to == "label-studio":
        written[given.out.with_name(f"{given.out.stem}.interface.xml")] = label_studio.config()
    _refuse(written)
    for path, text in written.items():
        write_new(path, text)
    _say(f"Written: {' and '.join(map(str, written))}, {len(papers(labels)):,} papers, {len(labels)} annotators")
    return 0


def import_(given: argparse.Namespace) -> int:
    """Write a label file per annotator; returns the exit code 0.

    Raises UsageError for a file that can't be read or is not of the tool, with every answer that makes no label (then
    nothing is written), and for a file that is there already; SystemicError when the disk refuses.
    """
    from ptmreuse.held_back import without_held_back
    from ptmreuse.labelling import argilla, label_studio
    from ptmreuse.labelling.annotated import jsonl, write_new

    try:
        found = (argilla if given.tool == "argilla" else label_studio).imported(given.file.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UsageError(f"{given.file}: is not JSON ({error}); give what the tool exported") from error
    except RecursionError as error:
        raise UsageError(
            f"{given.file}: can't be read: it is nested too deeply; give what the tool exported"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{given.file}: can't be read: {error}") from error
    if found.faults:
        each = "".join(f"\n  {fault}" for fault in found.faults)
        raise UsageError(f"{given.file}: {len(found.faults)} at fault; correct them and export again{each}")
    if not found.by_annotator:
        raise UsageError(f"{given.file}: nobody has answered the first question in it; label, and export again")
    kept = {who: without_held_back(rows) for who, rows in found.by_annotator.items()}
    written = {_file(given.out, who): jsonl(rows) for who, (rows, _) in kept.items()}
    if len(written) < len(found.by_annotator):
        raise UsageError(f"{given.file}: {', '.join(found.by_annotator)} give one file name; rename one of them")
    _refuse(written)
    for (path, text), (rows, reasons) in zip(written.items(), kept.values(), strict=True):
        write_new(path, text)
        for reason in reasons:
            _say(f"left out: {reason}")
        _say(f"Written: {path}, {len(rows):,} papers")
    return 0


def _file(out: Path, who: str) -> Path:
    """An annotator's file; a name is anything, a part of a file's name is not, and has no dot."""
    name = re.sub(r"[^\w-]+", "_", who)[:80]
    return out.with_name(f"{out.stem}.{name}.jsonl")


def _refuse(written: dict[Path, str]) -> None:
    """Rather than after the first of several files."""
    if there := [str(path) for path in written if path.exists()]:
        raise UsageError(f"{', '.join(there)}: is there already and may hold labels; give another --out")


def _say(line: str) -> None:
    Console(highlight=False).print(line, markup=False, soft_wrap=True)
