"""Asking a stage about examples and scoring what it answers, in threads for an LM that is waited for."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass

import dspy
from dspy.utils.exceptions import AdapterParseError, LMError

from ptmreuse.answering import SYSTEMIC, first_line
from ptmreuse.errors import SystemicError
from ptmreuse.metrics import Outcome, outcome


@dataclass(frozen=True, slots=True)
class Scored:
    """An example with what was answered and how right that is."""

    example: dspy.Example
    prediction: dspy.Prediction
    outcome: Outcome


def scored(stage: str, module: dspy.Module, examples: Sequence[dspy.Example], threads: int = 1) -> list[Scored]:
    """Every example with its answer. Call it within `dspy.context(lm=…)`.

    An answer that can't be read, or a call that fails, scores 0. Raises SystemicError when the LM refuses every call.
    """
    predictions = _predictions(module, examples, threads)
    failures = [p for p in predictions if isinstance(p, Exception)]
    if failures and len(failures) == len(predictions) and not isinstance(failures[0], AdapterParseError):
        raise _refusal(failures[0])
    given = [dspy.Prediction() if isinstance(p, Exception) else p for p in predictions]
    return [Scored(e, p, outcome(stage, e, p)) for e, p in zip(examples, given, strict=True)]


def _predictions(
    module: dspy.Module, examples: Sequence[dspy.Example], threads: int
) -> list[dspy.Prediction | Exception]:
    if threads == 1:
        return [_asked(module, example) for example in examples]
    with ThreadPoolExecutor(threads) as pool:
        try:
            return list(pool.map(lambda e, context: context.run(_asked, module, e), examples, _contexts(len(examples))))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _contexts(number: int) -> list[Context]:
    return [copy_context() for _ in range(number)]  # DSPy's settings, which a thread of a pool doesn't have


def _asked(module: dspy.Module, example: dspy.Example) -> dspy.Prediction | Exception:
    try:
        return module(**example.inputs())
    except SYSTEMIC as error:
        raise _refusal(error) from error
    except (LMError, AdapterParseError) as error:
        return error


def _refusal(error: Exception) -> SystemicError:
    advice = "see to --lm, --api-base and the key in the environment"
    return SystemicError(f"the LM refuses every call: {first_line(error)} ({type(error).__name__}); {advice}")
