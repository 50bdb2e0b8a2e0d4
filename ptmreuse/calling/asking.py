"""Carry one paper through the program with LMs that are awaited: each answer is a row as soon as it is there."""

import time
from collections.abc import Callable, Collection, Mapping

import dspy
from dspy.utils.exceptions import AdapterParseError, LMError

from program.answers import Answer, unresolved
from program.paper import Paper
from program.passages import Survey, default_budget
from program.pipeline import Failure, Pipeline, Question, Reply, ask, unanswered
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import SYSTEMIC, first_line, reason_of, refused_by
from ptmreuse.calling.bill import BILL, Bill
from ptmreuse.calling.replies import declines
from ptmreuse.calling.retries import CutShort, Refused, WorthlessReplyError
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Row

_ROOM = 6000  # tokens of a second answer where the first was cut at a limit that is not ours
_LIMITS = ("max_tokens", "max_completion_tokens")

Record = Callable[[Row], None]


class Asker:
    """Asks a program's questions, each of the LM of its stage."""

    def __init__(self, program: Pipeline, lms: Mapping[str, dspy.LM], stages: Collection[str]) -> None:
        self._program, self._lms, self._stages = program, lms, stages
        self._adapter = CachingChatAdapter(use_json_adapter_fallback=False)
        self._json = dspy.JSONAdapter(use_native_function_calling=False)

    async def answer(self, paper: Paper, survey: Survey | None, known: Mapping[str, Answer], record: Record) -> None:
        """Ask what is not known about a paper; `record` is called with each new row.

        A question that is too long is asked once more with half of the passages. Raises SystemicError when an LM
        refuses in a way that would meet every paper, BudgetReached before a call that could go over the budget.
        """
        asked = _Asked(record)
        try:
            await self._carry(paper, survey, known, asked)
        except SystemicError:
            raise
        except Exception as error:  # noqa: BLE001 - the edge of a run: a fault of ours in one paper must not end the others
            stage = unanswered({**known, **asked.answers}, self._stages)[0]
            asked.error = f"{type(error).__name__}: {first_line(error)}"
            asked.take(unresolved(stage, "program_fault"))

    async def _carry(self, paper: Paper, survey: Survey | None, known: Mapping[str, Answer], asked: "_Asked") -> None:
        budget: int | None = None
        asking = ask(paper, self._stages, known, asked.take, budget, survey)
        try:
            question = next(asking)
            while True:
                reply = await self._reply(question, asked)
                if isinstance(reply, Failure) and reply.reason == "too_long" and budget is None:
                    budget = default_budget(paper) // 2
                    asking = ask(paper, self._stages, {**known, **asked.answers}, asked.take, budget, survey)
                    question = next(asking)
                else:
                    question = asking.send(reply)
        except StopIteration:
            return

    async def _reply(self, question: Question, asked: "_Asked") -> Reply:
        """A question's reply or its failure, put on the bill."""
        began, bill = time.perf_counter(), BILL.set(asked.bill)
        try:
            return await self._repaired(question)
        except SYSTEMIC as error:
            raise refused_by(error) from error
        except (LMError, AdapterParseError) as error:
            if isinstance(error.__cause__, SystemicError):
                raise error.__cause__ from None
            asked.error = asked.error or f"{type(error).__name__}: {first_line(error)}"
            return Failure(_reason(error))
        finally:
            BILL.reset(bill)
            asked.seconds += time.perf_counter() - began

    async def _repaired(self, question: Question) -> dspy.Prediction:
        """Ask, and once more when the reply is worthless: as JSON, with more room, or just again."""
        lm, adapter = self._lms[question.stage], self._adapter
        try:
            with dspy.context(lm=lm, adapter=adapter):
                return await self._program.areply(question)
        except AdapterParseError:
            adapter = self._json
        except LMError as error:
            if not isinstance(error.__cause__, (CutShort, Refused)):
                raise
            lm = _roomier(lm) if isinstance(error.__cause__, CutShort) else lm
        with dspy.context(lm=lm, adapter=adapter):
            return await self._program.areply(question)


class _Asked:
    """What was asked since the last answer, and the answers so far."""

    def __init__(self, record: Record) -> None:
        self.answers: dict[str, Answer] = {}
        self._record = record
        self._begin()

    def _begin(self) -> None:
        self.bill, self.seconds, self.error = Bill(), 0.0, ""

    def take(self, answer: Answer) -> None:
        """An answer has come: it is a row with the sum of the calls that led to it, which are then forgotten."""
        bill = self.bill
        self.answers[answer.stage] = answer
        self._record(
            Row(
                answer,
                bill.input_tokens,
                bill.output_tokens,
                bill.cached_tokens,
                bill.usd,
                self.seconds,
                bill.attempts,
                self.error,
            )
        )
        self._begin()


def _reason(error: Exception) -> str:
    if isinstance(error.__cause__, WorthlessReplyError):
        return error.__cause__.reason
    if isinstance(error, AdapterParseError) and declines(str(error.lm_response)):
        return Refused.reason
    return reason_of(error)


def _roomier(lm: dspy.LM) -> dspy.LM:
    """The same LM with room for a longer answer."""
    limit = next((name for name in _LIMITS if lm.kwargs.get(name)), "")
    return lm.copy(**{limit: 2 * lm.kwargs[limit]} if limit else {"max_tokens": _ROOM})
