"""What would it take to ask about 17.5 thousand, 1 million, 10 million papers? Prints tables of time, cost, bottleneck.

    python -m benchmarks.scale [--write docs/scale.md] [assumptions as flags]

Tokens, seconds of CPU and bytes are measured here and now on the labelled papers; prices and context are those of the
price list that DSPy carries; everything else is an assumption that a flag can change, and is printed as one.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dspy.clients.model_metadata import model_info, rate, source_info

from benchmarks import prefix
from benchmarks.prefix import DEMOS, labelled_papers
from benchmarks.scale_measured import KINDS, Kind, Question, kinds, questions
from program.answers import STAGES
from ptmreuse.embedded.fit import GOLD
from ptmreuse.errors import UsageError
from ptmreuse.labelled import LabelledPaper
from ptmreuse.lm import LMChoice
from ptmreuse.meter import Price, price_of
from ptmreuse.screen_choice import choose
from ptmreuse.screening import Promise

SIZES = (17_511, 1_000_000, 10_000_000)
UNSELECTED = (3 / 240, 1 / 240)  # shares among papers that no search has chosen: what the embedded LM said of 240
PAID = ("openai/gpt-4.1-nano", "openai/gpt-4.1-mini", "gemini/gemini-2.5-flash-lite", "anthropic/claude-haiku-4-5")
BEGIN, END = "<!-- tables of benchmarks/scale.py -->\n", "<!-- end -->\n"
_HOUR, _MILLION = 3600, 1e6

Measured = dict[tuple[str, str], Question]


@dataclass(frozen=True)
class Mix:
    """Papers by kind, as numbers, which need not be whole."""

    of: dict[str, float]

    @property
    def papers(self) -> float:
        """All of them."""
        return sum(self.of.values())

    def total(self, measured: dict[str, Kind], name: str) -> float:
        """The sum of a measured mean over all papers."""
        return sum(n * getattr(measured[kind], name) for kind, n in self.of.items())


@dataclass(frozen=True)
class Load:
    """What an LM is asked in all: calls; tokens in, of them from a provider's cache, of them shared by papers; out."""

    calls: float
    prompt: float
    cached: float
    shared: float
    answer: float

    def usd(self, price: Price, *, with_cache: bool) -> float:
        """US dollars."""
        return price.usd(self.prompt, self.answer, self.cached if with_cache else 0.0)


def main() -> None:
    """Measure, compute, print; with --write put the tables into a document."""
    given = _parser().parse_args()
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")
    folder = GOLD / "papers"
    if not folder.is_dir():
        print(f"no labelled papers at {folder}: nothing measured")
        return
    text = "\n".join(tables(given, folder))
    print(text)
    if given.write:
        before, _, rest = given.write.read_text(encoding="utf-8").partition(BEGIN)
        given.write.write_text(f"{before}{BEGIN}\n{text}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flag = parser.add_argument
    flag("--write", type=Path, metavar="FILE", help="document whose tables are to be replaced")
    flag("--sizes", type=int, nargs="+", default=SIZES, help="numbers of papers")
    flag(
        "--uses", type=float, default=39 / 110, help="share that uses deep learning (the study's hand-labelled sample)"
    )
    flag("--reuses", type=float, default=631 / 17_511, help="share that reuses a model (the study's result)")
    flag("--paid", nargs="+", default=PAID, metavar="LM", help="names in the price list")
    flag("--seconds", type=float, default=2.0, help="of one call to a provider")
    flag("--at-once", type=int, default=64, help="calls to a provider")
    flag("--tpm", type=float, default=4e6, help="tokens per minute that a provider allows")
    flag("--cpu", type=float, default=0.003, help="seconds of CPU per call in the one event loop")
    flag("--readers", type=int, default=2, help="cores that read papers while an LM is waited for")
    flag("--prefill", type=float, default=20_000.0, help="tokens of prompts a second of one GPU")
    flag("--decode", type=float, default=2_000.0, help="tokens of answers a second of one GPU, many calls at once")
    flag("--gpu-usd", type=float, default=3.0, help="of one GPU and hour")
    flag("--recall", type=float, default=0.9, help="of the screen")
    return parser


def tables(given: argparse.Namespace, folder: Path) -> Iterator[str]:
    """The lines of the document."""
    papers = labelled_papers()
    measured = kinds(papers, folder)
    asked = {demos: questions(papers, demos) for demos in (0, DEMOS)}
    screen = _screen(given.recall)
    yield from _measured(measured, asked)
    yield from _prefixes(papers)
    yield from _assumed(given, screen)
    for size in given.sizes:
        mix = Mix(dict(zip(KINDS, _shares(size, given.uses, given.reuses), strict=True)))
        yield from _table(given, mix, measured, asked, screen)
    yield f"\nThe last again for papers that no search has chosen: {UNSELECTED[0]:.4f} use deep learning, "
    yield f"{UNSELECTED[1]:.4f} reuse a model (what the embedded LM said of 240 such papers)."
    yield from _table(given, Mix(dict(zip(KINDS, _shares(size, *UNSELECTED), strict=True))), measured, asked, screen)


def _shares(size: int, uses: float, reuses: float) -> tuple[float, float, float]:
    return size * (1 - uses), size * (uses - reuses), size * reuses


@dataclass(frozen=True)
class Screening:
    """What a screen lets through of the papers with and without deep learning, shares, and the words that say so."""

    kept: float
    passed: float
    words: str

    def apply(self, mix: Mix) -> Mix:
        """The papers that get to the LM."""
        return Mix({kind: n * (self.passed if kind == KINDS[0] else self.kept) for kind, n in mix.of.items()})


def _screen(recall: float) -> Screening | None:
    try:
        choice = choose((), None, Promise(recall))
    except UsageError:
        return None
    without = len(choice.held.papers) - choice.threshold.yes
    kept, passed = choice.threshold.above / choice.threshold.yes, 1 - choice.below / without
    return Screening(kept, passed, f"{choice.bound}; it lets {kept:.2f} of those with and {passed:.2f} without through")


def load(mix: Mix, measured: Measured) -> Load:
    """What an LM is asked about such papers when every answer is right."""
    cases = [(n, measured[stage, kind]) for stage in STAGES for kind, n in mix.of.items() if (stage, kind) in measured]
    return Load(
        sum(n for n, _ in cases),
        sum(n * q.prompt for n, q in cases),
        sum(n * q.cached for n, q in cases),
        sum(n * q.head for n, q in cases),
        sum(n * q.answer for n, q in cases),
    )


def whole_text(mix: Mix, measured: dict[str, Kind], asked: Measured) -> Load:
    """The same with the whole text in each prompt."""
    cases = [(n, kind, q) for (_, kind), q in asked.items() for n in [mix.of[kind]]]
    prompt = sum(n * (q.head + measured[kind].whole) for n, kind, q in cases)
    return Load(sum(n for n, _, _ in cases), prompt, 0.0, 0.0, sum(n * q.answer for n, _, q in cases))


def _measured(measured: dict[str, Kind], asked: dict[int, Measured]) -> Iterator[str]:
    yield "### Measured\n"
    yield "| kind of paper | papers | whole text, tokens | reading, s | embedded LM, s | file, KB | ledger, KB |"
    yield "|---|---|---|---|---|---|---|"
    for name, k in measured.items():
        times = f"{k.read:.3f} | {k.embedded:.3f} | {k.file / 1000:,.0f} | {k.ledger / 1000:.1f}"
        yield f"| {name} | {k.papers} | {k.whole:,.0f} | {times} |"
    yield "\n| stage | kind of paper | prompt, no demos | prompt, 8 demos | of it from a cache | answer |"
    yield "|---|---|---|---|---|---|"
    for (stage, kind), q in asked[0].items():
        more = asked[DEMOS][stage, kind]
        yield f"| `{stage}` | {kind} | {q.prompt:,.0f} | {more.prompt:,.0f} | {more.cached:,.0f} | {q.answer:,.0f} |"


def _prefixes(papers: Sequence[LabelledPaper]) -> Iterator[str]:
    """What `benchmarks.prefix` prints, as a table."""
    asked = prefix.questions(papers)
    yield "\n### Prefixes, as shares of all tokens of prompts\n"
    yield "| prompts | same in all papers | cached, blocks of 128 | from 1,024 on | cache of 30,000 tokens |"
    yield "|---|---|---|---|---|"
    for demos in (0, DEMOS):
        prompts = [prefix.written(question, demos) for question in asked]
        same = sum(p.head for p in prompts) / sum(len(p.text) for p in prompts)
        for layout, each in (("", prompts), (", paper first", [p.paper_first() for p in prompts])):
            for order in prefix.ORDERS:
                ordered = each if order == prefix.ORDERS[0] else prefix.by_stage(each, asked)
                caches = (prefix.PrefixCache(), prefix.PrefixCache(prefix.LEAST), prefix.PrefixCache(size=prefix.SMALL))
                shares = " | ".join(f"{prefix.cached_share(ordered, cache):.3f}" for cache in caches)
                yield f"| {demos} demos{layout}, {order} | {'' if layout else f'{same:.3f}'} | {shares} |"


def _assumed(given: argparse.Namespace, screen: Screening | None) -> Iterator[str]:
    yield "\n### Assumed\n"
    yield f"- {given.uses:.3f} of the papers use deep learning, {given.reuses:.4f} reuse a model."
    yield (
        f"- A provider answers in {given.seconds:g} s, {given.at_once} calls at once, {given.tpm:,.0f} tokens a minute."
        f" A call takes {given.cpu:g} s of our CPU, in one event loop; {given.readers} cores read."
    )
    yield (
        f"- One GPU of one's own reads {given.prefill:,.0f} tokens of prompts a second and writes {given.decode:,.0f} "
        f"of answers, and costs {given.gpu_usd:g} USD an hour. No GPU was measured."
    )
    yield f"- Screen: {screen.words if screen else 'too few labelled papers for this recall'}."
    version = source_info()["snapshot_version"]
    yield f"- Prices, USD per million tokens, of the list that DSPy carries (LiteLLM {version}):"
    for name in given.paid:
        price, batch = _price(name), _batch(name)
        at = [price.prompt, price.cached or price.prompt, price.answer, batch.prompt, batch.answer]
        told = "{:g} prompt, {:g} cached, {:g} answer; in a batch {:g} and {:g}".format(*(x * _MILLION for x in at))
        yield f"  - `{name}` {told}."


def _price(name: str) -> Price:
    found = price_of(LMChoice(name))
    if found is None:
        raise SystemExit(f"--paid {name}: not in the price list")
    return found


def _batch(name: str) -> Price:
    """The price in a batch where the list has it, else half."""
    info, price = model_info(*name.split("/", 1)), _price(name)
    prompt, answer = (rate(info, f"{side}_cost_per_token_batches") for side in ("input", "output"))
    return Price(prompt or price.prompt / 2, answer or price.answer / 2)


def _table(
    given: argparse.Namespace, mix: Mix, measured: dict[str, Kind], asked: dict[int, Measured], screen: Screening | None
) -> Iterator[str]:
    files, rows = mix.total(measured, "file") / 1e9, mix.total(measured, "ledger") / 1e9
    yield f"\n### {mix.papers:,.0f} papers ({files:,.0f} GB of files, a ledger of {rows:,.2f} GB)\n"
    yield "| way | calls, thousands | tokens in, millions | out | time | bottleneck | USD |"
    yield "|---|---|---|---|---|---|---|"
    work = mix.total(measured, "read") + mix.total(measured, "embedded")
    for cores in (2, 64):
        yield f"| embedded LM, {cores} cores | | | | {_span(work / cores)} | CPU | 0 |"
    passed = screen.apply(mix) if screen else mix
    ways = [("no demos", mix, 0), (f"{DEMOS} demos", mix, DEMOS)]
    ways += [("screened, no demos", passed, 0)] if screen else []
    name = given.paid[0]
    for way, papers, demos in ways:
        of = load(papers, asked[demos])
        cached = of.cached > 0
        words = f"`{name}`, {way}{', cached' if cached else ''}"
        yield _row(words, of, *_paid_time(given, of, mix, measured), of.usd(_price(name), with_cache=True))
        if not cached:
            waves = f"up to {len(STAGES)} × 24 h"
            yield _row(f"`{name}`, {way}, batch", of, waves, "the queue", of.usd(_batch(name), with_cache=False))
    for name in given.paid[1:]:
        of, less = load(mix, asked[0]), load(passed, asked[0])
        for words, each in ((f"`{name}`, no demos", of), (f"`{name}`, screened, no demos, batch", less)):
            in_batch = each is less
            time = (f"up to {len(STAGES)} × 24 h", "the queue") if in_batch else _paid_time(given, each, mix, measured)
            yield _row(words, each, *time, each.usd(_batch(name) if in_batch else _price(name), with_cache=False))
    of = whole_text(mix, measured, asked[0])
    words = f"`{given.paid[0]}`, whole text in every prompt"
    yield _row(words, of, *_paid_time(given, of, mix, measured), of.usd(_price(given.paid[0]), with_cache=False))
    for way, papers, demos in ways:
        of = load(papers, asked[demos])
        seconds, bottleneck = _own_time(given, of, mix, measured)
        yield _row(f"one GPU, vLLM, {way}", of, _span(seconds), bottleneck, seconds / _HOUR * given.gpu_usd)


def _row(way: str, of: Load, time: str, bottleneck: str, usd: float) -> str:
    counts = f"{of.calls / 1e3:,.0f} | {of.prompt / _MILLION:,.0f} | {of.answer / _MILLION:,.1f}"
    return f"| {way} | {counts} | {time} | {bottleneck} | {usd:,.0f} |"


def _paid_time(given: argparse.Namespace, of: Load, mix: Mix, measured: dict[str, Kind]) -> tuple[str, str]:
    limits = {
        "calls at once": of.calls * given.seconds / given.at_once,
        "tokens per minute": (of.prompt + of.answer) / given.tpm * 60,
        **_ours(given, of, mix, measured),
    }
    return _longest(limits)


def _own_time(given: argparse.Namespace, of: Load, mix: Mix, measured: dict[str, Kind]) -> tuple[float, str]:
    """Seconds and bottleneck of one GPU; vLLM takes every prefix that it has seen from its cache."""
    prefill, decode = (of.prompt - of.shared) / given.prefill, of.answer / given.decode
    name = "GPU, prompts" if prefill > decode else "GPU, answers"
    limits = {name: prefill + decode, **_ours(given, of, mix, measured)}
    longest = max(limits, key=lambda each: limits[each])
    return limits[longest], longest


def _ours(given: argparse.Namespace, of: Load, mix: Mix, measured: dict[str, Kind]) -> dict[str, float]:
    return {"event loop": of.calls * given.cpu, "reading": mix.total(measured, "read") / given.readers}


def _longest(limits: dict[str, float]) -> tuple[str, str]:
    name = max(limits, key=lambda each: limits[each])
    return _span(limits[name]), name


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:,.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / 60:,.0f} min"
    return f"{seconds / _HOUR:,.1f} h" if seconds < 48 * _HOUR else f"{seconds / _HOUR / 24:,.1f} days"


if __name__ == "__main__":
    main()
