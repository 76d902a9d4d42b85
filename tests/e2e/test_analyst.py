"""An analyst with three hundred new proposals and twenty probes: the queue by keyboard, then hints at admission."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config import ROOT
from tests.e2e.conftest import DESK, PHONE, Server, sideways, tab_to
from tests.e2e.test_journey import search
from tests.faults.conftest import FOLIO, Browser

NEW, PROBES = 300, 20
ATTACKS = (
    "<script>alert({n})</script>", "' OR {n}=1 --", "../../../../etc/passwd", "${{jndi:ldap://x/{n}}}",
    "1; DROP TABLE users", "<img src=x onerror=alert({n})>", "javascript:alert({n})", "' UNION SELECT {n}",
)  # fmt: skip
PLACES = ("Nabón", "Saraguro", "Otavalo", "Guamote", "Zaruma", "Puyo", "Tena", "Cayambe", "Chone", "Salinas")
THINGS = ("agua potable", "caminos vecinales", "recolección de basura", "turnos médicos", "riego comunitario")
LEGITIMATE = "Turnos de la biblioteca parroquial de Saraguro"
WORDS = "Nadie sabe qué días abre la biblioteca de la parroquia y las niñas hacen el viaje en vano cada semana."
WISH = "Que la junta publique los turnos de la biblioteca en su cartelera y avise por radio cuando no pueda abrir."
REASON = "Es un intento de ataque"

Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def flood(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The new proposals by the command, the probes and one that looks like them by the form; the folio of that one."""
    file = tmp_path_factory.mktemp("flood") / "nuevas.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["titulo", "problema", "solucion", "id_externo"])
        for n in range(NEW):
            thing, place = THINGS[n % len(THINGS)], PLACES[n // len(THINGS) % len(PLACES)]
            title = f"Informar sobre {thing} en {place}, barrio {n}"
            rows.writerow([title, f"En {place} nadie publica {thing}.", f"Publicar cada mes {thing}.", f"f{n}"])
    environment = {
        **os.environ,
        "INTAKE_DEMO": "1",
        "INTAKE_DATABASE_URL": f"sqlite:///{server.database}",
        "INTAKE_INSTANCE_PATH": str(server.folder),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "reception", "import", str(file), "--plan", "PAGA3"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=300)
    browser = Browser(server.port)
    token, empty = browser.enter(), browser.cookie
    legitimate = _send(browser, token, "l" * 43, LEGITIMATE, WORDS, website="https://autofill.example")
    for n in range(PROBES):
        browser.cookie = empty
        attack = ATTACKS[n % len(ATTACKS)].format(n=n)
        _send(browser, token, f"{n:043d}", f"Propuesta {n} {attack}", f"{attack} {WORDS}", website="")
    browser.close()
    return legitimate


def _send(browser: Browser, token: str, key: str, title: str, problem: str, *, website: str) -> str:
    fields = {"title": title, "problem": problem, "solution": WISH, "theme": "ambiente-agua", "website": website}
    kept = browser.ask("/propuestas/nueva", {**fields, "csrf_token": token, "key": key, "review": "1"})
    assert kept.status == 303, kept.text
    done = browser.ask(kept.location.replace("/revisar", "/enviar"), {"csrf_token": token})
    found = FOLIO.search(done.location)
    assert found, done.text
    return found[1]


def _waiting(page: Page) -> int:
    found = re.search(r"En espera: (\d+)", page.get_by_role("main").inner_text())
    assert found, "the page does not say how many wait"
    return int(found[1])


def test_the_quarantine_by_keyboard_and_admission_with_hints(
    open_browser: Callable[..., Page],
    enter: Callable[[Page, str], None],
    shot: Shot,
    flood: str,
) -> None:
    page = open_browser()
    enter(page, "analisis")
    page.goto("/propuestas/apartadas")
    before = _waiting(page)
    assert before >= PROBES + 1
    shot(page, "queue")
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    shot(page, "queue")
    page.set_viewport_size(DESK)
    _let_pass(page, flood, shot)
    _discard_the_probes(page, shot)
    page.goto("/propuestas/apartadas")
    assert _waiting(page) == before - PROBES - 1
    shot(page, "settled")
    page.goto(f"/propuestas/{flood}")
    expect(page.get_by_role("heading", level=1)).to_have_text(LEGITIMATE)
    _admit(page, shot)


def _let_pass(page: Page, folio: str, shot: Shot) -> None:
    """The one that was read in the list and is no attack, with one key."""
    page.goto(f"/propuestas/apartadas/{folio}")
    expect(page.get_by_role("button", name="Dejar pasar")).to_be_focused()
    shot(page, "legitimate")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{folio} pasó.")).to_be_visible()


def _discard_the_probes(page: Page, shot: Shot) -> None:
    """One after the other as the queue shows them, each with its reason, without a pointer."""
    for n in range(PROBES):
        page.get_by_role("heading", level=1).filter(has_text=re.compile(r"Propuesta \d+ ")).wait_for()
        if n == 0:
            shot(page, "probe")
        expect(page.get_by_role("button", name="Dejar pasar")).to_be_focused()
        tab_to(page, page.get_by_label("No es una propuesta, porque"), most=3)
        page.keyboard.type(REASON)
        page.keyboard.press("Tab")
        folio = page.get_by_role("main").locator(".lead").inner_text().split()[0]
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{folio} se descartó.")).to_be_visible()


def _admit(page: Page, shot: Shot) -> None:
    """Three of the three hundred, each with its hint of those that say much the same."""
    for n in (7, 8, 9):
        thing, place = THINGS[n % len(THINGS)], PLACES[n // len(THINGS) % len(PLACES)]
        title = f"Informar sobre {thing} en {place}, barrio {n}"
        page.goto("/evaluacion/?vista=admision")
        search(page, f'"{title}"')
        found = page.get_by_role("link", name=title, exact=True)
        expect(found).to_be_visible()
        page.goto(str(found.get_attribute("href")))
        expect(page.get_by_role("heading", name=re.compile("Hay 5 propuestas que se parecen"))).to_be_visible()
        page.get_by_role("button", name="Firmar el examen").wait_for()
        for radio in page.get_by_role("radio", name="Sí", exact=True).all():
            tab_to(page, radio)
            page.keyboard.press("Space")
            expect(radio).to_be_checked()
        tab_to(page, page.get_by_label("Motivo"))
        page.keyboard.type("Se entiende, pide colaborar y sirve a la política pública.")
        if n == 7:
            shot(page, "examination")
        tab_to(page, page.get_by_role("button", name="Firmar el examen"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="quedó admitida.")).to_be_visible()
    shot(page, "admitted")
