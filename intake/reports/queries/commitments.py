"""What the Directorate's desk names of commitments: signatures, milestones and answers that somebody owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from intake.accountability.queries import must_sign
from intake.core import clock
from intake.extensions import db
from intake.reports.queries.desk import NAMED
from models import (
    Agreement,
    Commitment,
    CommitmentParty,
    CounterpartResponse,
    Milestone,
    Plan,
    ProgressReport,
)
from models.enums import AgreementStatus, CommitmentStatus, MilestoneStatus, PlanStatus


@dataclass(frozen=True)
class Unsigned:
    """An agreement that still lacks signatures: of how many parties, and since when it is ready."""

    reference: str
    title: str | None
    missing: int
    since: datetime


def unsigned(plan_id: int) -> list[Unsigned]:
    """Agreements not signed by every responsible institution and counterpart, oldest first. One statement."""
    parties = (
        sa.select(sa.func.count(sa.distinct(CommitmentParty.actor_id)))
        .where(
            CommitmentParty.commitment_id == Commitment.id,
            must_sign(),
        )
        .correlate(Commitment, Agreement)
        .scalar_subquery()
    )
    query = (
        sa.select(Commitment.reference, Commitment.title_es, parties, Agreement.created_at)
        .join(Agreement, Agreement.commitment_id == Commitment.id)
        .where(
            Commitment.plan_id == plan_id,
            Agreement.status.in_((AgreementStatus.DRAFT, AgreementStatus.PARTLY_SIGNED)),
            Commitment.status != CommitmentStatus.DROPPED,
        )
        .order_by(Agreement.created_at, Agreement.id)
        .limit(NAMED)
    )
    return [Unsigned(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class LateMilestone:
    """A milestone past its day and not completed; progress in per cent."""

    reference: str
    number: int
    title: str
    ends_on: date
    progress_pct: float


def late_milestones(plan_id: int) -> list[LateMilestone]:
    """Milestones of formalized commitments that are late, the latest first. One statement.

    As in `accountability.progress`: of a closed plan only those whose progress is known after their end date.
    """
    query = (
        sa.select(Commitment.reference, Milestone.number, Milestone.title_es, Milestone.ends_on, Milestone.progress_pct)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(
            Commitment.plan_id == plan_id,
            Commitment.status == CommitmentStatus.FORMALIZED,
            sa.or_(Plan.status != PlanStatus.CLOSED, Milestone.progress_as_of >= Milestone.ends_on),
            Milestone.status != MilestoneStatus.COMPLETED,
            Milestone.ends_on < clock.today(),
        )
        .order_by(Milestone.ends_on, Milestone.id)
        .limit(NAMED)
    )
    return [
        LateMilestone(ref, number, title, ends_on, float(pct))
        for ref, number, title, ends_on, pct in db.session.execute(query)
        if ends_on is not None
    ]


@dataclass(frozen=True)
class Unanswered:
    """A report on which no counterpart has spoken."""

    reference: str
    number: int
    title: str
    reported_at: datetime


def unanswered(plan_id: int) -> list[Unanswered]:
    """Reports without the counterpart's voice, oldest first. One statement."""
    query = (
        sa.select(Commitment.reference, Milestone.number, Milestone.title_es, ProgressReport.reported_at)
        .join(Milestone, Milestone.id == ProgressReport.milestone_id)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(
            Commitment.plan_id == plan_id,
            ~sa.exists().where(CounterpartResponse.report_id == ProgressReport.id),
        )
        .order_by(ProgressReport.reported_at, ProgressReport.id)
        .limit(NAMED)
    )
    return [Unanswered(*row) for row in db.session.execute(query)]
