"""Stage 1: territory, actors, bodies, events, outreach."""

from __future__ import annotations

from enum import StrEnum


class TerritoryLevel(StrEnum):
    """Levels of the political-administrative division (INEC, DPA)."""

    COUNTRY = "country"
    PROVINCE = "province"
    CANTON = "canton"
    PARISH = "parish"


class ActorKind(StrEnum):
    """What an actor of the registry is."""

    PUBLIC_INSTITUTION = "public_institution"
    LOCAL_GOVERNMENT = "local_government"
    CIVIL_SOCIETY = "civil_society"
    COLLECTIVE = "collective"
    ACADEMIA = "academia"
    PRIVATE_SECTOR = "private_sector"
    COOPERATION = "cooperation"
    PEOPLE_OR_NATIONALITY = "people_or_nationality"
    COMMUNITY = "community"


class ActorStatus(StrEnum):
    """Whether somebody of the team has verified the record."""

    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    MERGED = "merged"  # its address leads to the record that was kept


class BodyKind(StrEnum):
    """Standing bodies that accompany a plan."""

    CORE_GROUP = "core_group"
    WORKING_GROUP = "working_group"


class EventKind(StrEnum):
    """Co-creation events. ``table`` is the Ecuadorian *mesa*."""

    SENSITISATION = "sensitisation"
    LEVELLING = "levelling"
    TERRITORIAL_TABLE = "territorial_table"
    THEMATIC_TABLE = "thematic_table"
    VIRTUAL = "virtual"
    COURSE = "course"


class GovernmentFunction(StrEnum):
    """The five functions of the State (Constitution of 2008, titles III to V)."""

    EXECUTIVE = "executive"
    LEGISLATIVE = "legislative"
    JUDICIAL = "judicial"
    ELECTORAL = "electoral"
    TRANSPARENCY = "transparency"


class GovernmentLevel(StrEnum):
    """The level at which a public institution governs (COOTAD, art. 10)."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CANTONAL = "cantonal"
    PARISH = "parish"


class Seat(StrEnum):
    """Whose turn a delegate has in the seat of a body."""

    PRINCIPAL = "principal"
    ALTERNATE = "alternate"


class MeetingStatus(StrEnum):
    """A meeting of a body; minutes that were published are not written over."""

    CALLED = "called"
    HELD = "held"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class MeetingMode(StrEnum):
    """Where people meet."""

    IN_PERSON = "in_person"
    VIRTUAL = "virtual"
    HYBRID = "hybrid"


class Presence(StrEnum):
    """Who sat in a seat at a meeting."""

    PRINCIPAL = "principal"
    ALTERNATE = "alternate"
    EXCUSED = "excused"
    ABSENT = "absent"


class Vote(StrEnum):
    """What a seat said to a decision."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAINED = "abstained"


class EventStatus(StrEnum):
    """The life of a co-creation event, from preparation to its signed act."""

    PLANNED = "planned"
    CALLED = "called"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class AttendanceMethod(StrEnum):
    """How attendance was taken: as numbers, or name by name."""

    COUNTS = "counts"
    LIST = "list"


class RegistrationStatus(StrEnum):
    """What became of a place at an event."""

    REGISTERED = "registered"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    ABSENT = "absent"


class EventFileKind(StrEnum):
    """What a file of an event is."""

    PHOTO = "photo"
    MINUTES = "minutes"
    ACT = "act"
    MATERIAL = "material"


class CampaignStatus(StrEnum):
    """The life of an outreach campaign."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class OutreachStep(StrEnum):
    """How far an actor has come with an invitation, in order; `DECLINED` may follow any of the first three."""

    IDENTIFIED = "identified"
    CONTACTED = "contacted"
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    CONTRIBUTED = "contributed"
    ANSWERED = "answered"
    DECLINED = "declined"


class ContactChannel(StrEnum):
    """By which way somebody was reached."""

    MAIL = "mail"
    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    LETTER = "letter"
    RADIO = "radio"
    MEETING = "meeting"


class BatchKind(StrEnum):
    """What a file brought in."""

    ACTORS = "actors"
    PROPOSALS = "proposals"
