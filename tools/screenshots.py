"""Pictures of the running demonstration: ``python -m tools.screenshots [--all DIR]`` (``make screenshots``).

Without options it makes the two pictures of README.md, in docs/images/. With ``--all DIR`` it also puts the ten main
pages, each at 1280 and at 360 pixels and at full length, into DIR, for looking through them. The demonstration is
loaded into a temporary folder; the clock is the machine's, so dates in the pictures move with it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from bench import serving
from config import ROOT

IMAGES = ROOT / "docs" / "images"
DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 360, "height": 1200}
#: Keeps Chromium away from the network, and lets it run as root in a container.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip
#: A proposal of the plan under way that went all the way: it shows the longest story.
SELECTED = """
SELECT proposal.folio FROM proposal JOIN plan ON plan.id = proposal.plan_id
WHERE plan.is_current AND proposal.status = 'selected' ORDER BY proposal.folio LIMIT 1
"""


class Shot(NamedTuple):
    """A page to take: file name without ending, address, the demonstration account that reads it (None: a guest)."""

    name: str
    path: str
    account: str | None = None


def main_pages(folio: str) -> tuple[Shot, ...]:
    """The ten pages by which the application is judged."""
    return (
        Shot("home", "/"),
        Shot("proposals", "/propuestas/"),
        Shot("proposal", f"/propuestas/{folio}"),
        Shot("proposal-form", "/propuestas/nueva"),
        Shot("actors", "/actores/"),
        Shot("plan", "/planes/PAGA1/"),
        Shot("commitment", "/compromisos/PAGA1-3"),
        Shot("reviewer", "/evaluacion/", "revision.estado"),
        Shot("selection", "/seleccion/", "nucleo"),
        Shot("desk", "/direccion/", "direccion"),
    )


def main() -> None:
    """Load, serve, take the pictures, clean up."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="DIR", help="also the ten main pages at both widths, into DIR")
    everything: Path | None = parser.parse_args().all
    folder = Path(tempfile.mkdtemp(prefix="intake-screenshots-"))
    try:
        environment, folio = load(folder)
        with serving.serve("wsgi:app", environment) as server, sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
            address = f"http://127.0.0.1:{server.port}"
            missing = for_readme(chromium, address, folio)
            if everything:
                missing += for_review(chromium, address, folio, everything)
            chromium.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if missing:
        raise SystemExit("No picture of: " + "; ".join(missing))


def load(folder: Path) -> tuple[dict[str, str], str]:
    """Fill a database in ``folder`` as ``make run`` does; its settings, and the folio of the proposal to show."""
    database = folder / "demo.sqlite3"
    environment = {
        "INTAKE_DEMO": "1",
        "INTAKE_DATABASE_URL": f"sqlite:///{database}",
        "INTAKE_INSTANCE_PATH": str(folder),
        "INTAKE_LOG_LEVEL": "ERROR",
    }
    print("Loading the demonstration…", flush=True)
    setup = [sys.executable, "-m", "flask", "--app", "wsgi", "setup"]
    subprocess.run(setup, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(SELECTED).fetchone()
    if found is None:
        raise SystemExit("the demonstration has no proposal that was selected")
    return environment, str(found[0])


def for_readme(chromium: Browser, address: str, folio: str) -> list[str]:
    """The two pictures that README.md shows: what fits the window, no more. Returns what could not be taken."""
    home, proposal = Shot("home", "/"), Shot("proposal", f"/propuestas/{folio}")
    return [
        *take(chromium, address, home, IMAGES / "home.png", DESK, whole=False),
        *take(chromium, address, proposal, IMAGES / "proposal-phone.png", PHONE, whole=False),
    ]


def for_review(chromium: Browser, address: str, folio: str, to: Path) -> list[str]:
    """The ten main pages at both widths and at full length. Returns what could not be taken."""
    missing: list[str] = []
    for shot in main_pages(folio):
        for viewport in (DESK, PHONE):
            missing += take(chromium, address, shot, to / f"{shot.name}-{viewport['width']}.png", viewport)
    return missing


def take(
    chromium: Browser, address: str, shot: Shot, to: Path, viewport: ViewportSize, *, whole: bool = True
) -> list[str]:
    """One picture, from a browser without a past. Returns nothing, or why there is none: an error is no picture."""
    context = chromium.new_context(
        base_url=address,
        viewport=viewport,
        locale="es-EC",
        timezone_id="America/Guayaquil",
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    try:
        if shot.account:
            enter(page, shot.account)
        answer = page.goto(shot.path)
        if answer is None or not answer.ok:
            return [f"{shot.path} answered {answer.status if answer else 'nothing'}"]
        to.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=to, full_page=whole)
    except Error as error:
        return [f"{shot.path}: {error.message.splitlines()[0]}"]
    finally:
        context.close()
    print(to, flush=True)
    return []


def enter(page: Page, account: str) -> None:
    """The demonstration's sign-in with one press."""
    page.goto("/cuenta/entrar")
    page.locator(f"form[action$='/cuenta/demo/{account.replace('.', '-')}'] button").click()
    page.get_by_role("button", name="Salir").wait_for()


if __name__ == "__main__":
    main()
