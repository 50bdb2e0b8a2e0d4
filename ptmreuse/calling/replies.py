"""What a response of a provider is worth: an answer to be read, or nothing, and then in which way."""

import re

from dspy import lm15

from ptmreuse.calling.retries import CutShort, EmptyReply, Refused

_COMPLETED = "[[ ## completed ## ]]"
_DECLINES = re.compile(
    r"\b(?:I(?:['’]m| am)(?: sorry| unable| not able| not comfortable)|as an AI\b"
    r"|I (?:can['’]?t|cannot|can not|won['’]t|must decline)"
    r"|(?:can['’]t|cannot|unable to) (?:help|assist|comply|provide|fulfil))",
    re.IGNORECASE,
)
_OPENING = 400  # characters in which a reply that declines says so


def check(response: lm15.Response) -> None:
    """Raises Refused, CutShort or EmptyReply for a response that holds no whole answer."""
    parts, text = response.message.parts, response.message.text or ""
    refusals = [part.text for part in parts if isinstance(part, lm15.RefusalPart)]
    if refusals or response.finish_reason == "content_filter":
        raise Refused(" ".join(refusals) or "the provider's content filter ended the reply")
    if response.finish_reason == "length" and _COMPLETED not in text:
        raise CutShort("the reply was cut at its limit of tokens")
    is_empty = not text.strip() and not any(isinstance(part, lm15.DataPart) for part in parts)
    if is_empty or response.finish_reason == "error":
        raise EmptyReply("the reply is empty")


def declines(text: str) -> bool:
    """Whether a reply that can't be read says that it won't answer."""
    return bool(_DECLINES.search(text[:_OPENING]))
