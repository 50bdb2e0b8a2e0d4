"""Counters and times of a service in Prometheus' text format (version 0.0.4)."""

from collections.abc import Callable, Iterator

from ptmreuse.ledger import Row

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)  # seconds

Labels = tuple[tuple[str, str], ...]


class Histogram:
    """Seconds, counted by upper bounds."""

    def __init__(self) -> None:
        self._counts = [0] * len(_BOUNDS)
        self._number, self._sum = 0, 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self._number += 1
        self._sum += seconds
        for at, bound in enumerate(_BOUNDS):
            self._counts[at] += seconds <= bound

    @property
    def mean(self) -> float:
        """Mean seconds, 0 of none."""
        return self._sum / self._number if self._number else 0.0

    def lines(self, name: str) -> Iterator[str]:
        """Its samples."""
        for bound, count in zip(_BOUNDS, self._counts, strict=True):
            yield f'{name}_bucket{{le="{bound:g}"}} {count}'
        yield f'{name}_bucket{{le="+Inf"}} {self._number}'
        yield f"{name}_sum {self._sum:.6f}"
        yield f"{name}_count {self._number}"


class Counters:
    """What has happened since the start; `now` gives what is the case at present, by name."""

    def __init__(self) -> None:
        self.now: dict[str, Callable[[], float]] = {}
        self._counts: dict[str, dict[Labels, float]] = {}
        self.seconds = Histogram()

    def count(self, name: str, number: float = 1, **labels: str) -> None:
        """Add to a counter; its name ends in _total."""
        counter, key = self._counts.setdefault(name, {}), tuple(sorted(labels.items()))
        counter[key] = counter.get(key, 0.0) + number

    def row(self, row: Row) -> None:
        """A stage was answered."""
        self.count("answers_total", stage=row.answer.stage, value=row.answer.value)
        self.count("lm_calls_total", row.attempts)
        self.count("lm_input_tokens_total", row.input_tokens or 0)
        self.count("lm_output_tokens_total", row.output_tokens or 0)
        self.count("lm_usd_total", row.usd or 0.0)

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        return "\n".join([*self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        for name, counter in sorted(self._counts.items()):
            yield f"# TYPE ptmreuse_{name} counter"
            for labels, value in sorted(counter.items()):
                shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
                yield f"ptmreuse_{name}{{{shown}}} {value:g}" if shown else f"ptmreuse_{name} {value:g}"
        yield "# TYPE ptmreuse_paper_seconds histogram"
        yield from self.seconds.lines("ptmreuse_paper_seconds")
        for name, now in sorted(self.now.items()):
            yield f"# TYPE ptmreuse_{name} gauge"
            yield f"ptmreuse_{name} {now():g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
