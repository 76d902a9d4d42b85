"""Stage 1: co-creation events, who asked for a place, who came, and what was signed at the end."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import EventFileKind, EventKind, EventStatus, RegistrationStatus

if TYPE_CHECKING:
    from models.actor import Actor
    from models.file import StoredFile
    from models.plan import Participation, Plan
    from models.reference import Territory, Theme

event_theme = sa.Table(
    "event_theme",
    Base.metadata,
    sa.Column("event_id", sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id"), primary_key=True, index=True),
)
#: Keys that tell nothing of the order in which rows came; below 2**53, so that every reader of JSON keeps them whole.
_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _random_key() -> int:
    return secrets.randbelow(2**53 - 1) + 1


class Event(Base):
    """A co-creation table (*mesa*) or another event of stage 1 or 2."""

    __tablename__ = "event"
    __table_args__ = (
        sa.CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="room_for_somebody"),
        sa.CheckConstraint("counted_in_id IS NULL OR counted_in_id <> id", name="not_counted_in_itself"),
    )

    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(enum_type(EventKind), index=True)
    status: Mapped[EventStatus] = mapped_column(enum_type(EventStatus), default=EventStatus.PLANNED, index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    territory_id: Mapped[int | None] = mapped_column(sa.ForeignKey("territory.id"), index=True)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), index=True)  # None: the date was never found
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    has_time: Mapped[bool] = mapped_column(default=True)  # False: only the day is known
    description: Mapped[str] = mapped_column(default="")
    agenda: Mapped[str] = mapped_column(default="")
    minutes: Mapped[str] = mapped_column(default="")
    accessibility: Mapped[str] = mapped_column(default="")  # what helps people to come and take part
    online_url: Mapped[str | None] = mapped_column(sa.String(400))  # shown to those who registered
    facilitator: Mapped[str] = mapped_column(sa.String(160), default="")  # public name
    facilitator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    takes_registrations: Mapped[bool] = mapped_column(default=False)
    registration_closes_on: Mapped[date | None]  # that day included; None: until it starts
    capacity: Mapped[int | None]  # people; None: no limit
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    status_reason: Mapped[str] = mapped_column(default="")  # why it was cancelled
    #: The people of this event are among those of the other one and are not added again to the figures of the plan.
    counted_in_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"), index=True)
    source: Mapped[str] = mapped_column(sa.String(400), default="")
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lock_version: Mapped[int] = mapped_column(default=1)

    plan: Mapped[Plan] = relationship(lazy="raise_on_sql")
    territory: Mapped[Territory | None] = relationship(lazy="raise_on_sql")
    themes: Mapped[list[Theme]] = relationship(secondary=event_theme, lazy="raise_on_sql")
    counted_in: Mapped[Event | None] = relationship(lazy="raise_on_sql", remote_side="Event.id")
    steps: Mapped[list[EventStep]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="EventStep.number"
    )
    files: Mapped[list[EventFile]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="EventFile.id"
    )
    act: Mapped[EventAct | None] = relationship(lazy="raise_on_sql", uselist=False, cascade="all, delete-orphan")
    participation: Mapped[Participation | None] = relationship(lazy="raise_on_sql", uselist=False)

    __mapper_args__ = {"version_id_col": lock_version}

    @hybrid_property
    def is_public(self) -> bool:
        """Whether anybody may read it: called, held, or cancelled after it had been called."""
        if self.status is EventStatus.CANCELLED:
            return self.called_at is not None
        return self.status is not EventStatus.PLANNED

    @is_public.inplace.expression
    @classmethod
    def _is_public(cls) -> sa.ColumnElement[bool]:
        seen = sa.or_(cls.status != EventStatus.CANCELLED, cls.called_at.is_not(None))
        return sa.and_(cls.status != EventStatus.PLANNED, seen)


class EventStep(Base):
    """One of the eight steps of a territorial table (PAGA I, p. 20) that was gone through."""

    __tablename__ = "event_step"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "number"),
        sa.CheckConstraint("number BETWEEN 1 AND 8", name="one_of_eight"),
    )

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime] = mapped_column(UtcDateTime())
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))


class EventFile(Base):
    """A photograph (with what it shows, in words), minutes, act or material of an event."""

    __tablename__ = "event_file"
    __table_args__ = (sa.CheckConstraint("kind <> 'photo' OR description <> ''", name="photo_is_described"),)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"), index=True)
    kind: Mapped[EventFileKind] = mapped_column(enum_type(EventFileKind))
    description: Mapped[str] = mapped_column(sa.String(400), default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime())
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class EventAct(Base):
    """The closing act: what happened, in figures and words, signed by the facilitator and one who took part.

    ``sha256`` is of ``content`` as it was signed; whoever holds a copy can compare.
    """

    __tablename__ = "event_act"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    content: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    facilitator_name: Mapped[str] = mapped_column(sa.String(120))
    facilitator_signed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    signed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    participant_name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    participant_consents: Mapped[bool] = mapped_column(default=False)  # that their name is public
    participant_signed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))  # the signed sheet

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


class Registration(Base):
    """A place at an event. Says who, never what they are like: that is `PersonProfile`, which knows no name."""

    __tablename__ = "registration"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)  # names it in addresses of the team
    status: Mapped[RegistrationStatus] = mapped_column(
        enum_type(RegistrationStatus), default=RegistrationStatus.REGISTERED
    )
    name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    email: Mapped[str | None] = mapped_column(sa.String(254), index=True, info=PERSONAL)
    phone: Mapped[str | None] = mapped_column(sa.String(24), info=PERSONAL)  # E.164
    locale: Mapped[str] = mapped_column(sa.String(8), default="es", server_default="es")  # in which they registered
    #: on whose behalf
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("actor.id"), index=True, info=PERSONAL)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True, info=PERSONAL)
    needs: Mapped[str] = mapped_column(default="", info=PERSONAL)  # what they need to take part
    code_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)  # opens it to its owner
    consent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("consent.id"), info=PERSONAL)
    at_door: Mapped[bool] = mapped_column(default=False)  # came without having registered
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    noted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    actor: Mapped[Actor | None] = relationship(lazy="raise_on_sql")


class PersonProfile(Base):
    """How a person of a list described themselves, once for each plan, apart from every identity.

    ``person_key`` is a keyed hash of plan and address or telephone: it recognises the same person at a second event and
    leads to nobody without the server's secret. No row of another table points here but the attendance. Each answer is
    a category of its dimension, ``not_stated`` where the person preferred not to answer.
    """

    __tablename__ = "person_profile"
    __table_args__ = (sa.UniqueConstraint("plan_id", "person_key"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False, default=_random_key)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"))
    person_key: Mapped[str] = mapped_column(sa.String(64), info=PERSONAL)
    gender: Mapped[str] = mapped_column(sa.String(40), default="not_stated")
    age_band: Mapped[str] = mapped_column(sa.String(40), default="not_stated")
    sector: Mapped[str] = mapped_column(sa.String(40), default="not_stated")
    self_identification: Mapped[str] = mapped_column(sa.String(40), default="not_stated")
    disability: Mapped[str] = mapped_column(sa.String(40), default="not_stated")


class ProfileAttendance(Base):
    """That the person of a profile was at an event."""

    __tablename__ = "profile_attendance"
    __table_args__ = (sa.UniqueConstraint("profile_id", "event_id"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False, default=_random_key)
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("person_profile.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
