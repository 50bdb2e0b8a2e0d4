"""Calling LMs that are waited for: how many calls at once, how fast, how often again, and at what cost."""
