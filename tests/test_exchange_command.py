"""`ptmreuse labels export` and `import`: what they write, refuse and say."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from annotators import row

from ptmreuse import cli
from ptmreuse.labelling.annotated import by_annotator, jsonl

LABELS = {"ann": [row("p1", "U-Net|conceptual|test"), row("p2")], "ben": [row("p1"), row("p3", deep=False)]}
TOOLS = pytest.mark.parametrize("tool", ["label-studio", "argilla"])


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, rows in LABELS.items():
        (tmp_path / f"labels.{name}.jsonl").write_text(jsonl(rows))
    return [str(tmp_path / f"labels.{name}.jsonl") for name in LABELS]


@TOOLS
def test_out_and_back(tool: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, back = tmp_path / "tasks.json", tmp_path / "back.jsonl"
    assert cli.main(["labels", "export", *files, "--to", tool, "--out", str(out)]) == 0
    assert "3 papers, 2 annotators" in capsys.readouterr().out
    assert (tmp_path / "tasks.interface.xml").exists() == (tool == "label-studio")
    assert cli.main(["labels", "import", str(out), "--from", tool, "--out", str(back)]) == 0
    assert "back.ann.jsonl, 2 papers" in capsys.readouterr().out
    assert by_annotator([tmp_path / "back.ann.jsonl", tmp_path / "back.ben.jsonl"]) == LABELS
    for again in (
        ["export", *files, "--to", tool, "--out", str(out)],
        ["import", str(out), "--from", tool, "--out", str(back)],
    ):
        assert cli.main(["labels", *again]) == 2
        assert "is there already" in capsys.readouterr().err


@TOOLS
def test_suggestions_are_not_imported(
    tool: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "tasks.json")
    assert cli.main(["labels", "export", *files, "--to", tool, "--suggest", "--out", out]) == 0
    assert cli.main(["labels", "import", out, "--from", tool, "--out", str(tmp_path / "back.jsonl")]) == 2
    assert "nobody has answered the first question" in capsys.readouterr().err


@TOOLS
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "can't be read: [Errno 2]"),
        (b"", "is not JSON"),
        (b"\xff\xfe", "can't be read: 'utf-8'"),
        (b"{}", "can't be read: it is no list of"),
        (b"[]", "nobody has answered"),
        (b"[" * 100_000, "can't be read: it is nested"),
    ],
)
def test_a_file_that_is_none(
    tool: str, content: bytes | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tasks.json"
    if content is not None:
        path.write_bytes(content)
    assert cli.main(["labels", "import", str(path), "--from", tool, "--out", str(tmp_path / "back.jsonl")]) == 2
    assert f"tasks.json: {told}" in capsys.readouterr().err.replace("\n", " ")
    assert not list(tmp_path.glob("back*"))


@TOOLS
def test_a_fault_leaves_nothing_written(
    tool: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tasks.json"
    cli.main(["labels", "export", *files, "--to", tool, "--out", str(out)])
    out.write_text(out.read_text().replace("conceptual | test", "conceptual | supper"))
    assert cli.main(["labels", "import", str(out), "--from", tool, "--out", str(tmp_path / "back.jsonl")]) == 2
    assert "1, ann: models[0].step = 'supper'" in capsys.readouterr().err
    assert not list(tmp_path.glob("back*"))


def _named(*names: str) -> Callable[[list[str], Path], Path]:
    """A Label Studio export in which annotators have these names."""

    def write(files: list[str], folder: Path) -> Path:
        out = folder / "tasks.json"
        cli.main(["labels", "export", *files, "--to", "label-studio", "--out", str(out)])
        text = out.read_text()
        for old, new in zip(LABELS, names, strict=True):
            text = text.replace(json.dumps([old]).strip("[]"), json.dumps(new))
        out.write_text(text)
        return out

    return write


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (("../../etc/ann", "b.en@x.org"), ["back._etc_ann.jsonl", "back.b_en_x_org.jsonl"]),
        (("Bén", "a\u0000b"), ["back.Bén.jsonl", "back.a_b.jsonl"]),
        (("n" * 300, "ben"), [f"back.{'n' * 80}.jsonl", "back.ben.jsonl"]),
        (("a.b", "a/b"), []),
    ],
)
def test_a_name_is_no_path(names: tuple[str, str], written: list[str], files: list[str], tmp_path: Path) -> None:
    path = _named(*names)(files, tmp_path)
    done = cli.main(["labels", "import", str(path), "--from", "label-studio", "--out", str(tmp_path / "back.jsonl")])
    assert done == (0 if written else 2)
    assert sorted(each.name for each in tmp_path.glob("back*")) == sorted(written)


def test_2000_papers_take_seconds(tmp_path: Path) -> None:
    rows = [row(f"p{number}", "U-Net|conceptual|test") for number in range(2000)]
    (tmp_path / "labels.ann.jsonl").write_text(jsonl(rows))
    (tmp_path / "labels.ben.jsonl").write_text(jsonl(rows))
    files = [str(tmp_path / f"labels.{name}.jsonl") for name in ("ann", "ben")]
    began = time.perf_counter()
    assert cli.main(["labels", "export", *files, "--to", "argilla", "--out", str(tmp_path / "all.json")]) == 0
    given = [str(tmp_path / "all.json"), "--from", "argilla", "--out", str(tmp_path / "back.jsonl")]
    assert cli.main(["labels", "import", *given]) == 0
    assert cli.main(["labels", "merge", *files, "--out", str(tmp_path / "one.jsonl")]) == 0
    assert time.perf_counter() - began < 30
    assert len(by_annotator([tmp_path / "one.jsonl"])["one"]) == 2000
