"""The LMs of a run that are awaited: one for each stage, each with its own pace and limits, all with one budget."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import dspy
from dspy import lm15
from dspy.utils.exceptions import LMConfigurationError

from program.answers import STAGES
from ptmreuse.answering import first_line, refused_by
from ptmreuse.calling.bill import BILL, Bill, use_of
from ptmreuse.calling.budget import Budget
from ptmreuse.calling.direct import DirectLM
from ptmreuse.calling.engine import TIMEOUT, Calls, Unawaited
from ptmreuse.calling.limits import Limits
from ptmreuse.calling.outage import Outage
from ptmreuse.calling.pace import FIRST, MOST, Pace
from ptmreuse.calling.retries import BACKOFF
from ptmreuse.embedded.engine import AsyncEmbeddedEngine, EmbeddedEngine
from ptmreuse.errors import UsageError
from ptmreuse.lm import EMBEDDED, EMBEDDED_MODEL, LMChoice
from ptmreuse.meter import Price, price_of


@dataclass(frozen=True)
class Terms:
    """How LMs may be called: calls at once, requests and tokens per minute, seconds; None is found out, or no limit."""

    concurrency: int | None = None
    rpm: int | None = None
    tpm: int | None = None
    max_usd: float | None = None
    max_tokens: int | None = None
    timeout: float = TIMEOUT
    give_up_after: float | None = None
    backoff: float = BACKOFF

    @property
    def most(self) -> int:
        """Calls at once at most."""
        return self.concurrency or MOST


@dataclass
class LMs:
    """The LM of each stage, and what they share."""

    by_stage: dict[str, dspy.LM]
    budget: Budget
    engines: list[Calls] = field(default_factory=list)

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        return sum(engine.pace.in_flight for engine in self.engines)

    @property
    def is_down(self) -> bool:
        """Whether calls are held back because a provider is down."""
        return any(engine.outage.is_down for engine in self.engines)

    async def aclose(self) -> None:
        """Close every connection."""
        for engine in self.engines:
            await engine.aclose()


class Shared:
    """What all LMs of a run share, and the limits of each; other processes may share them, too."""

    def __init__(self, terms: Terms) -> None:
        self.budget = Budget(terms.max_usd, terms.max_tokens)
        self._terms = terms

    def limits(self, choice: LMChoice) -> Limits:
        """What the provider of an LM lets through per minute."""
        del choice
        return Limits(self._terms.rpm, self._terms.tpm)


class _Counted:
    """The embedded LM behind DSPy's asynchronous contract; its tokens cost nothing."""

    def __init__(self) -> None:
        self._engine = AsyncEmbeddedEngine()

    async def complete(self, request: lm15.Request) -> lm15.Response:
        """Answer one request."""
        response = await self._engine.complete(request)
        bill = BILL.get() or Bill()
        bill.attempts += 1
        bill.add(use_of(response.usage, EMBEDDED), Price(0.0, 0.0))
        return response


def awaited(
    choice: LMChoice,
    stage_lms: Mapping[str, LMChoice],
    terms: Terms,
    told: Callable[[str], None] = lambda _: None,
    shared: Shared | None = None,
) -> LMs:
    """Build the LMs of a run, each once, whatever the number of its stages.

    Raises UsageError for parameters that an LM does not take and for a budget in USD where a price is not known,
    SystemicError for an LM that can't be reached at all.
    """
    choices = {stage: stage_lms.get(stage, choice) for stage in STAGES}
    shared = shared or Shared(terms)
    budget = shared.budget
    built: dict[str, dspy.LM] = {}
    engines: list[Calls] = []
    for each in choices.values():
        if each.identity not in built:
            built[each.identity] = _built(each, terms, shared, engines, told)
    return LMs({stage: built[each.identity] for stage, each in choices.items()}, budget, engines)


def _built(
    choice: LMChoice, terms: Terms, shared: Shared, engines: list[Calls], told: Callable[[str], None]
) -> dspy.LM:
    if choice.name == EMBEDDED:
        return dspy.LM(EMBEDDED_MODEL, engine=EmbeddedEngine(), async_engine=_Counted(), cache=False, num_retries=0)
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")  # else DSPy fetches a price list from the web
    price = price_of(choice)
    if terms.max_usd is not None and price is None:
        raise UsageError(f"--max-usd: the price of {choice.name} is not known; give --max-tokens instead")
    try:
        own = choice.build()
        calls = Calls(
            choice.name,
            choice.api_base,
            pace=Pace(terms.most, terms.concurrency or FIRST),
            limits=shared.limits(choice),
            outage=Outage(terms.give_up_after, terms.backoff),
            budget=shared.budget,
            price=price,
            timeout=terms.timeout,
            backoff=terms.backoff,
            told=told,
        )
        lm = DirectLM(
            choice.name, engine=Unawaited(own), async_engine=calls, cache=False, num_retries=0, **choice.parameters
        )
    except LMConfigurationError as error:
        raise UsageError(f"--lm {choice.name}: {first_line(error)}") from error
    except lm15.LM15Error as error:
        raise refused_by(error) from error
    engines.append(calls)
    return lm
