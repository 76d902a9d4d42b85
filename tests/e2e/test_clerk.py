"""A clerk with a broken spreadsheet: wrong encoding, column and cells; mended, looked at, imported, undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import sideways

HEAD = "titulo,problema,solucion,provincia,correo,proponente,fecha\n"
ROWS = (
    '"Riego para Ñuñorco","La acequia pierde la mitad del agua.\nNadie sabe cuánta.","Medir el caudal y publicarlo.",'
    "Azuay,rosa@demo.example,Rosa Ejemplo,\n"
    "Botiquín comunal,No hay botiquín en la escuela.,Publicar qué entrega el distrito cada año.,Loja,,,\n"
    "Camino vecinal,El camino se corta cada invierno.,Publicar el plan de mantenimiento vial.,Azuay,,,\n"
)
MISTAKES = (
    "Riego para Ñuñorco,La acequia pierde agua.,Medir el caudal y publicarlo.,Azuay,rosa sin arroba,Rosa Ejemplo,\n"
    "Botiquín comunal,No hay botiquín en la escuela.,,Loja,,,\n"
    "Camino vecinal,El camino se corta cada invierno.,Publicar el plan vial.,Narnia,,,31/31/2026\n"
)
RIGHT_COLUMNS = HEAD + ROWS


Shot = Callable[[Page, str], None]


def look(page: Page, file: Path) -> None:
    """Hand a file in to be looked at."""
    page.get_by_label("Archivo CSV o XLSX").set_input_files(file)
    page.get_by_role("button", name="Revisar el archivo").click()


def test_a_clerk_mends_a_broken_spreadsheet_imports_it_and_takes_it_back(
    open_browser: Callable[..., Page],
    enter: Callable[[Page, str], None],
    shot: Shot,
    tmp_path: Path,
) -> None:
    page, file = open_browser(), tmp_path / "mesa-de-nabon.csv"
    enter(page, "facilitacion")
    page.goto("/propuestas/importar")
    shot(page, "empty")
    mend_the_encoding(page, file, shot)
    mend_a_column(page, file, shot)
    mend_the_cells(page, file, shot)
    bring_in(page, file, shot)
    look(page, file)  # once more by mistake
    expect(page.get_by_text(re.compile("Este mismo archivo ya se importó"))).to_be_visible()
    shot(page, "again")
    found = find_one(page)
    take_back(page, shot)
    page.goto(found)
    expect(page.get_by_role("main")).to_contain_text("Era la lista de otra mesa.")
    shot(page, "withdrawn")


def mend_the_encoding(page: Page, file: Path, shot: Shot) -> None:
    """A file that is no UTF-8: the page says where, and how to keep it otherwise."""
    file.write_bytes(RIGHT_COLUMNS.encode("latin-1"))
    look(page, file)
    expect(page.locator(".govuk-error-summary[data-module]")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("tipo «CSV UTF-8 (delimitado por comas)»")
    expect(page.get_by_role("rowheader", name="línea 2")).to_be_visible()
    shot(page, "encoding")


def mend_a_column(page: Page, file: Path, shot: Shot) -> None:
    """A column that is missing, and one that nobody knows."""
    file.write_text(RIGHT_COLUMNS.replace("titulo,problema,solucion", "titulo,problema,remedio"), encoding="utf-8")
    look(page, file)
    problems = page.get_by_role("table", name="Qué hay que corregir")
    expect(problems).to_contain_text("solucion")
    expect(problems).to_contain_text("remedio")
    shot(page, "column")


def mend_the_cells(page: Page, file: Path, shot: Shot) -> None:
    """Every cell that is wrong stands under its line and column."""
    file.write_text(HEAD + MISTAKES, encoding="utf-8")
    look(page, file)
    problems = page.get_by_role("table", name="Qué hay que corregir")
    for line, column in (
        ("línea 2", "correo"),
        ("línea 3", "solucion"),
        ("línea 4", "provincia"),
        ("línea 4", "fecha"),
    ):
        row = problems.get_by_role("row").filter(has=page.get_by_role("rowheader", name=line)).filter(has_text=column)
        expect(row).to_have_count(1)
    assert sideways(page) <= 0
    shot(page, "cells")


def bring_in(page: Page, file: Path, shot: Shot) -> None:
    """The right file is shown first, and comes in once its consent is ticked."""
    file.write_text(RIGHT_COLUMNS, encoding="utf-8-sig")
    look(page, file)
    expect(page.get_by_role("heading", name="Revisar la lista")).to_be_visible()
    expect(page.get_by_text("Todavía no ha cambiado nada.")).to_be_visible()
    shot(page, "preview")
    page.get_by_role("button", name="Importar 3 propuestas").click()
    expect(page.get_by_role("alert")).to_contain_text("Sin su consentimiento no podemos guardar")
    page.get_by_label(re.compile("Las personas de este archivo dejaron sus datos")).check()
    page.get_by_role("button", name="Importar 3 propuestas").click()
    expect(page.get_by_role("status").filter(has_text="Se importaron 3 propuestas")).to_be_visible()
    shot(page, "imported")


def find_one(page: Page) -> str:
    """The address of an imported proposal, found by its words."""
    page.goto("/propuestas/?q=Ñuñorco")
    expect(page.get_by_role("status")).to_have_text("1 resultado")
    page.get_by_role("link", name=re.compile("Riego para")).first.click()
    expect(page).to_have_url(re.compile(r"/propuestas/PAGA3-\d+"))
    expect(page.get_by_text("Nadie sabe cuánta.")).to_be_visible()
    return page.url


def take_back(page: Page, shot: Shot) -> None:
    """Undo the batch, with the reason that will stand under each folio."""
    page.goto("/propuestas/importar")
    row = page.get_by_role("row").filter(has_text="mesa-de-nabon")
    row.get_by_text("Deshacer este lote").first.click()
    row.get_by_label("Motivo").fill("Era la lista de otra mesa.")
    row.get_by_role("button", name="Deshacer este lote").click()
    expect(page.get_by_role("row").filter(has_text="mesa-de-nabon")).to_contain_text("Deshecho el")
    shot(page, "undone")
