"""The embedded LM: an in-process engine behind `dspy.LM` that learns from the demos in its prompt."""
