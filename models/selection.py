"""Stage 4: sessions and decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, enum_type
from models.enums import Category, DecisionStatus, SessionStatus

if TYPE_CHECKING:
    from models.evaluation import Round
    from models.plan import Plan
    from models.proposal import Proposal


class SelectionSession(Base):
    """A session in which the Core Group decides; its decisions become public together.

    ``round_id`` says which round of evaluation it answers: publishing demands a decision on every proposal of that
    round. None: on every admitted proposal of the plan.
    """

    __tablename__ = "selection_session"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_is_dated"),
    )

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    number: Mapped[int]
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    held_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(sa.String(240))
    status: Mapped[SessionStatus] = mapped_column(enum_type(SessionStatus), default=SessionStatus.OPEN)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    source_url: Mapped[str | None] = mapped_column(sa.String(400))
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    round: Mapped[Round | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": lock_version}


class Decision(Base):
    """What was decided of one proposal, why, and by whom. ``fallback``: what becomes of a reserve not called."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.UniqueConstraint("proposal_id"),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_is_dated"),
        sa.CheckConstraint("category = 'reserve' OR fallback IS NULL", name="fallback_for_reserve"),
        sa.CheckConstraint(
            "fallback IS NULL OR fallback IN ('outside_plan', 'next_plan')", name="fallback_is_outside_or_next"
        ),
        sa.CheckConstraint("NOT departs_from_order OR departure_reason <> ''", name="departure_has_reason"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("selection_session.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"))
    category: Mapped[Category] = mapped_column(enum_type(Category), index=True)
    fallback: Mapped[Category | None] = mapped_column(enum_type(Category, "fallback_known"))
    status: Mapped[DecisionStatus] = mapped_column(enum_type(DecisionStatus), default=DecisionStatus.PENDING)
    reason: Mapped[str]  # public, told to the author; may be empty only where a historical source gives none
    rank: Mapped[int | None]  # place in the order at the moment of the decision, 1 is best
    mean_pct: Mapped[Decimal | None] = mapped_column(sa.Numeric(6, 3))
    departs_from_order: Mapped[bool] = mapped_column(default=False)
    departure_reason: Mapped[str] = mapped_column(default="")
    promoter: Mapped[str | None] = mapped_column(sa.String(240))  # historical: who proposed to put it here
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime())
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    session: Mapped[SelectionSession] = relationship(lazy="raise_on_sql")
    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": lock_version}
