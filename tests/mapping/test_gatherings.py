"""Co-creation events through their services: life, places, attendance, what they leave, the act, forgetting."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from intake.core import clock, files, mail, tokens
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.files import Upload
from intake.core.identity import GUEST, SYSTEM
from intake.core.transaction import dialect
from intake.extensions import db
from intake.mapping import (
    acts,
    attendance,
    gatherings,
    profiles,
    queries,
    registering,
    registration_mail,
    retention,
    seats,
    services,
)
from intake.mapping.inputs import EventInput
from intake.mapping.inputs_events import ActInput, FileInput, MinutesInput, ProfileInput, RegistrationInput
from intake.mapping.queries import gatherings as reading
from intake.plans import participation
from models import (
    AuditEntry,
    Base,
    OutboxMessage,
    Participation,
    PersonProfile,
    Plan,
    ProfileAttendance,
    Registration,
    StoredFile,
)
from models.enums import (
    ActorStatus,
    AttendanceMethod,
    Dimension,
    EventFileKind,
    EventKind,
    EventStatus,
    RegistrationStatus,
    Role,
)
from tests import factories as make
from tests.reception.kit import word

#: Statements of a changed day, of marking, and of closing a list: SQLite writes each figure of it by itself.
STATEMENTS = {"sqlite": [22, 10, 53], "postgresql": [22, 10, 23]}
WOMAN = ProfileInput(answers={Dimension.GENDER: "woman", Dimension.AGE_BAND: "18_29"})
MAN = ProfileInput(answers={Dimension.GENDER: "man"})


def held(*of, **values):
    """An event that a rolled back refusal does not take along."""
    event = make.event(*of, **values)
    db.session.commit()
    return event


def called(*of, **values):
    given = {"starts_at": clock.now() + timedelta(days=10), "takes_registrations": True, "place": "Casa", **values}
    given.setdefault("kind", EventKind.THEMATIC_TABLE)  # a territorial one needs a territory
    return held(*of, **given)


def later_today():
    """A moment that lies ahead and is today in Ecuador, also in the last hour of the day."""
    return min(clock.now() + timedelta(hours=1), clock.end_of(clock.today()) - timedelta(seconds=1))


def person(name="Ana Vera", **values):
    return RegistrationInput(**{"name": name, "email": f"{name.split()[0].lower()}@demo.example", **values})


def place(event, name="Ana Vera", **values):
    return registering.register(event, person(name, **values), code=tokens.new_token(), by=GUEST)


def mails(kind):
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return db.session.scalars(query).all()


def code(letter):
    """What the link in a letter opens a registration with."""
    return letter.context["link"].rpartition("/")[2]


def given(event, **values):
    base = {
        "plan_code": db.session.get_one(Plan, event.plan_id).code,
        "kind": event.kind,
        "title": event.title,
        "starts_at": event.starts_at,
        "place": event.place,
        "takes_registrations": event.takes_registrations,
        "capacity": event.capacity,
    }
    return EventInput(**{**base, **values})


# -- life


def test_an_event_of_the_future_is_prepared_and_one_of_the_past_was_held(app):
    plan = make.plan()
    base = {"plan_code": plan.code, "kind": EventKind.VIRTUAL, "title": "Encuentro"}
    ahead = services.create_event(EventInput(**base, starts_at=clock.now() + timedelta(days=3)), by=SYSTEM)
    past = services.create_event(EventInput(**base, starts_at=clock.now() - timedelta(days=3)), by=SYSTEM)
    unknown = services.create_event(EventInput(**base), by=SYSTEM)
    assert [e.status for e in (ahead, past, unknown)] == [EventStatus.PLANNED, EventStatus.HELD, EventStatus.HELD]
    assert [e.is_public for e in (ahead, past)] == [False, True]


def test_a_call_says_when_and_where_first(app):
    event = called(status=EventStatus.PLANNED, place="")
    with pytest.raises(Invalid) as error:
        gatherings.move_event(event, "call", by=SYSTEM)
    assert error.value.field == "place"
    event.place, event.has_time = "Casa comunal", False
    db.session.commit()
    with pytest.raises(Invalid) as error:
        gatherings.move_event(event, "call", by=SYSTEM)
    assert error.value.field == "starts"
    event.has_time = True
    db.session.commit()
    gatherings.move_event(event, "call", by=SYSTEM)
    assert event.status is EventStatus.CALLED and event.called_at is not None


def test_nobody_else_moves_an_event(app, as_principal):
    event = called(status=EventStatus.PLANNED)
    for role in (Role.CITIZEN, Role.OBSERVER, Role.REVIEWER):
        with pytest.raises(Forbidden):
            gatherings.move_event(event, "call", by=as_principal(make.user(role)))
    analyst = as_principal(make.user(Role.ANALYST))
    begun = held(status=EventStatus.CALLED)
    with pytest.raises(Forbidden):
        gatherings.move_event(begun, "hold", by=analyst)
    assert (event.status, begun.status) == (EventStatus.PLANNED, EventStatus.CALLED)


def test_whoever_registered_is_told_why_it_is_cancelled_and_no_reminder_goes_out(app):
    event = called()
    place(event)
    place(event, "Luis Paz", email=None, phone="+593991234567")
    assert len(mails("registration_reminder")) == 1
    with pytest.raises(Invalid, match="motivo"):
        gatherings.move_event(event, "cancel", by=SYSTEM)
    db.session.refresh(event)
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="El puente está cerrado.")
    told = mails("event_cancel")
    assert [(m.to_address, m.context["reason"]) for m in told] == [("ana@demo.example", "El puente está cerrado.")]
    assert (event.status_reason, mails("registration_reminder")) == ("El puente está cerrado.", [])
    assert event.is_public
    with pytest.raises(Conflict):
        services.record_attendance(event, 3, {}, by=SYSTEM)


def test_one_that_was_never_called_is_cancelled_in_silence(app):
    event = called(status=EventStatus.PLANNED)
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="No hubo local.")
    assert not event.is_public


def test_an_event_is_not_held_before_its_day(app):
    with pytest.raises(Conflict, match="todavía no empieza"):
        gatherings.move_event(called(), "hold", by=SYSTEM)


def test_people_counted_elsewhere_name_an_event_of_the_plan_that_counts_for_itself(app):
    plan = make.plan()
    table, other = held(plan), held(plan)
    foreign = held()
    services.edit_event(other, given(other, counted_in=table.slug), by=SYSTEM)
    assert other.counted_in_id == table.id
    third = held(plan)
    for slug in (third.slug, foreign.slug, other.slug, "nada"):
        with pytest.raises(Invalid) as error:
            services.edit_event(third, given(third, counted_in=slug), by=SYSTEM)
        assert error.value.field == "counted_in"
    with pytest.raises(Invalid, match="ya se cuentan en este"):
        services.edit_event(table, given(table, counted_in=third.slug), by=SYSTEM)


def test_the_event_that_counts_the_people_is_always_offered(app):
    plan, elsewhere = make.plan(), held()
    days = [clock.now() - timedelta(days=n) for n in range(230)]
    events = [make.event(plan, starts_at=day) for day in days]
    undated = held(plan, starts_at=None)
    mine, far, inner = events[10], events[-1], events[11]
    mine.counted_in_id, inner.counted_in_id = far.id, far.id
    db.session.commit()
    offered = [choice.slug for choice in reading.countable(plan.code, mine)]
    near = [e.slug for e in (*events[:10], *events[12 : 12 + reading.NEAREST])]
    assert offered == [*near, far.slug, undated.slug]
    other = db.session.get_one(Plan, elsewhere.plan_id).code
    assert [c.slug for c in reading.countable(other, mine)] == [elsewhere.slug]


# -- what changes


def test_nobody_loses_a_place_to_less_room(app):
    event = called()
    for name in ("Ana Uno", "Eva Dos", "Luz Tres"):
        place(event, name)
    with pytest.raises(Invalid, match="3 personas") as error:
        services.edit_event(event, given(event, capacity=2), by=SYSTEM)
    assert error.value.field == "capacity"
    services.edit_event(event, given(event, capacity=3), by=SYSTEM)
    place(event, "Sol Cuatro")  # waits: three have a place
    services.edit_event(event, given(event, capacity=3, title="Otra"), by=SYSTEM)
    with pytest.raises(Invalid, match="3 personas"):
        services.edit_event(event, given(event, capacity=2), by=SYSTEM)


def test_a_public_call_goes_on_saying_when_and_where(app):
    event = called()
    for values, field in (({"has_time": False}, "starts"), ({"starts_at": None}, "day"), ({"place": ""}, "place")):
        with pytest.raises(Invalid) as error:
            services.edit_event(event, given(event, **values), by=SYSTEM)
        assert error.value.field == field
    preparing = called(status=EventStatus.PLANNED)
    assert services.edit_event(preparing, given(preparing, place=""), by=SYSTEM).place == ""


def test_whoever_comes_is_told_once_of_each_change(app):
    canton = make.territory("1401", name="Morona")
    event = called(capacity=1, online_url="https://sala.example/1")
    place(event)
    place(event, "Eva Paz")
    place(event, "Luis Paz", email=None, phone="+593991234567")
    old, new = event.starts_at, event.starts_at + timedelta(days=2)
    services.edit_event(event, given(event, title="Otro nombre", online_url=event.online_url), by=SYSTEM)
    assert mails("event_change") == []
    change = given(event, starts_at=new, place="Coliseo", territory="1401", online_url=event.online_url)
    services.edit_event(event, change, by=SYSTEM)
    services.edit_event(event, change, by=SYSTEM)
    ana, eva = mails("event_change")
    assert (ana.to_address, eva.to_address) == ("ana@demo.example", "eva@demo.example")
    assert (ana.context["old_starts_at"], ana.context["starts_at"]) == (old.isoformat(), new.isoformat())
    assert (ana.context["old_place"], ana.context["place"]) == ("Casa", f"Coliseo, {canton.name}")
    assert [m.context["waiting"] for m in (ana, eva)] == [False, True]
    assert [m.context["online"] for m in (ana, eva)] == ["https://sala.example/1", ""]
    assert registering.by_code(event, code(ana)).name == "Ana Vera"
    edits = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "event.edit")).all()
    assert [e.changes.get("told") for e in edits] == [None, 2, None]
    services.edit_event(event, given(event, starts_at=old), by=SYSTEM)
    assert len(mails("event_change")) == 4


def test_another_link_for_connecting_is_told_to_whom_it_lets_in(app):
    event = called(capacity=1, online_url="https://sala.example/1")
    place(event)
    place(event, "Eva Paz")
    services.edit_event(event, given(event, online_url="https://sala.example/2"), by=SYSTEM)
    (ana,) = mails("event_change")
    assert (ana.to_address, ana.context["online"]) == ("ana@demo.example", "https://sala.example/2")
    text = mail.render("event_change", "es", ana.context).text
    assert "https://sala.example/2" in text and "Antes era" not in text
    later = event.starts_at + timedelta(days=1)
    services.edit_event(event, given(event, starts_at=later, online_url="https://sala.example/2"), by=SYSTEM)
    assert "Antes era" in mail.render("event_change", "es", mails("event_change")[-1].context).text


def test_nobody_is_told_of_what_is_prepared_or_over(app):
    preparing = called(status=EventStatus.PLANNED)
    over = held(takes_registrations=True)
    attendance.add_at_door(over, person(), by=SYSTEM)
    for event in (preparing, over):
        services.edit_event(event, given(event, place="Otra casa"), by=SYSTEM)
    begun = called()
    place(begun)
    services.edit_event(begun, given(begun, starts_at=clock.now() - timedelta(hours=1)), by=SYSTEM)
    assert mails("event_change") == []


def test_a_change_is_made_on_what_the_event_says_now(app):
    event = called()
    version = event.lock_version
    services.edit_event(event, given(event, title="Uno"), by=SYSTEM, version=version)
    with pytest.raises(Conflict):
        services.edit_event(event, given(event, title="Dos"), by=SYSTEM, version=version)
    assert event.title == "Uno"


# -- places


def test_the_same_form_twice_asks_for_one_place(app):
    event, code = called(), tokens.new_token()
    first = registering.register(event, person(), code=code, by=GUEST)
    again = registering.register(event, person(), code=code, by=GUEST)
    assert first.id == again.id and seats.taken(event) == 1
    assert len(mails("registration_confirm")) == 1


def test_the_link_goes_to_the_mailbox_alone(app):
    event, typed = called(), tokens.new_token()
    mine = registering.register(event, person(), code=typed, by=GUEST)
    (letter,) = mails("registration_confirm")
    assert registering.by_code(event, typed) is None and registering.by_code(event, f"form:{typed}") is None
    assert registering.by_code(event, code(letter)).id == mine.id
    assert registering.by_code(called(), code(letter)) is None
    made_up = mine.reference + "0" * 33
    assert registering.by_code(event, made_up) is None


def test_whoever_asks_again_changes_nothing(app):
    event, theirs = called(), tokens.new_token()
    mine = place(event)
    before = {c.name: getattr(mine, c.name) for c in Registration.__table__.columns}
    assert registering.register(event, person(needs="Otra cosa"), code=theirs, by=GUEST) is None
    db.session.refresh(mine)
    assert {c.name: getattr(mine, c.name) for c in Registration.__table__.columns} == before
    assert registering.by_code(event, theirs) is None
    first, again = mails("registration_confirm")[0], mails("registration_link")[0]
    assert first.context["link"] == again.context["link"]


def test_a_telephone_recognises_nobody_and_is_counted_once(app):
    event, only = called(starts_at=later_today()), {"email": None, "phone": "+593991234567"}
    typed = tokens.new_token()
    one = registering.register(event, person(**only), code=typed, by=GUEST)
    two = place(event, **only)
    assert registering.by_code(event, typed).id == one.id != two.id
    assert place(event).id not in {one.id, two.id}  # her mailbox is another contact
    references = [one.reference, two.reference]
    attendance.mark(event, references, references, by=SYSTEM)
    assert attendance.close_list(event, by=SYSTEM).total == 1


def test_a_code_of_a_letter_opens_a_place_that_one_had(app):
    event, brought = called(), tokens.new_token()
    mine = place(event)
    assert registering.register(event, person(), code=brought, by=GUEST, proved=True) is None
    assert registering.by_code(event, brought).id == mine.id
    assert registering.by_code(event, code(mails("registration_confirm")[0])).id == mine.id


def test_nothing_opens_what_was_erased(app):
    event = called(starts_at=later_today())
    place(event)
    with clock.at(clock.now() + timedelta(days=100)):
        assert retention.forget() == 1
    assert registering.by_code(event, code(mails("registration_confirm")[0])) is None


def test_each_letter_is_in_the_language_in_which_its_reader_registered(app):
    event = called(capacity=2)
    for name, locale in (("Ana Uno", "en"), ("Eva Dos", "es"), ("Luz Tres", "qu")):
        by = dataclasses.replace(GUEST, locale=locale)
        registering.register(event, person(name), code=tokens.new_token(), by=by)
        registering.register(event, person(name), code=tokens.new_token(), by=GUEST)
    services.edit_event(event, given(event, capacity=3, starts_at=event.starts_at + timedelta(days=1)), by=SYSTEM)
    gatherings.move_event(event, "cancel", by=SYSTEM, reason="El puente está cerrado.")
    for kind in ("registration_confirm", "registration_link", "event_cancel"):
        assert [m.locale for m in mails(kind)] == ["en", "es", "qu"]
    assert [m.locale for m in mails("registration_seat")] == ["qu"]


def test_the_same_person_again_gets_a_new_link_by_mail_and_no_second_place(app):
    event = called()
    first = place(event)
    assert place(event, "ANA VERA") is None
    assert place(event, "Ana Vera", phone="+593991234567") is None
    assert seats.taken(event) == 1 and len(mails("registration_link")) == 2
    assert {registering.by_code(event, code(m)).id for m in mails("registration_link")} == {first.id}
    place(event, "Rosa Vera", email="ana@demo.example")  # a family shares an address
    assert seats.taken(event) == 2


def test_room_is_limited_and_whoever_waits_moves_up_and_is_told(app):
    event = called(capacity=2)
    rows = [place(event, name) for name in ("Ana Uno", "Eva Dos", "Luz Tres", "Sol Cuatro")]
    assert [seats.place_in_queue(row, event) for row in rows] == [0, 0, 1, 2]
    assert [m.context["waiting"] for m in mails("registration_confirm")] == [0, 0, 1, 2]
    assert seats.left(event) == 0
    registering.cancel(rows[0], event, by=GUEST)
    registering.cancel(rows[0], event, by=GUEST)
    assert [seats.place_in_queue(row, event) for row in rows[1:]] == [0, 0, 1]
    assert [m.to_address for m in mails("registration_seat")] == ["luz@demo.example"]
    services.edit_event(event, given(event, capacity=10), by=SYSTEM)
    assert [m.to_address for m in mails("registration_seat")] == ["luz@demo.example", "sol@demo.example"]


def test_a_telephone_takes_one_place_and_its_page_says_what_it_says_to_anybody(app):
    event, only = called(capacity=2), {"email": None, "phone": "+593991234567"}
    one, again, other = (place(event, name, **only) for name in ("Ana Véra", "ana  vera", "Luis Paz"))
    with_mailbox = place(event, "Eva Dos")
    assert (seats.taken(event), seats.given(event), seats.left(event)) == (3, 2, 0)
    assert [seats.place_in_queue(row, event) for row in (one, other, with_mailbox)] == [0, 0, 1]
    assert [row.id for row in seats.waiting(event)] == list(seats.queue(event)) == [with_mailbox.id]
    repeated, new = place(event, "Ana Vera", **only), place(event, "Rosa Paz", **only)
    assert seats.place_in_queue(repeated, event) == seats.place_in_queue(new, event) == 2
    listed = {part: reading.registrations(event, part=part, waiting=seats.queue(event)).total for part in reading.Part}
    assert (listed[reading.Part.SEATED], listed[reading.Part.WAITING]) == (4, 2)
    registering.cancel(one, event, by=GUEST)  # her other registration stands: it takes the place of its own turn
    assert [seats.place_in_queue(row, event) for row in (again, other, with_mailbox)] == [0, 0, 1]
    registering.cancel(again, event, by=GUEST)
    assert [seats.place_in_queue(row, event) for row in (other, with_mailbox, new)] == [0, 0, 2]


def test_the_free_places_are_told_in_words_that_one_more_does_not_change(app):
    event = called(capacity=seats.FEW + 2)
    said = [seats.room(event)]
    for n in range(seats.FEW + 2):
        place(event, f"Persona{n} Vera")
        said.append(seats.room(event))
    assert said == [seats.Room.SOME] * 2 + [seats.Room.FEW] * seats.FEW + [seats.Room.NONE]
    assert seats.room(called()) is seats.Room.UNLIMITED


def test_one_registers_until_the_last_day_or_the_beginning(app):
    ended = called(registration_closes_on=clock.today() - timedelta(days=1))
    begun = held(status=EventStatus.CALLED, takes_registrations=True)
    open_door = called(takes_registrations=False)
    for event in (ended, begun, open_door, held(takes_registrations=True)):
        with pytest.raises(Conflict, match="cerradas"):
            place(event)
    assert place(called(registration_closes_on=clock.today())) is not None


def test_a_registration_needs_a_way_to_reach_the_person(app):
    with pytest.raises(Invalid) as error:
        place(called(), email=None)
    assert error.value.field == "email" and db.session.scalar(sa.select(sa.func.count(Registration.id))) == 0


def test_one_registers_for_a_verified_organisation_alone(app):
    event = called()
    waiting = make.actor("Sin Verificar", status=ActorStatus.PENDING)
    db.session.commit()
    with pytest.raises(Invalid):
        place(event, actor=waiting.slug)
    assert place(event, actor=make.actor("Verificada").slug).actor_id is not None


def test_reminders_follow_the_day(app):
    event = called()
    place(event)
    later = event.starts_at + timedelta(days=7)
    services.edit_event(event, given(event, starts_at=later), by=SYSTEM)
    (reminder,) = mails("registration_reminder")
    assert reminder.not_before == later - registration_mail.REMINDED_BEFORE


@pytest.mark.parametrize("locale", ["es", "en", "qu"])
def test_every_letter_can_be_read(app, locale):
    facts = {"title": "Mesa de Macas", "slug": "mesa", "starts_at": "2026-12-01T14:00:00+00:00", "place": "Coliseo"}
    more = {
        "online": "https://ejemplo.ec/sala",
        "link": "/mesas/mesa/registro/x",
        "accessibility": "Rampa",
        "reason": "No",
    }
    more |= {"ends_at": None, "old_starts_at": facts["starts_at"], "old_place": ""}
    kinds = ("registration_confirm", "registration_link", "registration_seat", "registration_reminder", "event_cancel")
    for kind in (*kinds, "event_change"):
        for waiting in (0, 3):
            letter = mail.render(kind, locale, {**facts, **more, "waiting": waiting})
            assert "Mesa de Macas" in letter.subject


# -- who came


def test_a_list_makes_the_figures_and_every_figure_agrees(app):
    event = called(starts_at=later_today())
    ana, eva, luz = (place(event, name) for name in ("Ana Uno", "Eva Dos", "Luz Tres"))
    profiles.describe(ana, event, WOMAN)
    profiles.describe(eva, event, WOMAN)
    references = [r.reference for r in (ana, eva, luz)]
    assert attendance.mark(event, references[:1], references, by=SYSTEM) == 1
    attendance.mark(event, references[:2], references, by=SYSTEM)
    attendance.mark(event, references[1:2], references[:2], by=SYSTEM)  # Ana's mark was a slip
    attendance.add_at_door(event, RegistrationInput(name="Luis Paz"), by=SYSTEM)
    counted = attendance.close_list(event, by=SYSTEM)
    assert (counted.total, counted.method, event.status) == (2, AttendanceMethod.LIST, EventStatus.HELD)
    people = {(c.dimension, c.category): c.people for c in queries.participation_of(event).counts}
    assert people[Dimension.GENDER, "woman"] == 1 and people[Dimension.GENDER, "not_stated"] == 1
    assert people[Dimension.DISABILITY, "not_stated"] == 2
    assert participation.listed(event.id)[Dimension.GENDER] == {"woman": 1, "not_stated": 1}
    db.session.expire_all()
    assert [r.status for r in (ana, eva, luz)] == [
        RegistrationStatus.ABSENT,
        RegistrationStatus.ATTENDED,
        RegistrationStatus.ABSENT,
    ]
    attendance.mark(event, [ana.reference], [ana.reference], by=SYSTEM)
    assert attendance.close_list(event, by=SYSTEM).total == 3


def test_a_person_at_two_events_of_a_plan_is_one_profile(app):
    plan = make.plan()
    events = [held(plan, status=EventStatus.HELD) for _ in range(2)]
    for event, name in zip(events, ("Ana Vera", "Ana María Vera"), strict=True):
        attendance.add_at_door(event, person(name, email="ANA@demo.example"), by=SYSTEM)
        attendance.close_list(event, by=SYSTEM)
    assert db.session.scalar(sa.select(sa.func.count(PersonProfile.id))) == 1
    assert db.session.scalar(sa.select(sa.func.count(ProfileAttendance.id))) == 2
    other = held(make.plan())
    attendance.add_at_door(other, person(), by=SYSTEM)
    attendance.close_list(other, by=SYSTEM)
    assert db.session.scalar(sa.select(sa.func.count(PersonProfile.id))) == 2  # plans do not know each other's people


def test_two_people_of_one_telephone_are_two_and_one_twice_is_one(app):
    event = held()
    family = {"email": None, "phone": "+593991234567"}
    attendance.add_at_door(event, person("Ana Vera", **family), by=SYSTEM)
    attendance.add_at_door(event, person("Rosa Vera", **family), by=SYSTEM)
    with pytest.raises(Invalid, match="ya está en la lista"):
        attendance.add_at_door(event, person("ana vera", **family), by=SYSTEM)
    assert attendance.close_list(event, by=SYSTEM).total == 2


def at_the_door(event, *people):
    for one in people:
        attendance.add_at_door(event, one, by=SYSTEM)
    return attendance.close_list(event, by=SYSTEM).total


def test_a_person_with_a_telephone_here_and_a_mailbox_there_is_counted_once(app):
    event, phone = held(), "+593991234567"
    only = {"email": None, "phone": phone}
    assert at_the_door(event, person("Ana Vera"), person("Luis Paz", **only)) == 2
    event = called(starts_at=later_today())
    rows = [place(event, "Ana Vera", **only), place(event, "Ana  Véra", phone=phone), place(event, "Rosa Vera", **only)]
    references = [row.reference for row in rows]
    attendance.mark(event, references, references, by=SYSTEM)
    assert attendance.close_list(event, by=SYSTEM).total == 2


def test_people_who_share_a_mailbox_are_told_apart_in_every_list_whoever_stands_there_first(app):
    plan, shared = make.plan(), "familia@demo.example"
    ana, luis = person("Ana Vera", email=shared), person("Luis Vera", email=shared)
    first, second, third = (held(plan) for _ in range(3))
    for who, answers in ((ana, WOMAN), (luis, MAN)):
        profiles.describe(attendance.add_at_door(first, who, by=SYSTEM), first, answers)
    attendance.close_list(first, by=SYSTEM)
    assert at_the_door(second, luis) == 1
    assert participation.listed(second.id)[Dimension.GENDER] == {"man": 1}
    assert at_the_door(third, luis, ana) == 2
    assert participation.listed(third.id)[Dimension.GENDER] == {"man": 1, "woman": 1}
    assert db.session.scalar(sa.select(sa.func.count(ProfileAttendance.profile_id.distinct()))) == 2


def test_two_of_one_given_name_under_one_telephone_are_two_persons_of_the_plan(app):
    plan, shared = make.plan(), {"email": None, "phone": "+593991234567"}
    vera, paz = person("Ana Vera", **shared), person("Ana Paz", **shared)
    for order in ((vera, paz), (paz, vera)):
        assert at_the_door(held(plan), *order) == 2
    assert participation.of_plan(plan.id, exact=True).from_events == 2


def test_the_other_method_asks_first_and_takes_nothing_away(app):
    event = held()
    services.record_attendance(event, 20, {Dimension.GENDER: {"woman": 12, "man": 8}}, by=SYSTEM)
    person_there = attendance.add_at_door(event, person(), by=SYSTEM)
    with pytest.raises(Invalid) as error:
        attendance.close_list(event, by=SYSTEM)
    assert error.value.field == "switch"
    assert attendance.close_list(event, by=SYSTEM, switch=True).total == 1
    with pytest.raises(Invalid):
        services.record_attendance(event, 20, {}, by=SYSTEM)
    assert db.session.scalar(sa.select(Participation.total)) == 1
    back = services.record_attendance(event, 20, {}, by=SYSTEM, switch=True)
    assert (back.total, back.method) == (20, AttendanceMethod.COUNTS)
    assert db.session.scalar(sa.select(sa.func.count(ProfileAttendance.id))) == 0  # nobody is counted twice
    assert person_there.status is RegistrationStatus.ATTENDED  # the list is as it was


def test_answers_are_of_the_questions_and_stand_once_counted(app):
    event = held()
    row = attendance.add_at_door(event, person(), by=SYSTEM)
    with pytest.raises(Invalid):
        profiles.describe(row, event, ProfileInput(answers={Dimension.GENDER: "princesa"}))
    profiles.describe(row, event, WOMAN)
    profiles.describe(row, event, MAN)
    attendance.close_list(event, by=SYSTEM)
    with pytest.raises(Conflict, match="ya se contaron"):
        profiles.describe(row, event, WOMAN)
    assert db.session.scalar(sa.select(PersonProfile.gender)) == "man"


def test_answers_of_one_registration_touch_no_others(app):
    plan = make.plan()
    first, second = (called(plan, starts_at=later_today()) for _ in range(2))
    mine, theirs = place(first), place(second)  # whoever has the second link has shown nothing of the first
    profiles.describe(mine, first, WOMAN)
    profiles.describe(theirs, second, MAN)
    for event, row in ((first, mine), (second, theirs)):
        attendance.mark(event, [row.reference], [row.reference], by=SYSTEM)
    attendance.close_list(first, by=SYSTEM)
    assert participation.listed(first.id)[Dimension.GENDER] == {"woman": 1}
    profiles.describe(theirs, second, MAN)  # and is told nothing of it either
    attendance.close_list(second, by=SYSTEM)
    assert participation.listed(second.id)[Dimension.GENDER] == {"woman": 1}
    assert participation.of_plan(plan.id, exact=True).from_events == 1
    with pytest.raises(Conflict, match="ya se contaron"):
        profiles.describe(theirs, second, MAN)


def test_answers_that_were_not_counted_are_forgotten_with_the_name(app):
    event = called(starts_at=later_today())
    profiles.describe(place(event), event, WOMAN)
    with clock.at(clock.now() + timedelta(days=100)):
        retention.forget()
    assert db.session.scalar(sa.select(sa.func.count(PersonProfile.id))) == 0


def test_no_trace_tells_what_a_person_is_like(app):
    event = held()
    row = attendance.add_at_door(event, person(), by=SYSTEM)
    profiles.describe(row, event, WOMAN)
    attendance.close_list(event, by=SYSTEM)
    entries = db.session.scalars(sa.select(AuditEntry)).all()
    assert "person_profile" not in {e.subject_type for e in entries}
    written = " ".join(str(e.changes) for e in entries)
    assert "woman" not in written and "18_29" not in written and "Ana Vera" not in written


def test_the_trace_names_no_account_and_no_organisation_of_a_registration(app, as_principal):
    event, user = called(), make.user(Role.CITIZEN)
    actor = make.actor("Verificada")
    registering.register(event, person(actor=actor.slug), code=tokens.new_token(), by=as_principal(user))
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "registration.create")).one()
    masked = {name for name, change in entry.changes.items() if "(dato personal)" in change}
    assert masked == {"name", "email", "code_hash", "needs", "actor_id", "user_id", "consent_id"}


def test_no_key_joins_who_somebody_is_with_what_they_are_like(app):
    who = {"registration", "user", "actor_contact", "proposal_contact", "consent"}
    like = {"person_profile", "profile_attendance"}
    keys = {(t.name, fk.column.table.name) for t in Base.metadata.tables.values() for fk in t.foreign_keys}
    assert [pair for pair in keys if pair[0] in like and pair[1] in who] == []
    assert {source for source, target in keys if target in like} == {"profile_attendance"}
    assert {c.name for c in PersonProfile.__table__.columns} == {
        *("id", "plan_id", "person_key", "gender", "age_band", "sector", "self_identification", "disability")
    }


def test_only_facilitators_and_the_directorate_see_the_list(app, as_principal):
    event = held()
    for role in (Role.ANALYST, Role.CITIZEN, Role.CORE_GROUP):
        by = as_principal(make.user(role))
        for call in (
            lambda by=by: attendance.mark(event, [], [], by=by),
            lambda by=by: attendance.add_at_door(event, person(), by=by),
            lambda by=by: attendance.close_list(event, by=by),
            lambda by=by: acts.close(event, ActInput(facilitator_name="a", participant_name="b"), by=by),
        ):
            with pytest.raises(Forbidden):
                call()


@pytest.mark.parametrize("people", [3, 60])
def test_a_list_takes_the_same_statements_however_long(app, count_queries, people):
    event = called(capacity=people - 1)
    rows = [place(event, f"Persona{n} Vera") for n in range(people)]
    for row in rows[1:]:
        profiles.describe(row, event, WOMAN)
    counts = []
    with count_queries() as statements:
        services.edit_event(event, given(event, starts_at=event.starts_at + timedelta(days=3)), by=SYSTEM)
    counts.append(len(statements))
    event.starts_at = clock.now()
    db.session.commit()
    references = [row.reference for row in rows]
    with count_queries() as statements:
        attendance.mark(event, references[:-1], references, by=SYSTEM)
    counts.append(len(statements))
    with count_queries() as statements:
        counted = attendance.close_list(event, by=SYSTEM)
    counts.append(len(statements))
    assert (counts, counted.total) == (STATEMENTS[dialect()], people - 1)
    assert len(mails("registration_reminder")) == people - 1
    assert participation.listed(event.id)[Dimension.GENDER] == {"woman": people - 2, "not_stated": 1}


# -- what it leaves


def picture(size=(2000, 900), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG", **options)
    return out.getvalue()


def test_a_photograph_is_described_made_small_and_tells_no_place(app):
    event = held()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "S"
    upload = Upload("foto.jpg", picture(exif=exif))
    for words in ("", "   "):
        with pytest.raises(Invalid) as error:
            acts.add_file(event, FileInput(kind=EventFileKind.PHOTO, upload=upload, description=words), by=SYSTEM)
        assert error.value.field == "description"
    kept = acts.add_file(
        event, FileInput(kind=EventFileKind.PHOTO, upload=upload, description="Tres mesas de trabajo"), by=SYSTEM
    )
    stored = db.session.get_one(StoredFile, kept.file_id)
    with Image.open(io.BytesIO(files.read(stored))) as shown:
        assert (max(shown.size), dict(shown.getexif())) == (acts.LONGEST_SIDE, {})
    with pytest.raises(Invalid, match="JPG o PNG"):
        acts.add_file(
            event,
            FileInput(kind=EventFileKind.PHOTO, upload=Upload("a.txt", b"hola"), description="Nada"),
            by=SYSTEM,
        )


def test_a_published_document_tells_nobody_who_wrote_it(app):
    told = b"<cp:coreProperties><dc:creator>Rosa Quishpe</dc:creator></cp:coreProperties>"
    upload = Upload("memoria.docx", word(**{"docProps__core.xml": told}))
    kept = acts.add_file(
        held(), FileInput(kind=EventFileKind.MATERIAL, upload=upload, description="La memoria"), by=SYSTEM
    )
    with zipfile.ZipFile(io.BytesIO(files.read(db.session.get_one(StoredFile, kept.file_id)))) as package:
        assert b"Quishpe" not in package.read("docProps/core.xml")


def ready(**values):
    event = held(**values)
    services.record_attendance(event, 20, {Dimension.GENDER: {"woman": 17, "man": 3}}, by=SYSTEM)
    acts.write_minutes(
        event, MinutesInput(minutes="Se acordó medir el agua.", steps={1: "", 5: "Dos grupos"}), by=SYSTEM
    )
    return event


SIGNED = ActInput(facilitator_name="Flor Guía", participant_name="Ana Vera")


def test_the_act_lacks_nothing_and_tells_no_few_people(app):
    event = held()
    with pytest.raises(Invalid, match="asistencia"):
        acts.close(event, SIGNED, by=SYSTEM)
    db.session.refresh(event)
    services.record_attendance(event, 20, {Dimension.GENDER: {"woman": 17, "man": 3}}, by=SYSTEM)
    with pytest.raises(Invalid, match="memoria"):
        acts.close(event, SIGNED, by=SYSTEM)
    acts.write_minutes(
        event, MinutesInput(minutes="Se acordó medir el agua.", steps={1: "", 5: "Dos grupos"}), by=SYSTEM
    )
    proposal = make.proposal(db.session.get_one(Plan, event.plan_id), event_id=event.id)
    act = acts.close(event, SIGNED, by=SYSTEM)
    assert event.status is EventStatus.CLOSED and act.sha256 == acts.digest(act.content)
    for words in (
        "Asistieron 20 personas.",
        "medir el agua",
        "5. Problemas",
        "Dos grupos",
        proposal.folio,
        "Flor Guía",
    ):
        assert words in act.content
    assert "Ana Vera" not in act.content and "Hombres 3" not in act.content and "Mujeres 17" not in act.content
    with pytest.raises(Conflict):
        acts.close(event, SIGNED, by=SYSTEM)


def test_nobody_signs_another_text_than_the_one_read(app):
    from dataclasses import replace

    from intake.mapping import act_text

    event = ready()
    seen = replace(SIGNED, seen=acts.digest(act_text.body(event)), participant_consents=True)
    acts.write_minutes(event, MinutesInput(minutes="Se acordó otra cosa."), by=SYSTEM)
    with pytest.raises(Conflict, match="cambió"):
        acts.close(event, seen, by=SYSTEM)
    assert event.status is EventStatus.HELD
    act = acts.close(event, replace(seen, seen=acts.digest(act_text.body(event))), by=SYSTEM)
    assert "Ana Vera" in act.content


def test_after_the_act_a_correction_needs_a_reason_and_the_act_stays(app):
    event = ready()
    act = acts.close(event, SIGNED, by=SYSTEM)
    for call in (
        lambda **r: services.edit_event(event, given(event, title="Otro"), by=SYSTEM, **r),
        lambda **r: services.record_attendance(event, 21, {}, by=SYSTEM, **r),
        lambda reason="": acts.write_minutes(event, MinutesInput(minutes="Otra", reason=reason), by=SYSTEM),
    ):
        with pytest.raises(Invalid) as error:
            call()
        assert error.value.field == "reason"
        call(reason="Faltaba una persona")
    assert [c.reason for c in reading.corrections(event, act)] == ["Faltaba una persona"] * 3
    assert act.sha256 == acts.digest(act.content) and "medir el agua" in act.content
    with pytest.raises(Conflict):
        attendance.mark(event, [], [], by=SYSTEM)


def test_minutes_are_written_once_it_was_held_and_steps_are_eight(app):
    with pytest.raises(Conflict):
        acts.write_minutes(called(), MinutesInput(minutes="x"), by=SYSTEM)
    with pytest.raises(Invalid):
        acts.write_minutes(held(), MinutesInput(minutes="x", steps={9: ""}), by=SYSTEM)


# -- forgetting


def test_what_is_personal_goes_and_the_figures_stay(app):
    event = held(starts_at=clock.now() - timedelta(days=100))
    fresh = held()
    for one in (event, fresh):
        attendance.add_at_door(one, person(), by=SYSTEM)
        attendance.close_list(one, by=SYSTEM)
    assert (retention.forget(), retention.forget()) == (1, 0)
    rows = {
        r.event_id: r for r in db.session.scalars(sa.select(Registration).execution_options(populate_existing=True))
    }
    assert (rows[event.id].name, rows[event.id].email, rows[fresh.id].name) == ("", None, "Ana Vera")
    assert db.session.scalar(sa.select(Participation.total).where(Participation.event_id == event.id)) == 1
    with pytest.raises(Conflict, match="ya se borraron"):
        attendance.close_list(event, by=SYSTEM)
