"""A run over a made-up literature, by seed: every kind of answer, written by the ledger's own writer.

Reuse grows with the years and differs by field; a model is reused from the year on in which it was published.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ledgers import DEEP, KEY, NAMES, PATTERN, REUSE, STEP, found, yes

from program.answers import Answer, Finding, no, unresolved
from program.catalogue import entries
from program.paper import Paper, Paragraph
from ptmreuse.ledger import DocumentRow, Ledger, Row

FIELDS = {  # papers, and how readily they reuse models
    "Biochemistry, Genetics and Molecular Biology": (30, 1.5),
    "Neuroscience": (18, 1.2),
    "Agricultural and Biological Sciences": (14, 0.9),
    "Environmental Science": (12, 0.7),
    "Earth and Planetary Sciences": (8, 0.8),
    "Immunology and Microbiology": (8, 0.6),
    "Physics and Astronomy": (6, 0.5),
    "Chemistry": (4, 0.8),
}
JOURNALS = ("Journal of Leaves", "Annals of Barley", "Receptor Letters", "Field & Plot", "Open Rivers", "")
YEARS = range(2012, 2026)
MODELS = {
    "AlexNet": 25, "AlphaFold 2": 30, "VGG-16": 19, "ResNet-50": 24, "AlphaFold": 14, "U-Net": 16, "DeepLabCut": 12,
    "Inception-v3": 8, "BERT": 8, "ESM-2": 9, "Cellpose": 9, "YOLOv5": 6, "ResNet-18": 7, "VGG-19": 6,
    "DenseNet-121": 5, "AlphaFold 3": 5, "EfficientNet-B0": 4, "GPT-4": 4, "Mask R-CNN": 6, "MobileNetV2": 4,
    "ViT": 4, "LeNet-5": 2, "ProteinMPNN": 3, "Our lab's BarleyNet": 1,
}  # fmt: skip
PATTERNS = {"conceptual": 17, "adaptation": 66, "deployment": 17}
STEPS = {"observation": 12, "background": 2, "hypothesis": 14, "test": 52, "analysis": 18, "conclusion": 2}
REASONS = ("evidence_not_found", "unparsable", "too_long", "provider_error")
UNREADABLE = ("malformed", "empty_body", "not_a_paper", "oversized")


class Made(NamedTuple):
    """A paper with its answers, and the field that OpenAlex gives it."""

    paper: Paper
    answers: tuple[Answer, ...]
    field: str


def study(folder: Path, papers: int = 2000, seed: int = 0) -> Path:
    """The folder of a run over so many papers, and beside its ledger works.jsonl; the same for the same seed.

    To every hundred papers that can be read come four duplicates and three files that can't.
    """
    chance = random.Random(seed)  # noqa: S311 - papers, not secrets
    folder.mkdir(parents=True, exist_ok=True)
    made = [_made(chance, number) for number in range(papers)]
    with Ledger(folder / "ledger.sqlite") as ledger:
        started = ledger.start(KEY, {})
        for number, each in enumerate(made):
            ledger.document(DocumentRow(each.paper.source, str(number), "read", paper=each.paper, tokens=9), "reader")
            ledger.record(each.paper.text_hash, KEY, [Row(answer, 100, 10, 0, 0.0, 0.1) for answer in each.answers])
        for number in range(0, papers, 25):
            ledger.document(_twin(made[number].paper), "reader")
        for number in range(papers * 3 // 100):
            source = f"in/broken_{number}.xml"
            ledger.document(DocumentRow(source, "1", chance.choice(UNREADABLE), f"{source}: line 1"), "reader")
        ledger.end(started, "finished")
    lines = [json.dumps(_work(chance, each)) for each in made if each.paper.doi]
    (folder / "works.jsonl").write_text("".join(f"{line}\n" for line in [*lines, json.dumps(_STRANGER)]))
    return folder


def _made(chance: random.Random, number: int) -> Made:
    field = chance.choices(list(FIELDS), [share for share, _ in FIELDS.values()])[0]
    year = chance.choices(YEARS, [1 + (y - 2011) * 0.8 for y in YEARS])[0]
    text = f"We fine-tuned a published model to tell the leaves of species {number} apart."
    paper = Paper(
        f"in/{number:05}.xml",
        f"Leaves of species {number}",
        (Paragraph(text, "methods", "Methods", "/*[1]"),),
        doi=f"10.5555/Leaf.{number}" if chance.random() > 0.03 else "",
        journal=chance.choice(JOURNALS),
        year=year if chance.random() > 0.02 else None,
        subjects=("Research Article", "Biology", chance.choice(("Ecology", "Genetics", "Imaging"))),
    )
    return Made(paper, tuple(_answers(chance, year, FIELDS[field][1])), field)


def _answers(chance: random.Random, year: int, readiness: float) -> Iterator[Answer]:
    """All answers, up to the first no or unresolved; one paper in a hundred was not asked."""
    deep = min(0.8, readiness * (0.03 + 0.025 * (year - 2012)))
    if chance.random() < 0.01:
        return
    for stage, share in ((DEEP, deep), (REUSE, 0.45)):
        if chance.random() < 0.03:
            yield unresolved(stage, chance.choice(REASONS))
            return
        if chance.random() > share:
            yield no(stage)
            return
        yield yes(stage)
    names = _models(chance, year)
    if chance.random() < 0.04 or not names:
        yield unresolved(NAMES, "no_model_named")
        return
    yield yes(NAMES, *(found(name, name) for name in names))
    yield _of_models(chance, PATTERN, names, PATTERNS)
    yield _of_models(chance, STEP, names, STEPS)


def _models(chance: random.Random, year: int) -> list[str]:
    known = entries()
    out = {name: weight for name, weight in MODELS.items() if name not in known or known[name].year <= year}
    number = chance.choices((1, 2, 3, 5), (60, 25, 11, 4))[0]
    return list(dict.fromkeys(chance.choices(list(out), list(out.values()), k=number))) if out else []


def _of_models(chance: random.Random, stage: str, names: list[str], shares: dict[str, int]) -> Answer:
    """One answer for each model, one in ten has two patterns, one in twenty has none."""
    if chance.random() < 0.02:
        return unresolved(stage, "unparsable")
    findings: list[Finding] = []
    for name in names:
        if chance.random() < 0.05:
            findings.append(found(name, "", quote=""))
            continue
        number = 2 if stage == PATTERN and chance.random() < 0.1 else 1
        values = dict.fromkeys(chance.choices(list(shares), list(shares.values()), k=number))
        findings += [found(name, value) for value in values]
    return yes(stage, *findings)


def _twin(paper: Paper) -> DocumentRow:
    source = paper.source.replace(".xml", "_again.xml")
    return DocumentRow(source, "1", "duplicate", duplicate_of=paper.source, paper=paper)


_STRANGER = {"doi": "https://doi.org/10.5555/no.such.leaf", "publication_year": 2020, "cited_by_count": 1}


def _work(chance: random.Random, made: Made) -> dict[str, object]:
    """A work as OpenAlex gives it; one in twenty has no topic."""
    topic = {"display_name": f"Leaves of {made.field}", "score": 0.9, "field": {"display_name": made.field}}
    known = chance.random() > 0.05
    return {
        "id": "https://openalex.org/W1",
        "doi": f"https://doi.org/{made.paper.doi.lower()}",
        "publication_year": made.paper.year,
        "cited_by_count": chance.randrange(60),
        "primary_topic": topic if known else None,
        "topics": [topic] if known else [],
    }
