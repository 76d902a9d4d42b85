"""The pages of the desk: who may, what is kept, what is never shown."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.reception.queries import desk
from intake.reception.services import keying, paper
from intake.web.filters import fecha
from models import Packet, Proposal, ProposalContact, Sheet, Stage
from models.enums import EventStatus, Role, SpoiltReason, StageKind
from tests import factories
from tests.conftest import token_in
from tests.reception.family import in_days
from tests.reception.test_paper import day, picture, written


@pytest.fixture
def clerk(app):
    return factories.user(Role.FACILITATOR)


@pytest.fixture
def packet(event, clerk, as_principal):
    made = paper.create_packet(event, 10, by=as_principal(clerk))
    return desk.packet(made.reference, with_sheets=True)


FIELDS = {
    "title": "Agua limpia para Macas",
    "problem": "El agua llega turbia.",
    "solution": "Publicar los análisis cada mes.",
    "proposer_kind": "person",
    "public_name": "anonymous",
    "do": "save",
}


def fields(**values):
    return {**FIELDS, "dated_on": day().isoformat(), **values}


PAGES = (
    "/ventanilla/",
    "/ventanilla/nueva",
    "/ventanilla/comprobante",
    "/ventanilla/mesas/mesa-macas/paquete",
    "/ventanilla/paquetes/{reference}",
    "/ventanilla/paquetes/{reference}/imprimir",
    "/ventanilla/paquetes/{reference}/escaneos",
    "/ventanilla/paquetes/{reference}/escaneos/confirmar",
    "/ventanilla/hojas/PAGA3-00001",
    "/ventanilla/hojas/PAGA3-00001/otra-vez",
    "/ventanilla/hojas/PAGA3-00001/anular",
    "/ventanilla/hojas/PAGA3-00001/diferencias",
)


@pytest.mark.parametrize("path", PAGES)
def test_the_desk_is_for_the_desk(client, sign_in, packet, path):
    address = path.format(reference=packet.reference)
    asked = client.get(address)
    assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/cuenta/entrar")
    for role in (Role.REVIEWER, Role.OBSERVER):
        assert sign_in(factories.user(role)).get(address).status_code == 403
    assert sign_in(factories.user()).get(address).status_code == 403


def test_a_packet_is_printed_once(sign_in, post, packet, clerk, as_principal):
    browser = sign_in(clerk)
    codes = paper.codes_of(packet, by=as_principal(clerk))
    page = browser.get(f"/ventanilla/paquetes/{packet.reference}/imprimir")
    assert page.headers["Cache-Control"] == "no-store"
    for folio, code in codes.items():
        assert folio in page.text
        assert f"{code[:4]}-{code[4:]}" in page.text
    assert page.text.count('class="paper paper--sheet"') == 10
    done = post(browser, f"/ventanilla/paquetes/{packet.reference}/imprimir")
    assert done.status_code == 303
    again = browser.get(f"/ventanilla/paquetes/{packet.reference}/imprimir")
    assert again.status_code == 409
    assert not any(f"{code[:4]}-{code[4:]}" in again.text for code in codes.values())


def test_whoever_comes_while_a_colleague_has_the_last_sheet_is_told_so(sign_in, post, event, as_principal, clerk):
    made = paper.create_packet(event, 1, by=as_principal(clerk)).reference
    keying.claim_next(desk.packet(made), by=as_principal(clerk))
    browser = sign_in(factories.user(Role.FACILITATOR))
    answer = post(browser, f"/ventanilla/paquetes/{made}/siguiente")
    assert answer.location == f"/ventanilla/paquetes/{made}"
    assert "las tienen otras personas en este momento" in browser.get(answer.location).text
    paper.spoil(desk.sheet("PAGA3-00001"), SpoiltReason.LOST, by=as_principal(clerk))
    answer = post(browser, f"/ventanilla/paquetes/{made}/siguiente")
    assert "No quedan hojas por digitar" in browser.get(answer.location).text


def test_codes_are_closed_to_a_colleague_of_the_desk(sign_in, post, packet):
    address = f"/ventanilla/paquetes/{packet.reference}"
    browser = sign_in(factories.user(Role.FACILITATOR))
    of_packet = browser.get(address).text
    assert f"{address}/imprimir" not in of_packet
    assert "las imprime quien preparó el paquete" in of_packet
    assert browser.get(f"{address}/imprimir").status_code == 403
    assert post(browser, f"{address}/imprimir").status_code == 403
    assert db.session.scalars(sa.select(Packet)).one().printed_at is None
    assert f"{address}/imprimir" in sign_in(factories.user(Role.DIRECTORATE)).get(address).text


def test_the_trail_says_in_words_who_looked(sign_in, packet, clerk):
    sign_in(clerk).get(f"/ventanilla/paquetes/{packet.reference}/imprimir")
    trail = sign_in(factories.user(Role.DIRECTORATE)).get("/direccion/rastro/").text
    assert "Vio los códigos de un paquete de hojas" in trail


def test_the_paper_is_spanish_and_kichwa_in_every_language(sign_in, packet, clerk):
    page = sign_in(clerk).get(f"/ventanilla/paquetes/{packet.reference}/imprimir?lang=en").text
    assert '<html lang="en"' in page
    papers = page[page.index('<div class="papers"') :]
    assert papers.startswith('<div class="papers" lang="es-EC"')
    for words in ("En pocas palabras, ¿qué propone?", "Instrucciones para quien facilita", "Asistencia por números"):
        assert words in papers
    # nobody has translated it yet: room for a speaker's hand, and a note that says so
    assert "paper__qu--blank" in papers
    assert "no se inventa" in papers


def test_keying_brings_the_next_and_gives_the_clerk_no_key(sign_in, post, packet, clerk):
    browser = sign_in(clerk)
    started = post(
        browser, f"/ventanilla/paquetes/{packet.reference}/siguiente", page=f"/ventanilla/paquetes/{packet.reference}"
    )
    assert started.headers["Location"] == "/ventanilla/hojas/PAGA3-00001"
    page = browser.get("/ventanilla/hojas/PAGA3-00001").text
    assert "0 de 10" in page
    done = post(browser, "/ventanilla/hojas/PAGA3-00001", **fields())
    assert (done.status_code, done.headers["Location"]) == (303, "/ventanilla/hojas/PAGA3-00002")
    assert "1 de 10" in browser.get("/ventanilla/hojas/PAGA3-00002").text
    with browser.session_transaction() as kept:
        assert "claims" not in kept
        assert "receipt" not in kept
    assert browser.get("/propuestas/PAGA3-00001/editar").status_code == 403
    made = db.session.scalars(sa.select(Proposal)).one()
    assert made.author_id is None


def test_nothing_typed_is_lost(sign_in, post, packet, clerk):
    browser = sign_in(clerk)
    refused = post(browser, "/ventanilla/hojas/PAGA3-00001", **fields(solution="", contact_email="nada"))
    assert refused.status_code == 422
    for words in ("Agua limpia para Macas", "El agua llega turbia.", 'value="nada"', "Copie la propuesta."):
        assert words in refused.text
    for button in ("save", "skip", "illegible"):
        old = browser.post("/ventanilla/hojas/PAGA3-00001", data=fields(csrf_token="viejo", do=button))
        assert old.status_code == 422, button
        assert "Agua limpia para Macas" in old.text
        assert old.text.count("pulse el botón otra vez") == 1


CONTACTS = ({"contact_phone": "099 123 4567"}, {"contact_email": "rosa@demo.example"}, {"contact_name": "Rosa Ejemplo"})


@pytest.mark.parametrize("typed", CONTACTS)
@pytest.mark.parametrize("path", ["/ventanilla/hojas/PAGA3-00001", "/ventanilla/nueva"])
def test_a_contact_without_consent_is_refused_at_the_consent(sign_in, post, packet, clerk, path, typed):
    browser = sign_in(clerk)
    refused = post(browser, path, **fields(**typed))
    assert refused.status_code == 422
    assert 'id="consent-error"' in refused.text and 'href="#consent"' in refused.text
    assert "Marque el consentimiento o borre el contacto." in refused.text
    for words in ("Agua limpia para Macas", "El agua llega turbia.", f'value="{next(iter(typed.values()))}"'):
        assert words in refused.text
    assert db.session.scalars(sa.select(Proposal)).all() == []
    assert post(browser, path, **fields(**typed, consent="y")).status_code == 303
    (kept,) = db.session.scalars(sa.select(ProposalContact)).all()
    assert kept.name or kept.email or kept.phone


def test_when_the_session_ended_the_words_travel_on(client, packet):
    client.get("/")
    answer = client.post("/ventanilla/hojas/PAGA3-00001", data=fields())
    assert answer.status_code == 401
    assert "Agua limpia para Macas" in answer.text


def test_another_persons_sheet_keeps_what_was_typed(sign_in, post, packet, clerk, as_principal):
    keying.claim_next(packet, by=as_principal(factories.user(Role.ANALYST)))
    answer = post(sign_in(clerk), "/ventanilla/hojas/PAGA3-00001", **fields())
    assert answer.status_code == 409
    assert "Otra persona tiene esta hoja" in answer.text
    assert "Agua limpia para Macas" in answer.text


def test_what_others_did_meanwhile_is_a_conflict_and_loses_no_word(sign_in, post, packet, clerk, as_principal):
    browser, path = sign_in(clerk), "/ventanilla/hojas/PAGA3-00001"
    keying.claim_next(packet, by=as_principal(factories.user(Role.ANALYST)))
    left = post(browser, path, do="illegible", note="La segunda línea")
    assert left.status_code == 409 and "Otra persona tiene esta hoja" in left.text and "La segunda línea" in left.text
    keying.key(desk.sheet("PAGA3-00002"), written(), by=as_principal(clerk))
    spoilt = post(browser, path.replace("1", "2") + "/anular", reason="damaged", note="Se mojó entera")
    assert spoilt.status_code == 409 and "Se mojó entera" in spoilt.text and 'role="alert"' in spoilt.text


def test_a_window_long_after_reception_keeps_what_was_typed(sign_in, post, event, plan, clerk):
    reception = sa.update(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    db.session.execute(reception.values(opens_on=in_days(-300), closes_on=in_days(-200)))
    answer = post(sign_in(clerk), "/ventanilla/nueva", **fields(how="said"))
    assert answer.status_code == 409 and "Las hojas se digitan hasta" in answer.text
    assert "El agua llega turbia." in answer.text


def test_skipping_and_leaving(sign_in, post, packet, clerk):
    browser = sign_in(clerk)
    skipped = post(browser, "/ventanilla/hojas/PAGA3-00001", do="skip")
    assert skipped.headers["Location"] == "/ventanilla/hojas/PAGA3-00002"
    unsaid = post(browser, "/ventanilla/hojas/PAGA3-00002", do="illegible", note="")
    assert (unsaid.status_code, "Diga qué no se puede leer." in unsaid.text) == (422, True)
    left = post(browser, "/ventanilla/hojas/PAGA3-00002", do="illegible", note="La segunda línea")
    assert left.headers["Location"] == "/ventanilla/hojas/PAGA3-00003"
    gone = post(browser, "/ventanilla/hojas/PAGA3-00003/anular?cola=1", reason="blank")
    assert gone.headers["Location"] == "/ventanilla/hojas/PAGA3-00004"
    db.session.expire_all()
    states = {s.folio[-1]: (s.illegible_note, s.spoilt_reason) for s in db.session.scalars(sa.select(Sheet))}
    assert (states["1"], states["2"], states["3"]) == (("", ""), ("La segunda línea", ""), ("", "blank"))


def test_the_second_does_not_see_the_first(sign_in, post, packet, clerk, as_principal):
    sheet = next(s for s in packet.sheets if s.needs_second)
    keying.key(desk.sheet(sheet.folio), written(), by=as_principal(clerk))
    path = f"/ventanilla/hojas/{sheet.folio}/otra-vez"
    assert sign_in(clerk).get(path).status_code == 403
    other = sign_in(factories.user(Role.ANALYST))
    page = other.get(path).text
    assert "Agua limpia para Macas" not in page
    assert "similar.js" not in page
    done = post(other, path, **fields(title="Agua limpia para Sucúa"))
    assert done.status_code == 303
    home = other.get("/ventanilla/").text
    assert "Diferencias entre dos digitaciones" in home
    third = sign_in(factories.user(Role.DIRECTORATE))
    settle = f"/ventanilla/hojas/{sheet.folio}/diferencias"
    page = third.get(settle).text
    assert "Agua limpia para Macas" in page
    assert "Agua limpia para Sucúa" in page
    assert post(third, settle).status_code == 422
    done = post(third, settle, title="other", title_words="Agua limpia para Logroño")
    assert done.status_code == 303
    db.session.expire_all()
    assert db.session.scalars(sa.select(Proposal.title)).one() == "Agua limpia para Logroño"


def test_a_day_put_right_is_told_as_one(sign_in, post, packet, clerk, as_principal):
    folio = next(s.folio for s in packet.sheets if s.needs_second)
    keying.key(desk.sheet(folio), written(), by=as_principal(clerk))
    earlier = dataclasses.replace(written(), dated_on=written().dated_on - timedelta(days=1))
    keying.key_again(desk.sheet(folio), earlier, by=as_principal(factories.user(Role.ANALYST)))
    third = sign_in(factories.user(Role.DIRECTORATE))
    assert post(third, f"/ventanilla/hojas/{folio}/diferencias", dated_on="second").status_code == 303
    assert "y la fecha también" in third.get("/ventanilla/").text


def test_whether_a_sheet_is_drawn_shows_nowhere_before_it_is_keyed(sign_in, packet, clerk):
    page = sign_in(clerk).get(f"/ventanilla/paquetes/{packet.reference}").text
    assert page.count("Sin digitar") == 10
    assert "segunda digitación" not in page.lower().replace(
        "todavía no se ha digitado ninguna hoja por segunda vez", ""
    )


def test_a_window_gives_a_slip_and_no_claim(sign_in, post, event, clerk, app):
    browser = sign_in(clerk)
    page = browser.get("/ventanilla/nueva?mesa=mesa-macas").text
    assert '<option value="mesa-macas" selected>' in page
    given = fields(event="mesa-macas", how="said", dated_on=clock.today().isoformat())
    done = post(browser, "/ventanilla/nueva", **given)
    assert (done.status_code, done.headers["Location"]) == (303, "/ventanilla/comprobante")
    slip = browser.get("/ventanilla/comprobante").text
    code = re.search(r'receipt__code">([0-9A-Z]{4}-[0-9A-Z]{4})<', slip)
    assert code is not None
    assert browser.get("/ventanilla/comprobante").text.count(code[1]) == slip.count(code[1])  # a printer may jam
    with browser.session_transaction() as kept:
        assert "claims" not in kept
    browser.get("/ventanilla/nueva")
    assert browser.get("/ventanilla/comprobante").headers["Location"] == "/ventanilla/"
    citizen = app.test_client()
    opened = post(citizen, "/seguimiento/PAGA3-00001", claim_code=code[1])
    assert opened.status_code == 303
    assert citizen.get("/propuestas/PAGA3-00001/editar").status_code == 200


def test_an_event_cancelled_meanwhile_is_said_and_nothing_is_received(sign_in, post, plan, clerk):
    factories.event(plan, slug="mesa-cancelada", status=EventStatus.CANCELLED)
    answer = post(sign_in(clerk), "/ventanilla/nueva", **fields(event="mesa-cancelada", how="said"))
    assert answer.status_code == 422 and "quizá se canceló" in answer.text and 'id="event-error"' in answer.text
    assert "El agua llega turbia." in answer.text
    assert db.session.scalars(sa.select(Proposal)).all() == []


@pytest.mark.parametrize(("asked", "opens", "closes", "first"), [
    ("", -20, 20, 0), ("?mesa=mesa-macas", -20, 20, -1), ("", -20, -1, None),
    ("?mesa=mesa-macas", -20, -1, -1), ("?mesa=mesa-macas", 0, 20, None),
])  # fmt: skip
def test_a_window_begins_with_a_day_that_is_received(sign_in, event, plan, clerk, asked, opens, closes, first):
    days = {"opens_on": in_days(opens), "closes_on": in_days(closes)}
    reception = sa.update(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    db.session.execute(reception.values(days))
    begun = re.search(r'name="dated_on"[^>]*value="([^"]*)"', sign_in(clerk).get(f"/ventanilla/nueva{asked}").text)
    assert begun is not None and begun[1] == ("" if first is None else in_days(first).isoformat())


def test_a_button_pressed_twice_receives_once(sign_in, post, event, clerk):
    browser = sign_in(clerk)
    page = browser.get("/ventanilla/nueva").text
    key = re.search(r'name="key"[^>]* value="([^"]+)"', page)
    assert key is not None
    given = fields(how="said", dated_on=clock.today().isoformat(), key=key[1])
    slips = []
    for _press in range(2):
        assert post(browser, "/ventanilla/nueva", **given).status_code == 303
        slips.append(re.findall(r"receipt__code\">([^<]+)<", browser.get("/ventanilla/comprobante").text))
    assert slips[0] == slips[1] != []
    post(browser, "/ventanilla/nueva", **{**given, "title": "Lo que dice la persona siguiente"})  # she went back
    assert db.session.scalars(sa.select(Proposal.folio).order_by(Proposal.folio)).all() == [
        "PAGA3-00001",
        "PAGA3-00002",
    ]


def test_scans_are_confirmed_and_seen_by_the_desk_alone(client, sign_in, post, packet, clerk):
    browser = sign_in(clerk)
    path = f"/ventanilla/paquetes/{packet.reference}/escaneos"
    token = token_in(browser.get(path).text)
    files = [(io.BytesIO(picture(f"https://ejemplo.ec/seguimiento/PAGA3-0000{n}")), f"{n}.jpg") for n in (2, 3)]
    sent = browser.post(path, data={"csrf_token": token, "files": files}, content_type="multipart/form-data")
    assert sent.headers["Location"] == f"{path}/confirmar"
    rows = desk.loose(packet)
    page = browser.get(f"{path}/confirmar").text
    assert page.count("por su código QR") == 2
    keys = [row.id for row in rows]
    wrong = post(browser, f"{path}/confirmar", **{f"scan-{keys[0]}": "2", f"scan-{keys[1]}": "2"})
    assert wrong.status_code == 422
    assert "elegido dos veces" in wrong.text
    done = post(browser, f"{path}/confirmar", **{f"scan-{keys[0]}": "2", f"scan-{keys[1]}": "paga3-3"})
    assert done.status_code == 303
    db.session.expire_all()
    shown = browser.get("/ventanilla/hojas/PAGA3-00002").text
    image = re.search(r'data-desk-image src="([^"]+)"', shown)
    assert image is not None
    answer = browser.get(image[1])
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert client.get(image[1]).status_code == 302
    assert sign_in(factories.user()).get(image[1]).status_code == 403
    other = db.session.scalars(sa.select(Packet)).one()
    key = image[1].rpartition("/")[2]
    assert browser.get(f"/ventanilla/paquetes/{other.reference}x/imagenes/{key}").status_code == 404
    assert sign_in(factories.user(Role.ANALYST)).get(f"/archivos/{key}").status_code == 404


def test_a_file_that_is_no_picture_is_named(sign_in, packet, clerk):
    browser = sign_in(clerk)
    path = f"/ventanilla/paquetes/{packet.reference}/escaneos"
    token = token_in(browser.get(path).text)
    bad = {"csrf_token": token, "files": [(io.BytesIO(b"MZ\x90"), "hoja.exe")]}
    answer = browser.post(path, data=bad, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "hoja.exe" in answer.text
    none = browser.post(path, data={"csrf_token": token}, content_type="multipart/form-data")
    assert none.status_code == 422


def test_bad_files_are_all_named_and_stop_no_good_one(sign_in, packet, clerk):
    browser = sign_in(clerk)
    path = f"/ventanilla/paquetes/{packet.reference}/escaneos"
    given = [(b"no es un pdf", "falso.pdf"), (picture(), "foto.jpg"), (b"MZ\x90", "otra.exe")]
    files = [(io.BytesIO(content), name) for content, name in given]
    sent = {"csrf_token": token_in(browser.get(path).text), "files": files}
    answer = browser.post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    refused = re.findall(r'<li><a href="#files">(.*?)</a></li>', answer.text)
    assert len(refused) == 2 and "«falso.pdf»" in refused[0] and "«otra.exe»" in refused[1]
    assert "Llegó 1 imagen." in answer.text and f'href="{path}/confirmar"' in answer.text
    assert [row.name for row in desk.loose(packet)] == ["foto.jpg"]


def upload(browser, path, *given):
    files = [(io.BytesIO(content), name) for content, name in given]
    sent = {"csrf_token": token_in(browser.get(path).text), "files": files}
    return browser.post(path, data=sent, content_type="multipart/form-data")


def test_what_only_the_order_tells_is_said_and_not_filled_in(sign_in, post, packet, clerk):
    browser = sign_in(clerk)
    path = f"/ventanilla/paquetes/{packet.reference}/escaneos"
    known = picture("https://ejemplo.ec/seguimiento/PAGA3-00007")
    upload(browser, path, (picture(), "IMG.jpg"), (known, "con.jpg"), (picture(), "IMG otra.jpg"))
    guessed, told, other = (row.id for row in desk.loose(packet))
    page = browser.get(f"{path}/confirmar").text
    values = dict(re.findall(r'name="scan-(\d+)" value="([^"]*)"', page))
    assert values == {str(guessed): "", str(told): "PAGA3-00007", str(other): ""}
    assert "Por el orden podría ser PAGA3-00001." in page and page.count("Ver grande, en otra pestaña") == 3
    sent = {f"scan-{key}": value for key, value in values.items()}
    assert post(browser, f"{path}/confirmar", **sent).status_code == 303
    assert [row.id for row in desk.loose(packet)] == [guessed, other]  # what nobody decided goes on waiting
    for again in ({}, {f"scan-{guessed}": "", f"scan-{other}": " "}):
        answer = post(browser, f"{path}/confirmar", **again)
        assert answer.status_code == 422 and "Escriba el folio de al menos una imagen" in answer.text
    both = {f"scan-{guessed}": "1", f"discard-{guessed}": "1"}
    assert "quite la marca de desechar" in post(browser, f"{path}/confirmar", **both).text
    post(browser, f"{path}/confirmar", **{f"scan-{guessed}": "", f"discard-{guessed}": "1", f"scan-{other}": ""})
    assert [row.id for row in desk.loose(packet)] == [other]


def test_codes_are_printed_until_a_picture_is_confirmed(sign_in, post, packet, clerk):
    browser = sign_in(clerk)
    address = f"/ventanilla/paquetes/{packet.reference}"
    assert "Al confirmar la primera" in browser.get(f"{address}/escaneos").text
    upload(browser, f"{address}/escaneos", (picture(), "IMG.jpg"), (picture(), "IMG otra.jpg"))
    thrown, kept = (row.id for row in desk.loose(packet))
    post(browser, f"{address}/escaneos/confirmar", **{f"scan-{thrown}": "", f"discard-{thrown}": "1"})
    assert browser.get(f"{address}/imprimir").status_code == 200
    post(browser, f"{address}/escaneos/confirmar", **{f"scan-{kept}": "3"})
    refused = browser.get(f"{address}/imprimir")
    assert refused.status_code == 409
    assert "están solo en el papel" in refused.text and "Volver al paquete" in refused.text
    assert f'href="{address}"' in refused.text
    assert "Al confirmar la primera" not in browser.get(f"{address}/escaneos").text


def test_a_text_with_the_name_of_a_picture_is_told_what_this_page_takes(sign_in, packet, clerk):
    browser = sign_in(clerk)
    answer = upload(browser, f"/ventanilla/paquetes/{packet.reference}/escaneos", (b"hola a todos", "hoja.png"))
    (refused,) = re.findall(r'<li><a href="#files">(.*?)</a></li>', answer.text)
    assert "«hoja.png»" in refused and "JPG o PNG ni un PDF" in refused and "Word" not in refused


@pytest.mark.parametrize(("days", "is_there"), [(-1, True), (0, True), (2, False), (-400, False)])
def test_a_sheet_begins_with_the_day_of_its_event_where_it_may_bear_it(sign_in, event, packet, clerk, days, is_there):
    event.starts_at = clock.now() + timedelta(days=days)
    db.session.commit()
    page = sign_in(clerk).get("/ventanilla/hojas/PAGA3-00001").text
    begun = re.search(r'name="dated_on"[^>]*value="([^"]*)"', page)
    then = clock.local(event.starts_at).date().isoformat() if is_there else ""
    assert begun is not None and begun[1] == then == keying.begins_with(event)["dated_on"]


def test_a_sheet_shows_what_the_service_takes_for_untouched(sign_in, packet, clerk, monkeypatch):
    factories.territory("14", name="Morona Santiago")
    begun = {"territory": "14", "dated_on": "2026-03-04", "proposer_kind": "organisation", "public_name": "name"}
    monkeypatch.setattr(keying, "begins_with", lambda _event: begun)
    page = sign_in(clerk).get("/ventanilla/hojas/PAGA3-00001").text
    assert '<option value="14" selected>' in page and 'value="2026-03-04"' in page
    marked = re.findall(r'<input[^>]*type="radio"[^>]* checked[^>]*>', page)
    assert [re.search(r'value="([^"]*)"', one)[1] for one in marked] == ["organisation", "name"]


@pytest.mark.parametrize(("days", "words"), [(-1, ""), (400, "cierra el"), (-400, "abre el")])
def test_a_packet_for_a_day_outside_reception_warns_with_both_days(sign_in, event, clerk, days, words):
    event.starts_at = clock.now() + timedelta(days=days)
    db.session.commit()
    page = sign_in(clerk).get("/ventanilla/mesas/mesa-macas/paquete").text
    assert ("no serán válidas" in page) is bool(words)
    assert words in page and (not words or fecha(clock.local(event.starts_at).date()) in page)


# -- the citizen with the receipt in the hand --------------------------------------------------------------------------


def test_a_sheet_not_keyed_yet_says_by_when(client, post, packet, clerk, as_principal):
    code = paper.codes_of(packet, by=as_principal(clerk))["PAGA3-00001"]
    page = client.get("/seguimiento/PAGA3-00001")
    assert page.status_code == 200
    assert "Esta hoja todavía no se ha digitado" in page.text
    assert "a más tardar el" in page.text
    mine = post(client, "/seguimiento/PAGA3-00001", claim_code=code)
    assert "Su hoja todavía no se ha digitado" in mine.text
    wrong = post(client, "/seguimiento/PAGA3-00001", claim_code="AAAA-AAAA")
    assert wrong.status_code == 422
    assert "Ese código no es el de esta hoja" in wrong.text
    asked = post(client, "/seguimiento", folio="1", claim_code=code)
    assert "Su hoja todavía no se ha digitado" in asked.text
    with client.session_transaction() as kept:
        assert "claims" not in kept


@pytest.mark.usefixtures("inside_window")
def test_guesses_at_a_sheet_are_limited(client, post, packet):
    for _ in range(10):
        assert post(client, "/seguimiento/PAGA3-00001", claim_code="AAAA-AAAA").status_code == 422
    assert post(client, "/seguimiento/PAGA3-00001", claim_code="AAAA-AAAA").status_code == 429


def test_a_spoilt_sheet_says_so_and_its_reason_to_who_holds_it(client, post, packet, clerk, as_principal):
    code = paper.codes_of(packet, by=as_principal(clerk))["PAGA3-00001"]
    paper.spoil(desk.sheet("PAGA3-00001"), SpoiltReason.DAMAGED, "Se mojó", by=as_principal(clerk))
    page = client.get("/seguimiento/PAGA3-00001").text
    assert "Esta hoja se anuló" in page
    assert "Se dañó" not in page
    assert "Se dañó" in post(client, "/seguimiento/PAGA3-00001", claim_code=code).text


def test_other_addresses_of_the_folio_say_the_same(client, packet):
    assert "todavía no se ha digitado" in client.get("/propuestas/PAGA3-00001").text
    assert client.get("/propuestas/PAGA3-00001.json").status_code == 404
    assert client.get("/propuestas/PAGA3-00099").status_code == 404


def test_what_became_of_the_sheets_is_public(client, packet, event, clerk, as_principal):
    by = as_principal(clerk)
    paper.spoil(desk.sheet("PAGA3-00001"), SpoiltReason.LOST, "La llevó Juana", by=by)
    keying.key(desk.sheet("PAGA3-00002"), written(), by=by)
    page = client.get("/mesas/mesa-macas/hojas").text
    assert "Se perdió: 1" in page
    assert "Juana" not in page
    assert "/mesas/mesa-macas/hojas" in client.get("/mesas/mesa-macas").text
    factories.event(event.plan, slug="otra")
    assert client.get("/mesas/otra/hojas").status_code == 404
    assert "/mesas/otra/hojas" not in client.get("/mesas/otra").text


# -- statements -----------------------------------------------------------------------------------------------------


def test_statements_do_not_grow(sign_in, packet, event, clerk, as_principal, count_queries):
    by = as_principal(clerk)
    browser = sign_in(clerk)

    def told(path):
        db.session.expire_all()
        with count_queries() as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    paths = ("/ventanilla/", f"/ventanilla/paquetes/{packet.reference}", "/ventanilla/hojas/PAGA3-00010")
    before = [told(path) for path in paths]
    for number in range(2, 6):
        keying.key(desk.sheet(f"PAGA3-{number:05d}"), written(f"Propuesta {number}"), by=by)
    paper.create_packet(event, 3, by=by)
    paper.create_packet(event, 3, by=by)
    assert [told(path) for path in paths] == before
    assert max(before) <= 12
