"""Reading the bodies of plans, their seats and their meetings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import clock
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from intake.mapping.inputs_council import KINDS
from intake.mapping.rhythm import Rhythm
from models import (
    Actor,
    AuditEntry,
    Body,
    BodyMember,
    Delegate,
    Meeting,
    MeetingPresence,
    Plan,
    Resolution,
    ResolutionVote,
    User,
)
from models.enums import ActorStatus, BodyKind, MeetingStatus, PlanStatus

_MET = (MeetingStatus.HELD, MeetingStatus.PUBLISHED)
_SEATS = selectinload(Body.members)
_WITH_SEATS = (_SEATS.joinedload(BodyMember.actor), _SEATS.selectinload(BodyMember.delegates))


def bodies() -> Sequence[Body]:
    """Every body with its plan (and stages) and seats, the newest plan first. Three statements."""
    query = (
        sa.select(Body)
        .join(Plan, Plan.id == Body.plan_id)
        .options(joinedload(Body.plan).selectinload(Plan.stages), _SEATS.selectinload(BodyMember.delegates))
        .order_by(Plan.number.desc(), Body.kind)
    )
    return db.session.scalars(query).all()


def find_body(code: str, kind: str) -> Body | None:
    """The body at this address with its plan, stages, seats and delegates; None. Three statements."""
    query = (
        sa.select(Body)
        .join(Plan, Plan.id == Body.plan_id)
        .where(Plan.code == code, Body.kind == KINDS[kind])
        .options(joinedload(Body.plan).joinedload(Plan.stages), *_WITH_SEATS)
    )
    return db.session.scalars(query).unique().one_or_none()


def body(code: str, kind: str) -> Body:
    """As `find_body`. Raises `NotFound`."""
    found = find_body(code, kind)
    if found is None:
        raise NotFound(_l("Ese plan no tiene ese grupo."))
    return found


def seats(body_id: int) -> dict[int, BodyMember]:
    """The seats of a body with organisation and delegates, by number, read anew. Two statements."""
    query = (
        sa.select(BodyMember)
        .where(BodyMember.body_id == body_id)
        .options(joinedload(BodyMember.actor), selectinload(BodyMember.delegates))
        .order_by(BodyMember.position)
        .execution_options(populate_existing=True)
    )
    return {member.position: member for member in db.session.scalars(query)}


def meetings(of: Body, *, number: int = 1) -> Page[Meeting]:
    """A page of meetings, the latest first. Two statements."""
    query = sa.select(Meeting).where(Meeting.body_id == of.id).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    return paginate(query, number=number)


def meeting(code: str, kind: str, number: int) -> Meeting:
    """A meeting with all that is said of it. Raises `NotFound`. Four statements."""
    said = selectinload(Meeting.presences)
    votes = selectinload(Meeting.resolutions).selectinload(Resolution.votes)
    query = (
        sa.select(Meeting)
        .join(Body, Body.id == Meeting.body_id)
        .join(Plan, Plan.id == Body.plan_id)
        .where(Plan.code == code, Body.kind == KINDS[kind], Meeting.number == number)
        .options(
            joinedload(Meeting.file),
            joinedload(Meeting.body).joinedload(Body.plan).joinedload(Plan.stages),
            said.joinedload(MeetingPresence.member).joinedload(BodyMember.actor),
            said.joinedload(MeetingPresence.delegate),
            votes.joinedload(ResolutionVote.member).joinedload(BodyMember.actor),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("Ese grupo no tiene una reunión con ese número."))
    return found


def presences(meeting_id: int) -> Sequence[MeetingPresence]:
    """Who sat at a meeting, with the seats, read anew. One statement."""
    query = (
        sa.select(MeetingPresence)
        .where(MeetingPresence.meeting_id == meeting_id)
        .options(joinedload(MeetingPresence.member))
        .order_by(MeetingPresence.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def resolutions(meeting_id: int) -> Sequence[Resolution]:
    """What a meeting decided, with votes and seats, read anew. Two statements."""
    query = (
        sa.select(Resolution)
        .where(Resolution.meeting_id == meeting_id)
        .options(selectinload(Resolution.votes).joinedload(ResolutionVote.member))
        .order_by(Resolution.number)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def last_sat(member: BodyMember, delegate: Delegate | None = None) -> datetime | None:
    """When the seat, or one of its delegates, was last written down at a meeting. One statement."""
    query = (
        sa.select(sa.func.max(Meeting.starts_at))
        .join(MeetingPresence, MeetingPresence.meeting_id == Meeting.id)
        .where(MeetingPresence.member_id == member.id)
    )
    if delegate is not None:
        query = query.where(MeetingPresence.delegate_id == delegate.id)
    return db.session.scalar(query)


def traced(thing: str, ids: Iterable[int], actions: Sequence[str]) -> Sequence[AuditEntry]:
    """Entries of the trace about some rows: reasons that no column holds. One statement."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_type == thing, AuditEntry.subject_id.in_(list(ids)), AuditEntry.action.in_(actions))
        .order_by(AuditEntry.id)
    )
    return db.session.scalars(query).all()


def forums(plans: Iterable[Plan]) -> dict[int, Rhythm]:
    """How the Core Group of each plan keeps the six-month rule; plans have their stages loaded. One statement."""
    wanted = {plan.id: plan for plan in plans}
    now = clock.now()
    query = (
        sa.select(
            Body.plan_id,
            sa.func.max(Meeting.starts_at).filter(Meeting.status.in_(_MET)),
            sa.func.min(Meeting.starts_at).filter(Meeting.status == MeetingStatus.CALLED, Meeting.starts_at >= now),
        )
        .outerjoin(Meeting, Meeting.body_id == Body.id)
        .where(Body.kind == BodyKind.CORE_GROUP, Body.plan_id.in_(wanted))
        .group_by(Body.plan_id)
    )
    met = {key: (last, ahead) for key, last, ahead in db.session.execute(query)}
    return {key: _rhythm(plan, met.get(key)) for key, plan in wanted.items()}


def _rhythm(plan: Plan, met: Any) -> Rhythm:
    last, ahead = met or (None, None)
    return Rhythm(
        has_body=met is not None,
        last_on=_day(last),
        next_on=_day(ahead),
        begun_on=min((stage.opens_on for stage in plan.stages if stage.opens_on), default=None),
        watched=plan.status is not PlanStatus.CLOSED,
    )


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment else None


MOST_NAMED = 5


def organisations_named(text: str) -> Sequence[Actor]:
    """Verified actors with this address, name or acronym; else the few whose name holds it. Two statements at most."""
    words = plain(text)
    query = sa.select(Actor).where(Actor.status == ActorStatus.VERIFIED).order_by(Actor.name_plain)
    same = (Actor.slug == text.strip().lower()) | (Actor.name_plain == words)
    exact = db.session.scalars(query.where(same | (sa.func.lower(Actor.acronym) == text.strip().lower()))).all()
    near = query.where(Actor.name_plain.contains(words, autoescape=True)).limit(MOST_NAMED)
    return exact or db.session.scalars(near).all()


def account(email: str) -> User | None:
    """The account with this address. One statement."""
    return db.session.scalar(sa.select(User).where(User.email == email, User.disabled_at.is_(None)))


def accounts(ids: Iterable[int]) -> dict[int, User]:
    """Accounts in use, by key. One statement."""
    query = sa.select(User).where(User.id.in_(list(ids)), User.disabled_at.is_(None))
    return {user.id: user for user in db.session.scalars(query)}
