"""Invariants of accountability: where commitments come from, who signed them, what is reported of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.accountability.queries import must_sign
from intake.extensions import db
from models import (
    Agreement,
    Commitment,
    CommitmentParty,
    Milestone,
    Plan,
    ProgressReport,
    Proposal,
    commitment_proposal,
)
from models.enums import AgreementStatus, CommitmentStatus, PlanStatus
from models.enums import ProposalStatus as S


def progress_is_reported() -> Sequence[Any]:
    """Milestones whose progress or state is not that of their latest report."""
    latest = sa.select(sa.func.max(ProgressReport.id)).group_by(ProgressReport.milestone_id)
    query = (
        sa.select(Commitment.reference, Milestone.number)
        .join(Milestone, Milestone.commitment_id == Commitment.id)
        .join(ProgressReport, ProgressReport.milestone_id == Milestone.id)
        .where(
            ProgressReport.id.in_(latest),
            (ProgressReport.progress_pct != Milestone.progress_pct)
            | (ProgressReport.status.cast(sa.String) != Milestone.status.cast(sa.String)),
        )
    )
    return [f"{reference}/{number}" for reference, number in db.session.execute(query)]


def agreements_signed() -> Sequence[Any]:
    """Agreements called signed that lack a signature, or the reverse (of parties bound today)."""
    missing = (
        sa.exists()
        .where(
            CommitmentParty.commitment_id == Commitment.id,
            must_sign(),
        )
        .correlate(Commitment, Agreement)
    )
    called = Agreement.status == AgreementStatus.SIGNED
    query = (
        sa.select(Commitment.reference)
        .join(Agreement, Agreement.commitment_id == Commitment.id)
        .where(Agreement.status != AgreementStatus.TERMINATED, sa.or_(called & missing, ~called & ~missing))
    )
    return db.session.scalars(query.order_by(Commitment.reference)).all()


def formalized_are_signed() -> Sequence[Any]:
    """Confirmed or formalized commitments of a plan in the making without a signed agreement."""
    signed = sa.exists().where(Agreement.commitment_id == Commitment.id, Agreement.status == AgreementStatus.SIGNED)
    query = (
        sa.select(Commitment.reference)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(
            Plan.status == PlanStatus.CO_CREATION,
            Commitment.status.in_((CommitmentStatus.CONFIRMED, CommitmentStatus.FORMALIZED)),
            ~signed,
        )
    )
    return db.session.scalars(query.order_by(Commitment.reference)).all()


def commitments_from_selected() -> Sequence[Any]:
    """Commitments made of a proposal that is not in the plan."""
    query = (
        sa.select(Commitment.reference)
        .join(commitment_proposal, commitment_proposal.c.commitment_id == Commitment.id)
        .join(Proposal, Proposal.id == commitment_proposal.c.proposal_id)
        .where(Proposal.status != S.SELECTED, Commitment.status != CommitmentStatus.DROPPED)
    )
    return db.session.scalars(query.distinct().order_by(Commitment.reference)).all()
