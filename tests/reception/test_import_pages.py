"""Importing and exporting proposals on pages: look, confirm, undo, download."""

from __future__ import annotations

import csv
import html
import io

import pytest
import sqlalchemy as sa

from intake.core.errors import Conflict
from intake.extensions import db
from intake.reception.importrows import COLUMNS
from intake.reception.services import importing
from models import AuditEntry, OutboxMessage, Proposal
from models.enums import ProposalStatus, Role
from tests import factories as make
from tests.conftest import token_in
from tests.mapping.test_import_pages import confirmation, upload
from tests.transfers import as_file, counts

PATH = "/propuestas/importar"
ROWS = [
    {
        "titulo": "Agua limpia", "problema": "Turbia.", "solucion": "Medirla.", "proponente": "Rosa",
        "correo": "r@demo.example",
    },
    {"titulo": "Actas", "problema": "No se ven.", "solucion": "Publicarlas."},
]  # fmt: skip


@pytest.fixture
def plan(app):
    made = make.plan(code="PAGA3")
    db.session.commit()
    return made


@pytest.fixture
def team(sign_in, plan):
    return sign_in(make.user(Role.ANALYST))


def content(rows=ROWS) -> bytes:
    return as_file(rows).file.read()


def test_look_confirm_and_undo(team):
    db.session.commit()
    before = counts()
    page = upload(team, content(), PATH, batch="macas")
    assert page.status_code == 200 and counts() == before
    assert "Importar 2 propuestas" in page.text
    fields = confirmation(page.text)
    again = team.post(PATH, data=fields)
    assert again.status_code == 422 and "consentimiento" in again.text  # it was not confirmed
    assert counts() == before
    assert team.post(PATH, data={**confirmation(again.text), "consented": "y"}).status_code == 302
    assert db.session.scalars(sa.select(Proposal.folio).order_by(Proposal.id)).all() == ["PAGA3-00001", "PAGA3-00002"]
    assert db.session.scalars(sa.select(OutboxMessage)).all() == []
    undo = {"csrf_token": token_in(team.get(PATH).text), "batch": "macas", "reason": "Era otra"}
    assert team.post("/propuestas/importar/deshacer", data=undo).status_code == 302
    assert set(db.session.scalars(sa.select(Proposal.status))) == {ProposalStatus.WITHDRAWN}


def test_a_file_without_contacts_asks_for_no_consent(team):
    page = upload(team, content(ROWS[1:]), PATH)
    assert 'name="consented"' not in page.text
    assert team.post(PATH, data=confirmation(page.text)).status_code == 302
    assert db.session.scalars(sa.select(Proposal.title)).all() == ["Actas"]


@pytest.mark.parametrize("rows", [ROWS, ROWS[1:]])
def test_a_confirmation_of_a_page_too_old_keeps_the_file_for_one_more_press(team, rows):
    fields = {**confirmation(upload(team, content(rows), PATH).text), "consented": "y"}
    asked = team.post(PATH, data={**fields, "csrf_token": "viejo"})
    assert asked.status_code == 422 and asked.text.count("pulse el botón otra vez") == 1
    assert db.session.scalars(sa.select(Proposal)).all() == []
    assert team.post(PATH, data={**confirmation(asked.text), "consented": "y"}).status_code == 302
    assert len(db.session.scalars(sa.select(Proposal)).all()) == len(rows)


def test_a_file_that_the_service_refuses_just_now_is_read_once(team, monkeypatch):
    fields = confirmation(upload(team, content(ROWS[1:]), PATH).text)
    calls = []

    def refuse(*_args, **_values):
        calls.append(1)
        raise Conflict("Alguien llegó antes.")

    monkeypatch.setattr(importing, "run", refuse)
    answer = team.post(PATH, data=fields)
    assert answer.status_code == 409 and "Alguien llegó antes." in answer.text and calls == [1]
    assert confirmation(answer.text)["sha256"] == fields["sha256"]


def test_mail_goes_out_only_where_it_is_asked_for(team):
    fields = confirmation(upload(team, content(), PATH).text)
    team.post(PATH, data={**fields, "consented": "y", "notify": "y"})
    assert db.session.scalars(sa.select(OutboxMessage.to_address)).all() == ["r@demo.example"]


def test_the_same_file_again_has_nothing_to_confirm(team):
    fields = confirmation(upload(team, content(), PATH, batch="macas").text)
    team.post(PATH, data={**fields, "consented": "y"})
    page = upload(team, content(), PATH)
    assert page.status_code == 200 and 'name="sha256"' not in page.text and "macas" in page.text


def test_errors_are_shown_with_line_and_column(team):
    page = upload(team, content([*ROWS, {**ROWS[1], "canal": "fax"}]), PATH)
    assert (
        page.status_code == 422 and '<th scope="row" class="nowrap">línea 4</th>' in page.text and "canal" in page.text
    )
    broken = upload(team, "titulo,problema,solucion\nperdón,x,y\n".encode("latin-1"), PATH)
    assert broken.status_code == 422 and "CSV UTF-8" in broken.text


@pytest.mark.parametrize("role", [None, Role.CITIZEN, Role.REVIEWER])
def test_who_may_not(client, sign_in, plan, role):
    browser = client if role is None else sign_in(make.user(role))
    assert browser.get(PATH).status_code == (302 if role is None else 403)
    for path in ("/propuestas/importar/deshacer", "/propuestas/exportar"):
        assert browser.post(path, data={}).status_code in {400, 401, 403}


def test_everybody_downloads_what_the_list_shows(client, plan):
    make.proposal(plan, title="=Agua()")
    make.proposal(plan, title="Actas")
    make.proposal(plan, ProposalStatus.DRAFT, title="Borrador")
    answer = client.get("/propuestas/exportar.csv?plan=PAGA3&orden=titulo")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
    assert [row["titulo"] for row in rows] == ["'=Agua()", "Actas"]
    assert [row["titulo"] for row in client.get("/propuestas/exportar.json?mias=1").json] == ["Actas", "=Agua()"]
    assert client.get("/propuestas/exportar.xlsx?estado=retirada").data.startswith(b"PK")
    page = client.get("/propuestas/?orden=titulo").text
    assert 'href="/propuestas/exportar.csv?orden=titulo"' in page and "20.000" in page


def test_the_team_gets_contacts_and_the_trace_says_so(team):
    fields = confirmation(upload(team, content(), PATH).text)
    team.post(PATH, data={**fields, "consented": "y"})
    page = team.get("/propuestas/").text
    answer = team.post("/propuestas/exportar?orden=antiguas", data={"csrf_token": token_in(page), "formato": "json"})
    assert [row["correo"] for row in answer.json] == ["r@demo.example", None]
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.changes) == ("proposal.export", {"format": "json", "rows": 2})


def test_what_is_called_a_workbook_and_is_none_is_not_read_as_something_else(team):
    seen = html.unescape(upload(team, b"not a workbook", PATH, name="lista.xlsx").text)
    assert "El archivo no es un libro .xlsx. Guárdelo como .xlsx o CSV UTF-8." in seen
    assert "esta columna no se conoce" not in seen.lower()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_has_every_column_and_a_row_that_could_come_in(team, kind):
    page = html.unescape(team.get(PATH).text)
    address = f"/propuestas/importar/plantilla.{kind}"
    assert f'href="{address}"' in page
    make.theme("datos-abiertos")
    make.territory("01", name="Azuay")
    db.session.commit()
    answer = team.get(address)
    assert f'filename="plantilla-propuestas.{kind}"' in answer.headers["Content-Disposition"]
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
        assert tuple(lines[0]) == COLUMNS.known
        assert len(lines) == 2
    refused = html.unescape(upload(team, answer.data, PATH, name=f"lista.{kind}").text)
    assert "Es la fila de ejemplo de la plantilla: bórrela." in refused
    assert "Importar 1 propuesta" not in refused
    if kind == "csv":
        own = answer.data.replace(b"Ejemplo: publicar cada mes", b"Publicar cada mes")
        seen = html.unescape(upload(team, own, PATH, name="lista.csv").text)
        assert "Importar 1 propuesta" in seen
        assert "Publicar cada mes" in seen


def test_the_template_is_for_who_may_import(client, sign_in, plan):
    assert client.get("/propuestas/importar/plantilla.csv").status_code == 302
    assert sign_in(make.user(Role.CITIZEN)).get("/propuestas/importar/plantilla.csv").status_code == 403


def test_undoing_says_what_becomes_public_and_large_lists_are_for_support(team):
    team.post(PATH, data=confirmation(upload(team, content(ROWS[1:]), PATH).text))
    page = html.unescape(team.get(PATH).text)
    form = page.split('action="/propuestas/importar/deshacer"')[0].rsplit("<details", 1)[1]
    assert "siguen a la vista del público como retiradas, y el motivo que escriba se publica con ellas" in form
    assert "flask reception import" not in page.split("Para el equipo técnico")[0]
    assert "<code>flask reception import ARCHIVO --plan PAGA3</code>" in page


def test_a_title_that_looks_like_a_formula_is_doubted_and_no_place_is_the_whole_country(team):
    page = html.unescape(upload(team, content([{**ROWS[1], "titulo": "=1+1"}, ROWS[1]]), PATH).text)
    doubts = page.split('id="dudas"')[1].split("</div>")[0]
    assert "línea 2: =1+1" in doubts
    assert "Actas" not in doubts
    assert '<td data-label="Territorio">Todo el país</td>' in page
    team.post(PATH, data=confirmation(page))
    assert set(db.session.scalars(sa.select(Proposal.title))) == {"=1+1", "Actas"}


def test_a_table_is_known_by_its_title_where_only_one_has_it(team, plan):
    for title in ("Mesa de Macas", "Mesa doble", "Mesa doble"):
        make.event(plan, title=title)
    db.session.commit()
    assert "Importar 1 propuesta" in upload(team, content([{**ROWS[1], "mesa": "mesa de MACAS"}]), PATH).text
    assert upload(team, content([{**ROWS[1], "mesa": "Mesa doble"}]), PATH).status_code == 422
