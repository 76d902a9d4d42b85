"""A real server and a real browser on the loaded demonstration.

Each test module gets a copy of the demonstration and a server of its own, so that it may write. Chromium is the
system's; the flags keep it quiet on a closed network.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.databases import copy_file
from tests.served import Server

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
#: Milliseconds that a step, or what is expected, may take: a page waits for its turn on a machine that is busy.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)  # a context's own patience does not reach it
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(demo_url: str, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application served by gunicorn on a copy of the demonstration."""
    folder = tmp_path_factory.mktemp("server")
    copy = folder / "demo.sqlite3"
    copy_file(Path(demo_url.removeprefix("sqlite:///")), copy)
    shutil.copytree(demo_folder / "files", folder / "files")
    environment = {"INTAKE_DEMO": "1", "INTAKE_DATABASE_URL": f"sqlite:///{copy}"}
    made = Server(folder, environment, database=copy, threads=16)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def open_browser(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """``open_browser(phone=True, javascript=True)``: a person's own page; errors on the console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def new(*, phone: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport=PHONE if phone else DESK,
            java_script_enabled=javascript,
            locale="es-EC",
            has_touch=phone,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None,
        )
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def enter() -> Callable[[Page, str], None]:
    """``enter(page, "analisis")``: the demonstration's one-click sign-in."""

    def click(page: Page, account: str) -> None:
        page.goto("/cuenta/entrar")
        page.locator(f"form[action$='/cuenta/demo/{account.replace('.', '-')}'] button").click()
        page.get_by_role("button", name="Salir").wait_for()

    return click


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window. Between two pages there is nothing to measure: it waits."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def until(page: Page, expression: str, seconds: float = PATIENCE / 1000) -> None:
    """Wait until the expression is true in the page. Playwright would evaluate text in it, which our CSP refuses."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"after {seconds:.0f} s still not so: {expression}"
        page.wait_for_timeout(100)


def until_here(page: Page, holds: Callable[[], object], what: str, seconds: float = PATIENCE / 1000) -> None:
    """Wait until it holds in the test, while what the page does goes on."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"after {seconds:.0f} s still not so: {what}"
        page.wait_for_timeout(100)


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """``shot(page, "receipt")``: a numbered picture of the whole page in the folder INTAKE_SHOTS, if it names one."""
    folder = os.environ.get("INTAKE_SHOTS", "")
    taken: list[str] = []

    def take(page: Page, name: str) -> None:
        if folder:
            taken.append(name)
            wide = page.viewport_size["width"] if page.viewport_size else 0
            file = Path(folder) / f"{request.node.name}-{len(taken):02}-{name}-{wide}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=file, full_page=True)

    return take


def tab_to(page: Page, target: Locator, most: int = 150) -> None:
    """Press Tab until the target has the focus; the page's scripts have put it where it begins."""
    target.wait_for()
    page.wait_for_load_state()
    for _ in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")
