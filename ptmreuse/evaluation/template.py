"""How a self-contained page is made: its template, style and script lie in the folder `page` of a package."""

import base64
import hashlib
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from ptmreuse.evaluation import sheet

_SHARED = "ptmreuse.evaluation"  # has the macros of tables and figures


def template(package: str, name: str = "report.html.j2") -> Template:
    """A package's template, which escapes everything that is not told to be safe and fails on what it was not given."""
    loader = ChoiceLoader([PackageLoader(each, "page") for each in dict.fromkeys((package, _SHARED))])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.globals |= {"brief": sheet.brief, "numeric": sheet.numeric}
    return environment.get_template(name)


def page_file(package: str, name: str) -> str:
    """The text of a file of a page."""
    return (files(package) / "page" / name).read_text(encoding="utf-8")


def script_hash(script: str) -> str:
    """The hash by which a page allows its own script and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
