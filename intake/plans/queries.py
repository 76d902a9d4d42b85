"""Reading plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import (
    AuditEntry,
    Body,
    BodyMember,
    Commitment,
    Event,
    Milestone,
    Participation,
    Plan,
    Proposal,
    ReportedFigure,
    Reschedule,
    Stage,
    StageNote,
    User,
    sent_by_people,
)
from models.enums import EventStatus, ProposalKind, ProposalStatus


def current() -> Plan | None:
    """The plan under way with its stages loaded, None on an empty installation. One statement."""
    query = sa.select(Plan).where(Plan.is_current).options(joinedload(Plan.stages)).order_by(Plan.number.desc())
    return db.session.scalars(query).unique().first()


def by_code(code: str) -> Plan:
    """A plan with its stages and approaches. Raises `NotFound`. One statement."""
    query = sa.select(Plan).where(Plan.code == code).options(joinedload(Plan.stages), joinedload(Plan.approaches))
    plan = db.session.scalars(query).unique().one_or_none()
    if plan is None:
        raise NotFound(_l("No existe un plan con ese código."))
    return plan


def all_plans() -> Sequence[Plan]:
    """Every plan with its stages, newest first. One statement."""
    query = sa.select(Plan).options(joinedload(Plan.stages)).order_by(Plan.number.desc())
    return db.session.scalars(query).unique().all()


def stage(code: str, number: int) -> Stage:
    """A stage with its plan and the plan's other stages. Raises `NotFound`. Two statements."""
    query = (
        sa.select(Stage)
        .join(Plan, Plan.id == Stage.plan_id)
        .where(Plan.code == code, Stage.number == number)
        .options(joinedload(Stage.plan).selectinload(Plan.stages))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("Ese plan no tiene una etapa con ese número."))
    return found


def stages_of(plan_id: int) -> Sequence[Stage]:
    """The stages of a plan in order, read anew. One statement."""
    return db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan_id).order_by(Stage.number)).all()


def reschedules(plan: Plan) -> Sequence[Reschedule]:
    """Every change of dates of the plan and of its stages, oldest first. One statement."""
    query = sa.select(Reschedule).where(Reschedule.plan_id == plan.id).order_by(Reschedule.recorded_at, Reschedule.id)
    return db.session.scalars(query).all()


def history(plan: Plan) -> Sequence[StageNote]:
    """The stages of a past plan under the names that it gave them. One statement."""
    return db.session.scalars(
        sa.select(StageNote).where(StageNote.plan_id == plan.id).order_by(StageNote.position)
    ).all()


def reported_figures(plan: Plan) -> Sequence[ReportedFigure]:
    """The figures that sources published about the plan. One statement."""
    return db.session.scalars(
        sa.select(ReportedFigure).where(ReportedFigure.plan_id == plan.id).order_by(ReportedFigure.id)
    ).all()


def published_participation(plan: Plan) -> Sequence[Participation]:
    """The plan's totals as their sources give them, with their counts. One statement."""
    query = (
        sa.select(Participation)
        .where(Participation.plan_id == plan.id, Participation.event_id.is_(None))
        .options(joinedload(Participation.counts))
        .order_by(Participation.id)
    )
    return db.session.scalars(query).unique().all()


def bodies(plan: Plan) -> Sequence[Body]:
    """The bodies that accompany the plan, with members and their organisations. One statement."""
    query = (
        sa.select(Body)
        .where(Body.plan_id == plan.id)
        .options(joinedload(Body.members).joinedload(BodyMember.actor))
        .order_by(Body.kind)
    )
    return db.session.scalars(query).unique().all()


def funnel(plan: Plan) -> dict[tuple[ProposalKind, ProposalStatus], int]:
    """How many proposals of each kind stand in each state, drafts left out. One statement."""
    query = (
        sa.select(Proposal.kind, Proposal.status, sa.func.count())
        .where(Proposal.plan_id == plan.id, Proposal.is_public)
        .group_by(Proposal.kind, Proposal.status)
    )
    return {(kind, status): number for kind, status, number in db.session.execute(query)}


class Numbers(NamedTuple):
    """How much there is of a plan."""

    proposals: int
    commitments: int
    milestones: int
    events: int


def numbers(plan_ids: Sequence[int]) -> dict[int, Numbers]:
    """The numbers of several plans, without what is still in draft. One statement."""
    public = Commitment.is_public
    milestones = (
        sa.select(sa.func.count(Milestone.id))
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(Commitment.plan_id == Plan.id, public)
    )
    query = sa.select(
        Plan.id,
        sa.select(sa.func.count(Proposal.id))
        .where(Proposal.plan_id == Plan.id, Proposal.is_public, sent_by_people())
        .correlate(Plan)
        .scalar_subquery(),
        sa.select(sa.func.count(Commitment.id))
        .where(Commitment.plan_id == Plan.id, public)
        .correlate(Plan)
        .scalar_subquery(),
        milestones.correlate(Plan).scalar_subquery(),
        sa.select(sa.func.count(Event.id))
        .where(Event.plan_id == Plan.id, Event.is_public, Event.status != EventStatus.CANCELLED)
        .correlate(Plan)
        .scalar_subquery(),
    ).where(Plan.id.in_(plan_ids))
    return {row[0]: Numbers(*row[1:]) for row in db.session.execute(query)}


class LastChange(NamedTuple):
    """Who last changed a row, for the person who was about to change it too."""

    name: str
    entry: AuditEntry


def last_change(subject: object) -> LastChange | None:
    """The latest entry of the trace about a row. One statement."""
    query = (
        sa.select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(
            AuditEntry.subject_type == type(subject).__tablename__,  # type: ignore[attr-defined]
            AuditEntry.subject_id == subject.id,  # type: ignore[attr-defined]
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    return LastChange(row[1] or "Intake", row[0]) if row else None
