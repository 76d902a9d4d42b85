"""Reading rounds, their rubrics and what is ready in them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from intake.evaluation.inputs import PENDING_STATES
from intake.evaluation.scoring import CriterionScore
from intake.extensions import db
from models import Assignment, Criterion, Round, Rubric
from models.enums import AssignmentStatus


def round_with_criteria(round_id: int) -> Round:
    """A round with its rubric and the rubric's criteria. Two statements."""
    query = sa.select(Round).where(Round.id == round_id).options(joinedload(Round.rubric).selectinload(Rubric.criteria))
    return db.session.scalars(query).one()


def latest_rubric(code: str) -> Rubric | None:
    """The latest version of a rubric with its criteria. Two statements."""
    query = sa.select(Rubric).where(Rubric.code == code).order_by(Rubric.version.desc()).limit(1)
    return db.session.scalars(query.options(selectinload(Rubric.criteria))).first()


def criterion_score(criterion: Criterion, value: int | None) -> CriterionScore:
    """A value as the formula takes it."""
    c = criterion
    return CriterionScore(c.block, c.block_weight_pct, c.weight, c.minimum, c.maximum, value)


def ready_ids(round_id: int, least: int) -> sa.Select[int]:
    """The proposals of a round that nobody is reviewing any more and that have ``least`` submitted reviews in it."""
    other = aliased(Assignment)
    in_round = sa.select(other.proposal_id).where(other.round_id == round_id)
    still_open = sa.case((Assignment.status.in_(PENDING_STATES), 1), else_=0)
    done = sa.and_(Assignment.status == AssignmentStatus.SUBMITTED, Assignment.round_id == round_id)
    return (
        sa.select(Assignment.proposal_id)
        .where(Assignment.proposal_id.in_(in_round))
        .group_by(Assignment.proposal_id)
        .having(sa.func.sum(still_open) == 0, sa.func.sum(sa.case((done, 1), else_=0)) >= least)
    )
