"""Dates of events and meetings: odd ones, past ones, those moved over today; what a call lacks before it is public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Invalid
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import gatherings, meetings, registering, services
from intake.mapping.doors import doors
from intake.mapping.inputs import EventInput
from intake.mapping.inputs_council import MeetingInput
from models import AuditEntry, Event
from models.enums import EventKind, EventStatus, MeetingMode, Role
from tests import factories as make
from tests.conftest import token_in
from tests.mapping.test_gatherings import called, given, held, mails, place

DAY = timedelta(days=1)


def new(**values):
    base = {"plan_code": make.plan().code, "kind": EventKind.THEMATIC_TABLE, "title": "Mesa", "place": "Casa"}
    return EventInput(**{**base, "starts_at": clock.now() + 3 * DAY, **values})


def refused(action):
    with pytest.raises(Invalid) as error:
        action()
    return error.value.field


def moves_of(event):
    of = (AuditEntry.subject_type == "event", AuditEntry.subject_id == event.id)
    return db.session.scalars(sa.select(AuditEntry.action).where(*of).order_by(AuditEntry.id)).all()


@pytest.mark.parametrize("odd", [datetime(2017, 12, 31, 12, tzinfo=UTC), datetime(2126, 1, 1, 12, tzinfo=UTC)])
def test_a_slip_in_the_year_is_refused_for_events_and_meetings(app, odd):
    assert refused(lambda: services.create_event(new(starts_at=odd), by=SYSTEM)) == "starts_at"
    event = called()
    assert refused(lambda: services.edit_event(event, given(event, starts_at=odd), by=SYSTEM)) == "starts_at"
    words = {"title": "Reunión", "mode": MeetingMode.VIRTUAL, "place": "En línea", "agenda": "Todo"}
    assert refused(lambda: meetings.call_meeting(make.body(), MeetingInput(**words, starts_at=odd), by=SYSTEM)) == (
        "starts_at"
    )


def test_bounds_are_known_on_the_day_that_most_years_lack(app):
    with clock.at(datetime(2028, 2, 29, 12, tzinfo=UTC)):
        assert services.create_event(new(), by=SYSTEM).status is EventStatus.PLANNED


def test_a_past_day_has_to_be_meant(app):
    past = new(starts_at=clock.now() - DAY, confirmed=False)
    assert refused(lambda: services.create_event(past, by=SYSTEM)) == "already_held"
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0
    today = new(starts_at=clock.start_of(clock.today()), has_time=False, confirmed=False)
    assert services.create_event(today, by=SYSTEM).status is EventStatus.PLANNED  # only the day is known, and it is now


def test_what_was_held_by_a_slip_is_prepared_again_and_traced(app):
    event = services.create_event(new(starts_at=clock.now() - DAY), by=SYSTEM)
    assert event.status is EventStatus.HELD
    services.edit_event(event, given(event, starts_at=clock.now() + 3 * DAY), by=SYSTEM)
    assert event.status is EventStatus.PLANNED
    assert moves_of(event) == ["event.create", "event.redraft", "event.edit"]
    gatherings.move_event(event, "call", by=SYSTEM)
    assert doors(event).door == "not_taken"


def test_what_left_its_marks_stays_in_the_past(app):
    event = held(kind=EventKind.THEMATIC_TABLE, place="Casa")
    gatherings.record_attendance(event, 12, {}, by=SYSTEM)
    ahead = given(event, starts_at=clock.now() + DAY)
    assert refused(lambda: services.edit_event(event, ahead, by=SYSTEM)) == "starts_at"
    assert db.session.get_one(Event, event.id).status is EventStatus.HELD


def test_registration_is_not_closed_since_a_day_that_lies_ahead(app):
    event = held(status=EventStatus.HELD, starts_at=clock.now() + 3 * DAY)
    assert doors(event).since is None


def test_a_public_call_moves_to_the_past_only_if_that_is_meant_and_back_tells_the_day_known_to_people(app):
    event = called()
    place(event)
    told, later = event.starts_at, event.starts_at + 5 * DAY
    past = given(event, starts_at=clock.now() - DAY, place="Otra casa", confirmed=False)
    assert refused(lambda: services.edit_event(event, past, by=SYSTEM)) == "already_held"
    past = given(event, starts_at=clock.now() - DAY, place="Otra casa")
    services.edit_event(event, past, by=SYSTEM)
    assert (event.status, mails("event_change"), mails("registration_reminder")) == (EventStatus.HELD, [], [])
    services.edit_event(event, given(event, starts_at=later), by=SYSTEM)
    assert event.status is EventStatus.CALLED
    assert moves_of(event)[-4:] == ["event.edit", "event.hold", "event.recall", "event.edit"]
    edit = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "event.edit")).all()[-1]
    assert set(edit.changes) == {"starts_at", "told"}
    letter = mails("event_change")[-1]
    assert letter.context["old_starts_at"] == told.isoformat() and letter.context["old_place"] == "Casa"
    assert letter.context["starts_at"] == later.isoformat()
    assert len(mails("registration_reminder")) == len(registering.registered(event)) == 1


def test_nobody_is_told_of_a_day_that_came_back_to_what_they_know(app):
    event = called()
    place(event)
    known = event.starts_at
    services.edit_event(event, given(event, starts_at=clock.now() - DAY), by=SYSTEM)
    services.edit_event(event, given(event, starts_at=known), by=SYSTEM)
    assert event.status is EventStatus.CALLED and mails("event_change") == []


def test_a_territorial_table_is_of_some_territory(app):
    event = called(kind=EventKind.TERRITORIAL_TABLE, status=EventStatus.PLANNED)
    assert refused(lambda: gatherings.move_event(event, "call", by=SYSTEM)) == "provincia"
    event.territory_id = make.territory("14", name="Morona Santiago").id
    db.session.commit()
    gatherings.move_event(event, "call", by=SYSTEM)
    assert refused(lambda: services.edit_event(event, given(event), by=SYSTEM)) == "provincia"


def test_the_page_says_what_a_call_lacks_before_and_after_pressing(app, sign_in):
    event = called(
        kind=EventKind.TERRITORIAL_TABLE, status=EventStatus.PLANNED, place="", has_time=False, title="A medias"
    )
    browser = sign_in(make.user(Role.FACILITATOR))
    page = browser.get(f"/mesas/{event.slug}").text
    links = [f'href="/mesas/{event.slug}/editar#{field}"' for field in ("starts", "place", "provincia")]
    assert [page.count(link) for link in links] == [1, 1, 1] and "falta:" in page
    sent = {"csrf_token": token_in(page), "action": "call"}
    refused_page = browser.post(f"/mesas/{event.slug}/movimientos", data=sent)
    assert refused_page.status_code == 422 and "govuk-error-summary" in refused_page.text
    assert [refused_page.text.count(link) for link in links] == [2, 2, 2]


def test_who_changed_it_meanwhile_is_told_in_the_words_of_the_form(app, sign_in, post):
    event = called()
    theme = make.theme()
    services.edit_event(event, given(event, themes=(theme.code,)), by=SYSTEM)
    opened = event.lock_version
    services.edit_event(event, given(event, themes=(theme.code,), place="Coliseo"), by=SYSTEM)
    start = clock.local(event.starts_at)
    sent = {"plan": given(event).plan_code, "kind": event.kind.value, "title": "Otro", "place": "Casa"}
    sent |= {"day": f"{start:%Y-%m-%d}", "starts": f"{start:%H:%M}", "version": str(opened)}
    answer = post(sign_in(make.user(Role.FACILITATOR)), f"/mesas/{event.slug}/editar", **sent)
    assert answer.status_code == 409
    assert "mientras usted lo tenía abierto (Lugar)" in answer.text
