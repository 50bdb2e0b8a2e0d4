"""How far a second reader, who did not see the labels, agrees with them: `python -m ptmreuse.agreement`.

Cohen's kappa (Cohen 1960, Educational and Psychological Measurement 20) for the two yes/no questions over papers, F1
for names, and kappa for the set of patterns and for the step over the models that both readers named.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path

from program.catalogue import canonical
from ptmreuse.errors import UsageError
from ptmreuse.rows import ModelRow, PaperRow, checked, from_jsonl

_ROOT = Path(__file__).parents[1] / "trainsets"
YES_NO = ("uses_deep_learning", "reuses_ptm")


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Cohen's kappa of two readers' answers; 1.0 where both gave one and the same answer throughout."""
    number = len(pairs)
    if not number:
        return float("nan")
    observed = sum(one == other for one, other in pairs) / number
    ones, others = (Counter(column) for column in zip(*pairs, strict=True))
    chance = sum(ones[answer] * others[answer] for answer in ones) / number**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def agreement(first: Sequence[PaperRow], second: Sequence[PaperRow]) -> dict[str, float]:
    """`papers`, kappa per yes/no question, `names_f1`, `models` that both named, `pattern` and `step` kappa.

    Raises UsageError for a paper of the second reader that the first does not have.
    """
    by_key = {row.key: row for row in first}
    if strange := [row.key for row in second if row.key not in by_key]:
        raise UsageError(f"the second reader has papers that are not in the trainset: {', '.join(strange)}")
    pairs = [(by_key[row.key], row) for row in second]
    both = [
        (one, other)
        for mine, theirs in pairs
        for one in mine.models
        for other in theirs.models
        if canonical(one.name).name == canonical(other.name).name
    ]
    named = sum(len(one.models) + len(other.models) for one, other in pairs)
    found: dict[str, float] = {"papers": len(pairs)}
    for stage in YES_NO:
        found[stage] = kappa([(getattr(one, stage).answer, getattr(other, stage).answer) for one, other in pairs])
    found["names_f1"] = 2 * len(both) / named if named else 1.0
    found["models"] = len(both)
    found["pattern"] = kappa([(_patterns(one), _patterns(other)) for one, other in both])
    found["step"] = kappa([(one.step, other.step) for one, other in both])
    return found


def _patterns(model: ModelRow) -> frozenset[str]:
    return frozenset(each.pattern for each in model.patterns)


def read_rows(path: Path) -> list[PaperRow]:
    """The rows of a JSONL file; a second reader's need no passages.

    Raises UsageError with every faulty row.
    """
    rows, problems = [], []
    for line, value, fault in from_jsonl(path.read_text(encoding="utf-8").split("\n")):
        if isinstance(value, dict):
            value = {"file": value.get("id")} | {n: v for n, v in value.items() if n != "doubt"}
        row, faults = (None, [fault]) if fault else checked(value)
        rows += [row] if row else []
        problems += [f"\n  line {line}: {each}" for each in faults]
    if problems:
        raise UsageError(f"{path}: {len(problems)} at fault; correct them{''.join(problems)}")
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=Path, nargs="?", default=_ROOT / "papers.jsonl")
    parser.add_argument("second", type=Path, nargs="?", default=_ROOT / "second_reader.jsonl")
    given = parser.parse_args(arguments)
    try:
        found = agreement(read_rows(given.first), read_rows(given.second))
    except (OSError, UsageError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lines = [
        ("does it use deep learning?", f"κ {found['uses_deep_learning']:.2f}", f"{found['papers']:.0f} papers"),
        ("does it reuse a published model?", f"κ {found['reuses_ptm']:.2f}", f"{found['papers']:.0f} papers"),
        ("which models?", f"F1 {found['names_f1']:.2f}", f"{found['papers']:.0f} papers"),
        ("patterns", f"κ {found['pattern']:.2f}", f"{found['models']:.0f} models that both named"),
        ("step", f"κ {found['step']:.2f}", f"{found['models']:.0f} models that both named"),
    ]
    table = [f"| {' | '.join(line)} |" for line in (("question", "agreement", "on"), ("---",) * 3, *lines)]
    sys.stdout.write("\n".join(table) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
