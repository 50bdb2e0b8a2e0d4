"""What one service takes on: sizes in bytes, times in seconds, and how much at once."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Capacity:
    """`waiting` are papers inside at once, uploads included; `members` the papers of a batch; `jobs` those unfinished.

    A stream is never silent for longer than `pulse_seconds`.
    `unpacked` is what the papers of a batch come to without compression; `kept_days` how long a finished job is kept.
    """

    paper: int = 20 * MIB
    batch: int = 200 * MIB
    unpacked: int = 2048 * MIB
    members: int = 2000
    jobs: int = 20
    waiting: int = 32
    head_seconds: float = 10.0
    upload_seconds: float = 30.0
    batch_seconds: float = 300.0
    answer_seconds: float = 300.0
    pulse_seconds: float = 15.0
    kept_days: float = 7.0
