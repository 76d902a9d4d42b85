"""Pages of the registry: what is asked, what is shown to whom, contacts, joining, and records that wait."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock, mail, tokens
from intake.core.audit import PERSONAL_MARK
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.mapping import merging, queries, registering, services
from intake.mapping.inputs import ActorInput, MergeInput
from intake.mapping.inputs_events import RegistrationInput
from models import Actor, ActorContact, AuditEntry, Consent, Language, OutboxMessage, People
from models.enums import ActorKind, ActorStatus, EventStatus, GovernmentFunction, GovernmentLevel, Role, TerritoryLevel
from tests import factories as make
from tests.conftest import token_in

RUC = "1792060346001"
MINISTRY = {"name": "Ministerio de Prueba", "kind": "public_institution", "function": "executive", "level": "national"}
REGISTRATION = {
    "name": "Colectivo Río Limpio",
    "kind": "collective",
    "contact_name": "Rosa",
    "contact_email": "rosa@rio.example",
    "consent": "y",
}


def people(name="Shuar"):
    return make.save(People(name=name, kind="nacionalidad"))


def language(code="jiv", name="Shuar chicham"):
    return make.save(Language(code=code, name_es=name, name_en=name))


def team(sign_in, role=Role.ANALYST):
    return sign_in(make.user(role))


def test_the_team_writes_everything_that_the_registry_knows(app, sign_in, post):
    people(), language()
    browser = team(sign_in)
    sent = {**MINISTRY, "peoples": "Shuar", "languages": "jiv", "ruc": "1792 060 346 001", "source_on": "2026-01-02"}
    made = post(browser, "/actores/nuevo", **sent, source="Oficio 12")
    assert made.status_code == 302
    found = queries.actor("ministerio-de-prueba")
    assert (found.function, found.level, found.ruc) == (GovernmentFunction.EXECUTIVE, GovernmentLevel.NATIONAL, RUC)
    assert ([p.name for p in found.peoples], [one.code for one in found.languages]) == (["Shuar"], ["jiv"])
    page = browser.get(made.location).text
    for words in ("Ejecutiva", "Nacional", "Shuar chicham", RUC, "2 de enero de 2026"):
        assert words in page
    form = browser.get(f"{made.location}/editar").text
    assert 'value="Shuar" checked' in form and f'value="{RUC}"' in form


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "collective"}, "function"),
        ({"ruc": "1792060347001"}, "ruc"),
        ({"ruc": "hola"}, "ruc"),
        ({"peoples": "Inventado"}, "peoples"),
        ({"languages": "xx"}, "languages"),
        ({"source_on": "2999-01-01"}, "source_on"),
        ({"source_on": "ayer"}, "source_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(app, sign_in, post, sent, field):
    answer = post(team(sign_in), "/actores/nuevo", **{**MINISTRY, **sent})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text and "Ministerio de Prueba" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0


def test_the_tax_number_is_for_the_team_and_the_organisation_itself(app, client, sign_in):
    actor = make.actor("Uno", ruc=RUC)
    other = make.user(Role.INSTITUTION, actor=make.actor())
    assert RUC not in client.get("/actores/uno").text
    assert RUC not in sign_in(other).get("/actores/uno").text
    assert RUC in sign_in(make.user(Role.COUNTERPART, actor=actor)).get("/actores/uno").text
    assert RUC in team(sign_in, Role.FACILITATOR).get("/actores/uno").text


def test_the_tax_number_stays_out_of_the_trace(app):
    made = services.create_actor(ActorInput(name="Uno", kind=ActorKind.COLLECTIVE, ruc=RUC), by=SYSTEM)
    other = ActorInput(name="Uno", kind=ActorKind.COLLECTIVE, ruc="1760001550001")
    services.edit_actor(queries.actor(made.slug), other, by=SYSTEM)
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_type == "actor")).all()
    assert [entry.changes["ruc"][1] for entry in entries] == [PERSONAL_MARK] * 2


def listed(browser, query):
    page = browser.get(f"/actores/?{query}").text
    return sorted(re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', page))


def test_filters_by_people_language_function_level_and_contact(app, client, sign_in):
    shuar, spoken = people(), language()
    state = {"kind": ActorKind.PUBLIC_INSTITUTION}
    one = make.actor("Uno", function=GovernmentFunction.JUDICIAL, level=GovernmentLevel.NATIONAL, **state)
    two = make.actor("Dos", function=GovernmentFunction.EXECUTIVE, level=GovernmentLevel.CANTONAL, **state)
    make.actor("Tres")
    for actor in (queries.actor(one.slug),):
        actor.peoples, actor.languages = [shuar], [spoken]
    make.contact(one)
    make.contact(two, is_public=True)
    db.session.commit()
    assert listed(client, "funcion=judicial") == ["Uno"] == listed(client, "pueblo=Shuar")
    assert listed(client, "nivel=cantonal") == ["Dos"]
    assert listed(client, "idioma=jiv") == ["Uno"]
    everybody = ["Dos", "Tres", "Uno"]
    assert listed(client, "funcion=x&nivel=x&pueblo=x&idioma=x&contacto=sin") == everybody
    staff = team(sign_in)
    assert [listed(staff, f"contacto={c}") for c in ("con", "publico", "sin")] == [["Dos", "Uno"], ["Dos"], ["Tres"]]


def test_alike_records_are_shown_once_and_the_second_press_saves(app, sign_in, post):
    make.actor("Colectivo Río Limpio", ruc=RUC)
    browser = team(sign_in)
    asked = post(browser, "/actores/nuevo", name="Rio Limpio", kind="collective")
    assert asked.status_code == 422 and "nombre parecido" in asked.text
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', asked.text).group(1)
    assert post(browser, "/actores/nuevo", name="Rio Limpio", kind="collective", seen=seen).status_code == 302


def test_an_edit_asks_only_when_something_telling_changes(app, sign_in, post):
    make.actor("Colectivo Río Limpio")
    make.actor("Otra Cosa")
    browser = team(sign_in)
    path = "/actores/otra-cosa/editar"
    assert post(browser, path, name="Otra Cosa", kind="collective", acronym="OC").status_code == 302
    assert post(browser, path, name="Rio Limpio", kind="collective").status_code == 422


def test_a_verified_number_asks_why_it_is_another(app, sign_in, post):
    make.actor("Verificada", ruc=RUC)
    browser = team(sign_in)
    sent = {"name": "Filial", "kind": "collective", "ruc": RUC, "seen": "verificada"}
    asked = post(browser, "/actores/nuevo", **sent)
    assert asked.status_code == 422 and 'id="distinct_reason-error"' in asked.text and "Verificada" in asked.text
    assert post(browser, "/actores/nuevo", **sent, distinct_reason="Es otra sede.").status_code == 302


def test_places_are_added_one_by_one_without_javascript(app, sign_in, post):
    make.territory("14", name="Morona Santiago")
    make.territory("1401", TerritoryLevel.CANTON, path="14.1401.", name="Morona")
    browser = team(sign_in)
    sent = {"name": "Junta", "kind": "community", "provincia": "14", "canton": "1401", "refresh": "place"}
    answer = post(browser, "/actores/nuevo", **sent)
    assert answer.status_code == 200 and 'value="1401" checked' in answer.text
    assert "Morona (cantón)" in answer.text and 'value="14" selected' not in answer.text
    kept = post(browser, "/actores/nuevo", name="Junta", kind="community", territorios=["1401", "14"])
    assert kept.status_code == 302
    assert sorted(t.code for t in queries.actor("junta").territories) == ["14", "1401"]


def test_the_public_is_told_of_a_known_number_and_goes_on(client, post):
    make.actor("Nombre Distinto", ruc=RUC)
    make.actor("Reservada", ruc=RUC, status=ActorStatus.PENDING)
    asked = post(client, "/actores/registro", **REGISTRATION, ruc=RUC)
    assert asked.status_code == 422 and "Nombre Distinto" in asked.text and "mismo RUC" in asked.text
    assert "Reservada" not in asked.text
    assert post(client, "/actores/registro", **REGISTRATION, ruc=RUC, is_new="y").status_code == 302


@pytest.mark.usefixtures("inside_window")
def test_trying_numbers_is_limited(client, post):
    codes = [post(client, "/actores/registro", **{**REGISTRATION, "ruc": "1"}).status_code for _ in range(31)]
    assert codes[-1] == 429 and 429 not in codes[:10]


def contact_of(actor):
    return db.session.scalars(sa.select(ActorContact).where(ActorContact.actor_id == actor.id)).one()


def test_a_contact_keeps_position_language_and_consent(app, sign_in, post):
    actor = make.actor("Uno")
    browser = team(sign_in)
    sent = {"contact_name": "Rosa", "contact_email": "r@rio.example", "consent": "y"}
    done = post(browser, "/actores/uno/contacto", **sent, contact_position="Presidenta", contact_locale="en")
    assert done.status_code == 302
    contact = contact_of(actor)
    assert (contact.position, contact.locale, contact.is_public) == ("Presidenta", "en", False)
    consent = db.session.get(Consent, contact.consent_id)
    assert (consent.purpose, consent.text_version, consent.revoked_at) == ("actor_contact", "2026-11", None)
    page = browser.get("/actores/uno").text
    assert "Presidenta" in page and "texto 2026-11" in page


def test_its_own_people_maintain_a_record_and_nobody_elses(app, client, sign_in, post):
    actor, other = make.actor("Uno"), make.actor("Dos")
    make.contact(actor, email="uno@rio.example")
    make.contact(other, email="dos@rio.example")
    browser = sign_in(make.user(Role.COUNTERPART, actor=actor))
    page = browser.get("/actores/uno").text
    assert "uno@rio.example" in page and "Para su organización" in page and "Unir con otro" not in page
    assert "dos@rio.example" not in browser.get("/actores/dos").text
    shown = post(browser, "/actores/uno/contacto/1/visibilidad", publico="si", how="Lo pidió ella misma")
    assert shown.status_code == 302
    assert "uno@rio.example" in client.get("/actores/uno").text
    fields = {"csrf_token": token_in(page), "publico": "si"}
    paths = [f"/actores/dos/contacto/1/{verb}" for verb in ("visibilidad", "retirar")]
    assert [browser.post(path, data=fields).status_code for path in paths] == [403, 403]
    assert browser.get("/actores/uno/unir").status_code == 403
    hidden = post(browser, "/actores/uno/contacto/1/visibilidad", page="/actores/uno", publico="no")
    assert hidden.status_code == 302 and "uno@rio.example" not in client.get("/actores/uno").text
    assert post(browser, "/actores/uno/contacto/1/retirar", page="/actores/uno").status_code == 302
    db.session.expire_all()
    assert contact_of(actor).email is None


def test_a_person_takes_the_contact_back_with_the_link_of_the_mail(app, client, post):
    assert post(client, "/actores/registro", **REGISTRATION).status_code == 302
    token = db.session.scalars(sa.select(OutboxMessage)).one().context["token"]
    path = f"/actores/registro/retirar/{token}"
    page = client.get(path)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "Colectivo Río Limpio" in page.text and "rosa@" not in page.text
    db.session.expire_all()
    actor = db.session.scalars(sa.select(Actor)).one()
    assert contact_of(actor).email == "rosa@rio.example"  # looking changes nothing: scanners open links
    assert post(client, path, follow=True).status_code == 200
    db.session.expire_all()
    contact = contact_of(actor)
    assert (contact.name, contact.email, contact.position) == ("—", None, "")
    assert db.session.get(Consent, contact.consent_id).revoked_at is not None
    assert client.get(path).status_code == 410
    assert client.get(f"/actores/registro/retirar/{'x' * 43}").status_code == 404


def test_records_that_wait_say_since_when_and_from_whom(app, client, sign_in, post):
    assert client.get("/actores/pendientes").status_code == 302
    post(client, "/actores/registro", **REGISTRATION)
    old = make.actor("Antigua", status=ActorStatus.PENDING)
    old.created_at = clock.now() - timedelta(days=12)
    db.session.commit()
    page = team(sign_in, Role.FACILITATOR).get("/actores/pendientes").text
    assert page.index("Antigua") < page.index("Colectivo Río Limpio")
    assert "12 días" in page and "Desde hoy" in page and "La organización" in page and "El equipo" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_the_team_take_few_statements(app, sign_in, count_queries, rows):
    for n in range(rows):
        for half in ("", " Bis"):
            actor = make.actor(f"Organización {chr(97 + n) * 7}{half}", ruc=f"{n:013d}")
            make.contact(actor)
        make.actor(f"Pendiente {chr(97 + n) * 7}", status=ActorStatus.PENDING)
    browser = team(sign_in)
    counts = {}
    for path in ("duplicados", "pendientes", "organizacion-aaaaaaa", "pendiente-aaaaaaa", "organizacion-aaaaaaa/unir"):
        db.session.expire_all()
        with count_queries() as seen:
            assert browser.get(f"/actores/{path}").status_code == 200
        counts[path] = len(seen)
    assert counts == {
        "duplicados": 5,
        "pendientes": 5,
        "organizacion-aaaaaaa": 11,
        "pendiente-aaaaaaa": 10,
        "organizacion-aaaaaaa/unir": 11,
    }


def test_two_records_are_compared_turned_round_and_joined(app, client, sign_in, post):
    kept = make.actor("Colectivo Río Limpio", website="https://rio.example")
    make.contact(make.actor("Rio Limpio", acronym="RL", status=ActorStatus.PENDING))
    browser = team(sign_in)
    assert "/actores/colectivo-rio-limpio/unir/rio-limpio" in browser.get("/actores/rio-limpio").text
    assert "/unir/rio-limpio" in browser.get("/actores/colectivo-rio-limpio/unir?q=rio").text
    path = "/actores/colectivo-rio-limpio/unir/rio-limpio"
    page = browser.get(path).text
    assert "Contactos: 1" in page and "https://rio.example" in page
    assert re.search(r'name="acronym" value="other" checked', page)  # only the other one says it
    assert "que quede el otro" not in page
    turned = browser.get("/actores/rio-limpio/unir/colectivo-rio-limpio").text
    assert "El que queda debe ser el verificado" in turned and "Unir los dos registros" not in turned
    missing = post(browser, path, name="other")
    assert missing.status_code == 422 and re.search(r'name="name" value="other" checked', missing.text)
    done = post(browser, path, name="kept", acronym="other", reason="Es la misma.")
    assert done.status_code == 302
    db.session.expire_all()
    assert kept.acronym == "RL"
    assert "Registros que se unieron" in browser.get("/actores/colectivo-rio-limpio").text
    fields = {"csrf_token": token_in(browser.get("/actores/nuevo").text), "reason": "x"}
    again = browser.post(path, data=fields)
    assert again.status_code == 409 and "Colectivo Río Limpio" in again.text
    assert browser.get(path).status_code == 410


def test_the_old_address_tells_where_the_record_went(app, client, sign_in):
    kept, other = make.actor("La que queda"), make.actor("La otra")
    merging.merge(kept, other, MergeInput(reason="Cambió de nombre."), by=SYSTEM)
    page = client.get("/actores/la-otra")
    assert [page.status_code, client.get("/actores/la-otra").status_code] == [410, 410]
    assert "La otra" in page.text and "Cambió de nombre." in page.text and 'href="/actores/la-que-queda"' in page.text
    assert "La otra" not in client.get("/actores/").text
    assert team(sign_in).get("/actores/la-otra/editar").status_code == 410


def test_a_record_that_was_never_public_stays_unnamed(app, client, sign_in):
    kept, other = make.actor("La que queda"), make.actor("Secreta", status=ActorStatus.PENDING)
    merging.merge(kept, other, MergeInput(reason="Duplicada."), by=SYSTEM)
    page = client.get("/actores/secreta")
    assert page.status_code == 410 and "Secreta" not in page.text and "Duplicada." in page.text  # as it was promised
    assert "Secreta" in team(sign_in).get("/actores/secreta").text
    named = make.actor("Otra más", status=ActorStatus.PENDING)
    merging.merge(kept, named, MergeInput(reason="OTRA MÁS era la misma."), by=SYSTEM)
    assert "era la misma" not in client.get("/actores/otra-mas").text  # a reason that would name it stays inside
    hidden, gone = (make.actor(name, status=ActorStatus.PENDING) for name in ("Oculta", "Ida"))
    merging.merge(hidden, gone, MergeInput(reason="x"), by=SYSTEM)
    assert client.get("/actores/ida").status_code == 404


def test_pairs_are_told_apart_with_a_reason(app, sign_in, post):
    make.actor("Colectivo Río", ruc=RUC)
    make.actor("El Río", ruc=RUC)
    browser = team(sign_in)
    page = browser.get("/actores/duplicados").text
    assert "mismo RUC" in page
    path = re.search(r'href="(/actores/[^"]+/distinta/[^"]+)"', page).group(1)
    assert post(browser, path).status_code == 422
    assert post(browser, path, reason="Dos cantones.").location == "/actores/duplicados"
    assert "No encontramos registros" in browser.get("/actores/duplicados").text
    facilitator = team(sign_in, Role.FACILITATOR)
    assert facilitator.get("/actores/duplicados").status_code == 200
    assert [facilitator.get(p).status_code for p in (path, path.replace("distinta", "unir"))] == [403, 403]


@pytest.mark.parametrize("path", ["nadie/unir", "uno/unir/nadie", "nadie/distinta/uno", "nadie/unir/uno"])
def test_unknown_records_are_not_found(app, sign_in, path):
    make.actor("Uno")
    assert team(sign_in).get(f"/actores/{path}").status_code == 404


def test_what_is_published_keeps_how_it_was_agreed_and_its_person_is_told(app, client, sign_in, post):
    actor = make.actor("Uno")
    make.contact(actor, email="uno@rio.example")
    browser, path = team(sign_in), "/actores/uno/contacto/1/visibilidad"
    refused = post(browser, path, publico="si", how=" ")
    assert refused.status_code == 422 and "how-error" in refused.text
    assert "uno@rio.example" not in client.get("/actores/uno").text
    assert post(browser, path, publico="si", how="Por teléfono, ayer").status_code == 302
    public, inside = client.get("/actores/uno").text, browser.get("/actores/uno").text
    assert "Público con su consentimiento desde el" in public and "Por teléfono, ayer" not in public
    assert "Por teléfono, ayer" in inside
    letter = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (letter.kind, letter.to_address) == ("actor_contact_shown", "uno@rio.example")
    assert "Por teléfono, ayer" in mail.render(letter.kind, "es", letter.context).text
    back = f"/actores/registro/retirar/{letter.context['token']}"
    assert post(client, back).status_code == 303
    assert "uno@rio.example" not in client.get("/actores/uno").text
    sent = {"contact_name": "Rosa", "contact_email": "r@rio.example", "consent": "y", "contact_public": "y"}
    assert post(browser, "/actores/uno/contacto", **sent).status_code == 422
    assert post(browser, "/actores/uno/contacto", **sent, how="En la mesa").status_code == 302
    assert "Nombre de la persona:" in post(browser, "/actores/uno/contacto", **{**sent, "contact_name": ""}).text


def test_taking_a_contact_back_takes_its_doubles_and_says_what_stays(app, client, post):
    post(client, "/actores/registro", **REGISTRATION)
    token = db.session.scalars(sa.select(OutboxMessage)).one().context["token"]
    actor = db.session.scalars(sa.select(Actor)).one()
    mine = contact_of(actor)
    make.contact(actor, name="Rosa E.", email=mine.email, phone=None)
    make.contact(actor, name="Otra Persona", email="otra@rio.example", phone=mine.phone)
    event = make.event(
        title="Mesa del río", status=EventStatus.CALLED, starts_at=clock.now() + timedelta(days=5), place="Casa"
    )
    event.takes_registrations = True
    db.session.commit()
    given = RegistrationInput(name="Rosa", email=mine.email)
    registering.register(event, given, code=tokens.new_token(), by=GUEST)
    path = f"/actores/registro/retirar/{token}"
    page = client.get(path).text
    assert "1 contacto más" in page and "Mesa del río" in page
    link = re.search(rf'href="(/mesas/{event.slug}/registro/[^"]+)"', page)[1]
    assert "Cancelar mi lugar" in client.get(link).text
    assert post(client, path).status_code == 303
    db.session.expire_all()
    left = db.session.scalars(sa.select(ActorContact.email).order_by(ActorContact.id)).all()
    assert left == [None, None, "otra@rio.example"]
    assert "esa inscripción sigue" in client.get("/actores/registro/retirado").text
    assert "Cancelar mi lugar" in client.get(link).text
