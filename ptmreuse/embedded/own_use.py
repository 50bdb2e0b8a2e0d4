"""How much a sentence says that the authors themselves did something with a deep model: a score per sentence."""

from functools import lru_cache

from ptmreuse.embedded.prior import generation, prior
from ptmreuse.embedded.reading import Line, Reading

SUBJECT = ("deep", "neural", "pretrained", "training")


def features(line: Line) -> dict[str, float]:
    """The features of one sentence: its cues, its section, and the pairs of them that tell own use."""
    told = dict.fromkeys(line.cues, 1.0)
    told[f"in_{line.kind}"] = 1.0
    told["bias"] = 1.0
    told["cited"] = float(line.cited)
    own = line.has("we") or line.has("was")
    deep = len(line.deep)
    told["names_deep"] = float(deep > 0)
    told["names_many"] = float(deep > 2)
    told["names_shallow"] = float(len(line.mentions) > deep)
    told["own_deep"] = float(own and line.has(*SUBJECT) and line.has("use", "output", "train", "finetune"))
    told["own_named"] = float(own and deep > 0 and line.has("use", "output", "train", "finetune"))
    told["we_named"] = float(line.has("we") and deep > 0)
    told["named_used"] = float(deep > 0 and line.has("use"))
    told["named_asis"] = float(deep > 0 and line.has("asis"))
    told["hedged_named"] = float(deep > 0 and line.has("outlook"))
    told["negated_deep"] = float(line.has("negation") and line.has("deep", "neural") and not deep)
    told["short"] = float(len(line.text) < 60)
    return told


def score(line: Line) -> float:
    """The log odds that the sentence is evidence."""
    return _score(line, generation())


@lru_cache(maxsize=8192)
def _score(line: Line, _: int) -> float:
    weights = prior()["own_use"][0]
    return sum(weights.get(name, 0.0) * value for name, value in features(line).items())


def is_about_deep(line: Line) -> bool:
    """Whether the sentence says something of deep learning that can't be of anything else."""
    if line.has("neural") and not line.has("deep"):
        return bool(line.deep) or not line.mentions  # the neural network of a tool that is known to be shallow
    return bool(line.deep) or line.has("deep") or (line.has("architecture") and line.has("training", "pretrained"))


def ranked(reading: Reading) -> list[tuple[float, Line]]:
    """The sentences about deep learning, best evidence first."""
    scored = [(score(line), line) for line in reading.lines if is_about_deep(line)]
    return sorted(scored, key=lambda pair: -pair[0])
