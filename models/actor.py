"""Stage 1: actors, their contacts, the bodies they sit in, and co-creation events."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import ActorKind, ActorStatus, BodyKind, EventKind

if TYPE_CHECKING:
    from models.account import Consent
    from models.plan import Participation, Plan
    from models.reference import Sector, Territory, Theme

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


class Actor(Base):
    """An organisation of the registry: institution, collective, university, company, people or nationality."""

    __tablename__ = "actor"
    __table_args__ = (
        sa.CheckConstraint("(status = 'verified') = (verified_at IS NOT NULL)", name="verified_is_dated"),
    )

    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    name: Mapped[str] = mapped_column(sa.String(240))
    name_plain: Mapped[str] = mapped_column(sa.String(240), index=True)  # lower case, no accents
    acronym: Mapped[str | None] = mapped_column(sa.String(24))
    kind: Mapped[ActorKind] = mapped_column(enum_type(ActorKind), index=True)
    status: Mapped[ActorStatus] = mapped_column(enum_type(ActorStatus), default=ActorStatus.PENDING, index=True)
    sector_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sector.id"), index=True)
    website: Mapped[str | None] = mapped_column(sa.String(240))
    description: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(sa.String(400), default="")
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
    contacts: Mapped[list[ActorContact]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": lock_version}


class ActorContact(Base):
    """How to reach an actor. Shown to the public only with a consent in force that says so."""

    __tablename__ = "actor_contact"

    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    email: Mapped[str | None] = mapped_column(sa.String(254), info=PERSONAL)
    phone: Mapped[str | None] = mapped_column(sa.String(24), info=PERSONAL)  # E.164
    is_public: Mapped[bool] = mapped_column(default=False)
    consent_id: Mapped[int] = mapped_column(sa.ForeignKey("consent.id"))

    consent: Mapped[Consent] = relationship(lazy="raise_on_sql")


class Body(Base):
    """A standing body that accompanies a plan, such as the Core Group."""

    __tablename__ = "body"
    __table_args__ = (sa.UniqueConstraint("plan_id", "kind"),)

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind))
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(sa.String(400), default="")

    members: Mapped[list[BodyMember]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="BodyMember.position"
    )


class BodyMember(Base):
    """A seat of a body; ``pair`` joins the government and non-government delegates of the working group."""

    __tablename__ = "body_member"

    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id"), index=True)
    position: Mapped[int]
    pair: Mapped[int | None]
    joined_on: Mapped[date | None]
    by_invitation: Mapped[bool] = mapped_column(default=False)

    actor: Mapped[Actor] = relationship(lazy="raise_on_sql")


class Event(Base):
    """A co-creation table (*mesa*) or another event of stage 1 or 2."""

    __tablename__ = "event"
    __table_args__ = (sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),)

    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    territory_id: Mapped[int | None] = mapped_column(sa.ForeignKey("territory.id"), index=True)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), index=True)  # None: the date was never found
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    has_time: Mapped[bool] = mapped_column(default=True)  # False: only the day is known
    description: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(sa.String(400), default="")
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    territory: Mapped[Territory | None] = relationship(lazy="raise_on_sql")
    participation: Mapped[Participation | None] = relationship(lazy="raise_on_sql", uselist=False)

    __mapper_args__ = {"version_id_col": lock_version}
