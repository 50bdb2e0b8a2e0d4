"""Versions in a real registry, with a key in the environment and in the program; and a model served by MLflow."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from program.answers import STAGES, Answer
from ptmreuse import cli
from ptmreuse.compiled import compiled_states, path_of
from ptmreuse.digests import program_digest
from ptmreuse.errors import PtmReuseError, SystemicError, UsageError
from ptmreuse.ledger import Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.progress import Progress
from ptmreuse.registering.registry import compiled_of, register
from ptmreuse.run import Order, run

KEY = "sk-planted-0123456789abcdef"
COMPILED = path_of("embedded")
PAPERS = Path(__file__).parent.parent / "examples" / "papers"


def changed(folder: Path, name: str, accuracy: float, note: str = "") -> Path:
    """The compiled program as if one stage had scored so on val."""
    state = json.loads(COMPILED.read_text())
    state["metadata"]["names_ptms"]["after"]["accuracy"] = accuracy
    state["metadata"]["note"] = note
    (path := folder / name).write_text(json.dumps(state))
    return path


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A store in which a champion is registered; MLflow looks there as long as the module's tests run."""
    folder = tmp_path_factory.mktemp("registry")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(action="ignore"):
        patch.chdir(folder)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'mlflow.db'}")
        compiled = changed(tmp_path_factory.mktemp("compiled"), "c.json", 0.9, f"asked with {KEY}")
        made = register(compiled, "ptm-reuse", LMChoice())
        from mlflow import MlflowClient

        (model,) = (folder / "mlartifacts" / "models").iterdir()
        yield SimpleNamespace(
            folder=folder, made=made, compiled=compiled, model=model / "artifacts", client=MlflowClient()
        )


def test_the_first_version_is_the_champion(registry: SimpleNamespace) -> None:
    assert asdict(registry.made) == {
        "name": "ptm-reuse", "version": "1", "champion": "1", "before": "", "why": ()
    }  # fmt: skip
    version = registry.client.get_model_version("ptm-reuse", "1")
    tags = dict(version.tags)
    assert tags.pop("git_commit") is not None
    assert tags == {
        "lm": LMChoice().identity,
        "program": program_digest(compiled_of("models:/ptm-reuse/1")),
        "dataset_digest": "406b367a4f1cc3d7",
        **{f"{stage}/val_accuracy": tags[f"{stage}/val_accuracy"] for stage in STAGES},
    }
    assert tags["names_ptms/val_accuracy"] == "0.9000"


def test_what_a_model_has_in_it(registry: SimpleNamespace) -> None:
    files = {str(path.relative_to(registry.model)) for path in registry.model.rglob("*") if path.is_file()}
    assert {"model_code.py", "artifacts/compiled.json", "input_example.json", "requirements.txt"} <= files
    data = ("program/catalogue.csv", "ptmreuse/embedded/prior.json", "signatures/labels.py", "ptmreuse/cli.py")
    assert {f"code/{name}" for name in data} <= files
    assert not [name for name in files if name.endswith((".pkl", ".pyc"))]
    requirements = (registry.model / "requirements.txt").read_text()
    assert "\ndspy==3." in requirements and "pytest" not in requirements
    from mlflow.models import Model

    told = Model.load(registry.model)
    assert told.metadata["stages"]["names_ptms"]["val_accuracy"] == 0.9
    assert told.get_input_schema().input_names() == ["document", "source"]


def test_no_key_is_anywhere(registry: SimpleNamespace) -> None:
    assert KEY in registry.compiled.read_text()
    files = [path for path in registry.folder.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert json.loads((registry.model / "artifacts/compiled.json").read_text())["metadata"]["note"].endswith(
        "[removed]"
    )


def test_a_key_in_a_file_that_can_not_be_rewritten(registry: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "Compiled programs: JSON state")  # stands in a docstring of ours
    with pytest.raises(SystemicError, match=r"holds the value of an environment variable named like a key"):
        register(registry.compiled, "other", LMChoice())
    assert not registry.client.search_registered_models("name = 'other'")


def test_the_champion_moves_when_nothing_is_worse(registry: SimpleNamespace, tmp_path: Path) -> None:
    name, cases = "moving", [(0.8, False, "1"), (0.7, False, "1"), (0.7, True, "3"), (0.7, False, "4")]
    for number, (accuracy, force, champion) in enumerate(cases, 1):
        made = register(changed(tmp_path, f"{number}.json", accuracy), name, LMChoice(), force=force)
        assert (made.version, made.champion) == (str(number), champion)
        assert str(registry.client.get_model_version_by_alias(name, "champion").version) == champion
        if number == 2:
            assert made.why == ("names_ptms: 0.7000 on val, the champion 0.8000",)


@pytest.mark.parametrize("uri", ["models:/ptm-reuse@champion", "models:/ptm-reuse/1"])
def test_the_compiled_program_of_a_model(registry: SimpleNamespace, uri: str) -> None:
    assert compiled_states(compiled_of(uri)) == compiled_states(registry.compiled)


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("models:/nobody@champion", "not in MLflow at sqlite"),
        ("models:/ptm-reuse@second", "not in MLflow at sqlite"),
        ("models:/ptm-reuse/77", "not in MLflow at sqlite"),
        ("models:/ptm-reuse/1/../../x", "give models:/NAME@champion"),
        ("runs:/1234/model", "give models:/NAME@champion"),
        ("https://somewhere/compiled.json", "give models:/NAME@champion"),
        ("/etc", "give models:/NAME@champion"),
    ],
)
def test_no_such_model(registry: SimpleNamespace, uri: str, told: str) -> None:
    del registry
    with pytest.raises(UsageError, match=told):
        compiled_of(uri)


@pytest.mark.parametrize(
    ("name", "lm", "told"),
    [
        ("../x", LMChoice(), "--name ../x"),
        ("", LMChoice(), "--name "),
        ("x", LMChoice("openai/m", "http://me:secret@127.0.0.1/v1"), "--api-base: the model would keep"),
    ],
)
def test_what_can_not_be_registered(registry: SimpleNamespace, name: str, lm: LMChoice, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        register(registry.compiled, name, lm)


def test_a_registry_that_is_away(registry: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    for work in (lambda: register(registry.compiled, "x", LMChoice()), lambda: compiled_of("models:/x@champion")):
        with pytest.raises(
            PtmReuseError, match=r"MLflow at http://127\.0\.0\.1:9 fails .* MLFLOW_TRACKING_URI"
        ) as said:
            work()
        assert "secret" not in str(said.value)


@pytest.fixture(scope="module")
def served(
    registry: SimpleNamespace, python: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """`mlflow models serve` of the champion, in a folder of its own; its address. Our code in the model is marked."""
    with (registry.model / "code" / "signatures" / "labels.py").open("a") as labels:
        labels.write("# the model's own copy\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    offline = python["PYTHONPATH"].split(os.pathsep)[0]
    env = python | {
        "PYTHONPATH": offline,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), python["PATH"]]),
        "MLFLOW_TRACKING_URI": os.environ["MLFLOW_TRACKING_URI"],
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "LITELLM_LOCAL_MODEL_COST_MAP": "true",
    }
    words = ["models", "serve", "-m", "models:/ptm-reuse@champion", "--env-manager", "local", "-h", "127.0.0.1"]
    command = [sys.executable, "-m", "mlflow", *words, "-p", str(port)]
    log = (folder := tmp_path_factory.mktemp("elsewhere")) / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/ping", process, log)
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(log.read_text()[-3000:])


def asked(address: str, body: Any) -> Any:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        return json.load(response)


def test_a_served_model_answers_as_a_run_does(served: str, tmp_path: Path) -> None:
    order = Order((PAPERS,), tmp_path / "out", compiled=compiled_of("models:/ptm-reuse@champion"))
    run(order, Progress(Console(quiet=True)))
    with Ledger(order.ledger) as ledger:
        answers = ledger.all_answers(order.key)
    expected = {paper: [asdict(each) for each in by_stage.values()] for paper, by_stage in answers.items()}
    papers = sorted(PAPERS.glob("*.xml"))
    body = {"dataframe_records": [{"document": path.read_text(), "source": path.name} for path in papers]}
    replies = asked(served, body)["predictions"]
    got = {
        reply["text_hash"]: [{name: each[name] for name in Answer.__slots__} for each in reply["answers"]]
        for reply in replies
    }
    assert got == json.loads(json.dumps(expected))
    assert len(got) == 12 and sum(bool(reply["models"]) for reply in replies) >= 5
    assert {reply["program"] for reply in replies} != {order.key.program}  # the code that answered is the model's own


def test_a_served_model_says_what_is_wrong(served: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(served, {"dataframe_records": [{"paper": "x"}]})
    assert refused.value.code == 400
    assert "missing inputs ['document']" in json.load(refused.value)["message"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--model", "models:/nobody@champion"], "models:/nobody@champion: not in MLflow at sqlite"),
        (["--model", "models:/ptm-reuse@champion", "--zero-shot"], "leave --compiled and --zero-shot out"),
        (["--model", "models:/ptm-reuse@champion", "--host", "0.0.0.0"], "no token is set"),  # noqa: S104
    ],
)
def test_a_service_of_a_registered_model(
    registry: SimpleNamespace, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    del registry
    assert cli.main(["serve", "--port", "0", *words]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
