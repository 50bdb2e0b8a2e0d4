"""One service from its start to its end: what it is asked to be, what it holds, where it listens."""

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.calling.lms import Terms, awaited
from ptmreuse.compiled import load_compiled
from ptmreuse.digests import program_digest
from ptmreuse.errors import UsageError
from ptmreuse.hold import hold
from ptmreuse.ledger import Key, Ledger
from ptmreuse.lm import EMBEDDED, LMChoice, identity
from ptmreuse.serving.answerers import Answerer, Awaiting, Computing
from ptmreuse.serving.app import app
from ptmreuse.serving.backlog import Backlog
from ptmreuse.serving.capacity import Capacity
from ptmreuse.serving.crew import Crew
from ptmreuse.serving.guard import LOOPBACK, Guard
from ptmreuse.serving.jobs import Jobs
from ptmreuse.serving.listening import address, listening, serve
from ptmreuse.serving.program_route import program_facts
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.shelf import Shelf
from ptmreuse.workers import Equipment

LEAST_TOKEN = 16  # characters
_READERS = 2  # processes that read papers for LMs that are awaited


@dataclass(frozen=True)
class Service:
    """What a service is asked to be."""

    lm: LMChoice = field(default_factory=LMChoice)
    stage_lms: Mapping[str, LMChoice] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    compiled: Path | None = None
    data: Path = Path("runs/serve")
    corpus: Sequence[Path] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    token: str = field(default="", repr=False)
    workers: int = 1
    capacity: Capacity = field(default_factory=Capacity)

    @property
    def computes(self) -> bool:
        """Whether no LM of it is waited for."""
        return all(choice.name == EMBEDDED for choice in (self.lm, *self.stage_lms.values()))

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def lm_name(self) -> str:
        """The LM as replies have it: without addresses."""
        names = {stage: choice.name for stage, choice in self.stage_lms.items() if choice != self.lm}
        return ", ".join([self.lm.name, *(f"{stage}: {name}" for stage, name in names.items())])


def run(service: Service) -> int:
    """Serve until stopped; returns the exit code.

    Raises UsageError for a host without token, a taken port and what can't be used, SystemicError for the disk and for
    an LM that can't be reached at all.
    """
    _check_token(service)
    key = Key(program_digest(service.compiled), identity(service.lm, service.stage_lms))
    with ExitStack() as held:
        facts = program_facts(service.compiled, key, service.lm_name)
        shelf = Shelf(service.corpus, Crew(1)) if service.corpus else None
        answerer = _answerer(service)
        listens = held.enter_context(listening(service.host, service.port))
        _hold(held, service.data)
        ledger = held.enter_context(Ledger(service.data / "ledger.sqlite"))
        ledger.check()
        jobs = Jobs(service.data)
        held.callback(jobs.close)
        reception = Reception(answerer, service.capacity, service.workers)
        backlog = Backlog(reception, jobs, ledger, key, service.lm_name, service.workers)
        hosts = LOOPBACK if service.is_local else ()
        served = app(reception, backlog, key, facts, shelf)
        guarded = Guard(served, service.capacity, service.token, hosts, reception.counters.count)
        _tell(service, listens)
        serve(guarded, listens, service.capacity.head_seconds)
    return 0


def _hold(held: ExitStack, data: Path) -> None:
    try:
        held.enter_context(hold(data))
    except UsageError as error:  # it speaks of the flag of a run
        raise UsageError(str(error).replace("--out", "--data").replace("another run", "another service")) from error


def _check_token(service: Service) -> None:
    if service.token and (len(service.token) < LEAST_TOKEN or not service.token.isascii()):
        raise UsageError(f"PTMREUSE_TOKEN: give at least {LEAST_TOKEN} ASCII characters, drawn at random")
    if not service.is_local and not service.token:
        advice = "put a secret into the environment variable PTMREUSE_TOKEN, or leave --host out"
        raise UsageError(f"--host {service.host}: others can reach it, and no token is set; {advice}")


def _answerer(service: Service) -> Answerer:
    if service.computes:
        return Computing(Crew(service.workers, Equipment(service.lm, service.compiled)))
    program = Pipeline()
    if service.compiled:
        load_compiled(program, service.compiled)
    at_once = max(1, service.terms.most // len(STAGES) + 1)
    return Awaiting(
        Crew(min(service.workers, _READERS)),
        program,
        lambda: awaited(service.lm, service.stage_lms, service.terms),
        at_once,
    )


def _tell(service: Service, listens: socket.socket) -> None:
    program = f"compiled in {service.compiled.name}" if service.compiled else "zero-shot"
    line = f"Serving on {address(service.host, listens)} with the LM {service.lm_name}, program {program}"
    Console(highlight=False).print(line, markup=False, soft_wrap=True)
