"""An LM that goes to its engine without a detour: DSPy's own way there takes two changes of thread for each call."""

from typing import Any

import dspy
from dspy import lm15
from dspy.clients.errors import wrap_error


class DirectLM(dspy.LM):
    """`dspy.LM` whose awaited calls, other than those with a schema, are one request to its asynchronous engine."""

    async def acall(self, prompt: str | None = None, *, messages: Any = None, **options: Any) -> Any:
        """The texts of the reply. Raises DSPy's errors, as `dspy.LM` does."""
        if prompt is not None or "response_format" in options:
            return await super().acall(prompt, messages=messages, **options)
        asked = {name: value for name, value in {**self.kwargs, **options}.items() if value is not None}
        try:
            request = lm15.request_from_openai_chat({"model": self.model, "messages": messages, **asked})
            response: lm15.Response = await self._async_engine_spec.complete(request)
        except lm15.LM15Error as error:
            raise wrap_error(error, model=self.model) from error
        return [response.message.text]
