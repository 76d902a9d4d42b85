"""Stage 2: proposals, what their authors wrote, and apart from it who they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import (
    Approach,
    Branch,
    Channel,
    CoAuthorStatus,
    ProposalFileKind,
    ProposalKind,
    ProposalStatus,
    ProposerKind,
    PublicName,
)

if TYPE_CHECKING:
    from models.account import Consent, User
    from models.actor import Actor
    from models.event import Event
    from models.examination import Admission
    from models.file import StoredFile
    from models.plan import Plan
    from models.reference import Territory, Theme

#: Of few proposals: an index of them alone.
POINTED = sa.text("latitude IS NOT NULL")
#: States in which nobody but the author and the team reads a proposal.
NOT_PUBLIC = (ProposalStatus.DRAFT, ProposalStatus.HELD, ProposalStatus.DISCARDED)


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
        sa.CheckConstraint("(status = 'joined') = (joined_to_id IS NOT NULL)", name="joined_to_another"),
        sa.CheckConstraint("joined_to_id IS NULL OR joined_to_id <> id", name="not_joined_to_itself"),
        sa.CheckConstraint("support_count >= 0 AND comment_count >= 0", name="counts_not_negative"),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_point"),
        sa.UniqueConstraint("plan_id", "folio_number"),
        sa.UniqueConstraint("plan_id", "external_id"),
        # the lists, newest first: each index also holds the state, and what the other is filtered by
        sa.Index("ix_proposal_plan_submitted", "plan_id", "submitted_at", "id", "status"),
        sa.Index("ix_proposal_of_theme", "theme_id", "submitted_at", "id", "territory_id", "status"),
        sa.Index("ix_proposal_of_place", "territory_id", "submitted_at", "id", "status"),
        sa.Index("ix_proposal_plan_status", "plan_id", "status"),
        sa.Index("ix_proposal_submitted", "submitted_at", "id", "status"),  # the list of all
        sa.Index("ix_proposal_place", "plan_id", "territory_id", "status"),  # the map
        sa.Index(  # how many each filter of the list would leave, without reading the texts
            "ix_proposal_facets", "status", "plan_id", "theme_id", "territory_id", "branch", "channel", "event_id"
        ),
        sa.Index("ix_proposal_supported", "support_count", "id"),
        sa.Index("ix_proposal_commented", "comment_count", "id"),
        sa.Index("ix_proposal_title", "title", "id"),
        sa.Index("ix_proposal_point", "submitted_at", "id", sqlite_where=POINTED, postgresql_where=POINTED),
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
    # A point on the map, WGS 84, if the author gave one, as exact as it is shown (intake.reception.points). It may be
    # a home, and its author may take back the name beside it: the trace does not keep it.
    latitude: Mapped[float | None] = mapped_column(info=PERSONAL)
    longitude: Mapped[float | None] = mapped_column(info=PERSONAL)
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(80))  # its key in the file it came from
    joined_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposal.id"), index=True)  # the collective one
    support_count: Mapped[int] = mapped_column(default=0)  # confirmed supports of its own (flask check recounts)
    comment_count: Mapped[int] = mapped_column(default=0)  # comments that are shown
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

    joined_to: Mapped[Proposal | None] = relationship(lazy="raise_on_sql", remote_side="Proposal.id")
    files: Mapped[list[ProposalFile]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ProposalFile.position"
    )
    co_authors: Mapped[list[CoAuthor]] = relationship(
        lazy="raise_on_sql",
        cascade="all, delete-orphan",
        order_by="CoAuthor.position",
        foreign_keys="CoAuthor.proposal_id",
    )

    __mapper_args__ = {"version_id_col": lock_version}

    @hybrid_property
    def is_public(self) -> bool:
        """Whether anybody may read it: no draft, and nothing that is set aside."""
        return self.status not in NOT_PUBLIC

    @is_public.inplace.expression
    @classmethod
    def _is_public(cls) -> sa.ColumnElement[bool]:
        return cls.status.not_in(NOT_PUBLIC)


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


class ProposalFile(Base):
    """A document or picture that goes with a proposal; pictures say in words what they show."""

    __tablename__ = "proposal_file"
    __table_args__ = (sa.CheckConstraint("kind <> 'picture' OR description <> ''", name="picture_is_described"),)

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    kind: Mapped[ProposalFileKind] = mapped_column(enum_type(ProposalFileKind))
    description: Mapped[str] = mapped_column(sa.String(400), default="")
    position: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime())

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class CoAuthor(Base):
    """Somebody whom the author named beside themselves, and what that person said. Appended in order, once each."""

    __tablename__ = "co_author"
    __table_args__ = (sa.UniqueConstraint("proposal_id", "email"),)

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    email: Mapped[str | None] = mapped_column(sa.String(254), info=PERSONAL)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    status: Mapped[CoAuthorStatus] = mapped_column(enum_type(CoAuthorStatus), default=CoAuthorStatus.INVITED)
    is_named: Mapped[bool] = mapped_column(default=False)  # whether the public reads the name
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime())
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    from_proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposal.id"), index=True)  # by joining
