"""`ptmreuse serve`: the program behind HTTP, and the page that people open."""
