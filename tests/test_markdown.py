"""Markdown to text without marks."""

import time

import pytest

from ptmreuse.corpus.text import read_text

LONG = "We trained a network on our images and report its accuracy. " * 5
PAPER = f"""---
title: "Networks for cells"
doi: 10.1234/ABC
year: 2021
journal: Journal of Cells
---
# Networks for cells

## Abstract

{LONG}

Methods
-------
We used [ResNet-50](https://example.org/resnet) with **pre-trained** weights
and a `cosine` schedule; see <b>code</b>.<!-- hidden -->
- first item
- second _item_ of file_name_x

```python
# not a heading
model = load("resnet50")
```

| model | accuracy |
|:------|---------:|
| U-Net | 0.9      |

Figure 1. The *network*.

# References
1. Smith J. A study. 2020.

# Appendix
More text.
"""


def test_a_markdown_paper() -> None:
    paper = read_text(PAPER.encode(), "a.md")
    assert (paper.title, paper.doi, paper.year, paper.journal) == (
        "Networks for cells",
        "10.1234/abc",
        2021,
        "Journal of Cells",
    )
    assert [(p.kind, p.section, p.text.strip(), p.place) for p in paper.paragraphs[1:]] == [
        (
            "methods",
            "Methods",
            "We used ResNet-50 with pre-trained weights and a cosine schedule; see code.",
            "line 15",
        ),
        ("methods", "Methods", "first item", "line 17"),
        ("methods", "Methods", "second item of file_name_x", "line 18"),
        ("other", "Methods", '# not a heading model = load("resnet50")', "line 21"),
        ("table", "Methods", "model | accuracy\nU-Net | 0.9", "line 25"),
        ("caption", "Methods", "Figure 1. The network.", "line 29"),
        ("appendix", "Appendix", "More text.", "line 35"),
    ]
    assert paper.paragraphs[0].kind == "abstract"


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    paper = read_text(f"# Networks\n\n{LONG}\n\n# Methods\n\n{LONG}".encode(), "a.txt")
    assert (paper.title, paper.year, [p.section for p in paper.paragraphs]) == ("Networks", None, ["", "Methods"])


def test_a_section_title_is_no_title() -> None:
    assert read_text(f"# Abstract\n\n{LONG}\n\n# Methods\n\n{LONG}".encode(), "a.md").title == ""


@pytest.mark.parametrize("mark", ["[", "**", "*a", "`", "<a", "![](", "<!--", "_x ", "|", "> ", "- "])
def test_open_marks_without_end_come_to_an_end(mark: str) -> None:
    started = time.perf_counter()
    read_text((LONG + mark * 20_000 + "\n\n" + LONG).encode(), "a.md")
    assert time.perf_counter() - started < 60  # a pattern that tries every end of every mark takes hours
