"""A page on which people label papers: what it shows, what they write, and where that goes."""
