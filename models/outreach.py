"""Stage 1: campaigns that go out to those who are missing, and how far each actor came."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import CampaignStatus, ContactChannel, OutreachStep

if TYPE_CHECKING:
    from models.account import User
    from models.actor import Actor, ActorContact
    from models.event import Event
    from models.plan import Plan
    from models.reference import Territory, Theme


class Campaign(Base):
    """An effort to reach actors: whose, until when, about which gap, towards which event."""

    __tablename__ = "campaign"

    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    status: Mapped[CampaignStatus] = mapped_column(enum_type(CampaignStatus), default=CampaignStatus.OPEN, index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    purpose: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(sa.ForeignKey("territory.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)  # None: the system
    due_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(default="")  # what came of it, when it was closed
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    theme: Mapped[Theme | None] = relationship(lazy="raise_on_sql")
    territory: Mapped[Territory | None] = relationship(lazy="raise_on_sql")
    event: Mapped[Event | None] = relationship(lazy="raise_on_sql")
    owner: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[owner_id])
    targets: Mapped[list[Target]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Target.id"
    )

    __mapper_args__ = {"version_id_col": lock_version}


class Target(Base):
    """An actor of a campaign and the furthest step it has come to."""

    __tablename__ = "target"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "actor_id"),
        sa.Index("ix_target_actor_step", "actor_id", "step"),
    )

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("actor.id"))
    step: Mapped[OutreachStep] = mapped_column(enum_type(OutreachStep), default=OutreachStep.IDENTIFIED)
    since: Mapped[datetime] = mapped_column(UtcDateTime())  # when it came to this step

    actor: Mapped[Actor] = relationship(lazy="raise_on_sql")
    campaign: Mapped[Campaign] = relationship(lazy="raise_on_sql", overlaps="targets")
    log: Mapped[list[TargetStep]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="TargetStep.at"
    )


class TargetStep(Base):
    """One step of an actor: which, when, by which channel, noted by whom (None: the actor itself, or the system)."""

    __tablename__ = "target_step"

    target_id: Mapped[int] = mapped_column(sa.ForeignKey("target.id", ondelete="CASCADE"), index=True)
    step: Mapped[OutreachStep] = mapped_column(enum_type(OutreachStep))
    channel: Mapped[ContactChannel | None] = mapped_column(enum_type(ContactChannel))
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))


class Mailing(Base):
    """One bulk invitation of a campaign. Unfinished while ``finished_at`` is None: it goes on where it stopped."""

    __tablename__ = "mailing"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "number"),)

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"))
    number: Mapped[int]
    template: Mapped[str] = mapped_column(sa.String(60))  # kind of letter: templates/mail/<kind>.txt
    words: Mapped[str] = mapped_column(default="")  # what the team adds in its own words
    steps: Mapped[str] = mapped_column(sa.String(200), default="")  # to actors in which steps, joined by commas
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class Invitation(Base):
    """One letter of a mailing to one contact, once. The link in it confirms, declines or stops further letters."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("mailing_id", "contact_id"),)

    mailing_id: Mapped[int] = mapped_column(sa.ForeignKey("mailing.id", ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(sa.ForeignKey("target.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(sa.ForeignKey("actor_contact.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime())
    people: Mapped[int | None]  # how many will come, as the reader answered
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    target: Mapped[Target] = relationship(lazy="raise_on_sql")
    contact: Mapped[ActorContact] = relationship(lazy="raise_on_sql")
