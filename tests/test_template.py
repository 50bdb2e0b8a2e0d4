"""How a page is made."""

import pytest
from jinja2 import UndefinedError

from ptmreuse.evaluation.template import page_file, script_hash, template


@pytest.mark.parametrize("package", ["ptmreuse.evaluation", "ptmreuse.reporting"])
def test_each_package_has_its_own_page(package: str) -> None:
    assert page_file(package, "report.html.j2")
    with pytest.raises(UndefinedError):
        template(package).render()


def test_the_hash_is_that_of_a_content_security_policy() -> None:
    assert script_hash("alert(1)") == "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="
