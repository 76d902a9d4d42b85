"""axe on every page that each role can read, at a phone's and a desk's width; nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from intake.web.access import access_of
from tests.e2e.conftest import sideways
from tests.walk.test_walk import ACCOUNTS, addresses

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
#: Addresses that answer with a document, not with a page.
NOT_PAGES = (".json", ".csv", ".txt", ".svg", ".ics", "/archivos/", "/salud", "/datos/descargas")


def pages_of(app: Flask, account: str | None) -> list[str]:
    """All public pages for guests; for accounts the pages that demand a permission."""
    found = []
    for path, rule in addresses(app):
        access = access_of(app.view_functions[rule.endpoint])
        if "GET" in rule.methods and not any(n in path for n in NOT_PAGES) and (account is None or access.permission):
            found.append(path)
    return sorted(set(found))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_page_of_every_role(
    demo_app: Flask,
    open_browser: Callable[..., Page],
    enter: Callable[[Page, str], None],
    account: str | None,
    phone: bool,
) -> None:
    page = open_browser(phone=phone)
    if account:
        enter(page, account)
    defects: list[str] = []
    seen = 0
    for path in pages_of(demo_app, account):
        answer = page.goto(path)
        assert answer is not None
        if account and answer.status != 200:
            continue  # a refusal: its page is the same for everybody and is looked at once, as a guest
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        if (over := sideways(page)) > 0:
            defects.append(f"{path}: {over} px wider than the window")
        for violation in Axe().run(page, options=RULES).response["violations"]:
            nodes = [n["html"][:160] for n in violation["nodes"][:3]]
            defects.append(f"{path}: {violation['id']} {nodes}")
    assert defects == []
    assert seen > 0
