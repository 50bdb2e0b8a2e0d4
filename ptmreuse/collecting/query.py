"""What to search for, the same for every service."""

import re
from dataclasses import dataclass, replace
from datetime import date

from ptmreuse.errors import UsageError

_OPERATORS = re.compile(r'"|\(|\)|\b(?:AND|OR|NOT)\b')
_EARLIEST, _LATEST = date(1600, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Query:
    """Words that are in a paper's text, and what else holds for it.

    `text` is phrases in double quotes with AND, OR, NOT and parentheses between them. `since` and `until` are dates of
    publication, both included; `fields` are OpenAlex's ids, one of which a topic of the paper must have, or none for
    any; `citations` is the least number of them.
    """

    text: str
    since: date | None = None
    until: date | None = None
    fields: tuple[int, ...] = ()
    citations: int = 0

    @property
    def span(self) -> tuple[date, date]:
        """First and last day, for services that want both."""
        return self.since or _EARLIEST, self.until or _LATEST

    @property
    def words(self) -> str:
        """The query in one line."""
        dates = f"{self.since or ''} to {self.until or ''}" if self.since or self.until else ""
        fields = f"fields {' '.join(map(str, self.fields))}" if self.fields else ""
        cited = f"cited at least {self.citations} times" if self.citations else ""
        return ", ".join(filter(None, (self.text, dates, fields, cited)))

    def within(self, year: int) -> "Query":
        """The query for the part of a year that lies in its dates."""
        since, until = self.span
        return replace(self, since=max(since, date(year, 1, 1)), until=min(until, date(year, 12, 31)))


def phrases(text: str) -> str:
    """A query as a person types it, in the form that all services read: plain words are one phrase.

    Raises UsageError for no words, an open quotation or an open parenthesis.
    """
    text = " ".join(text.replace("“", '"').replace("”", '"').split())
    if not re.search(r"\w", text):
        raise UsageError(
            f"QUERY {text!r}: has no words; give a phrase, or several in double quotes with OR between them"
        )
    if text.count('"') % 2:
        raise UsageError(f"QUERY {text!r}: a double quote is not closed; close it, or leave it out")
    outside = re.sub(r'"[^"]*"', "", text)
    if not _balanced(outside):
        raise UsageError(f"QUERY {text!r}: parentheses do not match; close them, or leave them out")
    return text if _OPERATORS.search(text) else f'"{text}"'


def _balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0
