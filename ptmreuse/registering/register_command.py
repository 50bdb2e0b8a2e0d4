"""`ptmreuse register`: a compiled program becomes a version of a model in MLflow's registry."""

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ptmreuse.compiled import compiled_metadata
from ptmreuse.errors import UsageError
from ptmreuse.lm import LMChoice
from ptmreuse.outbox import shown, tracking_uri

if TYPE_CHECKING:
    from ptmreuse.registering.registry import Registered

HELP = "make a compiled program a model in MLflow's registry"
NAME = "ptm-reuse"


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=_register)
    parser.description = "Register a compiled program as an MLflow model; the best version on val is the champion."
    flag = parser.add_argument
    flag("compiled", type=Path, metavar="FILE", help="compiled program, JSON, as optimize.py writes it")
    flag("--name", default=NAME, help="of the model in the registry (default %(default)s)")
    flag("--lm", metavar="NAME", help="the LM that it asks (default: the one that it was compiled with)")
    flag("--api-base", default="", metavar="URL", help="address of an OpenAI-compatible server")
    flag("--force", action="store_true", help="make it the champion even if a stage is worse or can't be compared")
    flag("--debug", action="store_true", help="show the traceback of an error")


def _register(given: argparse.Namespace) -> int:
    # MLflow takes seconds to import, and the other commands, whose worker processes import this module, don't need it
    from ptmreuse.registering.registry import register

    lm = LMChoice(given.lm or compiled_with(given.compiled), given.api_base)
    show(register(given.compiled, given.name, lm, force=given.force), Console(highlight=False))
    return 0


def compiled_with(compiled: Path) -> str:
    """The name of the LM that a program was compiled with. Raises UsageError when the file does not name one."""
    metadata = compiled_metadata(compiled)
    told = {str(each["lm"]) for each in metadata.values() if isinstance(each, dict) and each.get("lm")}
    names = {re.split(r"[@ ]", each)[0] for each in told}
    if len(names) != 1:
        said = (
            f"was compiled with {', '.join(sorted(names))}" if names else "does not say with which LM it was compiled"
        )
        raise UsageError(f"{compiled}: {said}; give --lm")
    return names.pop()


def show(registered: "Registered", console: Console) -> None:
    """Say which version it is, and which is the champion."""
    lines = [f"Registered: {registered.name} version {registered.version} in {shown(tracking_uri())}"]
    if registered.why:
        lines.append(f"champion stays version {registered.champion}; --force moves it")
        lines += [f"  {each}" for each in registered.why]
    else:
        lines.append(f"champion: version {registered.champion}" + _before(registered))
    lines.append(f"Use it: models:/{registered.name}@champion")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def _before(registered: "Registered") -> str:
    return f", version {registered.before} before" if registered.before else ""
