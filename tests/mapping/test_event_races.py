"""Doing the same at the same moment, on a database of its own: the last place goes to one, nobody has two."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import selectinload

from intake.core import clock, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.files import Upload
from intake.core.identity import GUEST, SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import acts, attendance, gatherings, people, profiles, registering, retention, seats
from intake.mapping.inputs import EventInput
from intake.mapping.inputs_events import ActInput, FileInput, MinutesInput, ProfileInput, RegistrationInput
from intake.plans import participation
from models import (
    Event,
    EventFile,
    OutboxMessage,
    Participation,
    ParticipationCount,
    PersonProfile,
    Plan,
    ProfileAttendance,
    Registration,
)
from models.enums import Dimension, EventFileKind, EventStatus, RegistrationStatus
from tests import factories
from tests.racing import meanwhile, together, under
from tests.reception.kit import pdf

TIMES = 4
WITH_MAIL = RegistrationInput(name="Ana Vera", email="ana@demo.example")


@pytest.fixture
def own_app(own_app):
    """An application on a database that nobody else uses, with an event for two and one that was held."""
    with own_app.app_context():
        plan = factories.plan()
        ahead = {"starts_at": clock.now() + timedelta(days=9), "takes_registrations": True, "capacity": 2}
        factories.event(plan, slug="proxima", **ahead)
        factories.event(plan, slug="realizada")
        db.session.commit()
    return own_app


def event(slug):
    return db.session.scalars(sa.select(Event).where(Event.slug == slug)).one()


def ask(n, code=None):
    given = RegistrationInput(name=f"Persona {n}", email=f"p{n}@demo.example")
    return lambda: registering.register(event("proxima"), given, code=code or tokens.new_token(), by=GUEST)


def test_the_last_two_places_go_to_two_people(own_app):
    assert together(own_app, *(ask(n) for n in range(TIMES))) == ["done"] * TIMES
    with own_app.app_context():
        rows = db.session.scalars(sa.select(Registration).order_by(Registration.id)).all()
        assert [seats.place_in_queue(row, event("proxima")) for row in rows] == [0, 0, 1, 2]
        told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "registration_confirm")).all()
        assert sorted(m.context["waiting"] for m in told) == [0, 0, 1, 2]  # each was told what is so


def less_room():
    found = event("proxima")
    code = db.session.get_one(Plan, found.plan_id).code
    given = EventInput(
        plan_code=code, kind=found.kind, title=found.title, starts_at=found.starts_at, place="Casa",
        takes_registrations=True, capacity=1,
    )  # fmt: skip
    gatherings.edit_event(found, given, by=SYSTEM)


def test_nobody_who_was_told_of_a_place_loses_it_to_less_room(own_app):
    seen = together(own_app, ask(0), ask(1), less_room, ask(2))
    assert sorted(seen) in (["done"] * 4, ["Invalid", "done", "done", "done"])
    with own_app.app_context():
        told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "registration_confirm")).all()
        assert (
            sum(m.context["waiting"] == 0 for m in told) == event("proxima").capacity == seats.given(event("proxima"))
        )


def test_a_double_press_is_one_place(own_app):
    code = tokens.new_token()
    assert together(own_app, *(ask(1, code) for _ in range(TIMES))) == ["done"] * TIMES
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Registration.id))) == 1


def test_two_who_close_the_list_count_it_once(own_app):
    with own_app.app_context():
        for n in range(3):
            attendance.add_at_door(event("realizada"), RegistrationInput(name=f"Persona {n}"), by=SYSTEM)
    close = lambda: attendance.close_list(event("realizada"), by=SYSTEM)
    assert set(together(own_app, *[close] * TIMES)) == {"done"}
    with own_app.app_context():
        assert db.session.scalars(sa.select(Participation.total)).all() == [3]
        assert db.session.scalar(sa.select(sa.func.count(ProfileAttendance.id))) == 3


def registered():
    return db.session.scalars(sa.select(Registration)).one()


def describe():
    given = ProfileInput(answers={Dimension.GENDER: "woman"})
    profiles.describe(registered(), event("realizada"), given)


def forget():
    assert retention.forget(days=-1) == 1


@pytest.fixture
def one_came(own_app):
    with own_app.app_context():
        attendance.add_at_door(event("realizada"), RegistrationInput(name="Ana Vera"), by=SYSTEM)


@pytest.mark.usefixtures("one_came")
def test_nobody_describes_themselves_who_was_forgotten_while_the_page_was_open(own_app):
    with own_app.app_context():
        row, at = registered(), event("realizada")
        meanwhile(own_app, forget)
        with pytest.raises(Conflict):
            profiles.describe(row, at, ProfileInput(answers={Dimension.GENDER: "woman"}))
        assert db.session.scalars(sa.select(PersonProfile.id)).all() == []


@pytest.mark.usefixtures("one_came")
@pytest.mark.parametrize(
    ("act", "other", "done"), [(forget, describe, ["Conflict", "done"]), (describe, forget, ["done", "done"])]
)
def test_no_answers_stay_of_who_is_forgotten_at_the_same_moment(own_app, act, other, done):
    assert under(own_app, act, other) == done
    with own_app.app_context():
        assert (registered().name, db.session.scalars(sa.select(PersonProfile.id)).all()) == ("", [])


@pytest.mark.usefixtures("one_came")
def test_a_list_that_was_forgotten_meanwhile_is_not_counted_again(own_app):
    with own_app.app_context():
        row, at = registered(), event("realizada")
        assert row.name
        meanwhile(own_app, forget)
        with pytest.raises(Conflict):
            attendance.close_list(at, by=SYSTEM)


def test_who_gave_the_place_back_meanwhile_is_not_marked(own_app):
    with own_app.app_context():
        registering.register(event("proxima"), WITH_MAIL, code=tokens.new_token(), by=GUEST)
        row, at = registered(), event("proxima")
        assert row.status is RegistrationStatus.REGISTERED
        meanwhile(own_app, lambda: registering.cancel(registered(), event("proxima"), by=GUEST))
        with time_machine.travel(at.starts_at + timedelta(minutes=5), tick=False):
            assert attendance.mark(at, [row.reference], [row.reference], by=SYSTEM) == 0
        assert row.status is RegistrationStatus.CANCELLED


def postpone():
    with transaction():
        event("proxima").starts_at += timedelta(days=7)


@pytest.mark.parametrize(
    "take",
    [
        lambda at: attendance.mark(at, [], [], by=SYSTEM),
        lambda at: attendance.add_at_door(at, WITH_MAIL, by=SYSTEM),
        lambda at: attendance.close_list(at, by=SYSTEM),
        lambda at: gatherings.record_attendance(at, 0, {}, by=SYSTEM),
    ],
)
def test_nobody_comes_to_an_event_that_was_postponed_while_the_list_was_open(own_app, take):
    with own_app.app_context():
        at = event("proxima")
        with time_machine.travel(at.starts_at + timedelta(minutes=5), tick=False):
            meanwhile(own_app, postpone)
            with pytest.raises(Conflict, match="todavía no empieza"):
                take(at)


def test_figures_that_somebody_replaced_meanwhile_are_replaced(own_app):
    def record(**people):
        gatherings.record_attendance(event("realizada"), sum(people.values()), {Dimension.GENDER: people}, by=SYSTEM)

    with own_app.app_context():
        record(woman=1)
        loaded = db.session.scalars(sa.select(Participation).options(selectinload(Participation.counts))).all()
        assert [len(row.counts) for row in loaded] == [1]
        meanwhile(own_app, lambda: record(woman=3, man=1, not_stated=1))
        record(woman=1, not_stated=5)
        assert counted("realizada") == {"woman": 1, "not_stated": 5}


def test_a_file_of_an_event_whose_act_was_signed_meanwhile_stays(own_app):
    with own_app.app_context():
        upload = Upload("acta.pdf", pdf())
        at = event("realizada")
        gatherings.record_attendance(at, 0, {}, by=SYSTEM)
        given = MinutesInput(minutes="Se conversó.")
        acts.write_minutes(at, given, by=SYSTEM)
        row = acts.add_file(at, FileInput(kind=EventFileKind.MATERIAL, upload=upload, description=""), by=SYSTEM)
        key, at = row.id, event("realizada")
        assert at.status is EventStatus.HELD
        row = db.session.get_one(EventFile, key)
        signed = ActInput(facilitator_name="Ana Vera", participant_name="Luis Tapia", participant_consents=True)
        meanwhile(own_app, lambda: acts.close(event("realizada"), signed, by=SYSTEM))
        with pytest.raises(Conflict):
            acts.remove_file(at, row, by=SYSTEM)
        with pytest.raises(Invalid):  # the same words with other steps: now it needs a reason
            acts.write_minutes(at, given, by=SYSTEM)


def counted(slug):
    """The genders in the figures of the event."""
    c = ParticipationCount
    query = sa.select(c.category, c.people).join(Participation, Participation.id == c.participation_id)
    mine = (Participation.event_id == event(slug).id, c.dimension == Dimension.GENDER, c.people > 0)
    return {row.category: row.people for row in db.session.execute(query.where(*mine))}


def test_two_lists_at_once_agree_on_what_a_person_answered(own_app):
    """The person was known to the plan, counted by no list yet, and says another thing at each event."""
    mail = "ana@demo.example"
    with own_app.app_context():
        plan = db.session.get_one(Plan, event("realizada").plan_id)
        factories.event(plan, slug="otra")
        db.session.add(PersonProfile(plan_id=plan.id, person_key=people.person_key(plan.id, mail, "ana")))
        db.session.commit()
        for slug, answer in (("realizada", "woman"), ("otra", "man")):
            row = attendance.add_at_door(event(slug), RegistrationInput(name="Ana Vera", email=mail), by=SYSTEM)
            profiles.describe(row, event(slug), ProfileInput(answers={Dimension.GENDER: answer}))

    one, other = (lambda slug=slug: attendance.close_list(event(slug), by=SYSTEM) for slug in ("realizada", "otra"))
    assert under(own_app, one, other) == ["done"] * 2
    with own_app.app_context():
        for slug in ("realizada", "otra"):
            assert counted(slug) == participation.listed(event(slug).id)[Dimension.GENDER] == {"woman": 1}
