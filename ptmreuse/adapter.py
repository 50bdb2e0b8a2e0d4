"""DSPy's chat adapter with the parts of a prompt that don't change rendered once.

The prompt is the same byte for byte; the system message of a signature and the messages of a demo are kept, because
rendering them (a pydantic schema per field and demo) costs more than everything else that DSPy does.
"""

import json
from typing import Any

import dspy

_KEPT = 512  # rendered parts; a compiled program has fewer than a hundred


class CachingChatAdapter(dspy.ChatAdapter):
    """Format like `dspy.ChatAdapter`, faster."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._kept: dict[Any, Any] = {}

    def _once(self, key: Any, make: Any) -> Any:
        if (kept := self._kept.get(key)) is not None:
            return kept
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        return self._kept.setdefault(key, make())

    def format_field_description(self, signature: type[dspy.Signature]) -> str:
        """The description of the fields."""
        make = super().format_field_description
        return str(self._once(("description", signature), lambda: make(signature)))

    def format_field_structure(self, signature: type[dspy.Signature]) -> str:
        """The structure of a reply."""
        make = super().format_field_structure
        return str(self._once(("structure", signature), lambda: make(signature)))

    def user_message_output_requirements(self, signature: type[dspy.Signature]) -> str:
        """The reminder at the end."""
        make = super().user_message_output_requirements
        return str(self._once(("reminder", signature), lambda: make(signature)))

    def format_demos(self, signature: type[dspy.Signature], demos: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The messages of the demos."""
        if not demos:
            return []
        key = ("demos", signature, json.dumps([dict(demo) for demo in demos], default=repr, sort_keys=True))
        make = super().format_demos
        kept = self._once(key, lambda: make(signature, demos))
        return [dict(message) for message in kept]
