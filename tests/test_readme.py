"""The README names everything that a person meets: commands, flags, columns, reasons, make's targets."""

import argparse
import re
from pathlib import Path

import pytest

from program.answers import STAGES
from ptmreuse.cli import _parser
from ptmreuse.tables import MODEL_COLUMNS, PAPER_COLUMNS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GUIDES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("evaluate", "optimize")}
TARGETS = re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE)
OTHERS = {"--extra", "--python", "--host", "--port"}  # flags of other programs that the README may show


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every subcommand by name."""
    return _commands_of(_parser())


def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    several = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return {name: made for action in several for name, made in action.choices.items()}


def flags_of(parser: argparse.ArgumentParser) -> set[str]:
    """Every long flag of a command and of its own subcommands."""
    options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    return options.union(*map(flags_of, _commands_of(parser).values())) - {"--help"}


def flags() -> set[str]:
    """Every long flag of every subcommand."""
    return set().union(*map(flags_of, commands().values()))


def guide(command: str) -> str:
    """What the guide of a command says; "" where there is none."""
    path = ROOT / "docs" / f"{command}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def script_flags(name: str) -> set[str]:
    """Every long flag of a script, which is never imported."""
    code = (ROOT / f"{name}.py").read_text(encoding="utf-8")
    return set(re.findall(r'add(?:_argument)?\(\s*"(--[a-z-]+)"', code))


def in_code(word: str, text: str = README) -> bool:
    """Whether a text has a word in a code span or block."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", " ".join(_code(text))) is not None


def _code(text: str = README) -> list[str]:
    blocks = re.findall(r"^```.*?^```|^(?: {4}.*\n)+", text, re.DOTALL | re.MULTILINE)
    return [*blocks, *re.findall(r"`[^`\n]+`", text)]


def _flags_in(text: str) -> set[str]:
    return {flag for code in _code(text) for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", code)}


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_there_and_its_flags_are_here_or_in_its_guide(command: str) -> None:
    assert in_code(f"ptmreuse {command}")
    own = guide(command)
    missing = [flag for flag in flags_of(commands()[command]) if not in_code(flag) and not in_code(flag, own)]
    assert missing == []
    foreign = _flags_in(own) - flags() - script_flags("evaluate") - script_flags("optimize") - OTHERS - {"--help"}
    assert not foreign


@pytest.mark.parametrize("column", sorted({*PAPER_COLUMNS, *MODEL_COLUMNS}))
def test_every_column_is_there(column: str) -> None:
    assert in_code(column)


@pytest.mark.parametrize("name", [*STAGES, "make run", "make test", "make check", "make help"])
def test_every_stage_and_the_first_make_targets_are_there(name: str) -> None:
    assert in_code(name)


def test_there_is_no_flag_that_does_not_exist() -> None:
    assert _flags_in(README) <= flags() | script_flags("evaluate") | script_flags("optimize") | OTHERS | {"--help"}


@pytest.mark.parametrize("name", GUIDES)
def test_the_guide_of_a_script_has_its_flags_and_no_others(name: str) -> None:
    own = script_flags(name)
    assert len(own) > 10
    assert not [flag for flag in own if not in_code(flag, GUIDES[name])]
    assert _flags_in(GUIDES[name]) <= own | flags()


def test_there_is_no_make_target_that_does_not_exist() -> None:
    named = {target for code in _code() for target in re.findall(r"(?<![\w-])make ([a-z]+)", code)}
    assert named <= set(TARGETS)
