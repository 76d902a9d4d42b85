"""What registrations, attendance and closing acts are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.core.files import Upload
from models.enums import Dimension, EventFileKind

#: Version of the consent that the registration form shows (templates/mapping/event_registration.html).
REGISTRATION_CONSENT = "2026-11"
#: The eight steps of a territorial table (First Plan, p. 20), by number.
STEPS = range(1, 9)


@dataclass(frozen=True, kw_only=True)
class RegistrationInput:
    """Who asks for a place. ``email`` or ``phone`` (E.164) is there; ``actor`` is an address of the registry."""

    name: str
    email: str | None = None
    phone: str | None = None
    actor: str | None = None
    needs: str = ""


@dataclass(frozen=True, kw_only=True)
class ProfileInput:
    """How a person describes themselves: a category for each dimension; what is missing was not stated."""

    answers: Mapping[Dimension, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MinutesInput:
    """What was said and decided, and which steps were gone through: number → note."""

    minutes: str
    steps: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""  # needed once the act is signed


@dataclass(frozen=True, kw_only=True)
class FileInput:
    """A photograph (``description`` says what it shows) or a document."""

    kind: EventFileKind
    upload: Upload
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class ActInput:
    """Who signs the closing act. ``seen`` is the SHA-256 of the text that both read."""

    facilitator_name: str
    participant_name: str
    participant_consents: bool = False  # that their name is public
    seen: str = ""
    sheet: Upload | None = None  # the sheet signed on paper
