"""What does a prompt cost to write? CPU milliseconds per call, with DSPy's adapters and with ours, which keep parts.

    python -m benchmarks.formatting [--demos 0 8] [--calls N]

A call is a question about a labelled paper, from the stage's input fields to the messages.
"""

import argparse
import time
from typing import Any

import dspy

from benchmarks.prefix import DEMOS, demos_of, labelled_papers, questions
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter, StructuredAdapter

ADAPTERS = {
    "chat": (dspy.ChatAdapter, CachingChatAdapter),
    "JSON": (dspy.JSONAdapter, StructuredAdapter),
}


def main() -> None:
    """Measure and print one line per adapter and number of demos."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demos", type=int, nargs="+", default=[0, DEMOS], help="demos per stage")
    parser.add_argument("--calls", type=int, default=300)
    given = parser.parse_args()
    asked = questions(labelled_papers())
    for name, (theirs, ours) in ADAPTERS.items():
        for demos in given.demos:
            own, kept = (milliseconds(adapter(), asked, demos, given.calls) for adapter in (theirs, ours))
            line = f"{own:7.2f} ms per call, kept {kept:6.2f} ms ({own / kept:.0f} times as fast)"
            print(f"{name} adapter, {demos} demos: {line}, same bytes")


def milliseconds(adapter: Any, asked: list[Any], demos: int, calls: int) -> float:
    """CPU milliseconds of writing one prompt, the first of each stage not counted."""
    signatures = {stage: getattr(Pipeline(), stage).predict.signature for stage in {q.stage for q in asked}}
    shown = {stage: demos_of(stage, demos) for stage in signatures}
    began = 0.0
    for number in range(-len(asked), calls):
        if number == 0:
            began = time.process_time()
        question = asked[number % len(asked)]
        adapter.format(signatures[question.stage], shown[question.stage], question.inputs)
    return 1e3 * (time.process_time() - began) / calls


if __name__ == "__main__":
    main()
