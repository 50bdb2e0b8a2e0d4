"""`ptmreuse serve`: the program behind HTTP, on this machine unless told otherwise."""

import argparse
import os
from pathlib import Path

from ptmreuse.amounts import count, seconds
from ptmreuse.calling import flags
from ptmreuse.compiled import chosen
from ptmreuse.errors import UsageError
from ptmreuse.lm import EMBEDDED
from ptmreuse.serving.capacity import MIB, Capacity

HELP = "answer over HTTP, with a page to drop papers on"
TOKEN = "PTMREUSE_TOKEN"  # noqa: S105 - the name of the variable


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=serve)
    parser.description = f"An HTTP service. A host that is not loopback needs a bearer token in {TOKEN}."
    flag = parser.add_argument
    flag("--host", default="127.0.0.1", help="address to listen at (default %(default)s)")
    flag("--port", type=_port, default=8000, help="port (default %(default)s; 0 takes a free one)")
    flag("--data", type=Path, default=Path("runs/serve"), metavar="DIR", help="folder of jobs (default %(default)s)")
    told = "papers to be asked about by DOI: files, folders, archives"
    flag("--corpus", type=Path, nargs="+", default=[], metavar="PATH", help=told)
    flag("--lm", default=EMBEDDED, help="embedded (default), or a DSPy name such as openai/gpt-5-mini")
    flag("--api-base", default="", metavar="URL", help="address of an OpenAI-compatible server")
    compiled = "compiled program, JSON (default: that of the LM in program/compiled, if there is one)"
    flag("--compiled", type=Path, metavar="FILE", help=compiled)
    flag("--model", metavar="URI", help="compiled program of a registered model, such as models:/ptm-reuse@champion")
    flag("--zero-shot", action="store_true", help="use no compiled program")
    flag("--jobs", type=count, default=os.cpu_count() or 1, metavar="N", help="workers (default: one per core)")
    flag("--max-upload", type=count, default=20, metavar="MIB", help="of one paper (default %(default)s)")
    flag("--max-batch", type=count, default=200, metavar="MIB", help="of one batch (default %(default)s)")
    flag("--max-waiting", type=count, default=32, metavar="N", help="papers at once (default %(default)s)")
    told = "an answer may take so long (default %(default)g)"
    flag("--max-seconds", type=seconds, default=300.0, metavar="SECONDS", help=told)
    flag("--debug", action="store_true", help="show the traceback of an error")
    flags.add(parser, resumes=False)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)


def serve(given: argparse.Namespace) -> int:
    """Serve until stopped; returns the exit code. Raises UsageError for what can't be used, SystemicError."""
    try:
        from ptmreuse.serving import service  # the web framework is an extra, and takes a second to import
    except ModuleNotFoundError as error:
        raise UsageError(f"serve: {error.name} is not installed; pip install 'ptm-reuse[serve]'") from error
    lm, stage_lms = flags.lms(given)
    capacity = Capacity(
        paper=given.max_upload * MIB,
        batch=given.max_batch * MIB,
        waiting=given.max_waiting,
        answer_seconds=given.max_seconds,
    )
    return service.run(
        service.Service(
            lm=lm,
            stage_lms=stage_lms,
            terms=flags.terms(given),
            compiled=_compiled(given),
            data=given.data,
            corpus=given.corpus,
            host=given.host,
            port=given.port,
            token=os.environ.get(TOKEN, ""),
            workers=given.jobs,
            capacity=capacity,
        )
    )


def _compiled(given: argparse.Namespace) -> Path | None:
    if not given.model:
        return chosen(given.lm, given.compiled, zero_shot=given.zero_shot)
    if given.compiled or given.zero_shot:
        raise UsageError(f"--model {given.model}: it has its compiled program; leave --compiled and --zero-shot out")
    from ptmreuse.registering.registry import compiled_of  # MLflow takes seconds to import

    return compiled_of(given.model)
