"""A sentinel for drift: a small labelled set asked again and again, to see when an LM changes under its name."""
