"""Pages of co-creation events: what each reader sees, registering without an account, the list at the door, the act."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from intake.core import clock, mail, tokens
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.mapping import acts, attendance, gatherings, meetings, profiles, registering, services
from intake.mapping.inputs_council import MeetingInput
from intake.mapping.inputs_events import MinutesInput, ProfileInput
from intake.mapping.views import registrations
from models import EventFile, OutboxMessage, Participation, PersonProfile, Plan, Registration
from models.enums import ActorStatus, AttendanceMethod, Dimension, EventKind, EventStatus, MeetingMode, Role
from tests import factories as make
from tests.conftest import token_in
from tests.mapping.test_gatherings import called, given, held, later_today, person, picture


def fields(page):
    """The values of a form's hidden and text fields."""
    found = re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page)
    return dict(found)


def sent(browser, event, **values):
    page = browser.get(f"/mesas/{event.slug}/registro").text
    form = {"code": fields(page)["code"], "csrf_token": token_in(page), "name": "Ana Vera", "consent": "y"}
    return browser.post(f"/mesas/{event.slug}/registro", data={**form, "email": "ana@demo.example", **values})


def letter(event, name="ana"):
    """The address of one's own place, as the last letter to that mailbox brings it."""
    mine = (OutboxMessage.to_address == f"{name}@demo.example", OutboxMessage.kind == "registration_confirm")
    links = [m.context["link"] for m in db.session.scalars(sa.select(OutboxMessage).where(*mine))]
    return next(link for link in links if f"/{event.slug}/" in link)


# -- reading


def test_what_is_being_prepared_is_seen_by_the_team_alone(app, client, sign_in):
    event = called(status=EventStatus.PLANNED, title="Secreta")
    analyst, citizen = sign_in(make.user(Role.ANALYST)), sign_in(make.user(Role.CITIZEN))
    paths = [f"/mesas/{event.slug}", f"/mesas/{event.slug}.ics", f"/mesas/{event.slug}/registro"]
    assert [b.get(p).status_code for b in (client, citizen) for p in paths] == [404] * 6
    assert "Secreta" in analyst.get(paths[0]).text
    month = f"/mesas/calendario?mes={event.starts_at:%Y-%m}"
    for path in ("/mesas/", month, "/mesas/calendario.ics"):
        assert "Secreta" not in client.get(path).text
    assert "Secreta" in analyst.get("/mesas/").text


def test_a_call_says_everything_and_a_cancelled_one_stays_and_says_so(app, client):
    event = called(
        agenda="09:00 Bienvenida",
        accessibility="Intérprete de shuar",
        facilitator="Flor Guía",
        capacity=30,
        online_url="https://sala.example/1",
    )
    page = client.get(f"/mesas/{event.slug}").text
    for words in ("09:00 Bienvenida", "Intérprete de shuar", "Flor Guía", "Hay lugares.", "Inscribirme"):
        assert words in page
    assert "sala.example" not in page  # only those who registered get the link
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="El puente está cerrado.")
    page = client.get(f"/mesas/{event.slug}").text
    assert "se canceló" in page and "El puente está cerrado." in page and "Inscribirme" not in page


def test_a_calendar_program_gets_the_same_event_again_with_a_higher_number(app, client):
    event = called(title="Mesa; de, Macas", territory_id=make.territory("14", name="Morona Santiago").id)
    one = Calendar.from_ical(client.get(f"/mesas/{event.slug}.ics").data).events[0]
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="No se puede.")
    answer = client.get("/mesas/calendario.ics")
    two = Calendar.from_ical(answer.data).events[0]
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert one["UID"] == two["UID"] and int(two["SEQUENCE"]) > int(one["SEQUENCE"])
    assert (one["STATUS"], two["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert str(one["SUMMARY"]) == "Mesa; de, Macas" and "Morona Santiago" in str(one["LOCATION"])
    assert one["DTSTART"].params["TZID"] == "America/Guayaquil"
    assert one["DTSTART"].dt == clock.local(event.starts_at).replace(microsecond=0)
    day = held(has_time=False, starts_at=clock.start_of(clock.today()))
    assert Calendar.from_ical(client.get(f"/mesas/{day.slug}.ics").data).events[0]["DTSTART"].dt == clock.today()


def test_a_meeting_is_added_to_a_calendar_as_an_event_is(app, client):
    body = make.body(seats=1)
    soon, base = clock.now() + timedelta(days=3), f"/nucleo/{body.plan.code}/grupo-nucleo/reuniones"
    given = MeetingInput(
        title="Primera; reunión", mode=MeetingMode.IN_PERSON, place="Sala azul", starts_at=soon, agenda="1. Varios"
    )
    meeting = meetings.call_meeting(body, given, by=SYSTEM)
    path = f"{base}/{meeting.number}"
    assert f'href="{path}.ics"' in client.get(path).text
    one = Calendar.from_ical(client.get(f"{path}.ics").data).events[0]
    meetings.cancel_meeting(meeting, by=SYSTEM, reason="Por el paro.")
    answer = client.get(f"{path}.ics")
    two = Calendar.from_ical(answer.data).events[0]
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert (str(one["SUMMARY"]), str(one["LOCATION"])) == ("Primera; reunión", "Sala azul")
    assert one["DTSTART"].dt == clock.local(soon).replace(microsecond=0) and str(one["URL"]).endswith(path)
    assert one["UID"] == two["UID"] and int(two["SEQUENCE"]) > int(one["SEQUENCE"])
    assert (one["STATUS"], two["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert client.get(f"{base}/99.ics").status_code == 404


def test_the_team_alone_sees_which_campaign_invites(app, client, sign_in):
    event = called(plan := make.plan())
    make.campaign(plan, event_id=event.id, title="Sumar a quienes pescan")
    make.campaign(plan, title="Otra campaña")
    db.session.commit()
    pages = {role: sign_in(make.user(role)).get(f"/mesas/{event.slug}").text for role in (Role.ANALYST, Role.CITIZEN)}
    assert "Sumar a quienes pescan" in pages[Role.ANALYST] and "Otra campaña" not in pages[Role.ANALYST]
    assert "pescan" not in pages[Role.CITIZEN] + client.get(f"/mesas/{event.slug}").text


def test_a_month_lists_its_days_and_keeps_the_filters(app, client):
    start = datetime(2026, 3, 5, 14, tzinfo=clock.ECUADOR)
    held(title="De marzo", starts_at=start)
    held(title="Curso de marzo", starts_at=start, kind=EventKind.COURSE)
    held(title="De abril", starts_at=start + timedelta(days=30))
    page = client.get("/mesas/calendario?mes=2026-03").text
    assert "De marzo" in page and "De abril" not in page and "jueves 5" in page
    assert "mes=2026-02" in page and "mes=2026-04" in page
    filtered = client.get("/mesas/calendario?mes=2026-03&tipo=course").text
    assert "Curso de marzo" in filtered and ">De marzo<" not in filtered and "tipo=course&amp;mes=2026-04" in filtered
    for odd in ("2026-13", "x", "9999-01", "2026-3-1"):
        assert client.get(f"/mesas/calendario?mes={odd}").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_events_take_the_same_statements(app, client, sign_in, count_queries, rows):
    plan = make.plan()
    place = make.territory("14", name="Morona Santiago")
    for _ in range(rows):
        event = held(plan, territory_id=place.id)
    services.record_attendance(event, 20, {Dimension.GENDER: {"woman": 15, "man": 5}}, by=SYSTEM)
    open_one = called(plan, capacity=50)
    for n in range(rows):
        registering.register(open_one, person(f"Persona{n} X"), code=tokens.new_token(), by=GUEST)
        attendance.add_at_door(event, person(f"Persona{n} X"), by=SYSTEM)
    team = sign_in(make.user(Role.FACILITATOR))
    pages = {
        client: [
            "/mesas/",
            "/mesas/calendario",
            "/mesas/calendario.ics",
            f"/mesas/{event.slug}",
            f"/mesas/{open_one.slug}",
        ],
        team: [f"/mesas/{event.slug}/asistencia/lista"],
    }
    seen = []
    for browser, paths in pages.items():
        for path in paths:
            db.session.expunge_all()
            with count_queries() as statements:
                assert browser.get(path).status_code == 200
            seen.append(len(statements))
    assert seen == [7, 5, 4, 6, 7, 7]


# -- registering


def test_one_registers_without_an_account_sees_the_place_and_gives_it_back(app, client):
    event = called(capacity=1, online_url="https://sala.example/1")
    assert sent(client, event, needs="Rampa").location == f"/mesas/{event.slug}/registro/recibido"
    place = letter(event)
    page = client.get(place).text
    assert "Tiene su lugar" in page and "sala.example" in page and "a quién nos falta llegar" in page
    sent(app.test_client(), event, name="Eva Paz", email="eva@demo.example")
    second = letter(event, "eva")
    waits = client.get(second).text
    assert "Está en espera: número 1" in waits and "sala.example" not in waits
    done = client.post(f"{place}/cancelar", data={"csrf_token": token_in(page)})
    assert done.status_code == 302
    assert "está cancelada" in client.get(place).text
    assert "Tiene su lugar" in client.get(second).text
    assert client.get(f"/mesas/{event.slug}/registro/{tokens.new_token()}").status_code == 404
    other = called()
    assert client.get(place.replace(event.slug, other.slug)).status_code == 404


def test_the_browser_that_asks_gets_no_link_and_whoever_left_a_telephone_does(app, client):
    event = called()
    page = client.get(f"/mesas/{event.slug}/registro").text
    code = fields(page)["code"]
    sent(client, event, code=code)
    assert client.get(f"/mesas/{event.slug}/registro/{code}").status_code == 404
    by_phone = sent(client, event, name="Luis Paz", email="", phone="0991234567")
    assert "Tiene su lugar" in client.get(by_phone.location).text


def test_pressed_twice_it_is_one_place(app, client):
    event = called()
    page = client.get(f"/mesas/{event.slug}/registro").text
    form = {"code": fields(page)["code"], "csrf_token": token_in(page), "name": "Ana", "consent": "y"}
    for contact in ({"email": "ana@demo.example"}, {"phone": "+593991234567"}):
        data = {**form, **contact, "code": tokens.new_token()}
        answers = [client.post(f"/mesas/{event.slug}/registro", data=data) for _ in range(2)]
        assert answers[0].location == answers[1].location
    assert db.session.scalar(sa.select(sa.func.count(Registration.id))) == 2
    assert db.session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == 2  # a confirmation, a reminder


def test_who_goes_back_to_correct_the_form_is_not_told_of_what_was_wrong(app, client):
    """The browser's button brings the same form with the same code."""
    event, code = called(), tokens.new_token()
    sent(client, event, code=code, email="mal@demo.example")
    sent(client, event, code=code)
    assert "Tiene su lugar" in client.get(letter(event)).text
    places = [
        sent(client, event, code=code, name=name, email="", phone="0991234567").location for name in ("Ana", "Luis")
    ]
    assert [name in client.get(place).text for name, place in zip(("Ana", "Luis"), places, strict=True)] == [True] * 2
    assert places[0] != places[1]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Este dato es necesario"),
        ({"email": ""}, "Deje un correo o un teléfono"),
        ({"email": "no"}, "Escriba un correo"),
        ({"phone": "12"}, "Escriba un teléfono"),
        ({"consent": ""}, "necesitamos su consentimiento"),
        ({"organisation": "Zzz"}, "No la encontramos"),
        ({"name": "x" * 121}, ""),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(app, client, values, words):
    answer = sent(client, called(), **{"needs": "Necesito una rampa", **values})
    assert answer.status_code == 422 and words in answer.text and "Necesito una rampa" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Registration.id))) == 0


def test_a_closed_form_says_since_when_and_keeps_what_was_typed(app, client):
    event = called()
    page = client.get(f"/mesas/{event.slug}/registro").text
    event.registration_closes_on = clock.today() - timedelta(days=1)
    db.session.commit()
    form = {"code": fields(page)["code"], "csrf_token": token_in(page), "name": "Ana Vera", "consent": "y"}
    answer = client.post(f"/mesas/{event.slug}/registro", data={**form, "email": "ana@demo.example"})
    assert answer.status_code == 422 and 'value="Ana Vera"' in answer.text
    assert "cerradas desde el" in answer.text and "Buscar otra mesa" in answer.text
    assert '<form method="post" novalidate' not in client.get(f"/mesas/{event.slug}/registro").text


def test_an_organisation_is_found_by_name_and_one_that_waits_is_not_told(app, client):
    event = called()
    make.actor("Fundación Agua Clara")
    make.actor("Fundación Agua Turbia", status=ActorStatus.PENDING)
    db.session.commit()
    answer = sent(client, event, organisation="fundación agua clar")
    assert answer.status_code == 422 and "Fundación Agua Clara" in answer.text and "Turbia" not in answer.text
    answer = sent(client, event, organisation="fundacion agua clara")
    assert answer.status_code == 302
    assert db.session.scalar(sa.select(Registration.actor_id)) is not None
    again = sent(client, event, name="Eva", email="eva@demo.example", organisation="Zzz", actor="-")
    assert again.status_code == 302


def test_nothing_tells_whoever_asks_whether_a_mailbox_was_registered(app):
    event = called()
    answers = [sent(app.test_client(), event, segundo_apellido="x")]  # a machine
    answers += [sent(app.test_client(), event) for _ in range(2)]
    told = [(a.status_code, a.location, a.data, sorted(a.headers.keys())) for a in answers]
    assert told[0] == told[1] == told[2]
    assert answers[0].location == f"/mesas/{event.slug}/registro/recibido"
    pages = [app.test_client().get(a.location) for a in answers]
    assert [p.status_code for p in pages] == [200] * 3 and "Mire su correo" in pages[0].text
    assert db.session.scalar(sa.select(sa.func.count(Registration.id))) == 1


@pytest.mark.usefixtures("inside_window")
def test_too_many_registrations_from_one_place_are_stopped(app, client):
    event = called()
    for n in range(40):
        assert sent(client, event, name=f"P{n}", email=f"p{n}@demo.example").status_code == 302
    assert sent(client, event, name="Una más", email="una@demo.example").status_code == 429


@pytest.mark.usefixtures("inside_window")
def test_nobody_fills_a_mailbox_and_the_limit_tells_nothing_of_it(app):
    events = [called() for _ in range(2)]
    for name in ("Ana Vera", "Nadie Nunca"):
        mail = f"{name.split()[0].lower()}@demo.example"
        seen = []
        for n in range(11):
            browser = app.test_client()
            seen.append(
                sent(browser, events[n % 2], name="Ana Vera", email=mail.upper() if n % 3 else mail).status_code
            )
        assert seen == [302] * 10 + [429]


@pytest.mark.usefixtures("inside_window")
def test_organisations_are_looked_for_only_after_the_attempt_was_counted(app, client, monkeypatch):
    event, looked = called(), []
    monkeypatch.setattr(registrations.duplicates, "suggestions", lambda *_a, **_k: looked.append(1) or [])
    seen = [
        sent(client, event, name=f"P{n}", email=f"p{n}@demo.example", organisation="Zzz").status_code for n in range(42)
    ]
    assert seen == [422] * 40 + [429] * 2 and len(looked) == 40


def test_how_one_describes_oneself_is_asked_apart_and_never_shown_again(app, client):
    event = called()
    sent(client, event)
    place = letter(event)
    page = client.get(f"{place}/sobre-mi").text
    assert page.count("Prefiero no responder") == 6 and "checked" not in page
    token = token_in(page)
    answer = client.post(
        f"{place}/sobre-mi", data={"csrf_token": token, "gender": "woman", "disability": "with_disability"}
    )
    assert answer.status_code == 302
    assert "checked" not in client.get(f"{place}/sobre-mi").text
    profile = db.session.scalars(sa.select(PersonProfile)).one()
    assert (profile.gender, profile.disability, profile.age_band) == ("woman", "with_disability", "not_stated")
    odd = client.post(f"{place}/sobre-mi", data={"csrf_token": token, "gender": "princesa"})
    assert odd.status_code == 422


# -- the team


def test_a_list_is_taken_on_a_telephone(app, sign_in, post):
    event = called(starts_at=later_today())
    row = registering.register(event, person(needs="Rampa"), code=tokens.new_token(), by=GUEST)
    reference = row.reference
    browser = sign_in(make.user(Role.FACILITATOR))
    base = f"/mesas/{event.slug}/asistencia"
    page = browser.get(f"{base}/lista").text
    assert "Ana Vera" in page and "Necesita: Rampa" in page
    assert browser.get(f"{base}/lista?q=zzz").text.count("Ana Vera") == 0
    assert post(browser, f"{base}/lista", vino=reference, persona=reference).status_code == 302
    door = post(browser, f"{base}/puerta", name="Luis Paz")
    assert door.status_code == 302 and "/perfil/" in door.location
    assert "Entregue el teléfono a Luis Paz" in browser.get(door.location).text
    lent = browser.get(door.location).text
    assert "Salir" not in lent and "<nav" not in lent and "account" not in lent and 'href="/mesas' in lent
    done = post(browser, door.location, gender="man")
    assert done.status_code == 302 and "listo=si" in done.location
    assert post(browser, f"{base}/puerta", name="").status_code == 422
    assert post(browser, f"{base}/puerta", name="luis paz").status_code == 422
    closed = post(browser, f"{base}/cerrar-lista")
    assert closed.status_code == 302
    found = db.session.scalars(sa.select(Participation)).one()
    assert (found.total, found.method) == (2, AttendanceMethod.LIST)
    assert post(browser, base, total="9").status_code == 422
    assert post(browser, base, total="9", switch="y").status_code == 302


def test_before_the_day_the_list_is_read_and_nothing_is_offered_that_would_be_refused(app, sign_in, post):
    event = called()
    registering.register(event, person(needs="Rampa"), code=tokens.new_token(), by=GUEST)
    browser = sign_in(make.user(Role.FACILITATOR))
    page = browser.get(f"/mesas/{event.slug}").text
    assert "Lista de personas inscritas" in page
    assert "Marcar como realizado" not in page and "Registrar la asistencia" not in page
    page = browser.get(f"/mesas/{event.slug}/asistencia/lista").text
    assert "Ana Vera" in page and "Necesita: Rampa" in page
    for words in ("Guardar marcas", "Cerrar la lista", "Añadir a alguien", "Responder sobre sí"):
        assert words not in page
    event.starts_at = later_today()
    db.session.commit()
    page = browser.get(f"/mesas/{event.slug}/asistencia/lista").text
    assert "Guardar marcas" in page and "Cerrar la lista" in page


def test_less_room_than_places_given_is_refused_at_the_field(app, sign_in, post):
    make.territory("14", name="Morona Santiago")
    event = called()
    for name in ("Ana Vera", "Eva Paz"):
        registering.register(event, person(name), code=tokens.new_token(), by=GUEST)
    browser = sign_in(make.user(Role.FACILITATOR))
    path = f"/mesas/{event.slug}/editar"
    form = {name: value for name, value in fields(browser.get(path).text).items() if name != "themes"}
    form |= {"plan": db.session.get_one(Plan, event.plan_id).code, "kind": event.kind.value, "capacity": "1"}
    answer = post(browser, path, **form)
    assert answer.status_code == 422
    assert 'id="capacity-error"' in answer.text and "2 personas ya tienen su lugar" in answer.text
    assert post(browser, path, **{**form, "place": ""}).status_code == 422
    assert post(browser, path, **{**form, "capacity": "2", "place": "Coliseo"}).status_code == 302
    assert [m.kind for m in db.session.scalars(sa.select(OutboxMessage))].count("event_change") == 2


def test_a_total_that_contradicts_its_parts_is_refused_with_the_sums(app, sign_in, post):
    event = held()
    browser = sign_in(make.user(Role.FACILITATOR))
    sent_counts = {"total": "20", "gender__woman": "10", "disability__with_disability": "3"}
    answer = post(browser, f"/mesas/{event.slug}/asistencia", **sent_counts)
    assert answer.status_code == 422
    assert "Suma: 10 de 20" in answer.text and "Discapacidad: las partes suman 3 y el total es 20." in answer.text


def test_nothing_of_the_list_is_shown_to_others(app, client, sign_in):
    event = held()
    row = attendance.add_at_door(event, person(), by=SYSTEM)
    paths = ["", "/lista", "/puerta", f"/perfil/{row.reference}", "/cerrar-lista"]
    for role in (Role.CITIZEN, Role.ANALYST, Role.OBSERVER):
        browser = sign_in(make.user(role))
        assert {browser.get(f"/mesas/{event.slug}/asistencia{path}").status_code for path in paths} == {403}
    for browser in (client, sign_in(make.user(Role.FACILITATOR))):
        assert "Ana Vera" not in browser.get(f"/mesas/{event.slug}").text
    assert client.get(f"/mesas/{event.slug}/asistencia/lista").status_code in {302, 401}


def test_a_mark_for_another_event_changes_nothing(app, sign_in, post):
    event, other = held(), held()
    row = attendance.add_at_door(other, person(), by=SYSTEM)
    browser = sign_in(make.user(Role.FACILITATOR))
    post(
        browser,
        f"/mesas/{event.slug}/asistencia/lista",
        page=f"/mesas/{event.slug}/asistencia/puerta",
        persona=row.reference,
    )
    db.session.refresh(row)
    assert row.status == "attended"
    assert browser.get(f"/mesas/{event.slug}/asistencia/perfil/{row.reference}").status_code == 404


def test_an_event_goes_from_the_form_to_the_signed_act(app, client, sign_in, post):
    make.territory("14", name="Morona Santiago")
    theme = make.theme("agua")
    plan = make.plan()
    browser = sign_in(make.user(Role.FACILITATOR))
    form = {
        "plan": plan.code,
        "kind": "territorial_table",
        "title": "Mesa de Macas",
        "provincia": "14",
        "themes": theme.code,
        "day": clock.today().isoformat(),
        "starts": "23:59",
        "place": "Coliseo",
        "takes_registrations": "y",
        "capacity": "40",
    }
    made = post(browser, "/mesas/nueva", **form).location
    assert client.get(made).status_code == 404
    assert post(browser, f"{made}/movimientos", page=made, action="call").status_code == 302
    assert "Mesa de Macas" in client.get(made).text
    nothing = post(browser, f"{made}/movimientos", page=made, action="cancel")
    assert nothing.status_code == 422 and "Escriba el motivo" in nothing.text
    counts = {"total": "20", "gender__woman": "12", "gender__man": "8"}
    assert post(browser, f"{made}/movimientos", page=made, action="close").status_code == 422
    assert post(browser, f"{made}/asistencia", **counts).status_code == 302
    assert "Antes del acta escriba la memoria" in browser.get(f"{made}/cerrar").text
    assert post(browser, f"{made}/memoria", minutes="").status_code == 422
    assert post(browser, f"{made}/memoria", minutes="Se habló del agua.", step_1="y", note_1="Sí").status_code == 302
    page = browser.get(f"{made}/cerrar").text
    signed = {"facilitator_name": "Flor Guía", "participant_name": "Ana Vera", "seen": fields(page)["seen"]}
    missing = post(browser, f"{made}/cerrar", **signed)
    assert missing.status_code == 422 and "Falta la firma" in missing.text and 'value="Ana Vera"' in missing.text
    done = post(browser, f"{made}/cerrar", **signed, facilitator_confirms="y", participant_confirms="y")
    assert done.status_code == 302 and done.location == f"{made}/acta"
    act = client.get(done.location).text
    text = client.get(f"{made}/acta.txt")
    assert acts.digest(text.get_data(as_text=True)) in act and "Ana Vera" not in act
    page = client.get(made).text
    assert "Se cumplieron 1 de 8" in page and "Se habló del agua." in page and "Leer el acta firmada" in page


def test_a_signed_sheet_is_for_the_team_alone(app, client, sign_in, post):
    event = held()
    services.record_attendance(event, 6, {}, by=SYSTEM)
    acts.write_minutes(event, MinutesInput(minutes="Algo"), by=SYSTEM)
    browser = sign_in(make.user(Role.FACILITATOR))
    path = f"/mesas/{event.slug}/cerrar"
    from io import BytesIO

    data = {"csrf_token": token_in(browser.get(path).text), "facilitator_name": "Flor", "participant_name": "Ana"}
    data |= {"facilitator_confirms": "y", "sheet": (BytesIO(picture()), "hoja.jpg")}
    assert browser.post(path, data=data, content_type="multipart/form-data").status_code == 302
    assert browser.get(f"/mesas/{event.slug}/acta/hoja").mimetype == "image/jpeg"
    assert client.get(f"/mesas/{event.slug}/acta/hoja").status_code in {302, 401}
    key = db.session.scalar(sa.select(EventFile)).file_id
    from models import StoredFile

    assert client.get(f"/archivos/{db.session.get_one(StoredFile, key).key}").status_code == 404


def test_photographs_are_shown_with_their_words_and_taken_away(app, client, sign_in, post):
    from io import BytesIO

    event = held()
    browser = sign_in(make.user(Role.ANALYST))
    path = f"/mesas/{event.slug}/archivos"
    token = token_in(browser.get(path).text)

    def upload(**values):
        data = {"csrf_token": token, "kind": "photo", "file": (BytesIO(picture()), "f.jpg"), **values}
        return browser.post(path, data=data, content_type="multipart/form-data")

    assert upload().status_code == 422
    assert upload(description="x", file=(BytesIO(b""), "")).status_code == 422
    assert upload(description="Mesas de trabajo al aire libre").status_code == 302
    page = client.get(f"/mesas/{event.slug}").text
    assert 'alt="Mesas de trabajo al aire libre"' in page
    key = re.search(r'src="/archivos/([^"]+)"', page).group(1)
    assert client.get(f"/archivos/{key}").mimetype == "image/jpeg"
    assert post(browser, f"{path}/{key}/quitar", page=path).status_code == 302
    assert client.get(f"/archivos/{key}").status_code == 404
    assert client.get(path).status_code in {302, 401}


def test_a_table_for_a_gap_begins_with_its_theme_and_place(app, sign_in):
    make.territory("14", name="Morona Santiago")
    make.theme("agua")
    make.theme("salud")
    browser = sign_in(make.user(Role.FACILITATOR))
    page = browser.get("/mesas/nueva?tema=salud&territorio=14").text
    assert re.findall(r'name="themes" value="(\w+)" checked', page) == ["salud"]
    assert '<option value="14" selected>' in page
    odd = browser.get("/mesas/nueva?tema=nada&territorio=%00").text
    assert 'name="themes" value="salud" checked' not in odd
    assert '<option value="14" selected>' not in odd


# -- what people at the door and on the telephone need


def test_a_lent_telephone_opens_nothing_but_the_questions(app, sign_in, post):
    event = called(starts_at=later_today())
    row = registering.register(event, person(), code=tokens.new_token(), by=GUEST)
    browser = sign_in(user := make.user(Role.FACILITATOR))
    path = f"/mesas/{event.slug}/asistencia/perfil/{row.reference}"
    for page in (browser.get(path).text, browser.get(f"{path}?listo=si").text, browser.get(f"{path}?listo=no").text):
        links = set(re.findall(r'(?:href|action)="(/[^"]*)"', page)) - {"/favicon.svg"}
        assert {link for link in links if not link.startswith("/static/")} <= {
            f"{path}?listo=no",
            f"/mesas/{event.slug}/asistencia/puerta",
        }
        assert user.name not in page and "Salir" not in page and "<nav" not in page
    assert "Devuelva el teléfono" in browser.get(f"{path}?listo=no").text
    assert post(browser, path, gender="woman").location == f"{path}?listo=si"


def test_whoever_waits_stands_apart_with_their_number(app, sign_in):
    event = called(capacity=1)
    for name in ("Zoe Paz", "Ana Vera", "Eva Ruiz"):
        registering.register(event, person(name, email=f"{name[:3]}@demo.example"), code=tokens.new_token(), by=GUEST)
    browser, path = sign_in(make.user(Role.FACILITATOR)), f"/mesas/{event.slug}/asistencia/lista"
    page = browser.get(path).text
    assert "1 con lugar y 2 en espera" in page
    assert "Zoe Paz" in page and "Ana Vera" not in page and "Eva Ruiz" not in page
    waiting = browser.get(f"{path}?ver=espera").text
    assert "Zoe Paz" not in waiting and waiting.index("Ana Vera") < waiting.index("Eva Ruiz")
    assert "En espera: número 1" in waiting and "En espera: número 2" in waiting
    assert "En espera: número 2" in browser.get(f"{path}?q=eva").text  # whoever is looked for is found


def test_whoever_left_only_a_telephone_is_called(app, client, sign_in, post):
    event = called()
    registering.register(
        event, person("Luz Tapuy", email=None, phone="+593991234567"), code=tokens.new_token(), by=GUEST
    )
    registering.register(event, person(), code=tokens.new_token(), by=GUEST)
    browser, base = sign_in(make.user(Role.FACILITATOR)), f"/mesas/{event.slug}"
    shown = browser.get(f"{base}/asistencia/lista?ver=sin-correo").text
    assert "+593991234567" in shown and "Ana Vera" not in shown
    assert "ver=sin-correo" in browser.get(base).text and "sin-correo" not in client.get(base).text
    assert sign_in(make.user(Role.CITIZEN)).get(f"{base}/asistencia/lista?ver=sin-correo").status_code == 403
    done = post(browser, f"{base}/movimientos", page=base, action="cancel", reason="El puente está cerrado.")
    assert done.status_code == 302
    page = browser.get(base).text
    assert "1 persona sin correo: llámela." in page and "ver=sin-correo" in page
    assert "+593" not in client.get(base).text


def test_the_same_name_at_the_door_is_asked_about_and_kept(app, sign_in, post):
    event = called(starts_at=later_today())
    registering.register(event, person(), code=tokens.new_token(), by=GUEST)
    browser, path = sign_in(make.user(Role.FACILITATOR)), f"/mesas/{event.slug}/asistencia/puerta"
    asked = post(browser, path, name="ana VERA", phone="+593991234567")
    assert asked.status_code == 422 and "¿Es otra?" in asked.text
    assert 'value="ana VERA"' in asked.text and 'name="another"' in asked.text
    assert post(browser, path, name="ana VERA", phone="+593991234567", another="y").status_code == 302
    assert len(db.session.scalars(sa.select(Registration)).all()) == 2
    assert "Nombre de la persona:" in post(browser, path, name="").text


def test_what_few_answered_is_not_read_beside_their_names(app, sign_in):
    event = called(starts_at=later_today())
    for n in range(6):
        row = attendance.add_at_door(event, person(f"Persona{n} X", email=f"p{n}@demo.example"), by=SYSTEM)
        if not n:
            profiles.describe(row, event, ProfileInput(answers={Dimension.GENDER: "woman"}))
    attendance.close_list(event, by=SYSTEM)
    browser = sign_in(make.user(Role.FACILITATOR))
    page = browser.get(f"/mesas/{event.slug}").text
    women = re.search(r'Mujeres</th><td class="num">([^<]*)<', page)
    assert "Asistieron 6 personas." in page and women and women[1] == "no se publica"
    assert fields(browser.get(f"/mesas/{event.slug}/asistencia").text).get("gender__woman", "") == ""


def test_two_different_people_sign_and_one_who_is_not_listed_is_asked_about(app, sign_in, post):
    event = called(starts_at=later_today())
    attendance.add_at_door(event, person("Ana Vera"), by=SYSTEM)
    attendance.close_list(event, by=SYSTEM)
    acts.write_minutes(event, MinutesInput(minutes="Se acordó limpiar el río."), by=SYSTEM)
    browser, path = sign_in(make.user(Role.FACILITATOR)), f"/mesas/{event.slug}/cerrar"
    signed = {"facilitator_name": "Ana Véra", "facilitator_confirms": "y", "participant_confirms": "y"}
    twice = post(browser, path, **signed, participant_name="ana vera")
    assert twice.status_code == 422 and "dos personas distintas" in twice.text
    signed["facilitator_name"] = "Flor Guía"
    unknown = post(browser, path, **signed, participant_name="Otra Persona")
    assert unknown.status_code == 422 and 'name="unlisted"' in unknown.text and "Otra Persona" in unknown.text
    assert post(browser, path, **signed, participant_name="Otra Persona", unlisted="y").status_code == 302


def test_a_cancelled_place_offers_no_calendar_and_another_registration(app, client, post):
    event = called()
    sent(client, event)
    path = letter(event)
    assert ".ics" in client.get(path).text
    post(client, f"{path}/cancelar", page=path)
    page = client.get(path).text
    assert ".ics" not in page and "ver o cancelar su lugar" not in page
    assert "Inscribirme otra vez" in page and f'href="/mesas/{event.slug}/registro"' in page


def test_what_is_no_number_is_said_once(app, sign_in, post):
    event = held()
    page = post(sign_in(make.user(Role.FACILITATOR)), f"/mesas/{event.slug}/asistencia", total="muchas").text
    assert "No es un valor entero" not in page and "Escriba un" in page


def test_galapagos_reads_its_own_clock_first(app, client, sign_in, post):
    start = clock.local(clock.now()).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=20)
    island = make.territory("20", name="Galápagos")
    event = called(starts_at=start, ends_at=start + timedelta(hours=2), territory_id=island.id, capacity=5)
    mainland = called(starts_at=start, territory_id=make.territory("09", name="Guayas").id)
    page = client.get(f"/mesas/{event.slug}").text
    assert page.index(", 08:00") < page.index(", 09:00") and "Hora de Galápagos" in page
    assert ", 08:00" not in client.get(f"/mesas/{mainland.slug}").text
    month = client.get(f"/mesas/calendario?mes={start:%Y-%m}").text
    assert "08:00 en Galápagos (09:00 en el continente)" in month
    for path in ("/mesas/?cuando=", f"/mesas/{event.slug}/registro"):
        assert "08:00 en Galápagos (09:00 en el continente)" in client.get(path).text
    assert ", 08:00 (hora de Galápagos)" in acts.act_text.body(event)
    entry = Calendar.from_ical(client.get(f"/mesas/{event.slug}.ics").data).events[0]
    assert entry["DTSTART"].params["TZID"] == "Pacific/Galapagos" and entry["DTSTART"].dt == start
    sent(client, event)
    assert "08:00 en Galápagos" in client.get(letter(event)).text
    letters = {m.kind: m for m in db.session.scalars(sa.select(OutboxMessage))}
    for kind in ("registration_confirm", "registration_reminder"):
        text = mail.render(kind, "es", letters[kind].context).text
        assert ", 08:00 (hora de Galápagos); " in text and ", 09:00 (hora del Ecuador continental)\n" in text
    old = {name: value for name, value in letters["registration_confirm"].context.items() if name != "galapagos"}
    assert "Galápagos)" not in mail.render("registration_confirm", "es", old).text  # queued before this was told
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="Mar de leva.")
    told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "event_cancel")).one()
    assert ", 08:00" in mail.render("event_cancel", "es", told.context).text


def test_no_hour_of_galapagos_stands_without_its_name(app, client, sign_in, post):
    start = datetime(2028, 12, 1, 9, tzinfo=clock.ECUADOR)
    island = make.territory("20", name="Galápagos")
    event = called(plan := make.plan(), starts_at=start, ends_at=start + timedelta(hours=2), territory_id=island.id)
    make.campaign(plan, slug="c", event_id=event.id)
    sent(client, event)
    team = sign_in(make.user(Role.DIRECTORATE))
    assert "08:00 en Galápagos (09:00 en el continente)" in team.get("/acercamiento/c").text
    form = team.get(f"/mesas/{event.slug}/editar").text
    assert 'value="09:00' in form and "también si es en Galápagos, donde es una hora menos" in form
    later = given(event, territory="20", starts_at=start + timedelta(hours=3), ends_at=start + timedelta(hours=5))
    services.edit_event(event, later, by=SYSTEM)
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="Mar de leva.")
    letters = {m.kind: m for m in db.session.scalars(sa.select(OutboxMessage))}
    change, cancel = (mail.render(kind, "es", letters[kind].context).text for kind in ("event_change", "event_cancel"))
    day = "1 de diciembre de 2028"
    assert f"Termina: {day}, 13:00 en Galápagos ({day}, 14:00 en el continente)\n" in change
    assert f"Antes era: {day}, 08:00 en Galápagos ({day}, 09:00 en el continente), Casa, Galápagos.\n" in change
    assert f"para el {day}, 11:00 en Galápagos ({day}, 12:00 en el continente), no se realizará." in cancel
    assert (
        "en el continente"
        not in mail.render("event_cancel", "es", {**letters["event_cancel"].context, "galapagos": False}).text
    )
