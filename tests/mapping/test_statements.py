"""What a service does to many takes as many statements as to a few."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import gatherings, meetings, services
from models import OutboxMessage, Registration
from models.enums import ActorStatus
from tests import factories as make

FEW, MANY = 3, 30


def mails(kind):
    return sa.select(OutboxMessage.id).where(OutboxMessage.kind == kind)


def verify(plan, people):
    """An actor whose contacts are told that it was verified."""
    actor = make.actor(status=ActorStatus.PENDING)
    for n in range(people):
        make.contact(actor, email=f"persona{n}@demo.example")
    return lambda: services.move_actor(actor, "verify", by=SYSTEM), mails("actor_verify")


def call_off_meeting(plan, people):
    """A meeting whose members are told that it is cancelled."""
    body = make.body(make.plan(is_current=False), seats=people)
    for member in body.members:
        make.contact(member.actor, email=f"{member.actor.slug}@demo.example")
    meeting = make.meeting(body)
    return lambda: meetings.cancel_meeting(meeting, reason="Por el paro.", by=SYSTEM), mails("meeting_cancel")


def place(event, name, **values):
    n = db.session.scalar(sa.select(sa.func.count(Registration.id)))
    given = {"email": f"persona{n}@demo.example", **values}
    return make.save(
        make._in_state(Registration, given, event_id=event.id, name=name, reference=f"r{n}", created_at=clock.now())
    )


def call_off_event(plan, people):
    """An event whose people are told that it is cancelled."""
    event = make.event(plan, starts_at=clock.now() + timedelta(days=9), takes_registrations=True)
    for n in range(people):
        place(event, f"Persona {n}")
    return lambda: gatherings.move_event(event, "cancel", by=SYSTEM, reason="Lluvia."), mails("event_cancel")


@pytest.mark.parametrize("prepare", [verify, call_off_meeting, call_off_event])
def test_many_take_the_statements_of_a_few(app, count_queries, prepare):
    plan, counts = make.plan(), []
    for people in (FEW, MANY):
        act, done = prepare(plan, people)
        number = sa.select(sa.func.count()).select_from(done.subquery())
        db.session.commit()
        before = db.session.scalar(number)
        db.session.rollback()
        with count_queries() as statements:
            act()
        assert db.session.scalar(number) - before == people
        db.session.commit()
        counts.append(len(statements))
    assert counts[0] == counts[1]
