"""Rows of two annotators who differ where a test says so."""

from ptmreuse.rows import PaperRow


def row(name: str, *models: str, deep: bool = True, doi: str = "") -> PaperRow:
    """A paper and its models, each as `name | patterns joined by + | step`."""
    given = []
    for model in models:
        called, patterns, step = (part.strip() for part in model.split("|"))
        given.append({"name": called, "patterns": patterns.split("+"), "step": step, "quote": f"We used {called}."})
    answers = {"uses_deep_learning": deep, "reuses_ptm": bool(models), "models": given}
    return PaperRow.model_validate({"id": name, "doi": doi, "file": f"{name}.xml"} | answers)
