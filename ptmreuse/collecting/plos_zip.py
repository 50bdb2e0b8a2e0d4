"""Full texts from the zip of all PLOS articles on the disk: its members are named after the DOIs.

https://plos.org/text-and-data-mining: `journal.pone.0123456.xml` is the article 10.1371/journal.pone.0123456.
"""

import zipfile
from pathlib import Path, PurePosixPath

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.texts import NO_OPEN_TEXT, Missing, Same, Text
from ptmreuse.corpus.document import LARGEST
from ptmreuse.corpus.zips import BROKEN
from ptmreuse.errors import MalformedPaper, OversizedPaper, UsageError

SERVICE = "plos_zip"
_PREFIX = "10.1371/"


class PlosZip:
    """An open zip of PLOS articles; close it at the end.

    Raises UsageError for what is no zip.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise UsageError(f"{path}: can't be read as a zip ({error}); give all-of-PLOS to --plos-zip") from error
        members = [member for member in self._zip.infolist() if member.filename.endswith(".xml")]
        self._members = {PurePosixPath(member.filename).stem.lower(): member for member in members}

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        """The text of a PLOS paper, however fresh it is."""
        del if_changed
        member = self._members.get(found.doi.removeprefix(_PREFIX)) if found.doi.startswith(_PREFIX) else None
        if member is None:
            return Missing(NO_OPEN_TEXT, f"{SERVICE}: not in {self.path.name}")
        if member.file_size > LARGEST:
            return Missing(OversizedPaper.reason, f"{SERVICE}: {member.file_size:,} bytes")
        try:
            return Text(self._zip.read(member), ".xml", SERVICE)
        except BROKEN as error:
            return Missing(MalformedPaper.reason, f"{SERVICE}: broken member ({error})")
