"""What a text says of a model's handling, for stage 4: weights loaded, changed, drawn anew, or left as they are."""

import re

from ptmreuse.embedded.items import Features

_PHRASES = {
    "loaded": r"""pre-?\s?train\w* | (?:imagenet|coco|published|released|distributed|downloaded)\s+
        (?:weights|parameters|checkpoints?|coefficients) | checkpoints? | weights\s+(?:of|from|that|were\s+copied) |
        initiali[sz]ed\s+(?:with|from|by)(?!\s+random) | (?:started|starts|starting|began|begins)\s+(?:from|with)\s+
        (?!random|noise|scratch|zero) | learn(?:ed|t)\s+on\s+(?:imagenet|coco) | transfer(?:red)?[\s-]learn\w* |
        (?:imagenet|coco)\s+weights | model\s+zoo | hugging\s?face""",
    "changed": r"""fine-?\s?tun\w+ | (?:re-?fined|tuned|adapted|adjusted)\b | further\s+train\w* | train\w*\s+further |
        (?:human|user)-in-the-loop | (?:last|final|top|new)\s+(?:layers?|head|classifier) | unfr[oe]ez\w* | froze\w* |
        all\s+layers | layers\s+(?:were\s+)?(?:tuned|replaced) | lora\b | distill\w* | went\s+on\s+learning |
        re-?train\w* | annotated\s+frames | labelled\s+frames | labeled\s+frames | domain\s+adaptation""",
    "features": r"""embeddings? | penultimate | activations? | feature\s+(?:vectors?|extract\w+) | deep\s+features |
        vectors\s+of | representations? | represented\s+by | extracted\s+features""",
    "anew": r"""from\s+(?:scratch|zero|nothing|noise) | random(?:ly)?\s+(?:initiali[sz]\w+|weights|start\w*) |
        (?:at|by)\s+random | random\s+at\s+the\s+start | initiali[sz]ed\s+(?:at\s+)?random\w* | drawn\s+at\s+random |
        re-?implement\w* | implementation\s+of | we\s+(?:implemented|coded|built|constructed|rebuilt) |
        (?:coded|implemented|built|rebuilt)\s+(?:in|from|by|with) | trained\s+anew | architecture\s+of |
        architecture\s+(?:is|was)\s+(?:based|adopted) | own\s+(?:data|labels|weights)\b | modified | variant\s+of""",
    "untouched": r"""as\s+(?:it\s+is|distributed|released|is|shipped|published|provided) | unchanged |
        without\s+(?:any\s+)?(?:re-?|further\s+|fine-?)?(?:training|tuning|change) |
        no\s+(?:further\s+|re-?)?(?:training|change) | default | off[\s-]the[\s-]shelf | out[\s-]of[\s-]the[\s-]box |
        web\s?server | online | server\b | database | cyto[23]?\b | never\s+retrained |
        not\s+(?:re-?trained|changed|fine-?tuned) | left\s+\w+\s+unchanged | zero-shot | plug-?in""",
    "trained": r"""(?:was|were|been|being|is|we)\s+(?:re)?trained | training\s+(?:of|the|set|data) |
        train(?:ing)?\s+a\b | trained\s+(?:on|with|for|to|a|an|the) | epochs? | learning\s+rate""",
}
_PATTERNS = {n: re.compile(rf"\b(?:{p})", re.IGNORECASE | re.VERBOSE) for n, p in _PHRASES.items()}


def handled(text: str, prefix: str) -> Features:
    """1 for each way of handling that the text has a phrase of, under a prefix."""
    return {f"{prefix}{name}": 1.0 for name, pattern in _PATTERNS.items() if pattern.search(text)}
