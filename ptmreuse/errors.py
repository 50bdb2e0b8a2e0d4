"""Every error of ptm-reuse, with two catch points.

    PtmReuseError                 catch this: all of ours
    ├── UnreadablePaper           one paper; a run writes it down as a row and goes on
    │   ├── NotAPaper             readable, but no article in it
    │   ├── MalformedPaper        truncated, wrong encoding, not the format it claims
    │   ├── EmptyPaper            an article without a body text
    │   ├── OversizedPaper        over a size, depth or expansion limit
    │   └── ReaderFault           a fault of our reader that this paper brought to light
    └── RunError                  the whole run; it stops with one line
        ├── UsageError            wrong path, flag or value (exit code 2)
        └── SystemicError         the disk, the ledger or the provider fails for every paper (exit code 1)

A message names the value, the place and the next step.
"""


class PtmReuseError(Exception):
    """Base of every error raised on purpose."""


class UnreadablePaper(PtmReuseError):
    """One paper that gives no `Paper`; `reason` is the word that the ledger stores."""

    reason = "unreadable"


class NotAPaper(UnreadablePaper):
    """The file is well formed and holds no article."""

    reason = "not_a_paper"


class MalformedPaper(UnreadablePaper):
    """The file is truncated, in another encoding, or not the format that it claims to be."""

    reason = "malformed"


class EmptyPaper(UnreadablePaper):
    """The article has no body text: an abstract-only record, or a PDF without a text layer."""

    reason = "empty_body"


class OversizedPaper(UnreadablePaper):
    """The file breaks a limit on size, depth or expansion."""

    reason = "oversized"


class ReaderFault(UnreadablePaper):
    """The reader failed in a way that it should not; the paper may be fine."""

    reason = "reader_fault"


class RunError(PtmReuseError):
    """Nothing more can be done in this run."""


class UsageError(RunError):
    """A path, a flag or a value that can't be used."""


class SystemicError(RunError):
    """The same fault would meet every paper."""
