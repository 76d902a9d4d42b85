"""Action plans, their five stages, what was rescheduled, and figures published without rows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, enum_type
from models.enums import Approach, AttendanceMethod, Dimension, PlanStatus, StageKind, StageStatus


class Plan(Base):
    """An Open Government action plan. ``folio_counter`` is the last folio number given."""

    __tablename__ = "plan"
    __table_args__ = (sa.CheckConstraint("folio_counter >= 0", name="folio_counter_not_negative"),)

    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    number: Mapped[int]
    status: Mapped[PlanStatus] = mapped_column(enum_type(PlanStatus))
    title_es: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    vision_es: Mapped[str] = mapped_column(default="")
    vision_en: Mapped[str] = mapped_column(default="")
    summary_es: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]  # implementation
    ends_on: Mapped[date | None]
    original_ends_on: Mapped[date | None]
    is_current: Mapped[bool] = mapped_column(default=False)
    is_fictional: Mapped[bool] = mapped_column(default=False)
    folio_counter: Mapped[int] = mapped_column(default=0)
    calendar_published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    formalized_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    supports_hidden_until: Mapped[date | None]  # until this day, included, nobody reads how many support what
    lock_version: Mapped[int] = mapped_column(default=1)

    stages: Mapped[list[Stage]] = relationship(back_populates="plan", lazy="raise_on_sql", order_by="Stage.number")
    approaches: Mapped[list[PlanApproach]] = relationship(lazy="raise_on_sql", order_by="PlanApproach.id")

    __mapper_args__ = {"version_id_col": lock_version}


class PlanApproach(Base):
    """A transversal approach that a plan adopted."""

    __tablename__ = "plan_approach"
    __table_args__ = (sa.UniqueConstraint("plan_id", "approach"),)

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"))
    approach: Mapped[Approach] = mapped_column(enum_type(Approach))


class Stage(Base):
    """One of the five stages. Open from ``opens_on`` to ``closes_on``, both days included, Ecuador's time."""

    __tablename__ = "stage"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "kind"),
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint(
            "closes_on IS NULL OR opens_on IS NULL OR closes_on >= opens_on", name="closes_after_opening"
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 5", name="one_of_five"),
    )

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    kind: Mapped[StageKind] = mapped_column(enum_type(StageKind))
    number: Mapped[int]
    status: Mapped[StageStatus] = mapped_column(enum_type(StageStatus), default=StageStatus.PLANNED)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    note_es: Mapped[str] = mapped_column(default="")
    note_en: Mapped[str] = mapped_column(default="")
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(back_populates="stages", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": lock_version}


class Reschedule(Base):
    """A change of the dates of a stage, or of the plan's period: the old ones stay, with the reason. Public."""

    __tablename__ = "reschedule"

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("stage.id", ondelete="CASCADE"), index=True
    )  # None: the plan
    old_opens_on: Mapped[date | None]
    old_closes_on: Mapped[date | None]
    new_opens_on: Mapped[date | None]
    new_closes_on: Mapped[date | None]
    reason: Mapped[str]
    decided_by: Mapped[str] = mapped_column(sa.String(240))
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    source_url: Mapped[str | None] = mapped_column(sa.String(400))

    stage: Mapped[Stage | None] = relationship(lazy="raise_on_sql")


class ReportedFigure(Base):
    """A figure that a source published and for which there are no rows here. Always shown with its source."""

    __tablename__ = "reported_figure"
    __table_args__ = (sa.UniqueConstraint("plan_id", "key"),)

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    label_es: Mapped[str] = mapped_column(sa.String(240))
    label_en: Mapped[str] = mapped_column(sa.String(240))
    value: Mapped[Decimal] = mapped_column(sa.Numeric(14, 4))
    unit: Mapped[str] = mapped_column(sa.String(20))  # people, proposals, percent …
    as_of: Mapped[date | None]
    source: Mapped[str] = mapped_column(sa.String(400))
    source_url: Mapped[str | None] = mapped_column(sa.String(400))
    note: Mapped[str] = mapped_column(default="")


class Participation(Base):
    """People counted once: the attendance of an event, or a plan's total as its source gives it (``event_id`` None)."""

    __tablename__ = "participation"
    __table_args__ = (
        sa.CheckConstraint("total >= 0", name="total_not_negative"),
        sa.UniqueConstraint("event_id"),
    )

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    total: Mapped[int]  # people
    method: Mapped[AttendanceMethod] = mapped_column(enum_type(AttendanceMethod), default=AttendanceMethod.COUNTS)
    label_es: Mapped[str] = mapped_column(sa.String(200), default="")
    label_en: Mapped[str] = mapped_column(sa.String(200), default="")
    source: Mapped[str] = mapped_column(sa.String(400), default="")
    source_url: Mapped[str | None] = mapped_column(sa.String(400))

    counts: Mapped[list[ParticipationCount]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ParticipationCount.id"
    )


class ParticipationCount(Base):
    """How many people of one category. Each dimension present adds up to the total (`flask check`)."""

    __tablename__ = "participation_count"
    __table_args__ = (
        sa.UniqueConstraint("participation_id", "dimension", "category"),
        sa.CheckConstraint("people >= 0", name="people_not_negative"),
    )

    participation_id: Mapped[int] = mapped_column(sa.ForeignKey("participation.id", ondelete="CASCADE"), index=True)
    dimension: Mapped[Dimension] = mapped_column(enum_type(Dimension))
    category: Mapped[str] = mapped_column(sa.String(40))
    people: Mapped[int]


class StageNote(Base):
    """A dated fact of a plan's own history, such as the seven stages the First Plan used."""

    __tablename__ = "stage_note"

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title_es: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
