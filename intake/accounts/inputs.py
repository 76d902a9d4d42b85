"""What people ask of this room, checked by its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from models.enums import ReviewSector, Role


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A wish for an account. ``password`` None: will sign in by mail link."""

    name: str
    email: str
    password: str | None = field(default=None, repr=False)
    locale: str = "es"


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """A post to be made. ``actor_id`` is the organisation it belongs to."""

    title: str
    role: Role
    sector: ReviewSector | None = None
    actor_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PostFilters:
    """What the list of posts shows. ``held``: "now", "vacant" or "" for all."""

    text: str = ""
    role: Role | None = None
    held: str = ""
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class HoldingEnd:
    """The end of a holding: the last day, and why."""

    until: date
    reason: str
