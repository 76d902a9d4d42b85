"""Importing and exporting actors on pages: look, confirm, undo, download."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest
import sqlalchemy as sa

from intake.core import files, holding
from intake.extensions import db
from models import Actor, AuditEntry, ImportBatch
from models.enums import ActorStatus, Role
from tests import factories as make
from tests.conftest import token_in
from tests.transfers import as_file, counts

ROWS = [{"nombre": "Colectivo <b>Río</b>", "tipo": "colectivo"}, {"nombre": "Comuna Sur", "tipo": "comunidad"}]


@pytest.fixture
def team(sign_in):
    return sign_in(make.user(Role.FACILITATOR))


def upload(browser, content: bytes, path="/actores/importar", name="lista.csv", **fields):
    token = token_in(browser.get(path).text)
    return browser.post(path, data={"csrf_token": token, "file": (io.BytesIO(content), name), **fields})


def confirmation(page: str) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="sha256"' in f)
    inputs = re.findall(r"<input[^>]*>", form)
    named = [(re.search(r'name="([^"]+)"', i), re.search(r'value="([^"]*)"', i)) for i in inputs if "hidden" in i]
    return {name[1]: value[1] if value else "" for name, value in named if name}


def content(rows=ROWS) -> bytes:
    return as_file(rows).file.read()


def test_look_confirm_and_undo(team):
    db.session.commit()
    before = counts()
    page = upload(team, content(), batch="marzo")
    assert page.status_code == 200 and counts() == before
    assert "Importar 2 actores" in page.text and "marzo" in page.text
    fields = confirmation(page.text)
    assert fields["sha256"] == hashlib.sha256(content()).hexdigest()
    answer = team.post("/actores/importar", data=fields)
    assert answer.status_code == 302
    assert db.session.scalars(sa.select(Actor.status)).all() == [ActorStatus.PENDING] * 2
    listed = team.get("/actores/importar").text
    assert "marzo" in listed and "Deshacer este lote" in listed
    assert team.post("/actores/importar", data=fields).status_code == 410  # the held file is gone
    undo = {"csrf_token": token_in(listed), "batch": "marzo", "reason": "Era otra"}
    assert team.post("/actores/importar/deshacer", data=undo).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0
    assert "Deshecho el" in team.get("/actores/importar").text


def test_the_first_rows_that_would_come_in_are_shown_and_the_others_counted(team):
    rows = [{"nombre": f"Colectivo del cerro {n}", "tipo": "colectivo"} for n in range(23)]
    page = upload(team, content(rows)).text
    shown = re.search(r'id="nuevos".*?</table>', page, re.DOTALL)[0]
    assert (shown.count("Colectivo del cerro"), "Y 3 más." in page) == (20, True)


def test_errors_are_shown_with_line_and_column_and_nothing_is_held(team, monkeypatch):
    monkeypatch.setattr(holding, "hold", lambda *_a, **_k: pytest.fail("held"))
    page = upload(team, content([ROWS[0], {"nombre": "X", "tipo": "<script>"}]), batch="marzo")
    assert page.status_code == 422
    assert '<th scope="row" class="nowrap">línea 3</th>' in page.text and "&lt;script&gt;" in page.text
    assert 'value="marzo"' in page.text  # what was typed stays


def test_no_file_and_a_file_that_is_too_long(team):
    token = token_in(team.get("/actores/importar").text)
    assert team.post("/actores/importar", data={"csrf_token": token}).status_code == 422
    rows = [{"nombre": f"Colectivo {n}", "tipo": "colectivo"} for n in range(2001)]
    page = upload(team, content(rows))
    assert page.status_code == 422 and "2.000" in page.text


def test_the_file_is_judged_again_at_the_confirmation(team):
    fields = confirmation(upload(team, content()).text)
    kept = make.actor("Comuna Sur", kind="community")
    db.session.commit()
    assert team.post("/actores/importar", data=fields).status_code == 302
    assert db.session.scalars(sa.select(ImportBatch.added_count)).one() == 1
    assert kept.slug == "comuna-sur"


def test_nobody_confirms_the_file_of_another_nor_other_bytes(team, sign_in):
    fields = confirmation(upload(team, content()).text)
    other = sign_in(make.user(Role.ANALYST))
    foreign = {**fields, "csrf_token": token_in(other.get("/actores/importar").text)}
    assert other.post("/actores/importar", data=foreign).status_code == 410
    for digest in ("", "../x", "f" * 64):
        assert team.post("/actores/importar", data={**fields, "sha256": digest}).status_code == 410
    user_id = db.session.scalar(sa.text('SELECT min(id) FROM "user"'))
    holding.obstore.put(files.object_store(), f"held/{user_id}-{fields['sha256']}", b"nombre,tipo\nOtro,colectivo\n")
    assert team.post("/actores/importar", data=fields).status_code == 410
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0


def test_without_a_token_nothing_is_imported_and_one_more_press_is_enough(team):
    fields = confirmation(upload(team, content()).text)
    asked = team.post("/actores/importar", data={**fields, "csrf_token": "viejo"})
    assert asked.status_code == 422 and "pulse el botón otra vez" in asked.text
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0
    assert team.post("/actores/importar", data=confirmation(asked.text)).status_code == 302


def test_an_undoing_that_is_refused_names_what_was_changed(team):
    fields = confirmation(upload(team, content(), batch="marzo").text)
    team.post("/actores/importar", data=fields)
    actor = db.session.scalars(sa.select(Actor).where(Actor.name == "Comuna Sur")).one()
    make.proposal(organisation_id=actor.id)
    db.session.commit()
    token = token_in(team.get("/actores/importar").text)
    undo = {"csrf_token": token, "batch": "marzo", "reason": "Era otra"}
    answer = team.post("/actores/importar/deshacer", data=undo)
    assert answer.status_code == 409 and "comuna-sur" in answer.text
    assert 'value="Era otra"' in answer.text and "Últimos archivos importados" in answer.text  # the page, once more
    empty = team.post("/actores/importar/deshacer", data={**undo, "reason": ""})
    assert empty.status_code == 422 and "Escriba el motivo, aunque sea breve." in empty.text
    assert 'href="#reason"' in empty.text and empty.text.count('id="reason"') == 1
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 2


@pytest.mark.parametrize("role", [None, Role.CITIZEN, Role.INSTITUTION])
def test_who_may_not(client, sign_in, role):
    browser = client if role is None else sign_in(make.user(role, actor=make.actor("La suya")))
    refused = {302} if role is None else {403}
    assert browser.get("/actores/importar").status_code in refused
    assert browser.post("/actores/importar/deshacer", data={}).status_code in {400, 401, 403}
    assert browser.post("/actores/exportar", data={}).status_code in {400, 401, 403}


class TestDownloads:
    def rows(self, answer):
        return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))

    def test_everybody_gets_what_the_list_shows(self, client):
        make.actor("Visible", ruc="1790011674001")
        make.contact(make.actor("Otra"), is_public=True)
        make.actor("Pendiente", status=ActorStatus.PENDING)
        every = client.get("/actores/exportar.csv?estado=pending&contacto=con")
        assert [row["nombre"] for row in self.rows(every)] == ["Otra", "Visible"]
        assert "contacto@demo.example" not in every.text and "1790011674001" not in every.text
        assert [row["nombre"] for row in self.rows(client.get("/actores/exportar.csv?q=visi"))] == ["Visible"]
        assert client.get("/actores/exportar.json").json[0]["nombre"] == "Otra"
        book = client.get("/actores/exportar.xlsx")
        assert book.data.startswith(b"PK") and "attachment" in book.headers["Content-Disposition"]
        assert client.get("/actores/exportar.pdf").status_code == 404

    def test_the_team_gets_contacts_and_the_trace_says_so(self, team):
        make.contact(make.actor("Otra"))
        db.session.commit()
        page = team.get("/actores/?q=otra").text
        assert "/actores/exportar.csv?q=otra" in page
        sent = {"csrf_token": token_in(page), "formato": "csv"}
        [row] = self.rows(team.post("/actores/exportar?q=otra", data=sent))
        assert (row["contacto_correo"], row["estado"]) == ("contacto@demo.example", "verificado")
        entry = db.session.scalars(sa.select(AuditEntry)).one()
        assert (entry.action, entry.changes) == ("actor.export", {"format": "csv", "rows": 1})

    def test_a_list_says_where_it_can_be_downloaded(self, client):
        make.actor("Visible")
        page = client.get("/actores/").text
        assert 'href="/actores/exportar.xlsx"' in page and "50.000" in page and "con contactos" not in page.lower()


def test_the_preview_describes_rows_names_what_is_there_and_doubts_formulas(team):
    make.territory("14", name="Morona Santiago")
    make.theme("agua", name_es="Agua limpia")
    make.actor("Mujeres Tejedoras de Cotacachi")
    rows = [
        {"nombre": "Mujeres tejedoras Cotacachi", "tipo": "colectivo", "provincia": "14", "temas": "agua"},
        {"nombre": "=HYPERLINK(1)", "tipo": "academia"},
    ]
    page = upload(team, content(rows)).text
    shown = re.search(r'id="nuevos".*?</table>', page, re.DOTALL)[0]
    assert "Morona Santiago" in shown and "Agua limpia" in shown and "Academia" in shown
    assert '<a href="/actores/mujeres-tejedoras-de-cotacachi">Mujeres Tejedoras de Cotacachi</a>' in page
    doubts = re.search(r'id="dudas".*?</div>', page, re.DOTALL)[0]
    assert "línea 3: =HYPERLINK(1)" in doubts and "Mujeres" not in doubts
