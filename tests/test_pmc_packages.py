"""PMC's packages: links, licences, and packages that are broken, empty or hostile."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from services import Respond, Said, article, package, pmc, services

from ptmreuse.collecting import pmc_packages
from ptmreuse.collecting.collection import Collection
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.pmc_packages import PmcPackages
from ptmreuse.collecting.texts import Missing, Same, Text
from ptmreuse.collecting.web import Web

FOUND = Found("10.1234/abc", "PMC1", "A paper", 2024, "openalex")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with Collection(tmp_path) as collection, Web(collection, "me@x.org", {"pmc": 0.0}, lambda _: None) as client:
        yield client


def got(web: Web, *respond: Respond, found: Found = FOUND) -> Text | Same | Missing:
    with services(*respond) as server:
        return PmcPackages(web, f"{server.base}/oa.fcgi").fetch(found, False)


@pytest.mark.parametrize("moved", [False, True])
def test_the_xml_of_a_package_with_the_records_licence(web: Web, moved: bool) -> None:
    text = got(web, pmc({"PMC1": package(a__jpg=b"x" * 9, a__nxml=article())}, moved=moved))
    assert isinstance(text, Text)
    assert (text.data, text.licence, text.service) == (article(), "cc-by", "pmc")


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def link(name: str, to: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, to
    return info


def announced(size: int) -> bytes:
    """A member that says it has so many bytes, and has none."""
    info = tarfile.TarInfo("PMC1/a.nxml")
    info.size = size
    return gzip.compress(info.tobuf())


HOSTILE = [
    pytest.param(package(a__jpg=b"x"), "no_open_full_text", id="no nxml"),
    pytest.param(tar((link("a.nxml", "/etc/passwd"), b"")), "no_open_full_text", id="a link to a file of ours"),
    pytest.param(package(a__nxml=article())[:60], "malformed", id="cut off"),
    pytest.param(b"<html>Sorry</html>", "malformed", id="a page in place of a package"),
    pytest.param(b"", "malformed", id="nothing"),
    pytest.param(announced(10**12), "malformed", id="larger than any paper"),
    pytest.param(package(**{f"f{n}": b"" for n in range(12)}), "malformed", id="more members than a package has"),
    pytest.param(package(f=bytes(9_000_000), g=b""), "malformed", id="a bomb before the text"),
]


@pytest.mark.parametrize(("data", "reason"), HOSTILE)
def test_a_package_that_gives_no_text(web: Web, monkeypatch: pytest.MonkeyPatch, data: bytes, reason: str) -> None:
    monkeypatch.setattr(pmc_packages, "_MOST_MEMBERS", 10)
    monkeypatch.setattr(pmc_packages, "_LARGEST_UNPACKED", 5_000_000)
    missing = got(web, pmc({"PMC1": data}))
    assert isinstance(missing, Missing)
    assert missing.reason == reason


def test_a_members_path_leads_nowhere(web: Web, tmp_path: Path) -> None:
    text = got(web, pmc({"PMC1": tar((tarfile.TarInfo("../../escaped.nxml"), article()))}))
    assert isinstance(text, Text) and text.data == article()
    assert not list(tmp_path.parent.rglob("escaped.nxml"))


ANSWERS = [
    pytest.param(pmc({}, frozenset({"PMC1"})), "no_open_full_text", id="closed"),
    pytest.param(pmc({}), "no_open_full_text", id="unknown"),
    pytest.param(lambda _: Said(200, b"<html><p>away</html>"), "refused", id="a page"),
    pytest.param(lambda _: Said(200, b"<OA><error code='x'>y</error></OA>"), "refused", id="another error"),
    pytest.param(lambda _: Said(200, b"<OA><records/></OA>"), "no_open_full_text", id="no record"),
    pytest.param(lambda _: Said(403), "refused", id="forbidden"),
    pytest.param(lambda _: Said(404), "no_open_full_text", id="gone"),
]


@pytest.mark.parametrize(("respond", "reason"), ANSWERS)
def test_a_record_that_leads_to_no_package(web: Web, respond: Respond, reason: str) -> None:
    missing = got(web, respond)
    assert isinstance(missing, Missing)
    assert missing.reason == reason


def test_without_a_pmcid_nobody_is_asked(web: Web) -> None:
    missing = got(web, found=Found("10.1234/abc", "", "", None, "dois"))
    assert isinstance(missing, Missing) and missing.detail == "no PMCID"
