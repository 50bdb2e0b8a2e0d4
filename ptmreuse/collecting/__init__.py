"""`ptmreuse collect`: search for papers, draw among them, get their full texts."""
