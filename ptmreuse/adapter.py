"""DSPy's adapters with the parts of a prompt that don't change rendered once.

The prompt is the same byte for byte; the system message of a signature and the messages of a demo are kept, because
rendering them (a pydantic schema per field and demo) costs more than everything else that DSPy does.
"""

import json
from typing import Any

import dspy
from dspy.adapters import json_adapter

_KEPT = 512  # rendered parts; a compiled program has fewer than a hundred


# DSPy ties the `parse` that a class has to it when it is made, so no adapter may stand before the one that renders.
_Adapter: Any = object


class _Keeping(_Adapter):
    """Before an adapter of DSPy: the parts of a prompt that don't hang on the paper, rendered by it once and kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._kept: dict[Any, Any] = {}

    def _once(self, key: Any, make: Any) -> Any:
        if (kept := self._kept.get(key)) is not None:
            return kept
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        return self._kept.setdefault(key, make())

    def format_system_message(self, signature: type[dspy.Signature]) -> str:
        """The message before all others."""
        make = super().format_system_message
        return str(self._once(("system", signature), lambda: make(signature)))

    def format_user_message_content(
        self,
        signature: type[dspy.Signature],
        inputs: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,
    ) -> str:
        """The fields of a question; text stands as it is, which DSPy asks pydantic about each time."""
        given = {name: inputs[name] for name in self._names(signature) if name in inputs}
        if any(type(value) is not str for value in given.values()):
            return str(super().format_user_message_content(signature, inputs, prefix, suffix, main_request))
        fields = [f"[[ ## {name} ## ]]\n{text}" for name, text in given.items()]
        reminder = [self.user_message_output_requirements(signature)] if main_request else []
        return "\n\n".join([prefix, *fields, *reminder, suffix]).strip()

    def _names(self, signature: type[dspy.Signature]) -> tuple[str, ...]:
        names: tuple[str, ...] = self._once(("names", signature), lambda: tuple(signature.input_fields))
        return names

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


class CachingChatAdapter(_Keeping, dspy.ChatAdapter):
    """Format like `dspy.ChatAdapter`, faster."""


class StructuredAdapter(_Keeping, dspy.JSONAdapter):
    """Format like `dspy.JSONAdapter`, faster, and send the JSON schema of the answer with every question.

    DSPy sends it only to models of its list, where no server of one's own is; whoever asks for it knows the server.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(use_native_function_calling=False, **options)

    def _prepare_response_format(self, lm: dspy.LM, lm_kwargs: dict[str, Any], signature: type[dspy.Signature]) -> None:
        """DSPy's hook before a call."""
        del lm
        make = json_adapter._get_structured_outputs_response_format
        lm_kwargs["response_format"] = self._once(("schema", signature), lambda: make(signature, False))
