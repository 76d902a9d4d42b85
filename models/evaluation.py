"""Stage 3: rubrics, rounds, assignments and scores."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, enum_type
from models.enums import AssignmentStatus, ReviewSector, RoundStatus

if TYPE_CHECKING:
    from models.account import User
    from models.plan import Plan
    from models.proposal import Proposal


class Rubric(Base):
    """A version of a rubric. Once a round uses it, it is not changed: a new version is made."""

    __tablename__ = "rubric"
    __table_args__ = (sa.UniqueConstraint("code", "version"),)

    code: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    title_es: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    source: Mapped[str] = mapped_column(sa.String(400), default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    criteria: Mapped[list[Criterion]] = relationship(lazy="raise_on_sql", order_by="Criterion.position")


class Criterion(Base):
    """One indicator of a rubric. ``block_weight_pct`` is the weight of its block; inside a block all weigh ``weight``.

    ``anchors`` maps each value, as text, to ``{"es": …, "en": …}``: what the value means.
    """

    __tablename__ = "criterion"
    __table_args__ = (
        sa.UniqueConstraint("rubric_id", "key"),
        sa.CheckConstraint("maximum > minimum", name="maximum_above_minimum"),
        sa.CheckConstraint("weight > 0", name="weight_positive"),
    )

    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(40))
    block: Mapped[str] = mapped_column(sa.String(40))
    block_es: Mapped[str] = mapped_column(sa.String(80))
    block_en: Mapped[str] = mapped_column(sa.String(80))
    block_weight_pct: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))
    weight: Mapped[Decimal] = mapped_column(sa.Numeric(6, 3), default=Decimal(1))
    label_es: Mapped[str] = mapped_column(sa.String(120))
    label_en: Mapped[str] = mapped_column(sa.String(120))
    help_es: Mapped[str] = mapped_column(default="")
    help_en: Mapped[str] = mapped_column(default="")
    minimum: Mapped[int] = mapped_column(default=0)
    maximum: Mapped[int] = mapped_column(default=3)
    anchors: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class Round(Base):
    """A dated round of evaluation with a fixed version of the rubric."""

    __tablename__ = "round"
    __table_args__ = (sa.UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    rubric_id: Mapped[int] = mapped_column(sa.ForeignKey("rubric.id"))
    status: Mapped[RoundStatus] = mapped_column(enum_type(RoundStatus), default=RoundStatus.OPEN)
    due_on: Mapped[date | None]
    reviews_per_proposal: Mapped[int] = mapped_column(default=3)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    rubric: Mapped[Rubric] = relationship(lazy="raise_on_sql")


class Assignment(Base):
    """A review asked of one person, speaking for one sector.

    ``total_pct`` (0-100) is stored at submission by the formula of `intake.evaluation.scoring`, so that lists rank
    without reading the scores; `flask check` recomputes it.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "proposal_id", "reviewer_id"),
        sa.CheckConstraint("(status = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_is_dated"),
        sa.CheckConstraint("total_pct IS NULL OR total_pct BETWEEN 0 AND 100", name="total_is_percentage"),
        sa.Index("ix_assignment_reviewer_status", "reviewer_id", "status", "due_on"),
        sa.Index("ix_assignment_proposal_status", "proposal_id", "status"),
    )

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"))
    reviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    sector: Mapped[ReviewSector] = mapped_column(enum_type(ReviewSector))
    status: Mapped[AssignmentStatus] = mapped_column(enum_type(AssignmentStatus), default=AssignmentStatus.PENDING)
    due_on: Mapped[date | None]
    comment: Mapped[str] = mapped_column(default="")
    declined_reason: Mapped[str] = mapped_column(default="")
    total_pct: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 3))
    proposal_version: Mapped[int] = mapped_column(default=1)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime())
    assigned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    round: Mapped[Round] = relationship(lazy="raise_on_sql")
    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")
    reviewer: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[reviewer_id])
    scores: Mapped[list[Score]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Score.id")

    __mapper_args__ = {"version_id_col": lock_version}


class Score(Base):
    """One value for one criterion. Not applicable is NULL with its flag, never a number: 0 is a score."""

    __tablename__ = "score"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "criterion_id"),
        sa.CheckConstraint("NOT (not_applicable AND value IS NOT NULL)", name="not_applicable_has_no_value"),
        sa.CheckConstraint("value IS NULL OR value BETWEEN 0 AND 100", name="value_in_range"),
    )

    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id", ondelete="CASCADE"), index=True)
    criterion_id: Mapped[int] = mapped_column(sa.ForeignKey("criterion.id"))
    value: Mapped[int | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(default="")

    criterion: Mapped[Criterion] = relationship(lazy="raise_on_sql")
