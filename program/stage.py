"""What all five stages are: one `dspy.Predict` behind a module, called alike in step and awaited."""

from typing import Any, ClassVar

import dspy


class Stage(dspy.Module):
    """One question put to an LM. A stage names its `signature`; fields go in and come out as that says."""

    signature: ClassVar[type[dspy.Signature]]

    def __init__(self) -> None:
        super().__init__()
        self.predict = dspy.Predict(self.signature)

    def forward(self, **inputs: Any) -> dspy.Prediction:
        """Ask."""
        return self.predict(**inputs)

    async def aforward(self, **inputs: Any) -> dspy.Prediction:
        """Ask, awaited."""
        return await self.predict.acall(**inputs)
