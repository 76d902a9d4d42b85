"""Stage 1: the standing bodies of a plan, who sits in them, when they meet and what they decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import BodyKind, MeetingMode, MeetingStatus, Presence, ReviewSector, Seat, Vote

if TYPE_CHECKING:
    from models.actor import Actor
    from models.file import StoredFile
    from models.plan import Plan


class Body(Base):
    """A standing body that accompanies a plan, such as the Core Group."""

    __tablename__ = "body"
    __table_args__ = (sa.UniqueConstraint("plan_id", "kind"),)

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    kind: Mapped[BodyKind] = mapped_column(enum_type(BodyKind))
    note: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(sa.String(400), default="")

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
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
    sector: Mapped[ReviewSector | None] = mapped_column(enum_type(ReviewSector))  # None: not found in the source
    left_on: Mapped[date | None]

    actor: Mapped[Actor] = relationship(lazy="raise_on_sql")
    delegates: Mapped[list[Delegate]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Delegate.since"
    )


class Delegate(Base):
    """Who speaks for a seat, from when to when (``until`` None: still does). The name is public while ``is_public``."""

    __tablename__ = "delegate"
    __table_args__ = (sa.CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),)

    member_id: Mapped[int] = mapped_column(sa.ForeignKey("body_member.id", ondelete="CASCADE"), index=True)
    seat: Mapped[Seat] = mapped_column(enum_type(Seat))
    name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    position: Mapped[str] = mapped_column(sa.String(160), default="")  # what the person is in the organisation
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    designated_by: Mapped[str] = mapped_column(sa.String(240), default="")  # the document that names the delegate
    is_public: Mapped[bool] = mapped_column(default=False)


class Meeting(Base):
    """A meeting of a body. ``number`` counts within the body; its address is plan, body and number."""

    __tablename__ = "meeting"
    __table_args__ = (
        sa.UniqueConstraint("body_id", "number"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="publication_is_dated"),
    )

    body_id: Mapped[int] = mapped_column(sa.ForeignKey("body.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    status: Mapped[MeetingStatus] = mapped_column(enum_type(MeetingStatus), default=MeetingStatus.CALLED)
    title: Mapped[str] = mapped_column(sa.String(200))
    mode: Mapped[MeetingMode] = mapped_column(enum_type(MeetingMode), default=MeetingMode.IN_PERSON)
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    agenda: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))  # the signed minutes
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    lock_version: Mapped[int] = mapped_column(default=1)

    body: Mapped[Body] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
    presences: Mapped[list[MeetingPresence]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="MeetingPresence.id"
    )
    resolutions: Mapped[list[Resolution]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Resolution.number"
    )

    __mapper_args__ = {"version_id_col": lock_version}


class MeetingPresence(Base):
    """Who sat in a seat at a meeting; ``delegate_id`` None: the source does not name the person."""

    __tablename__ = "meeting_presence"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "member_id"),)

    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meeting.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("body_member.id"), index=True)
    delegate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegate.id"))
    presence: Mapped[Presence] = mapped_column(enum_type(Presence))

    member: Mapped[BodyMember] = relationship(lazy="raise_on_sql")
    delegate: Mapped[Delegate | None] = relationship(lazy="raise_on_sql")


class Resolution(Base):
    """What a meeting decided, with the vote of each seat (PAGA I, p. 18: never one authority or one member alone)."""

    __tablename__ = "resolution"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "number"),)

    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("meeting.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    votes: Mapped[list[ResolutionVote]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ResolutionVote.id"
    )


class ResolutionVote(Base):
    """What one seat said to a resolution."""

    __tablename__ = "resolution_vote"
    __table_args__ = (sa.UniqueConstraint("resolution_id", "member_id"),)

    resolution_id: Mapped[int] = mapped_column(sa.ForeignKey("resolution.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("body_member.id"), index=True)
    vote: Mapped[Vote] = mapped_column(enum_type(Vote))

    member: Mapped[BodyMember] = relationship(lazy="raise_on_sql")
