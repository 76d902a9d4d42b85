"""axe on every page that each role can read, at a phone's and a desk's width; nothing scrolls sideways.

Several roles see many pages built in the same way. Each way is looked at once: what a page is built of (its view and
its elements with their classes and roles) is read over HTTP first, and a role is shown in the browser only the pages
that no role before it was given in that shape.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from intake.extensions import db
from intake.web.access import access_of
from tests.e2e.conftest import DESK, PHONE, sideways
from tests.walk.test_walk import ACCOUNTS, addresses, browsers

__all__ = ["browsers"]  # a fixture

OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
    "preload": False,
}
#: Addresses that answer with a document, not with a page.
NOT_PAGES = (".json", ".csv", ".txt", ".svg", ".ics", "/archivos/", "/salud", "/datos/descargas")
AXE = Axe().axe_script
#: Sections whose pages guests read in every state too.
PUBLIC = ("/propuestas/", "/seguimiento/", "/compromisos/", "/mesas/", "/nucleo/")
Work = dict[str | None, list[str]]
#: Reviewers of the other sectors: the same role as the first one.
ALIKE = ("revision.sociedad", "revision.academia")


#: An element with what decides how it looks and what it is announced as.
ELEMENT = re.compile(r"<([a-z][a-z0-9]*)([^<>]*)>")
LOOKS = re.compile(r"\b(?:class|role|type|lang|open|aria-current)(?:=\"[^\"]*\")?")


def shape_of(html: str) -> str:
    """What the main part of a page is built of; the same for pages that differ in words and in number of rows only."""
    main = html.partition("<main")[2].partition("</main>")[0]
    parts = [f"{tag} {' '.join(sorted(LOOKS.findall(rest)))}" for tag, rest in ELEMENT.findall(main)]
    headings = [part[:2] for part in parts if re.match(r"h[1-6] ", part)]
    steps = {f"{one}>{other}" for one, other in itertools.pairwise(headings)}
    return "\n".join(sorted({*parts, *steps}))


def view_of(app: Flask, path: str) -> str:
    """Which view answers: pages of two views are never taken for each other."""
    return str(app.url_map.bind("localhost").match(path)[0])


def pages_of(app: Flask, account: str | None) -> Iterator[str]:
    """All public pages for guests; for accounts the pages that demand a permission."""
    for path, rule in addresses(app):
        access = access_of(app.view_functions[rule.endpoint])
        if "GET" in rule.methods and not any(n in path for n in NOT_PAGES) and (account is None or access.permission):
            yield path
    if account not in {None, *ALIKE}:
        yield from in_every_state(app)
    elif account is None:
        yield from (p for p in in_every_state(app) if p.startswith(PUBLIC))
    yield "/no-existe"


#: One row of each state that the demonstration has.
STATES = {
    "proposals": "SELECT min(folio) FROM proposal WHERE folio LIKE 'PAGA3-%' GROUP BY status",
    "evaluated": "SELECT min(folio) FROM proposal WHERE status = 'evaluated'",
    "commitments": "SELECT min(reference) FROM commitment WHERE reference LIKE 'PAGA3-%' GROUP BY status",
    "reviews": (
        "SELECT min(p.folio) FROM assignment a JOIN proposal p ON p.id = a.proposal_id "
        "GROUP BY a.reviewer_id, a.status ORDER BY a.reviewer_id, a.status"
    ),
    "sessions": "SELECT number FROM selection_session WHERE status = 'open'",
    "rounds": "SELECT number FROM round WHERE status = 'open'",
    "events": "SELECT min(slug) FROM event WHERE plan_id = (SELECT id FROM plan WHERE code = 'PAGA3') GROUP BY status",
    "campaigns": "SELECT min(slug) FROM campaign GROUP BY status",
    "meetings": (
        "SELECT min(m.number) FROM meeting m JOIN body b ON b.id = m.body_id JOIN plan p ON p.id = b.plan_id "
        "WHERE p.code = 'PAGA3' GROUP BY m.status"
    ),
}
WAYS = {
    "proposals": ("/propuestas/{}", "/seguimiento/{}", "/evaluacion/{}", "/propuestas/{}/versiones"),
    "reviews": ("/evaluacion/{}", "/evaluacion/{}/conflicto", "/evaluacion/{}/no-competente"),
    "commitments": tuple(
        f"/compromisos/{{}}{way}"
        for way in (
            "", "/editar", "/participantes", "/acuerdo", "/consulta", "/valoraciones", "/hitos/nuevo",
            "/hitos/1/editar", "/hitos/1/reportar", "/reportes/1/responder",
        )
    ),
    "sessions": ("/seleccion/sesiones/{}", "/seleccion/sesiones/{}/publicar"),
    "events": tuple(
        f"/mesas/{{}}{way}"
        for way in (
            "", "/editar", "/registro", "/asistencia", "/asistencia/lista", "/asistencia/puerta",
            "/asistencia/cerrar-lista", "/memoria", "/archivos", "/cerrar", "/acta",
        )
    ),
    "campaigns": tuple(f"/acercamiento/{{}}{way}" for way in ("", "/editar", "/actores", "/cartas/nueva")),
    "meetings": tuple(
        f"/nucleo/PAGA3/grupo-nucleo/reuniones/{{}}{way}"
        for way in ("", "/editar", "/asistencia", "/acta", "/resoluciones/nueva", "/correcciones/nueva")
    ),
    "rounds": tuple(f"/evaluacion/rondas/{{}}{way}" for way in ("", "/asignar", "/dar-por-evaluadas", "/cerrar")),
}  # fmt: skip


def in_every_state(app: Flask) -> list[str]:
    """Pages whose shape follows from the state of what they show."""
    with app.app_context():
        rows = {name: [str(v) for v in db.session.scalars(sa.text(query))] for name, query in STATES.items()}
    paths = [way.format(row) for name, ways in WAYS.items() for row in dict.fromkeys(rows[name]) for way in ways]
    return [*paths, *(f"/seleccion/sesiones/{n}/{folio}" for n in rows["sessions"] for folio in rows["evaluated"])]


@pytest.fixture(scope="module")
def work(demo_app: Flask, browsers: dict[str | None, FlaskClient]) -> Work:
    """Which pages each role looks at: those that no role before it was given in the same shape."""
    seen: set[tuple[str, str]] = set()
    found: Work = {account: [] for account in ACCOUNTS}
    for account in ACCOUNTS:
        for path in dict.fromkeys(pages_of(demo_app, account)):
            answer = browsers[account].get(path)
            if answer.mimetype != "text/html" or answer.status_code // 100 == 3:
                continue
            kind = "refusal" if answer.status_code >= 400 else view_of(demo_app, path)
            if (shape := (kind, shape_of(answer.get_data(as_text=True)))) not in seen:
                seen.add(shape)
                found[account].append(path)
        found[account] = found[account] or ["/"]  # the menu of each role is seen on one page at least
    return found


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_page_of_every_role(
    work: Work, open_browser: Callable[..., Page], enter: Callable[[Page, str], None], account: str | None
) -> None:
    page = open_browser()
    if account:
        enter(page, account)
    defects: list[str] = []
    for path in work[account]:
        page.goto(path)
        defects += [f"{path} {defect}" for defect in look(page)]
    assert not defects, "\n".join(defects)


def look(page: Page) -> list[str]:
    """What is wrong with the page as it stands, at both widths."""
    found = []
    page.wait_for_load_state()
    page.evaluate(AXE)
    for window in (PHONE, DESK):
        page.set_viewport_size(window)
        if (over := sideways(page)) > 0:
            found.append(f"{window['width']}: {over} px wider than the window")
        for violation in page.evaluate("options => axe.run(options)", OPTIONS)["violations"]:
            nodes = [n["html"][:160] for n in violation["nodes"][:3]]
            found.append(f"{window['width']}: {violation['id']} {nodes}")
    return found


def test_what_only_a_visitor_who_writes_sees(open_browser: Callable[..., Page]) -> None:
    """The form with its errors, the draft, the preview, the receipt, and a wrong code."""
    page = open_browser()
    page.goto("/propuestas/nueva")
    page.get_by_role("button", name="Revisar antes de enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("Hay algo que corregir")
    defects = [f"errors {d}" for d in look(page)]
    page.get_by_label("Título de su propuesta").fill("Lectura del medidor con aviso previo")
    page.get_by_label("¿Qué problema quiere resolver?").fill(
        "Nadie avisa cuándo vienen a leer el medidor y las casas están cerradas."
    )
    page.get_by_label("¿Qué propone hacer?").fill(
        "Que la empresa avise el día y la hora de la lectura con una semana de plazo."
    )
    page.get_by_label("Tema", exact=True).select_option(index=1)
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_text("Su borrador está guardado.")).to_be_visible()
    defects += [f"draft {d}" for d in look(page)]
    page.get_by_role("button", name="Revisar antes de enviar").click()
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()
    defects += [f"preview {d}" for d in look(page)]
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    defects += [f"receipt {d}" for d in look(page)]
    page.get_by_role("link", name="Seguir mi propuesta").click()
    expect(page.get_by_role("link", name="Corregirla")).to_be_visible()
    defects += [f"follow {d}" for d in look(page)]
    for link in ("Corregirla", "Retirarla"):
        page.get_by_role("link", name=link).click()
        expect(page.get_by_role("link", name=link)).to_have_count(0)
        defects += [f"{link} {d}" for d in look(page)]
        page.go_back()
    assert not defects, "\n".join(defects)
