"""Invariants of admission and review: what was examined, by whom, and that nobody reviews an own proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.extensions import db
from models import Admission, Assignment, Proposal
from models.enums import AssignmentStatus
from models.enums import ProposalStatus as S

_EXAMINED = (S.ADMITTED, S.IN_EVALUATION, S.EVALUATED, S.SELECTED, S.RESERVE, S.OUTSIDE_PLAN, S.NEXT_PLAN)


def admissions() -> Sequence[Any]:
    """Proposals past admission without an examination that admits them, or refused without a second signature."""
    admits = sa.and_(
        Admission.is_clear, Admission.is_collaborative, Admission.is_open_government, Admission.is_public_policy
    )
    refused = sa.and_(Admission.second_by_id.is_not(None), ~admits)
    wrong = sa.or_(
        sa.and_(
            Proposal.status.in_(_EXAMINED), sa.or_(Admission.id.is_(None), ~admits & Admission.second_by_id.is_(None))
        ),
        sa.and_(Proposal.status == S.NOT_ADMITTED, sa.or_(Admission.id.is_(None), ~refused)),
        sa.and_(Proposal.status == S.REFUSAL_PROPOSED, sa.or_(Admission.id.is_(None), admits)),
        sa.and_(Proposal.status == S.SUBMITTED, Admission.id.is_not(None)),
    )
    query = sa.select(Proposal.folio).outerjoin(Admission, Admission.proposal_id == Proposal.id)
    return db.session.scalars(query.where(Proposal.source.is_(None), wrong).order_by(Proposal.folio)).all()


def evaluated_have_reviews() -> Sequence[Any]:
    """Evaluated proposals that nobody has reviewed."""
    reviewed = sa.exists().where(Assignment.proposal_id == Proposal.id, Assignment.status == AssignmentStatus.SUBMITTED)
    query = sa.select(Proposal.folio).where(Proposal.status == S.EVALUATED, ~reviewed)
    return db.session.scalars(query.order_by(Proposal.folio)).all()


def own_reviews() -> Sequence[Any]:
    """Proposals reviewed, or to be reviewed, by the account that wrote them or a part of them."""
    live = (AssignmentStatus.PENDING, AssignmentStatus.IN_PROGRESS, AssignmentStatus.SUBMITTED)
    part = aliased(Proposal)
    query = (
        sa.select(Proposal.folio)
        .join(Assignment, Assignment.proposal_id == Proposal.id)
        .join(part, (part.id == Proposal.id) | (part.joined_to_id == Proposal.id))
        .where(Assignment.reviewer_id == part.author_id, Assignment.status.in_(live))
    )
    return db.session.scalars(query.distinct()).all()
