"""Pages of this room before the first plan: all say the same."""

from __future__ import annotations

import pytest

from models.enums import Role
from tests import factories

WORDS = "Todavía no hay un plan en marcha que reciba propuestas."
PAGES = ("/propuestas/nueva", "/propuestas/uniones", "/propuestas/replicas", "/plazos/", "/ventanilla/nueva")


@pytest.mark.parametrize("path", PAGES)
def test_without_a_plan_a_page_says_so_in_the_same_words(app, sign_in, path):
    page = sign_in(factories.user(Role.ANALYST)).get(path)
    assert (page.status_code, WORDS in page.text) == (404, True)
