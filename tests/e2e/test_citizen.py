"""What citizens meet on a bad day: only a keyboard, a slow finger, a closed stage, an old page, a narrow telephone."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from intake.core import clock
from tests.e2e.conftest import Server, sideways, tab_to

Open = Callable[..., Page]
Enter = Callable[[Page, str], None]

PROBLEM = "En el barrio nadie sabe cuándo pasa el recolector y la basura queda en la vereda toda la semana."
SOLUTION = "Que el municipio publique el horario de cada calle y avise por radio cuando el recolector no pueda pasar."
#: The main pages by who reads them; folio and reference exist in the demonstration.
MAIN = {
    None: (
        "/", "/propuestas/", "/propuestas/nueva", "/propuestas/PAGA3-00001", "/seguimiento/PAGA3-00001",
        "/compromisos/", "/compromisos/PAGA1-3", "/planes/PAGA1/", "/actores/", "/actores/cobertura", "/mesas/",
        "/seleccion/publicadas/", "/evaluacion/rubrica", "/datos/", "/cuenta/entrar",
    ),
    "revision.estado": ("/evaluacion/",),
    "institucion": ("/pendientes/",),
    "contraparte": ("/pendientes/",),
    "direccion": ("/direccion/", "/evaluacion/", "/seleccion/", "/planes/nuevo"),
}  # fmt: skip


@pytest.fixture
def phone(open_browser: Open) -> Page:
    """A guest's phone with JavaScript."""
    return open_browser(phone=True)


def write(page: Page, title: str) -> None:
    """Fill in what every proposal must say."""
    page.goto("/propuestas/nueva")
    page.get_by_label("Título de su propuesta").fill(title)
    page.get_by_label("¿Qué problema quiere resolver?").fill(PROBLEM)
    page.get_by_label("¿Qué propone hacer?").fill(SOLUTION)
    page.get_by_label("Tema", exact=True).select_option(label="Ambiente y agua")


def assert_kept(page: Page, title: str) -> None:
    """What `write` typed still stands in the form."""
    expect(page.get_by_label("Título de su propuesta")).to_have_value(title)
    expect(page.get_by_label("¿Qué problema quiere resolver?")).to_have_value(PROBLEM)
    expect(page.get_by_label("¿Qué propone hacer?")).to_have_value(SOLUTION)
    expect(page.get_by_label("Tema", exact=True)).to_have_value("ambiente-agua")


def review(page: Page) -> None:
    page.get_by_role("button", name="Revisar antes de enviar").click()


def choose_by_typing(page: Page, select: Locator, letters: str, value: str) -> None:
    """In a list that has the focus. A browser forgets the letters after a second: a slow machine needs a second try."""
    page.keyboard.type(letters)
    with contextlib.suppress(AssertionError):
        expect(select).to_have_value(value, timeout=5_000)
        return
    page.keyboard.type(letters)
    expect(select).to_have_value(value)


def test_proposal_by_keyboard_only(phone: Page) -> None:
    page = phone
    page.goto("/propuestas/nueva")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Saltar al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    for label, text in (
        ("Título de su propuesta", "Horario del recolector por teclado"),
        ("¿Qué problema quiere resolver?", PROBLEM),
        ("¿Qué propone hacer?", SOLUTION),
    ):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(text)
    tab_to(page, page.get_by_label("Tema", exact=True))
    choose_by_typing(page, page.get_by_label("Tema", exact=True), "Ambi", "ambiente-agua")
    for level, place, code in (("Provincia", "Azu", "01"), ("Cantón", "Nab", "0104"), ("Parroquia", "Coc", "010451")):
        select = page.get_by_role("combobox", name=level)
        tab_to(page, select)
        choose_by_typing(page, select, place, code)
        if level != "Parroquia":
            below = page.get_by_role("combobox", name="Cantón" if level == "Provincia" else "Parroquia")
            expect(below.get_by_role("option").nth(1)).to_be_attached()
    tab_to(page, page.get_by_role("radio", name="No lo sé"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="A un gobierno local")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Revisar antes de enviar"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Enviar mi propuesta"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    assert sideways(page) <= 0


def test_errors_keep_everything_and_take_the_focus(phone: Page) -> None:
    page = phone
    write(page, "Horario del recolector con errores")
    page.get_by_label("¿Qué propone hacer?").fill("Poco.")
    page.get_by_role("combobox", name="Provincia").select_option(label="Azuay")
    page.get_by_label("Interculturalidad").check()
    page.get_by_label("A la Asamblea Nacional").check()
    page.get_by_label("Su correo").fill("sin arroba")
    page.get_by_label("Su teléfono").fill("12")
    review(page)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Hay algo que corregir")
    expect(page.locator(".govuk-error-summary[data-module]")).to_be_focused()
    said = "Escriba al menos 10 palabras; lleva 1."
    for words in (said, "Escriba un correo como nombre@ejemplo.org", "Ese número no parece correcto."):
        expect(alert).to_contain_text(words)
    solution = page.get_by_label("¿Qué propone hacer?")
    expect(solution).to_have_value("Poco.")
    expect(solution).to_have_accessible_description(re.compile(re.escape(said)))
    expect(page.get_by_label("¿Qué problema quiere resolver?")).to_have_value(PROBLEM)
    expect(page.get_by_role("combobox", name="Provincia")).to_have_value("01")
    expect(page.get_by_label("Interculturalidad")).to_be_checked()
    expect(page.get_by_label("A la Asamblea Nacional")).to_be_checked()
    expect(page.get_by_label("Su correo")).to_have_value("sin arroba")
    expect(page.get_by_label("Su teléfono")).to_have_value("12")
    alert.get_by_role("link", name=said).click()
    expect(solution).to_be_focused()
    solution.fill(SOLUTION)
    page.get_by_label("Su correo").fill("")
    page.get_by_label("Su teléfono").fill("")
    review(page)
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_pressing_send_twice_stores_once(open_browser: Open, javascript: bool) -> None:
    page = open_browser(phone=True, javascript=javascript)
    word = "recolectorissimo" if javascript else "barridorissimo"
    write(page, f"Horario del {word} para mi calle")
    review(page)
    page.get_by_role("button", name="Enviar mi propuesta").dblclick()
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    expect(page.get_by_role("region", name="Comprobante")).to_contain_text(re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"))
    page.goto(f"/propuestas/?q={word}")
    expect(page.get_by_role("status")).to_have_text("1 resultado")


@pytest.fixture
def closing(server: Server) -> Iterator[Callable[[], None]]:
    """Lets the last day of the reception be yesterday, as if the night had passed; sets it back afterwards."""

    def closes_on(day: str) -> str:
        where = "kind = 'reception' AND plan_id = (SELECT id FROM plan WHERE code = 'PAGA3')"
        with contextlib.closing(sqlite3.connect(server.database, timeout=20)) as database, database:
            [(before,)] = database.execute(f"SELECT closes_on FROM stage WHERE {where}").fetchall()
            database.execute(f"UPDATE stage SET closes_on = ? WHERE {where}", (day,))
        return str(before)

    kept: list[str] = []
    yield lambda: kept.append(closes_on((clock.today() - timedelta(days=1)).isoformat()))
    closes_on(*kept)


def test_stage_that_closes_while_the_form_is_open_keeps_the_text(phone: Page, closing: Callable[[], None]) -> None:
    page, title = phone, "Horario del recolector fuera de plazo"
    write(page, title)
    closing()
    review(page)
    expect(page.get_by_text("La recepción no está abierta hoy: se recibe del")).to_be_visible()
    expect(page.get_by_text(PROBLEM)).to_be_visible()
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_role("heading", name="La recepción de propuestas no está abierta")).to_be_visible()
    expect(page.get_by_text("Se recibieron propuestas para el PAGA3 del")).to_be_visible()
    page.get_by_role("link", name="/propuestas/borrador/").click()
    assert_kept(page, title)


def test_page_that_outlived_its_session_keeps_the_text(phone: Page) -> None:
    page, title = phone, "Horario del recolector con sesión vieja"
    write(page, title)
    page.context.clear_cookies()
    review(page)
    expect(page.get_by_role("alert")).to_contain_text("Lo que escribió sigue aquí: pulse el botón otra vez.")
    assert_kept(page, title)
    review(page)
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()


def test_session_of_staff_that_ended_keeps_the_text(open_browser: Open, enter: Enter) -> None:
    page = open_browser()
    enter(page, "analisis")
    page.goto("/evaluacion/")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_label("Decido sin esperar la respuesta").check()  # its author was asked something
    page.get_by_role("button", name="Firmar el examen").wait_for()
    for answer in page.get_by_role("radio", name="Sí", exact=True).all():
        answer.check()
    page.get_by_label("Motivo").fill("Un motivo largo que costó escribir.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Firmar el examen").click()
    expect(page.get_by_role("heading", name="La página estuvo abierta mucho tiempo")).to_be_visible()
    page.get_by_role("button", name="Entrar y continuar").click()
    expect(page.get_by_role("heading", name="Entrar", exact=True)).to_be_visible()
    page.get_by_role("button", name="Entrar como analisis@demo.example").click()
    expect(page.get_by_role("heading", name="Ya entró: revise y envíe lo que había escrito")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Un motivo largo que costó escribir.")
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("status").filter(has_text="quedó admitida.")).to_be_visible()


def test_nothing_scrolls_sideways_on_a_narrow_phone(open_browser: Open, enter: Enter) -> None:
    seen, wide = [], []
    for account, paths in MAIN.items():
        page = open_browser(phone=True)
        page.set_viewport_size({"width": 320, "height": 640})
        if account:
            enter(page, account)
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            seen.append(answer.status)
            if (over := sideways(page)) > 0:
                wide.append((path, over))
    assert (wide, set(seen)) == ([], {200})


def test_receipt_on_paper_has_folio_code_and_qr_and_no_navigation(phone: Page) -> None:
    page = phone
    write(page, "Horario del recolector para imprimir")
    review(page)
    page.get_by_role("button", name="Enviar mi propuesta").click()
    page.emulate_media(media="print")
    receipt = page.get_by_role("region", name="Comprobante")
    expect(receipt.get_by_text(re.compile(r"^PAGA3-\d{5}$"))).to_be_visible()
    expect(receipt.get_by_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$"))).to_be_visible()
    expect(receipt.get_by_role("img")).to_be_visible()
    expect(page.get_by_role("navigation", name="Principal")).to_be_hidden()
    expect(page.get_by_role("link", name="Seguir mi propuesta")).to_be_hidden()


def test_language_switch_stays_on_the_page_with_its_filters(phone: Page) -> None:
    page = phone
    page.goto("/propuestas/?q=agua&orden=antiguas")
    found = page.get_by_role("status").inner_text().split()[0]
    page.get_by_role("list", name="Idioma").get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    address = urlsplit(page.url)
    assert address.path == "/propuestas/"
    assert parse_qs(address.query)["q"] == ["agua"]
    expect(page.get_by_role("status")).to_have_text(re.compile(rf"^{found} result"))
    page.get_by_role("main").get_by_role("link").filter(has_text=re.compile("agua", re.IGNORECASE)).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("list", name="Language").get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es-EC")


def test_back_from_the_preview_finds_the_text_again(phone: Page) -> None:
    page, title = phone, "Horario del recolector y el botón Atrás"
    write(page, title)
    review(page)
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()
    page.get_by_role("link", name="Corregir").click()
    assert_kept(page, title)
    page.go_back()
    expect(page.get_by_role("heading", name="Revise su propuesta")).to_be_visible()
    page.get_by_role("button", name="Enviar mi propuesta").click()
    expect(page.get_by_role("heading", name="Recibimos su propuesta")).to_be_visible()
    folio = re.findall(r"PAGA3-\d{5}", page.url)[0]
    page.go_back()  # to the preview of what was sent: it must lead to the receipt, not to a second proposal
    expect(page).to_have_url(re.compile(f"{folio}/comprobante$"))


def test_disguised_evidence_is_refused_and_the_text_kept(open_browser: Open, enter: Enter, tmp_path: Path) -> None:
    page = open_browser()
    enter(page, "institucion")
    page.goto("/compromisos/?plan=PAGA3&estado=formalized")
    page.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first.click()
    page.get_by_role("link", name="Reportar avance").first.click()
    file = tmp_path / "informe.pdf"
    file.write_bytes(b"MZ\x90\x00" + b"\x00" * 200)
    said = "Un avance que nadie debe perder."
    page.get_by_role("group", name="Estado del hito").get_by_label("Ejecución").check()
    page.get_by_label("Avance (de 0 a 100)").fill("55")
    page.get_by_label("¿Qué se hizo?").fill(said)
    page.get_by_label("Si el avance baja").fill("Se midió otra vez.")
    evidence = page.get_by_role("group", name="Evidencia 2")
    evidence.get_by_label("¿Qué es?").fill("Informe")
    evidence.get_by_label("o archivo").set_input_files(file)
    page.get_by_role("button", name="Publicar el reporte").click()
    expect(page.get_by_role("alert")).to_contain_text("El archivo es de un tipo que no se acepta.")
    expect(page.get_by_label("¿Qué se hizo?")).to_have_value(said)
    expect(page.get_by_label("Avance (de 0 a 100)")).to_have_value("55")
    expect(evidence.get_by_label("¿Qué es?")).to_have_value("Informe")
    expect(evidence).to_contain_text("El archivo es de un tipo que no se acepta.")
    page.get_by_role("link", name="Volver al compromiso").click()
    expect(page.get_by_role("heading", name="Hitos, reportes y respuestas")).to_be_visible()
    expect(page.get_by_text(said)).to_have_count(0)
