"""One wave of batches: handed over, looked at with growing pauses, fetched when they have ended."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ptmreuse.batches.letters import Reply
from ptmreuse.batches.provider import Provider, RefusedRequest, Status
from ptmreuse.batches.register import Batch, Register
from ptmreuse.batches.spool import Spool
from ptmreuse.calling.budget import Budget
from ptmreuse.errors import SystemicError
from ptmreuse.meter import Price

_FIRST, _LONGEST, _GROWTH = 0.1, 60.0, 1.5  # seconds between looks
_FAILURES = 3  # of whole batches in a row
_FETCHES = 3  # of a file that has fewer lines than the provider counts
_ENDED = frozenset({"completed", "expired", "cancelled"})
_QUEUE_FULL = "token_limit_exceeded"
_HOPELESS = frozenset({"invalid_model", "model_not_found", "billing_hard_limit_reached", "insufficient_quota"})


class Delivery:
    """Carries batches to their providers, by LM, and their replies back; `tell` is called with how far they are."""

    def __init__(
        self,
        register: Register,
        spool: Spool,
        providers: Mapping[str, Provider],
        prices: Mapping[str, Price | None],
        budget: Budget,
        tell: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._register, self._spool, self._providers = register, spool, providers
        self._prices, self._budget, self._tell, self._sleep = prices, budget, tell, sleep
        self._failures = 0
        self._queue_is_full = False
        self._seen: dict[int, Status] = {}

    def carry(self) -> None:
        """Hand over what is ready, and return when every batch has ended and its replies are in the register.

        Raises SystemicError for a provider that refuses or fails batch after batch.
        """
        self._recover()
        pause = _FIRST
        while True:
            self._hand_over()
            if not (under_way := self._register.under_way()):
                return
            for batch in under_way:
                self._look(batch)
            self._report()
            if self._register.under_way():
                self._sleep(pause * random.uniform(0.8, 1.0))  # noqa: S311 - no secret hangs on it
                pause = min(pause * _GROWTH, _LONGEST)

    def _recover(self) -> None:
        """Batches that a killed run had asked for, perhaps: they are there, or asked for now."""
        for batch in self._register.batches("creating"):
            provider = self._providers[batch.model]
            found = provider.find(batch.token)
            try:
                status = found or provider.create(batch.input_file, batch.token)
            except RefusedRequest:  # the file is gone
                self._register.drop(batch.id)
            else:
                self._register.running(batch.id, status.id)

    def _hand_over(self) -> None:
        for batch in self._register.batches("ready"):
            if self._queue_is_full and self._register.under_way():
                return
            provider = self._providers[batch.model]
            self._register.creating(batch.id, provider.upload(self._spool.path(batch.id)))
            (created,) = (b for b in self._register.batches("creating") if b.id == batch.id)
            self._register.running(batch.id, provider.create(created.input_file, created.token).id)

    def _look(self, batch: Batch) -> None:
        status = self._providers[batch.model].status(batch.provider_id)
        self._seen[batch.id] = status
        self._register.noted(batch.id, status.status)
        if status.status in _ENDED:
            self._collect(batch, status)
        elif status.status == "failed":
            self._failed(batch, status)

    def _collect(self, batch: Batch, status: Status) -> None:
        told = f"batch {status.status}: the request was not run"
        self._register.collected(batch.id, self._counted(self._fetched(batch, status), batch.model), told)
        self._spool.sent(batch.id)
        self._failures, self._queue_is_full = 0, False

    def _counted(self, replies: Iterator[tuple[str, Reply]], model: str) -> Iterator[tuple[str, Reply]]:
        """The same, with what they cost put on the budget."""
        price = self._prices[model]
        for custom_id, reply in replies:
            prompt, answer, cached = _usage(reply)
            self._budget.tokens += prompt + answer
            self._budget.usd += price.usd(prompt, answer, cached) if price else 0.0
            yield custom_id, reply

    def _fetched(self, batch: Batch, status: Status) -> Iterator[tuple[str, Reply]]:
        """Every reply in the files of a batch."""
        paths = [self._spool.path(batch.id).with_suffix(f".{number}") for number, _ in enumerate(status.files)]
        for _ in range(_FETCHES):
            for file, path in zip(status.files, paths, strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._providers[batch.model].download(file, path)
            if sum(1 for path in paths for _ in _replies(path)) >= status.completed:
                break
        for path in paths:
            yield from _replies(path)
            path.unlink()

    def _failed(self, batch: Batch, status: Status) -> None:
        """The provider did not take a batch: its queue is full, or some of its lines are wrong, or it is at fault."""
        self._register.ready_again(batch.id)
        codes = {code for code, _, _ in status.faults}
        if not self._spool.has(batch.id):  # of a run on another machine: its requests are made anew
            self._register.drop(batch.id)
            return
        if _QUEUE_FULL in codes:
            self._wait_for_queue(batch, status)
            return
        self._failures += 1
        if codes & _HOPELESS or self._failures >= _FAILURES:
            advice = "see to it, then run again to resume"
            raise SystemicError(f"batch {status.id} has failed ({_faults(status)}); {advice}")
        self._refuse_lines(batch, status)
        self._register.drop(batch.id)
        self._spool.sent(batch.id)

    def _wait_for_queue(self, batch: Batch, status: Status) -> None:
        self._queue_is_full = True
        if self._register.under_way():
            return
        if batch.requests == 1:
            advice = "run again when it has, to resume"
            raise SystemicError(f"the provider's queue has no room for one request ({_faults(status)}); {advice}")
        self._spool.halve(batch)

    def _refuse_lines(self, batch: Batch, status: Status) -> None:
        """The requests of lines that a provider calls wrong have that as their reply; the others are asked again."""
        wrong = {line: message for _, message, line in status.faults if line}
        if not wrong:
            return
        self._failures = 0
        with self._spool.path(batch.id).open("rb") as file:
            for number, line in enumerate(file, 1):
                if number in wrong:
                    body = json.dumps({"error": {"message": wrong[number], "type": "invalid_request_error"}})
                    self._register.refused(json.loads(line)["custom_id"], Reply(400, body))

    def _report(self) -> None:
        """How far the batches of this wave are."""
        seen = [(batch, self._seen[batch.id]) for batch in self._register.under_way() if batch.id in self._seen]
        if seen:
            done, total = sum(s.completed + s.failed for _, s in seen), sum(b.requests for b, _ in seen)
            states = sorted({s.status for _, s in seen})
            self._tell(f"{batches(len(seen))} · {done:,} of {total:,} requests · {', '.join(states)}")


def batches(number: int) -> str:
    """So many batches, in words."""
    return "1 batch" if number == 1 else f"{number:,} batches"


def _faults(status: Status) -> str:
    return "; ".join(f"{code}: {message}" for code, message, _ in status.faults[:3])[:300] or "no reason given"


def _replies(path: Path) -> Iterator[tuple[str, Reply]]:
    """Custom id and reply of each line that can be read; a line of another shape is none."""
    with path.open("rb") as file:
        for line in file:
            try:
                told = json.loads(line)
                yield told["custom_id"], _reply(told)
            except (ValueError, TypeError, KeyError):
                continue


def _reply(told: dict[str, Any]) -> Reply:
    if response := told.get("response"):
        body = response["body"]
        return Reply(int(response["status_code"]), body if isinstance(body, str) else json.dumps(body))
    error = told.get("error") or {}
    return Reply(0, f"{error.get('code', 'unknown')}: {error.get('message', '')}"[:300])


def _usage(reply: Reply) -> tuple[int, int, int]:
    """Tokens of prompt and answer, and those of the prompt that were cached."""
    try:
        usage = json.loads(reply.body).get("usage") or {}
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0), int(cached)
    except (ValueError, TypeError, AttributeError):
        return 0, 0, 0
