"""A run whose LMs answer in batches, from its order to its ledger."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from time import sleep as wait

import dspy
from dspy import lm15
from dspy.utils.exceptions import LMConfigurationError

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.answering import first_line, refused_by
from ptmreuse.batches.counter import WaveDesk
from ptmreuse.batches.delivery import Delivery, batches
from ptmreuse.batches.engine import Batched
from ptmreuse.batches.provider import Provider
from ptmreuse.batches.register import Register
from ptmreuse.batches.spool import Size, Spool
from ptmreuse.batches.waves import Waves
from ptmreuse.batches.work import Work
from ptmreuse.calling.asking import Asker
from ptmreuse.calling.budget import Budget
from ptmreuse.calling.engine import Unawaited
from ptmreuse.calling.lms import Terms, awaited
from ptmreuse.errors import UsageError
from ptmreuse.hold import hold
from ptmreuse.ledger import Key, Ledger
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.meter import price_of
from ptmreuse.progress import Progress


@dataclass(frozen=True)
class Batching:
    """The LMs of a run that asks in batches: by stage for the program, by identity for their batches."""

    by_stage: dict[str, dspy.LM]
    engines: dict[str, Batched]
    terms: Terms


def batching(choice: LMChoice, stage_lms: Mapping[str, LMChoice], terms: Terms) -> Batching:
    """Build the LMs of a run.

    Raises UsageError for LMs that do not answer in batches and for a budget in USD where a price is not known,
    SystemicError for a key that is not there.
    """
    choices = {stage: stage_lms.get(stage, choice) for stage in STAGES}
    if all(each.name == EMBEDDED for each in choices.values()):
        raise UsageError("--engine batch: the embedded LM answers at once; give --lm, or leave --engine out")
    built: dict[str, dspy.LM] = {}
    engines: dict[str, Batched] = {}
    for each in choices.values():
        if each.identity not in built:
            built[each.identity] = _built(each, terms, engines)
    return Batching({stage: built[each.identity] for stage, each in choices.items()}, engines, terms)


def _built(choice: LMChoice, terms: Terms, engines: dict[str, Batched]) -> dspy.LM:
    if choice.name == EMBEDDED:
        return awaited(choice, {}, terms).by_stage[STAGES[0]]
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")  # else DSPy fetches a price list from the web
    price = price_of(choice)
    if terms.max_usd is not None and price is None:
        raise UsageError(f"--max-usd: the price of {choice.name} is not known; give --max-tokens instead")
    try:
        engine = Batched(choice, price)
        own = Unawaited(choice.build())
        lm = dspy.LM(choice.name, engine=own, async_engine=engine, cache=False, num_retries=0, **choice.parameters)
    except LMConfigurationError as error:
        raise UsageError(f"--lm {choice.name}: {first_line(error)}") from error
    except lm15.LM15Error as error:
        raise refused_by(error) from error
    engines[choice.identity] = engine
    return lm


def carry_in_batches(
    batching: Batching,
    program: Pipeline,
    desk: WaveDesk,
    work: Work,
    readers: Executor,
    progress: Progress,
    size: Size | None = None,
    sleep: Callable[[float], None] = wait,
) -> None:
    """Take every document through, wave after wave.

    Raises SystemicError, BudgetReached, KeyboardInterrupt; what the provider has by then goes on there, is told, and is
    found again by the next run.
    """
    budget = Budget(batching.terms.max_usd, batching.terms.max_tokens)
    providers = _providers(batching, progress, sleep)

    def tell(line: str) -> None:
        progress.console.print(line, highlight=False)

    with Register(work.ledger, work.key) as register:
        spool = Spool(work.ledger.parent / "batches", register, budget, size)
        prices = {lm: engine.price for lm, engine in batching.engines.items()}
        delivery = Delivery(register, spool, providers, prices, budget, tell, sleep)
        asker = Asker(program, batching.by_stage, work.stages)
        waves = Waves(desk, asker, work, batching.engines, register, spool, delivery, budget, tell)
        try:
            waves.carry(readers)
        except BaseException:
            _tell_left(register, tell)
            raise
        finally:
            for provider in providers.values():
                provider.close()


def cancel_batches(batching: Batching, ledger: Path, key: Key, progress: Progress) -> int:
    """Ask the providers to end the batches of a run; returns how many. What they have answered by then is kept."""
    providers = _providers(batching, progress, wait)
    with hold(ledger.parent), Ledger(ledger), Register(ledger, key) as register:
        running = register.batches("running")
        for batch in running:
            providers[batch.model].cancel(batch.provider_id)
        advice = "the same command without --cancel collects what was answered, and asks for the rest"
        progress.console.print(f"Told to end: {batches(len(running))}; {advice}", highlight=False)
        return len(running)


def _providers(batching: Batching, progress: Progress, sleep: Callable[[float], None]) -> dict[str, Provider]:
    terms = batching.terms
    return {
        lm: Provider(engine.base, engine.key, terms.give_up_after, progress.failed, sleep, terms.backoff)
        for lm, engine in batching.engines.items()
    }


def _tell_left(register: Register, tell: Callable[[str], None]) -> None:
    if left := register.under_way():
        requests = sum(batch.requests for batch in left)
        advice = "the same command waits for them, with --cancel it ends them"
        tell(f"At work at the provider: {batches(len(left))} with {requests:,} requests; {advice}")
