"""The corpus of a service: what is found in it, what is not, and that a DOI leads to its own document only."""

import asyncio
import io
import tarfile
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from papers import FIELD, TUNED, corpus, jats, write
from serving import Crew

from ptmreuse.corpus.read import read
from ptmreuse.errors import UsageError
from ptmreuse.serving import crew
from ptmreuse.serving.problems import Problem
from ptmreuse.serving.shelf import Shelf, bare_doi


def filled(paths: list[Path], then: Callable[[Shelf], Any], workers: Any = None) -> Any:
    """What is so once a shelf is full."""

    async def fill() -> Any:
        crew: Any = workers or Crew()
        shelf = Shelf(paths, crew)
        shelf.start()
        async with asyncio.timeout(60):
            while not shelf.is_complete:
                await asyncio.sleep(0.01)
        told = then(shelf)
        await shelf.end()
        return await told if isinstance(told, Awaitable) else told

    return asyncio.run(fill())


@pytest.mark.parametrize(
    ("given", "doi"),
    [
        ("10.5555/P.0", "10.5555/p.0"),
        (" https://doi.org/10.5555/p.0 ", "10.5555/p.0"),
        ("http://dx.doi.org/10.5555/p.0", "10.5555/p.0"),
        ("doi.org/10.5555/p.0", "10.5555/p.0"),
        ("DOI: 10.5555/p.0", "10.5555/p.0"),
        ("leaf doi:", "leaf doi:"),
        ("", ""),
    ],
)
def test_a_doi_however_it_is_written(given: str, doi: str) -> None:
    assert bare_doi(given) == doi


@pytest.mark.parametrize("workers", [Crew, lambda: crew.Crew(1)], ids=["here", "in a process"])
def test_what_it_counts(tmp_path: Path, workers: Callable[[], Any]) -> None:
    folder = corpus(tmp_path / "papers")
    told = filled([folder], lambda s: (s.papers, s.without_doi, s.unreadable, s.document("10.5555/p.0")), workers())
    assert told[:3] == (6, 1, 1)
    assert (told[3].source, read(told[3]).title) == ("000.xml", "Paper 0")  # the first of two with this DOI


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("10.5555/p.3", ["10.5555/p.3"]),
        ("https://doi.org/10.5555/P.3", ["10.5555/p.3"]),
        ("PAPER 4", ["10.5555/p.4"]),
        ("4 paper", ["10.5555/p.4"]),
        ("", [f"10.5555/p.{n}" for n in range(6)]),
        ("barley", []),
        ("%", []),
        ("_", []),
        ("'", []),
        ("\0", []),
    ],
)
def test_what_matches(tmp_path: Path, query: str, found: list[str]) -> None:
    told = filled([corpus(tmp_path / "papers")], lambda shelf: shelf.matches(query))
    assert [each.doi for each in told] == found


def test_at_most_so_many_match_and_a_beginning_comes_first(tmp_path: Path) -> None:
    for n in range(30):
        write(tmp_path / f"{n:02}.xml", jats(FIELD, doi=f"10.{n + 1000}/10.1029/x", title="Leaves"))
    told = filled([tmp_path], lambda shelf: (shelf.matches("10.1029"), shelf.matches("leaves")))
    assert told[0][0].doi == "10.1029/10.1029/x"
    assert len(told[0]) == len(told[1]) == 20


def test_members_of_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for n in range(3):
            archive.writestr(f"z/{n}.xml", jats(TUNED, doi=f"10.5555/z.{n}", title=f"Zipped {n}"))
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as tar:
        for n in range(3):
            data = jats(TUNED, doi=f"10.5555/t.{n}", title=f"Tarred {n}")
            member = tarfile.TarInfo(f"t/{n}.xml")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    write(tmp_path / "c.zip", b"PK broken")
    wanted = {"10.5555/z.2": ("2.xml", "Zipped 2"), "10.5555/t.1": ("1.xml", "Tarred 1")}
    found = filled([tmp_path], lambda s: [s.unreadable, *[s.document(doi) for doi in wanted]])
    assert found[0] == 1
    assert [(each.source, read(each).title) for each in found[1:]] == list(wanted.values())


@pytest.mark.parametrize("doi", ["10.5555/none", "../../etc/passwd", "{folder}/000.xml", "000.xml", "' OR 1=1 --", " "])
def test_a_doi_that_is_not_there(tmp_path: Path, doi: str) -> None:
    folder = corpus(tmp_path / "papers")
    with pytest.raises(Problem, match="no paper of the corpus has this DOI") as found:
        filled([folder], lambda shelf: shelf.document(doi.format(folder=folder)))
    assert found.value.kind == "not_found"


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(jats(FIELD, doi="10.5555/other"))])
def test_a_corpus_that_has_changed(tmp_path: Path, change: Callable[[Path], Any]) -> None:
    path = write(tmp_path / "a.xml", jats(FIELD, doi="10.5555/a"))

    def asked(shelf: Shelf) -> None:
        change(path)
        shelf.document("10.5555/a")

    with pytest.raises(Problem, match="the corpus has changed") as found:
        filled([path], asked)
    assert str(tmp_path) not in str(found.value)


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        Shelf([tmp_path / "none"], crew.Crew(1))
