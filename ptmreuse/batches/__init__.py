"""Questions asked by the OpenAI-compatible Files and Batches API: hours late, at half the price."""
