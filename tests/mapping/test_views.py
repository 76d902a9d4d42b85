"""Pages of the mapping: what the public sees and does not, registration, the team's forms, attendance."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import queries, services
from models import Actor, ActorContact, Event
from models.enums import ActorStatus, Dimension, Role, TerritoryLevel
from tests import factories as make
from tests.conftest import token_in

HOSTILE = '<script>alert("x")</script>\' \u202e'
REGISTRATION = {
    "name": "Colectivo Río Limpio",
    "kind": "collective",
    "contact_name": "Rosa",
    "contact_email": "rosa@demo.example",
    "consent": "y",
}


def registered():
    return db.session.scalars(sa.select(Actor)).all()


def test_the_public_sees_verified_actors_only(client):
    make.actor("Visible")
    make.actor("Pendiente", status=ActorStatus.PENDING)
    page = client.get("/actores/").text
    assert "Visible" in page and "Pendiente" not in page
    assert "Pendiente" not in client.get("/actores/?estado=pending").text
    assert client.get("/actores/pendiente").status_code == 404


def test_the_team_filters_by_state(app, sign_in):
    make.actor("Visible")
    make.actor("Pendiente", status=ActorStatus.PENDING)
    analyst = sign_in(make.user(Role.ANALYST))
    page = analyst.get("/actores/?estado=pending").text
    assert "Pendiente" in page and ">Visible<" not in page
    assert analyst.get("/actores/pendiente").status_code == 200


def test_chips_take_one_filter_out_and_odd_values_filter_nothing(client):
    make.territory("14", name="Morona Santiago")
    make.actor("Uno")
    page = client.get("/actores/?provincia=14&tipo=collective").text
    assert 'href="/actores/?tipo=collective"' in page and 'href="/actores/?provincia=14"' in page
    odd = client.get("/actores/?provincia=%27--&tipo=zzz&tema=zzz&sector=zzz&orden=zzz&pagina=zzz&q=%E2%80%AE")
    assert odd.status_code == 200 and "Uno" in odd.text


def test_a_contact_is_shown_only_with_consent(client, sign_in):
    actor = make.actor("Fundación Uno")
    make.contact(actor, name="Rosa Pública", email="publica@demo.example", is_public=True)
    make.contact(actor, name="Rosa Reservada", email="reservada@demo.example")
    page = client.get("/actores/fundacion-uno").text
    assert "publica@demo.example" in page
    assert "reservada@demo.example" not in page and "Rosa Reservada" not in page
    assert "reservada@demo.example" in sign_in(make.user(Role.FACILITATOR)).get("/actores/fundacion-uno").text
    row = db.session.scalars(sa.select(ActorContact).where(ActorContact.is_public)).one()
    services.revoke_contact(row, actor, by=SYSTEM)
    assert "publica@demo.example" not in client.get("/actores/fundacion-uno").text


def test_what_a_stranger_writes_is_text(client, post):
    answer = post(client, "/actores/registro", **{**REGISTRATION, "name": HOSTILE, "description": HOSTILE})
    assert answer.status_code == 302
    made = registered()[0]
    services.move_actor(made, "verify", by=SYSTEM)
    for path in ("/actores/", f"/actores/{made.slug}"):
        page = client.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
        assert "\u202e" not in page


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "no es una dirección"])
def test_a_web_address_is_one(client, post, address):
    answer = post(client, "/actores/registro", **{**REGISTRATION, "website": address})
    assert answer.status_code == 422
    assert registered() == []


def test_registration_waits_for_the_team(client, post):
    make.territory("14", name="Morona Santiago")
    make.territory("1401", TerritoryLevel.CANTON, path="14.1401.")
    answer = post(
        client, "/actores/registro", **{**REGISTRATION, "provincia": "14", "canton": "1401", "website": "rio.ec"}
    )
    assert (answer.status_code, answer.location) == (302, "/actores/registro/gracias")
    made = registered()[0]
    assert (made.status, made.website) == (ActorStatus.PENDING, "https://rio.ec")
    assert [t.code for t in queries.actor(made.slug).territories] == ["1401"]
    assert client.get("/actores/registro/gracias").status_code == 200
    assert client.get(f"/actores/{made.slug}").status_code == 404


@pytest.mark.parametrize("missing", ["name", "kind", "contact_name", "contact_email", "consent"])
def test_what_is_missing_is_named_and_nothing_typed_is_lost(client, post, missing):
    sent = {k: v for k, v in {**REGISTRATION, "description": "Lo que hacemos"}.items() if k != missing}
    answer = post(client, "/actores/registro", **sent)
    assert answer.status_code == 422
    assert f'href="#{missing}"' in answer.text and f'id="{missing}-error"' in answer.text
    assert "Lo que hacemos" in answer.text
    assert registered() == []


def test_an_old_page_keeps_what_was_typed(client):
    answer = client.post("/actores/registro", data={**REGISTRATION, "csrf_token": "viejo"})
    assert answer.status_code == 422 and "Colectivo Río Limpio" in answer.text
    assert registered() == []


def test_alike_names_are_asked_about_first(client, post):
    make.actor("Colectivo Rio Limpio")
    asked = post(client, "/actores/registro", **REGISTRATION)
    assert asked.status_code == 422 and 'href="/actores/colectivo-rio-limpio"' in asked.text
    assert len(registered()) == 1
    done = post(client, "/actores/registro", **REGISTRATION, is_new="y")
    assert done.status_code == 302
    assert len(registered()) == 2


def test_a_machine_that_fills_the_trap_leaves_nothing(client, post):
    answer = post(client, "/actores/registro", **REGISTRATION, segundo_apellido="x")
    assert answer.status_code == 302
    assert registered() == []


def test_registrations_are_limited(client, post):
    codes = [
        post(client, "/actores/registro", **{**REGISTRATION, "name": name}, is_new="y").status_code
        for name in map(str, range(11))
    ]
    assert codes == [302] * 10 + [429]
    assert len(registered()) == 10


def test_the_picker_works_without_javascript(client, post):
    make.territory("14", name="Morona Santiago")
    make.territory("1401", TerritoryLevel.CANTON, path="14.1401.", name="Morona")
    make.territory("0101", TerritoryLevel.CANTON, path="01.0101.", name="Cuenca")
    sent = {"name": "A medias", "provincia": "14", "canton": "0101", "refresh": "territory"}
    answer = post(client, "/actores/registro", **sent)
    assert answer.status_code == 200
    assert '<option value="1401">Morona</option>' in answer.text and "Cuenca" not in answer.text
    assert "A medias" in answer.text and "error-summary" not in answer.text


def test_the_places_for_the_picker(client):
    make.territory("14")
    make.territory("1401", TerritoryLevel.CANTON, path="14.1401.", name="Morona")
    make.territory("140150", TerritoryLevel.PARISH, path="14.1401.140150.", name="Macas")
    make.territory("140190", TerritoryLevel.PARISH, path="14.1401.140190.", name="Zona", selectable=False)
    ask = lambda code: client.get(f"/actores/territorios.json?padre={code}").json["territorios"]
    assert ask("14") == [{"codigo": "1401", "nombre": "Morona"}]
    assert ask("1401") == [{"codigo": "140150", "nombre": "Macas"}]
    assert [ask(odd) for odd in ("", "EC", "99", "14%25", "'--")] == [[]] * 5


def test_the_team_creates_edits_and_verifies(app, sign_in, post):
    make.theme("agua")
    analyst = sign_in(make.user(Role.ANALYST))
    made = post(analyst, "/actores/nuevo", name="Junta de Agua", kind="community", themes="agua")
    assert made.location == "/actores/junta-de-agua"
    page = "/actores/junta-de-agua/editar"
    saved = post(analyst, page, name="Junta de Agua de Macas", kind="community", themes="agua", version="1")
    assert saved.status_code == 302
    stale = post(analyst, page, name="Otro nombre", kind="community", version="1")
    assert stale.status_code == 409 and "Otro nombre" in stale.text and "Persona Ejemplo" in stale.text
    moved = post(analyst, "/actores/junta-de-agua/movimientos/verify", page="/actores/junta-de-agua")
    assert moved.status_code == 302
    db.session.expire_all()
    actor = queries.actor("junta-de-agua")
    assert (actor.name, actor.status) == ("Junta de Agua de Macas", ActorStatus.VERIFIED)


def test_editing_keeps_places_that_the_boxes_do_not_offer(app, sign_in):
    make.territory("14")
    parish = make.territory("140150", TerritoryLevel.PARISH, path="14.1401.140150.", name="Macas")
    actor = queries.actor(make.actor("Uno").slug)
    actor.territories = [parish]
    db.session.flush()
    db.session.expire_all()
    page = sign_in(make.user(Role.ANALYST)).get("/actores/uno/editar").text
    assert 'value="140150" checked' in page


def test_a_rejection_without_reason_asks_for_it(app, sign_in, post):
    make.actor("Dudosa", status=ActorStatus.PENDING)
    analyst = sign_in(make.user(Role.ANALYST))
    answer = post(analyst, "/actores/dudosa/movimientos/reject", page="/actores/dudosa")
    assert answer.status_code == 422 and "Escriba el motivo" in answer.text
    odd = post(analyst, "/actores/dudosa/movimientos/zzz", page="/actores/dudosa")
    assert odd.status_code == 422


STAFF_PAGES = ["/actores/nuevo", "/actores/uno/editar", "/actores/uno/contacto", "/mesas/nueva"]


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.REVIEWER, Role.OBSERVER, Role.INSTITUTION])
def test_others_are_refused(app, sign_in, post, role):
    actor = make.actor("Uno")
    other = make.actor()
    event = make.event()
    browser = sign_in(make.user(role, actor=other if role is Role.INSTITUTION else None))
    pages = [*STAFF_PAGES, f"/mesas/{event.slug}/editar", f"/mesas/{event.slug}/asistencia"]
    assert [browser.get(page).status_code for page in pages] == [403] * 6
    moved = post(browser, f"/actores/{actor.slug}/movimientos/verify", page="/actores/registro")
    assert moved.status_code == 403


def test_unknown_addresses_are_not_found(client, sign_in):
    analyst = sign_in(make.user(Role.ANALYST))
    assert [b.get(p).status_code for b in (client, analyst) for p in ("/actores/nadie", "/mesas/nada")] == [404] * 4
    assert analyst.get("/actores/nadie/editar").status_code == 404


def test_coverage_marks_gaps_in_words_and_leads_to_rows(client):
    make.territory("14", name="Morona Santiago")
    make.theme("agua")
    page = client.get("/actores/cobertura?medida=propuestas&por=habitantes").text
    assert "reach-cell--sin-actor" in page and ">falta<" in page
    assert 'href="/propuestas/?tema=agua&amp;provincia=14&amp;sin=colectivas"' in page
    assert "/propuestas/?provincia=14" in page


def attendance(**values):
    return {"total": "20", "gender__man": "8", "gender__woman": "11", "gender__non_binary": "1", **values}


def test_a_facilitator_records_a_table_and_who_came(app, sign_in, post, client):
    make.territory("16", name="Pastaza")
    plan = make.plan()
    browser = sign_in(make.user(Role.FACILITATOR))
    sent = {"plan": plan.code, "kind": "territorial_table", "title": "Mesa de Puyo", "provincia": "16"}
    sent |= {"day": "2026-03-01", "starts": "09:00", "ends": "13:00"}
    asked = post(browser, "/mesas/nueva", **sent)
    assert asked.status_code == 422 and "Sí, ya se realizó" in asked.text and 'id="already_held-error"' in asked.text
    made = post(browser, "/mesas/nueva", **sent, already_held="y")
    assert made.status_code == 302
    event = db.session.scalars(sa.select(Event)).one()
    assert (event.starts_at.hour, event.ends_at.hour, event.has_time) == (14, 18, True)  # UTC
    done = post(browser, f"{made.location}/asistencia", **attendance())
    assert done.status_code == 302
    page = client.get(made.location).text
    assert "09:00" in page and "13:00" in page and "Pastaza" in page and "Asistieron 20 personas" in page


def test_attendance_that_does_not_add_up_says_which_and_keeps_the_numbers(app, sign_in, post):
    event = make.event()
    browser = sign_in(make.user(Role.FACILITATOR))
    sent = attendance(gender__woman="10", age_band__18_29="20", sector__academia="7")
    answer = post(browser, f"/mesas/{event.slug}/asistencia", **sent)
    assert answer.status_code == 422
    assert "Género: las partes suman 19 y el total es 20." in answer.text
    assert "Sector: las partes suman 7 y el total es 20." in answer.text
    assert "Edad: las partes" not in answer.text
    assert 'value="10"' in answer.text
    assert queries.participation_of(event) is None


@pytest.mark.parametrize("odd", ["-1", "x", "1.5", "99999999999999999999"])
def test_odd_numbers_are_refused_at_their_field(app, sign_in, post, odd):
    event = make.event()
    browser = sign_in(make.user(Role.FACILITATOR))
    answer = post(browser, f"/mesas/{event.slug}/asistencia", **attendance(gender__man=odd))
    assert answer.status_code == 422 and 'id="gender__man-error"' in answer.text
    assert queries.participation_of(event) is None


def test_small_numbers_of_a_single_event_are_withheld_from_the_public(app, client, sign_in):
    event = make.event()
    counts = {
        Dimension.GENDER: {"woman": 13, "man": 3, "non_binary": 2, "other": 0},
        Dimension.SELF_IDENTIFICATION: {"mestizo": 16, "indigena": 2},
        Dimension.AGE_BAND: {"18_29": 2, "30_44": 16},
    }
    services.record_attendance(event, 18, counts, by=SYSTEM)
    page = client.get(f"/mesas/{event.slug}").text
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="num">([^<]+)</td>', page))
    assert (rows["Mujeres"], rows["Hombres"], rows["No binario"], rows["Otro"]) == ("13", *["menos de 5"] * 2, "0")
    assert {rows[name] for name in ("Mestizo/a", "Indígena", "18 a 29 años", "30 a 44 años")} == {"no se publica"}
    exact = sign_in(make.user(Role.FACILITATOR)).get(f"/mesas/{event.slug}").text
    assert "menos de 5" not in exact and ">no se publica<" not in exact


def test_an_event_of_a_handful_does_not_tell_how_many(app, client):
    event = make.event()
    services.record_attendance(event, 4, {Dimension.GENDER: {"woman": 3, "man": 1}}, by=SYSTEM)
    page = client.get(f"/mesas/{event.slug}").text
    assert "Asistieron menos de 5 personas" in page and "Mujeres" not in page and "Asistieron 4" not in page
    listed = client.get("/mesas/").text
    assert ">menos de 5</td>" in listed and ">4</td>" not in listed


def test_an_event_of_a_day_shows_no_hour(client):
    event = make.event(starts_at=clock.start_of(clock.today() - timedelta(days=2)), has_time=False)
    page = client.get(f"/mesas/{event.slug}").text
    assert ", 00:00<" not in page and "Hora del Ecuador" not in page


def test_erasing_a_contact_twice_erases_no_other(app, sign_in):
    actor = make.actor()
    for name in ("Primera", "Segunda", "Tercera"):
        make.contact(actor, name=name)
    browser = sign_in(make.user(Role.FACILITATOR))
    page = browser.get(f"/actores/{actor.slug}").text
    fields = {"csrf_token": token_in(page)}
    path = f"/actores/{actor.slug}/contacto/1/retirar"
    assert path in page
    assert [browser.post(path, data=fields).status_code for _ in range(2)] == [302, 404]
    db.session.expire_all()
    assert [c.name for c in queries.contacts_of(actor, public_only=False)] == ["Segunda", "Tercera"]
    assert f"/actores/{actor.slug}/contacto/2/retirar" in browser.get(f"/actores/{actor.slug}").text
