"""Invariants about bodies, their meetings, and the publication of calendars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import clock
from intake.extensions import db
from intake.mapping import seating, voting
from intake.mapping.inputs_council import PRESENT, SITS, SLUGS
from intake.plans.notice import PUBLISH
from models import (
    AuditEntry,
    Body,
    BodyMember,
    Delegate,
    Meeting,
    MeetingPresence,
    Plan,
    Resolution,
    ResolutionVote,
)
from models.enums import MeetingStatus


def _name(meeting: Meeting) -> str:
    return f"{meeting.body.plan.code}/{SLUGS[meeting.body.kind]}/{meeting.number}"


def _meetings(*options: Any) -> Sequence[Meeting]:
    query = sa.select(Meeting).options(joinedload(Meeting.body).joinedload(Body.plan), *options).order_by(Meeting.id)
    return db.session.scalars(query).all()


def seats_sit() -> Sequence[Any]:
    """Meetings with a seat of another body or out of force, or with a delegate of another seat or out of term."""
    said = selectinload(Meeting.presences)
    loaded = _meetings(said.joinedload(MeetingPresence.member), said.joinedload(MeetingPresence.delegate))
    return [_name(meeting) for meeting in loaded if not all(_sits(meeting, row) for row in meeting.presences)]


def _sits(meeting: Meeting, row: MeetingPresence) -> bool:
    day = clock.local(meeting.starts_at).date()
    if row.member.body_id != meeting.body_id or not seating.in_force(row.member, day):
        return False
    if row.delegate is None:
        return True
    mine = row.delegate.member_id == row.member_id and SITS[row.delegate.seat] is row.presence
    return mine and seating.in_term(row.delegate, day)


def present_seats_vote() -> Sequence[Any]:
    """Meetings with a resolution on which not exactly the present seats voted."""
    loaded = _meetings(
        selectinload(Meeting.presences), selectinload(Meeting.resolutions).selectinload(Resolution.votes)
    )
    return [_name(meeting) for meeting in loaded if not _all_vote(meeting)]


def _all_vote(meeting: Meeting) -> bool:
    present = {row.member_id for row in meeting.presences if row.presence in PRESENT}
    return all({vote.member_id for vote in resolution.votes} == present for resolution in meeting.resolutions)


def no_lone_resolution() -> Sequence[Any]:
    """Resolutions that their votes do not make a decision of the body."""
    votes = selectinload(Meeting.resolutions).selectinload(Resolution.votes).joinedload(ResolutionVote.member)
    return [
        f"{_name(meeting)}/{resolution.number}"
        for meeting in _meetings(votes, selectinload(Meeting.presences))
        for resolution in meeting.resolutions
        if voting.refusal(
            [(vote.member.sector, vote.vote) for vote in resolution.votes],
            sum(row.presence in PRESENT for row in meeting.presences),
        )
        is not None
    ]


def one_speaks() -> Sequence[Any]:
    """Seats with two delegates of one kind at a time."""
    query = sa.select(BodyMember).options(selectinload(BodyMember.delegates)).order_by(BodyMember.id)
    return [
        f"seat {member.id}"
        for member in db.session.scalars(query)
        if any(_clash(one, other) for one, other in combinations(member.delegates, 2))
    ]


def _clash(one: Delegate, other: Delegate) -> bool:
    return seating.overlaps([one], other.seat, other.since, other.until) is not None


def minutes_are_written() -> Sequence[Any]:
    """Published meetings without minutes or without attendance, and public files of meetings that are not."""
    loaded = _meetings(selectinload(Meeting.presences), joinedload(Meeting.file))
    return [_name(meeting) for meeting in loaded if not _written(meeting)]


def _written(meeting: Meeting) -> bool:
    if meeting.status is MeetingStatus.PUBLISHED:
        return bool(meeting.minutes.strip()) and bool(meeting.presences)
    return meeting.file is None or not meeting.file.is_public


def calendars_are_evidenced() -> Sequence[Any]:
    """Plans whose publication is not the one that the trace froze (older ones have no copy)."""
    entries = db.session.execute(
        sa.select(AuditEntry.subject_id, AuditEntry.at, AuditEntry.changes)
        .where(AuditEntry.subject_type == "plan", AuditEntry.action == PUBLISH)
        .order_by(AuditEntry.id.desc())
    ).all()
    kept = {key: changes["calendar_published_at"][1] for key, _at, changes in entries}
    begun = min((at for _key, at, _changes in entries), default=None)
    plans = sa.select(Plan).where(Plan.calendar_published_at.is_not(None)).order_by(Plan.code)
    return [plan.code for plan in db.session.scalars(plans) if not _evidenced(plan, kept.get(plan.id), begun)]


def _evidenced(plan: Plan, kept: str | None, begun: datetime | None) -> bool:
    published = plan.calendar_published_at
    assert published is not None  # asked for
    if kept is None:
        return begun is None or published < begun
    return datetime.fromisoformat(kept) == published
