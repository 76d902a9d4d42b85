"""What the mapping of actors is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from models import Actor
from models.enums import ActorKind, EventKind, EventStatus, GovernmentFunction, GovernmentLevel, ReviewSector

#: Version of the consent that the registration form shows (templates/mapping/consent.html).
CONSENT_VERSION = "2026-11"


@dataclass(frozen=True, kw_only=True)
class ActorInput:
    """An organisation. Territories, themes, languages and the sector are given by code, peoples by name.

    ``slug`` None makes one of the name. ``ruc`` may hold spaces or hyphens. ``distinct_reason`` says why this is
    another than the verified actor with the same RUC.
    """

    name: str
    kind: ActorKind
    sector: str | None = None
    territories: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    acronym: str | None = None
    website: str | None = None
    description: str = ""
    source: str = ""
    slug: str | None = None
    is_fictional: bool = False
    function: GovernmentFunction | None = None  # public institutions and local governments only
    level: GovernmentLevel | None = None
    ruc: str | None = None
    peoples: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    source_on: date | None = None
    distinct_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactInput:
    """How to reach an actor. The person has consented to be written to; ``is_public``: also to be shown."""

    name: str
    email: str | None = None
    phone: str | None = None  # E.164
    is_public: bool = False
    how: str = ""  # how the person agreed to be shown, where somebody else says so
    consent_version: str = CONSENT_VERSION
    position: str = ""  # what the person is in the organisation
    locale: str = "es"  # in which to write to them


@dataclass(frozen=True, kw_only=True)
class MergeInput:
    """Why two records are one, and what the one that stays takes.

    ``take`` maps a name of `merging.FIELDS`, or of a set of `references.LINKS`, to ``kept``, ``other`` or (sets only)
    ``both``; what is not named stays as it is, and sets are joined. Versions are those that the person saw.
    """

    reason: str
    take: Mapping[str, str] = field(default_factory=dict)
    kept_version: int | None = None
    other_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class EventInput:
    """A co-creation event. ``starts_at`` None: the date was never found; ``has_time`` False: only the day is known."""

    plan_code: str
    kind: EventKind
    title: str
    place: str = ""
    territory: str | None = None  # code
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    has_time: bool = True
    description: str = ""
    source: str = ""
    slug: str | None = None
    status: EventStatus | None = None  # None: held if its day is over or unknown, else planned
    themes: tuple[str, ...] = ()  # codes
    agenda: str = ""
    accessibility: str = ""
    online_url: str | None = None
    facilitator: str = ""
    takes_registrations: bool = False
    registration_closes_on: date | None = None
    capacity: int | None = None  # people
    counted_in: str | None = None  # address of the event whose people are the same
    confirmed: bool = True  # that a day in the past is meant: False where a person wrote it and was not asked yet


@dataclass(frozen=True, kw_only=True)
class MemberInput:
    """A seat of a body; ``pair`` joins delegates of government and of others."""

    actor: Actor
    pair: int | None = None
    joined_on: date | None = None
    by_invitation: bool = False
    sector: ReviewSector | None = None  # None: no source tells it
