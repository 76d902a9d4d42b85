"""Stage 1: the registry of actors, their contacts, and what joined or brought in their records."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import ActorKind, ActorStatus, BatchKind, GovernmentFunction, GovernmentLevel

if TYPE_CHECKING:
    from models.account import Consent
    from models.reference import Language, People, Sector, Territory, Theme

actor_territory = sa.Table(
    "actor_territory",
    Base.metadata,
    sa.Column("actor_id", sa.ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("territory_id", sa.ForeignKey("territory.id"), primary_key=True, index=True),
)
actor_theme = sa.Table(
    "actor_theme",
    Base.metadata,
    sa.Column("actor_id", sa.ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id"), primary_key=True, index=True),
)
actor_people = sa.Table(
    "actor_people",
    Base.metadata,
    sa.Column("actor_id", sa.ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("people_id", sa.ForeignKey("people.id"), primary_key=True, index=True),
)
actor_language = sa.Table(
    "actor_language",
    Base.metadata,
    sa.Column("actor_id", sa.ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("language_id", sa.ForeignKey("language.id"), primary_key=True, index=True),
)


class ImportBatch(Base):
    """A file whose rows were brought in together; ``name`` makes the same file recognisable and undoable as one."""

    __tablename__ = "import_batch"
    __table_args__ = (sa.UniqueConstraint("kind", "name"), sa.CheckConstraint("row_count >= 0", name="rows_counted"))

    kind: Mapped[BatchKind] = mapped_column(enum_type(BatchKind))
    name: Mapped[str] = mapped_column(sa.String(80))
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plan.id"), index=True)  # None: belongs to no plan
    file_name: Mapped[str] = mapped_column(sa.String(160), default="")
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    row_count: Mapped[int]  # rows read
    added_count: Mapped[int] = mapped_column(default=0)  # rows that were new
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))


class Actor(Base):
    """An organisation of the registry: institution, collective, university, company, people or nationality."""

    __tablename__ = "actor"
    __table_args__ = (
        sa.CheckConstraint(
            "(status = 'verified') = (verified_at IS NOT NULL) OR status = 'merged'", name="verified_is_dated"
        ),
        sa.CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_another"),
        sa.CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        sa.UniqueConstraint("external_id"),
    )

    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    name: Mapped[str] = mapped_column(sa.String(240))
    name_plain: Mapped[str] = mapped_column(sa.String(240), index=True)  # lower case, no accents
    acronym: Mapped[str | None] = mapped_column(sa.String(24))
    kind: Mapped[ActorKind] = mapped_column(enum_type(ActorKind), index=True)
    status: Mapped[ActorStatus] = mapped_column(enum_type(ActorStatus), default=ActorStatus.PENDING, index=True)
    sector_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sector.id"), index=True)
    function: Mapped[GovernmentFunction | None] = mapped_column(enum_type(GovernmentFunction))  # public institutions
    level: Mapped[GovernmentLevel | None] = mapped_column(enum_type(GovernmentLevel))
    # tax number, checked; of a person alone it holds the identity number, so it is never public
    ruc: Mapped[str | None] = mapped_column(sa.String(13), index=True, info=PERSONAL)
    website: Mapped[str | None] = mapped_column(sa.String(240))
    description: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(sa.String(400), default="")
    source_on: Mapped[date | None]  # the day of the source
    external_id: Mapped[str | None] = mapped_column(sa.String(80))  # the record's key in the file it came from
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("actor.id"), index=True)
    merged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    is_fictional: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    verified_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    status_reason: Mapped[str] = mapped_column(default="")
    lock_version: Mapped[int] = mapped_column(default=1)

    sector: Mapped[Sector | None] = relationship(lazy="raise_on_sql")
    territories: Mapped[list[Territory]] = relationship(secondary=actor_territory, lazy="raise_on_sql")
    themes: Mapped[list[Theme]] = relationship(secondary=actor_theme, lazy="raise_on_sql")
    peoples: Mapped[list[People]] = relationship(secondary=actor_people, lazy="raise_on_sql")
    languages: Mapped[list[Language]] = relationship(secondary=actor_language, lazy="raise_on_sql")
    contacts: Mapped[list[ActorContact]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": lock_version}


class ActorContact(Base):
    """How to reach an actor. Shown to the public only with a consent in force that says so."""

    __tablename__ = "actor_contact"

    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    email: Mapped[str | None] = mapped_column(sa.String(254), info=PERSONAL)
    phone: Mapped[str | None] = mapped_column(sa.String(24), info=PERSONAL)  # E.164
    position: Mapped[str] = mapped_column(sa.String(120), default="")  # what the person is in the organisation
    is_public: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(sa.String(8), default="es")  # language in which to write to them
    consent_id: Mapped[int] = mapped_column(sa.ForeignKey("consent.id"))

    consent: Mapped[Consent] = relationship(lazy="raise_on_sql")


class ActorMerge(Base):
    """Two records that were the same organisation: which one stayed, why, and everything that was moved.

    ``moved`` maps the name of a table to the keys of the rows that changed hands, so that the trace can be checked, and
    ``given_up`` to rows that collided with one of the record that stayed, as they were (`intake.mapping.collisions`).
    """

    __tablename__ = "actor_merge"
    __table_args__ = (sa.UniqueConstraint("merged_id"), sa.CheckConstraint("kept_id <> merged_id", name="two_records"))

    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id"), index=True)
    merged_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id"))
    reason: Mapped[str]
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime())
    merged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class MailStop(Base):
    """An address that asked for no more invitations. Only its hash: whoever comes back with it is left in peace."""

    __tablename__ = "mail_stop"

    address_hash: Mapped[str] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    stopped_at: Mapped[datetime] = mapped_column(UtcDateTime())
