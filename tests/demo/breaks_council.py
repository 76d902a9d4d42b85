"""Ways to break the invariants of bodies and calendars, for `test_invariants`."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from models import Body, BodyMember, Delegate, Meeting, MeetingPresence, Plan, Resolution, ResolutionVote
from models.enums import MeetingStatus, Presence, Seat, Vote


def _published() -> Meeting:
    query = sa.select(Meeting).where(Meeting.status == MeetingStatus.PUBLISHED).order_by(Meeting.id).limit(1)
    return db.session.scalars(query).one()


def _name(meeting: Meeting) -> str:
    code = db.session.scalar(sa.select(Plan.code).join(Body, Body.plan_id == Plan.id).where(Body.id == meeting.body_id))
    return f"{code}/grupo-nucleo/{meeting.number}"


def _presence(meeting: Meeting) -> MeetingPresence:
    query = sa.select(MeetingPresence).where(
        MeetingPresence.meeting_id == meeting.id, MeetingPresence.presence == Presence.PRINCIPAL
    )
    return db.session.scalars(query.order_by(MeetingPresence.id).limit(1)).one()


def break_seats_sit_in_their_body() -> str:
    meeting = _published()
    other = sa.select(BodyMember.id).where(BodyMember.body_id != meeting.body_id).order_by(BodyMember.id).limit(1)
    row = _presence(meeting)
    values = {"member_id": db.session.scalar(other), "delegate_id": None}
    db.session.execute(sa.update(MeetingPresence.__table__).where(MeetingPresence.id == row.id).values(**values))
    return _name(meeting)


def break_present_seats_vote() -> str:
    meeting = _published()
    row = _presence(meeting)
    mine = sa.select(Resolution.id).where(Resolution.meeting_id == meeting.id)
    db.session.execute(
        sa.delete(ResolutionVote.__table__).where(
            ResolutionVote.resolution_id.in_(mine), ResolutionVote.member_id == row.member_id
        )
    )
    return _name(meeting)


def break_no_lone_resolution() -> str:
    meeting = _published()
    first = sa.select(Resolution.id).where(Resolution.meeting_id == meeting.id, Resolution.number == 1)
    votes = ResolutionVote.__table__
    others = sa.and_(
        votes.c.resolution_id == first.scalar_subquery(), votes.c.member_id != _presence(meeting).member_id
    )
    db.session.execute(sa.update(votes).where(others).values(vote=Vote.ABSTAINED))
    return f"{_name(meeting)}/1"


def break_one_speaks_for_a_seat() -> str:
    known = db.session.scalars(sa.select(Delegate).where(Delegate.until.is_(None)).order_by(Delegate.id).limit(1)).one()
    db.session.add(
        Delegate(member_id=known.member_id, seat=Seat(known.seat), name="Otra", since=known.since + timedelta(days=1))
    )
    return f"seat {known.member_id}"


def break_public_minutes_are_written() -> str:
    meeting = _published()
    db.session.execute(sa.update(Meeting.__table__).where(Meeting.id == meeting.id).values(minutes=" "))
    return _name(meeting)


def break_calendars_are_evidenced() -> str:
    late = clock.now() - timedelta(days=3)
    db.session.execute(sa.update(Plan.__table__).where(Plan.code == "PAGA3").values(calendar_published_at=late))
    return "PAGA3"
