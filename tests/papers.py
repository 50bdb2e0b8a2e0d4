"""Tiny papers, as objects and as JATS files, for the tests of what is done with them."""

from pathlib import Path

from program.paper import Paper, Paragraph

# What the papers say; the embedded LM answers from them, and a script quotes them.
TUNED = "We fine-tuned ResNet-50 pre-trained on ImageNet to classify images of diseased leaves."
PREDICTED = "The structure of the receptor was predicted with AlphaFold 2 and used to choose the mutants."
FIELD = "We sowed barley on eight plots and counted the ears by hand in every week of the summer."
LIKELIHOOD = "Means were compared by analysis of variance, followed by Tukey's test at the five per cent level."


def paper(*sentences: str, title: str = "Leaves", doi: str = "", source: str = "a.xml", year: int = 2022) -> Paper:
    """A paper with one paragraph of methods per sentence."""
    paragraphs = [Paragraph(s, "methods", "Methods", f"/*[1]/*[{n}]") for n, s in enumerate(sentences or (TUNED,), 1)]
    return Paper(source, title, tuple(paragraphs), doi=doi, year=year)


def jats(*sentences: str, title: str = "Leaves", doi: str = "") -> bytes:
    """The same as a JATS article; a second paragraph makes it long enough for a body."""
    body = "".join(f"<p>{sentence}</p>" for sentence in (*sentences, f"{LIKELIHOOD} " * 3))
    number = f'<article-id pub-id-type="doi">{doi}</article-id>' if doi else ""
    return (
        f'<article article-type="research-article"><front><journal-meta><journal-title-group><journal-title>Journal of'
        f" Leaves</journal-title></journal-title-group></journal-meta><article-meta>{number}<title-group>"
        f"<article-title>{title}</article-title></title-group><pub-date><year>2022</year></pub-date></article-meta></front><body>"
        f'<sec sec-type="methods"><title>Methods</title>{body}</sec></body></article>'
    ).encode()


def corpus(folder: Path, number: int = 6) -> Path:
    """A folder of papers of every kind: with and without models, twice by DOI, twice by text, one that is broken."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(number):
        sentence = (TUNED, FIELD, PREDICTED)[n % 3]
        write(folder / f"{n:03}.xml", jats(sentence, title=f"Paper {n}", doi=f"10.5555/p.{n}"))
    write(folder / "x_broken.xml", b"<article><body>")
    write(folder / "x_same_doi.xml", jats(FIELD, TUNED, title="Paper 0 again", doi="10.5555/p.0"))
    write(folder / "x_same_text.xml", jats(FIELD, title="Paper 1"))
    return folder


def write(path: Path, data: bytes) -> Path:
    """The file with these bytes."""
    path.write_bytes(data)
    return path
