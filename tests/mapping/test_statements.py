"""What a service does to many takes as many statements as to a few."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import campaigns, gatherings, mailings, meetings, noticed, retention, services
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs_council import PresenceInput
from intake.mapping.inputs_outreach import INVITATION, LetterInput, StepInput
from intake.mapping.queries import letters
from models import AuditEntry, Invitation, MeetingPresence, OutboxMessage, Registration, Target
from models.enums import ActorStatus, ContactChannel, OutreachStep, Presence, RegistrationStatus
from tests import factories as make

FEW, MANY = 3, 30
CONTACTED = StepInput(step=OutreachStep.CONTACTED, channel=ContactChannel.PHONE)


def mails(kind):
    return sa.select(OutboxMessage.id).where(OutboxMessage.kind == kind)


def traced(action):
    return sa.select(AuditEntry.id).where(AuditEntry.action == action)


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


def record_presence(plan, people):
    """Who came to a meeting."""
    body = make.body(make.plan(is_current=False), seats=people)
    meeting = make.meeting(body, starts_at=clock.now() - timedelta(hours=1))
    given = [PresenceInput(position=n + 1, presence=Presence.ABSENT) for n in range(people)]
    return lambda: meetings.record_presence(meeting, given, by=SYSTEM), sa.select(MeetingPresence.id)


def invited(plan, people):
    campaign = make.campaign(plan)
    actors = [make.actor() for _n in range(people)]
    for actor in actors:
        make.contact(actor, email=f"{actor.slug}@demo.example")
        make.target(campaign, actor)
    return campaign, [actor.slug for actor in actors]


def note(plan, people):
    """One step of several actors."""
    campaign, slugs = invited(plan, people)
    return lambda: steps.note_steps(campaign, slugs, CONTACTED, by=SYSTEM), traced("target.step")


def write(plan, people):
    """A bulk letter."""
    campaign, _slugs = invited(plan, people)
    given = LetterInput(template=INVITATION, steps=(OutreachStep.IDENTIFIED,))
    mailing = mailings.start(campaign, given, number=letters.next_number(campaign), by=SYSTEM)
    return lambda: mailings.continue_mailing(mailing, by=SYSTEM), mails(INVITATION)


def drop(plan, people):
    """Letters that have nowhere to go any more."""
    go, _letters = write(plan, people)
    go()
    last = sa.select(sa.func.max(Invitation.mailing_id)).scalar_subquery()

    def gone():
        mailings.drop_unsent(Invitation.mailing_id == last)
        db.session.commit()

    return gone, sa.select(Invitation.id).where(Invitation.answered_at.is_not(None))


def notice(plan, people):
    """Whose people came."""
    event = make.event(plan)
    campaign = make.campaign(plan, event_id=event.id)
    for n in range(people):
        actor = make.actor()
        make.target(campaign, actor)
        place(event, f"Persona {n}", actor_id=actor.id, status=RegistrationStatus.ATTENDED)
    return lambda: noticed.attended(event), traced("target.step")


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


def forget(plan, people):
    """Events that ended long ago, with one person each."""
    for n in range(people):
        place(make.event(plan, starts_at=clock.now() - timedelta(days=100)), f"Persona {n}")
    return retention.forget, traced("event.forget")


def add(plan, people):
    """Actors that come into a campaign."""
    campaign = make.campaign(plan)
    slugs = [make.actor().slug for _n in range(people)]
    return lambda: campaigns.add_targets(campaign, slugs, by=SYSTEM), sa.select(Target.id)


@pytest.mark.parametrize(
    "prepare", [verify, call_off_meeting, record_presence, note, write, drop, notice, call_off_event, forget, add]
)
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
