"""The files of batches on this machine: one request a line, split by the API's limits and held within the budget."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from typing import Final

from ptmreuse.batches.letters import Suspended
from ptmreuse.batches.register import Batch, Register
from ptmreuse.calling.budget import Budget
from ptmreuse.errors import SystemicError
from ptmreuse.meter import ANSWER_TOKENS, CHARACTERS_PER_TOKEN, Price

ENDPOINT: Final = "/v1/chat/completions"
_LIMITS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True, slots=True)
class Size:
    """The most that one file may hold; by default what OpenAI takes."""

    requests: int = 50_000
    bytes: int = 200_000_000


@dataclass(slots=True)
class _File:
    batch: int
    writer: BufferedWriter
    requests: int = 0
    bytes: int = 0
    usd: float = 0.0
    tokens: int = 0


class Spool:
    """Files that are being filled, one for each LM, in a folder. Raises SystemicError when the disk refuses."""

    def __init__(self, folder: Path, register: Register, budget: Budget, size: Size | None = None) -> None:
        self._folder, self._register, self._budget = folder, register, budget
        self._size = size or Size()
        self._open: dict[str, _File] = {}
        self._usd, self._tokens = 0.0, 0  # of the requests since the last wave
        self.left_out = 0  # requests that the budget did not allow

    def clear(self, but: Iterable[int]) -> None:
        """Remove what an earlier start has left, but for the files of these batches."""
        kept = {self.path(batch) for batch in but}
        for path in set(self._folder.glob("*")) - kept:
            path.unlink()

    def path(self, batch: int) -> Path:
        """Where the file of a batch is."""
        return self._folder / f"{batch}.jsonl"

    def add(self, letter: Suspended, text_hash: str, stage: str, price: Price | None) -> None:
        """Take a request into the next batch of its LM, or leave it out where it could go over the budget."""
        if self._register.has(letter.custom_id):
            return  # the same document twice in one wave
        usd, tokens = at_most(letter.body, price)
        if self._is_over(usd, tokens):
            self.left_out += 1
            return
        line = _line(letter)
        file = self._file(letter.lm, len(line))
        self._register.add(file.batch, letter.custom_id, text_hash, stage)
        self._write(file, line)
        file.usd, file.tokens = file.usd + usd, file.tokens + tokens
        self._usd, self._tokens = self._usd + usd, self._tokens + tokens

    def _is_over(self, usd: float, tokens: int) -> bool:
        """Nothing is under way while files are filled: what was spent and what stands in them is all there is."""
        budget = self._budget
        return (budget.max_usd is not None and budget.usd + self._usd + usd > budget.max_usd) or (
            budget.max_tokens is not None and budget.tokens + self._tokens + tokens > budget.max_tokens
        )

    def _file(self, lm: str, more: int) -> _File:
        file = self._open.get(lm)
        if file and (file.requests >= self._size.requests or file.bytes + more > self._size.bytes):
            self._close(lm)
            file = None
        return file or self._new(lm)

    def _new(self, lm: str) -> _File:
        batch = self._register.open(lm)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open[lm] = _File(batch, self.path(batch).open("wb"))
        except OSError as error:
            raise self._unwritable(error) from error
        return self._open[lm]

    def _write(self, file: _File, line: bytes) -> None:
        try:
            file.writer.write(line)
        except OSError as error:
            raise self._unwritable(error) from error
        file.requests += 1
        file.bytes += len(line)

    def _unwritable(self, error: OSError) -> SystemicError:
        advice = "see to the disk and its permissions, then run again to resume"
        return SystemicError(f"{self._folder}: can't be written ({error.strerror}); {advice}")

    def _close(self, lm: str) -> None:
        file = self._open.pop(lm)
        try:
            file.writer.close()
        except OSError as error:
            raise self._unwritable(error) from error
        self._register.filled(file.batch, file.requests, file.usd, file.tokens)

    def close(self) -> None:
        """Every file is whole; the requests of the next wave come after those of this one are paid."""
        for lm in list(self._open):
            self._close(lm)
        self._usd, self._tokens = 0.0, 0

    def abandon(self) -> None:
        """Close what is open, to be forgotten."""
        for file in self._open.values():
            file.writer.close()
        self._open.clear()

    def has(self, batch: int) -> bool:
        """Whether the file of a batch is still here."""
        return self.path(batch).is_file()

    def halve(self, batch: Batch) -> None:
        """Make two batches of one that is too large for the provider's queue."""
        lines = list(self._lines(batch))
        for part in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
            self._move(part, batch)
        self.sent(batch.id)
        self._register.drop(batch.id)

    def _lines(self, batch: Batch) -> Iterator[bytes]:
        with self.path(batch.id).open("rb") as file:
            yield from file

    def _move(self, lines: list[bytes], batch: Batch) -> None:
        file, share = self._new(batch.model), len(lines) / batch.requests
        for line in lines:
            self._write(file, line)
        self._register.move((json.loads(line)["custom_id"] for line in lines), file.batch)
        file.usd, file.tokens = batch.usd * share, round(batch.tokens * share)
        self._close(batch.model)

    def sent(self, batch: int) -> None:
        """The file of a batch is not needed any more."""
        self.path(batch).unlink(missing_ok=True)


def _line(letter: Suspended) -> bytes:
    """A request of a batch file; its body is that of a live call, byte for byte."""
    head = json.dumps({"custom_id": letter.custom_id, "method": "POST", "url": ENDPOINT})[:-1]
    return b'%s, "body": %s}\n' % (head.encode(), letter.body)


def at_most(body: bytes, price: Price | None) -> tuple[float, int]:
    """US dollars and tokens that a request takes at most: its prompt, estimated, and as long an answer as it allows."""
    asked = json.loads(body)
    answer = next((asked[name] for name in _LIMITS if asked.get(name)), ANSWER_TOKENS)
    prompt = len(body) // CHARACTERS_PER_TOKEN
    return (price.usd(prompt, answer) if price else 0.0), prompt + answer
