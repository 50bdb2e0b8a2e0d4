"""Formulas to one readable line: TeX without its preamble, MathML with ^ _ and / for what stands high, low or over."""

import re

from lxml import etree

from ptmreuse.corpus.tree import empty

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_PREAMBLE = re.compile(r".*\\begin\s*\{document\}|\\end\s*\{document\}.*", re.DOTALL)
_SPACING = re.compile(r"\\(?:hspace|vspace)\*?\s*\{[^{}]*\}|\\[,;:!]|\\(?:quad|qquad)(?![A-Za-z])|\$+")
_ALIGNED = re.compile(r"\\(?:begin|end)\s*\{(?:aligned|align\*?|equation\*?|gathered|split)\}")
_SIGNS = {"msup": "^", "msub": "_", "msubsup": "_^", "munder": "_", "munderover": "_^", "mfrac": "/"}


def mark_tex(element: etree._Element) -> None:
    """Leave the formula alone in a `tex-math`, or nothing where MathML says the same beside it."""
    parent = element.getparent()
    beside = parent is not None and parent.tag == "alternatives" and parent.find(_MATHML + "math") is not None
    text = "" if beside else plain_tex("".join(map(str, element.itertext())))
    empty(element)
    element.text = text


def plain_tex(tex: str) -> str:
    """TeX without preamble, dollar signs and spacing commands, on one line."""
    body = _ALIGNED.sub(" ", _SPACING.sub(" ", _PREAMBLE.sub("", tex)))
    return " ".join(body.split())


def mark_mathml(element: etree._Element) -> None:
    """Turn a `math` element into one text: its tokens, with signs for powers, indices and fractions."""
    for annotation in list(element.iter(_MATHML + "annotation", _MATHML + "annotation-xml")):
        empty(annotation)
    for name, signs in _SIGNS.items():
        for inner in element.iter(_MATHML + name):
            for child, sign in zip(list(inner)[1:], signs, strict=False):
                child.text = sign + (child.text or "").strip()
    text = "".join(" ".join(str(token).split()) for token in element.itertext())
    empty(element)
    element.text = text
