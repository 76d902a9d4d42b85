"""Stage 5: commitments, who is bound by them, their milestones and the agreement. Reports: `models.monitoring`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, enum_type
from models.enums import (
    AgreementStatus,
    Approach,
    CommitmentStatus,
    MilestoneKind,
    MilestoneStatus,
    PartyRole,
)

if TYPE_CHECKING:
    from models.actor import Actor
    from models.file import StoredFile
    from models.monitoring import IrmRating, ProgressReport
    from models.plan import Plan
    from models.proposal import Proposal
    from models.reference import PolicyArea, Sdg, Theme

commitment_sdg = sa.Table(
    "commitment_sdg",
    Base.metadata,
    sa.Column("commitment_id", sa.ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sdg_id", sa.ForeignKey("sdg.id"), primary_key=True, index=True),
)
commitment_policy_area = sa.Table(
    "commitment_policy_area",
    Base.metadata,
    sa.Column("commitment_id", sa.ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("policy_area_id", sa.ForeignKey("policy_area.id"), primary_key=True, index=True),
)
commitment_proposal = sa.Table(
    "commitment_proposal",
    Base.metadata,
    sa.Column("commitment_id", sa.ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("proposal_id", sa.ForeignKey("proposal.id"), primary_key=True, index=True),
)


class Commitment(Base):
    """A commitment: the union of the fields of the old and the 2022 OGP templates (docs/domain.md).

    ``title_es`` is None where no public source gives the title; ``title_note`` then says so. ``reference`` is the
    address: ``PAGA1-3``.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint("title_es IS NOT NULL OR title_note <> ''", name="title_or_note"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("budget_usd IS NULL OR budget_usd >= 0", name="budget_not_negative"),
    )

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(sa.String(20), unique=True)
    status: Mapped[CommitmentStatus] = mapped_column(enum_type(CommitmentStatus), default=CommitmentStatus.DRAFT)
    ogp_id: Mapped[str | None] = mapped_column(sa.String(12))
    title_es: Mapped[str | None] = mapped_column(sa.String(400))
    title_en: Mapped[str | None] = mapped_column(sa.String(400))
    title_note: Mapped[str] = mapped_column(default="")
    summary_es: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    cluster: Mapped[str | None] = mapped_column(sa.String(120))  # the plan's own thematic axis
    problem: Mapped[str] = mapped_column(default="")
    causes: Mapped[str] = mapped_column(default="")
    done_so_far: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    contribution: Mapped[str] = mapped_column(default="")
    expected_results: Mapped[str] = mapped_column(default="")
    transparency: Mapped[str] = mapped_column(default="")
    accountability: Mapped[str] = mapped_column(default="")
    participation: Mapped[str] = mapped_column(default="")
    ogp_values: Mapped[str] = mapped_column(default="")  # one justification for all, as the old template has it
    planning_links: Mapped[str] = mapped_column(default="")
    additional: Mapped[str] = mapped_column(default="")
    technical_note: Mapped[str] = mapped_column(default="")
    budget_usd: Mapped[Decimal | None] = mapped_column(sa.Numeric(14, 2))
    funding_source: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    original_ends_on: Mapped[date | None]
    is_subnational: Mapped[bool] = mapped_column(default=False)
    is_open_parliament: Mapped[bool] = mapped_column(default=False)
    is_open_justice: Mapped[bool] = mapped_column(default=False)
    is_promising: Mapped[bool] = mapped_column(default=False)  # picked by the IRM
    consultation_opens_on: Mapped[date | None]
    consultation_closes_on: Mapped[date | None]
    published_progress_pct: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))
    published_progress_on: Mapped[date | None]
    published_progress_source: Mapped[str] = mapped_column(sa.String(400), default="")
    source_url: Mapped[str | None] = mapped_column(sa.String(400))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  # first consulted on or confirmed
    formalized_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")
    parties: Mapped[list[CommitmentParty]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="CommitmentParty.id"
    )
    milestones: Mapped[list[Milestone]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Milestone.number", back_populates="commitment"
    )
    approaches: Mapped[list[CommitmentApproach]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="CommitmentApproach.id"
    )
    ratings: Mapped[list[IrmRating]] = relationship(lazy="raise_on_sql", order_by="IrmRating.id")
    agreement: Mapped[Agreement | None] = relationship(lazy="raise_on_sql", uselist=False, back_populates="commitment")
    sdgs: Mapped[list[Sdg]] = relationship(secondary=commitment_sdg, lazy="raise_on_sql", order_by="Sdg.number")
    policy_areas: Mapped[list[PolicyArea]] = relationship(secondary=commitment_policy_area, lazy="raise_on_sql")
    proposals: Mapped[list[Proposal]] = relationship(secondary=commitment_proposal, lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": lock_version}

    @hybrid_property
    def is_public(self) -> bool:
        """Whether anybody may read it: no draft, and nothing that was dropped while it was one."""
        if self.status is CommitmentStatus.DROPPED:
            return self.published_at is not None
        return self.status is not CommitmentStatus.DRAFT

    @is_public.inplace.expression
    @classmethod
    def _is_public(cls) -> sa.ColumnElement[bool]:
        seen = sa.or_(cls.status != CommitmentStatus.DROPPED, cls.published_at.is_not(None))
        return sa.and_(cls.status != CommitmentStatus.DRAFT, seen)


class CommitmentApproach(Base):
    """A transversal approach of a commitment."""

    __tablename__ = "commitment_approach"
    __table_args__ = (sa.UniqueConstraint("commitment_id", "approach"),)

    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"))
    approach: Mapped[Approach] = mapped_column(enum_type(Approach))


class CommitmentParty(Base):
    """An organisation bound to or supporting a commitment; several may be responsible or counterparts."""

    __tablename__ = "commitment_party"
    __table_args__ = (sa.UniqueConstraint("commitment_id", "actor_id", "role"),)

    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(enum_type(PartyRole))
    is_lead: Mapped[bool] = mapped_column(default=False)
    since: Mapped[date | None]
    until: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")

    actor: Mapped[Actor] = relationship(lazy="raise_on_sql")


class Milestone(Base):
    """A milestone. ``progress_pct`` and ``status`` are those of its latest report, or of a past plan's source."""

    __tablename__ = "milestone"
    __table_args__ = (
        sa.UniqueConstraint("commitment_id", "number"),
        sa.CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress_is_percentage"),
        sa.CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    kind: Mapped[MilestoneKind | None] = mapped_column(enum_type(MilestoneKind))
    status: Mapped[MilestoneStatus] = mapped_column(enum_type(MilestoneStatus), default=MilestoneStatus.DEFINITION)
    title_es: Mapped[str]
    title_en: Mapped[str | None]
    output: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    original_starts_on: Mapped[date | None]
    original_ends_on: Mapped[date | None]
    progress_pct: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2), default=Decimal(0))
    progress_as_of: Mapped[date | None]
    lock_version: Mapped[int] = mapped_column(default=1)

    commitment: Mapped[Commitment] = relationship(lazy="raise_on_sql", back_populates="milestones")
    reports: Mapped[list[ProgressReport]] = relationship(
        lazy="raise_on_sql", order_by="ProgressReport.id", back_populates="milestone"
    )

    __mapper_args__ = {"version_id_col": lock_version}


class Agreement(Base):
    """The act that binds responsible institutions and counterparts; signed when every one of them has signed."""

    __tablename__ = "agreement"

    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), unique=True)
    status: Mapped[AgreementStatus] = mapped_column(enum_type(AgreementStatus), default=AgreementStatus.DRAFT)
    text: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    commitment: Mapped[Commitment] = relationship(lazy="raise_on_sql", back_populates="agreement")
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    signatures: Mapped[list[Signature]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Signature.id"
    )

    __mapper_args__ = {"version_id_col": lock_version}


class Signature(Base):
    """One party's signature: the post signs, its holder's name is recorded as printed on the act."""

    __tablename__ = "signature"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "actor_id"),)

    agreement_id: Mapped[int] = mapped_column(sa.ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id"))
    signer_name: Mapped[str] = mapped_column(sa.String(120))
    signer_post: Mapped[str] = mapped_column(sa.String(160))
    signed_on: Mapped[date]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    actor: Mapped[Actor] = relationship(lazy="raise_on_sql")
