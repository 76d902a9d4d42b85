"""Stage 2: proposals, what their authors wrote, and apart from it who they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import Approach, Branch, Channel, ProposalKind, ProposalStatus, ProposerKind, PublicName

if TYPE_CHECKING:
    from models.account import Consent, User
    from models.actor import Actor
    from models.event import Event
    from models.plan import Plan
    from models.reference import Territory, Theme


class Proposal(Base):
    """A proposal, from first draft to the decision on it.

    ``status`` is written by `intake.reception.lifecycle` alone. A draft has no folio; every other state has one.
    Who may read the drafts of guests: whoever holds the draft key (its hash is here). The claim code given with the
    receipt opens a submitted proposal to its author without an account.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        sa.CheckConstraint("(status = 'draft') = (submitted_at IS NULL)", name="dated_once_submitted"),
        sa.CheckConstraint("(status = 'draft') = (folio IS NULL)", name="folio_once_submitted"),
        sa.CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawal_is_dated"),
        sa.UniqueConstraint("plan_id", "folio_number"),
        sa.Index("ix_proposal_plan_submitted", "plan_id", "submitted_at", "id"),
        sa.Index("ix_proposal_plan_status", "plan_id", "status"),
    )

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"))
    kind: Mapped[ProposalKind] = mapped_column(enum_type(ProposalKind), default=ProposalKind.CITIZEN)
    folio: Mapped[str | None] = mapped_column(sa.String(20), unique=True)  # PAGA3-00042
    folio_number: Mapped[int | None]
    status: Mapped[ProposalStatus] = mapped_column(enum_type(ProposalStatus), default=ProposalStatus.DRAFT)
    title: Mapped[str] = mapped_column(sa.String(300))  # forms allow 150; the First Plan has one of 220
    problem: Mapped[str] = mapped_column(default="")
    solution: Mapped[str] = mapped_column(default="")
    expected_result: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(sa.ForeignKey("territory.id"), index=True)
    branch: Mapped[Branch | None] = mapped_column(enum_type(Branch))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel), default=Channel.WEB)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)  # None: a guest
    proposer_kind: Mapped[ProposerKind] = mapped_column(enum_type(ProposerKind), default=ProposerKind.PERSON)
    public_name: Mapped[PublicName] = mapped_column(enum_type(PublicName), default=PublicName.ANONYMOUS)
    organisation_name: Mapped[str | None] = mapped_column(sa.String(200))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("actor.id"), index=True)
    draft_key_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    claim_code_hash: Mapped[str | None] = mapped_column(sa.String(64), info=PERSONAL)  # no hash in the trace
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    language: Mapped[str] = mapped_column(sa.String(8), default="es")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime())
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    source: Mapped[str | None] = mapped_column(sa.String(400))  # where a historical proposal was published
    historical_number: Mapped[int | None]  # its line in that source
    search_stems: Mapped[str] = mapped_column(default="")  # folded and stemmed words of all texts, for search
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")
    territory: Mapped[Territory | None] = relationship(lazy="raise_on_sql")
    event: Mapped[Event | None] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Actor | None] = relationship(lazy="raise_on_sql")
    approaches: Mapped[list[ProposalApproach]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ProposalApproach.id"
    )
    contact: Mapped[ProposalContact | None] = relationship(
        lazy="raise_on_sql", uselist=False, cascade="all, delete-orphan"
    )
    versions: Mapped[list[ProposalVersion]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ProposalVersion.number"
    )
    admission: Mapped[Admission | None] = relationship(lazy="raise_on_sql", uselist=False)

    __mapper_args__ = {"version_id_col": lock_version}


class ProposalApproach(Base):
    """A transversal approach that a proposal claims."""

    __tablename__ = "proposal_approach"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "approach"),)

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"))
    approach: Mapped[Approach] = mapped_column(enum_type(Approach), index=True)


class ProposalContact(Base):
    """Who proposed and how to answer. Apart from the proposal, so that no list of proposals carries it."""

    __tablename__ = "proposal_contact"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str | None] = mapped_column(sa.String(120), info=PERSONAL)
    email: Mapped[str | None] = mapped_column(sa.String(254), index=True, info=PERSONAL)
    phone: Mapped[str | None] = mapped_column(sa.String(24), info=PERSONAL)  # E.164
    consent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("consent.id"))

    consent: Mapped[Consent | None] = relationship(lazy="raise_on_sql")


class ProposalVersion(Base):
    """What the proposal said after each edit. ``content`` maps the names of its texts to what they said."""

    __tablename__ = "proposal_version"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "number"),)

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime())
    edited_by_author: Mapped[bool] = mapped_column(default=True)


class Admission(Base):
    """The analyst's examination against the four criteria of admission (PAGA I, p. 20); refusing takes two people."""

    __tablename__ = "admission"
    __table_args__ = (
        sa.CheckConstraint("second_by_id IS NULL OR second_by_id <> examined_by_id", name="two_people"),
        sa.CheckConstraint("(second_by_id IS NULL) = (second_at IS NULL)", name="second_is_dated"),
    )

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    is_clear: Mapped[bool]
    is_collaborative: Mapped[bool]
    is_open_government: Mapped[bool]
    is_public_policy: Mapped[bool]
    reason: Mapped[str]
    examined_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    examined_at: Mapped[datetime] = mapped_column(UtcDateTime())
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    second_reason: Mapped[str] = mapped_column(default="")
