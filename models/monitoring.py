"""Stage 5: what is said of a commitment: reports, evidence, the counterpart's voice, the ratings of the IRM."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, enum_type
from models.enums import IrmDimension, MilestoneStatus, Verdict

if TYPE_CHECKING:
    from models.actor import Actor
    from models.commitment import Milestone
    from models.file import StoredFile


class ProgressReport(Base):
    """What the institution says of a milestone. Reports are added, never edited."""

    __tablename__ = "progress_report"
    __table_args__ = (sa.CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress_is_percentage"),)

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestone.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("actor.id"))
    reported_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    status: Mapped[MilestoneStatus] = mapped_column(enum_type(MilestoneStatus))
    progress_pct: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))
    text: Mapped[str]

    milestone: Mapped[Milestone] = relationship(lazy="raise_on_sql", back_populates="reports")
    actor: Mapped[Actor | None] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[Evidence]] = relationship(lazy="raise_on_sql", order_by="Evidence.id")
    response: Mapped[CounterpartResponse | None] = relationship(lazy="raise_on_sql", uselist=False)


class Evidence(Base):
    """A document or address that supports a report (or a counterpart's answer to it)."""

    __tablename__ = "evidence"
    __table_args__ = (
        sa.CheckConstraint("(file_id IS NULL) <> (url IS NULL)", name="file_or_address"),
        sa.CheckConstraint("(report_id IS NULL) <> (response_id IS NULL)", name="of_report_or_response"),
    )

    report_id: Mapped[int | None] = mapped_column(sa.ForeignKey("progress_report.id", ondelete="CASCADE"), index=True)
    response_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("counterpart_response.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(sa.String(200))
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    url: Mapped[str | None] = mapped_column(sa.String(400))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime())

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


class CounterpartResponse(Base):
    """The counterpart's voice on a report: confirmed, qualified or disputed, with its reason."""

    __tablename__ = "counterpart_response"
    __table_args__ = (sa.CheckConstraint("verdict = 'confirmed' OR comment <> ''", name="disagreement_has_reason"),)

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("progress_report.id", ondelete="CASCADE"), unique=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("actor.id"))
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime())
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    comment: Mapped[str] = mapped_column(default="")

    actor: Mapped[Actor | None] = relationship(lazy="raise_on_sql")
    evidence: Mapped[list[Evidence]] = relationship(lazy="raise_on_sql", order_by="Evidence.id")


class IrmScaleValue(Base):
    """One step of a plan's own IRM scale: three scales existed in ten years, so they are data."""

    __tablename__ = "irm_scale_value"
    __table_args__ = (sa.UniqueConstraint("plan_id", "dimension", "key"),)

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    dimension: Mapped[IrmDimension] = mapped_column(enum_type(IrmDimension))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(sa.String(40))
    label_es: Mapped[str] = mapped_column(sa.String(120))
    label_en: Mapped[str] = mapped_column(sa.String(120))


class IrmRating(Base):
    """The IRM's rating of a commitment; ``value_id`` None where the source was not found (``note`` says so)."""

    __tablename__ = "irm_rating"
    __table_args__ = (sa.UniqueConstraint("commitment_id", "dimension"),)

    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    dimension: Mapped[IrmDimension] = mapped_column(enum_type(IrmDimension))
    value_id: Mapped[int | None] = mapped_column(sa.ForeignKey("irm_scale_value.id"))
    note: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str | None] = mapped_column(sa.String(400))
    rated_on: Mapped[date | None]

    value: Mapped[IrmScaleValue | None] = relationship(lazy="raise_on_sql")
