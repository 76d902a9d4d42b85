"""What the room's services are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from models import Proposal
    from models.enums import Category


@dataclass(frozen=True, kw_only=True)
class SessionInput:
    """A session of the body that decides. ``decided_by`` names the body: no single authority decides alone.

    ``round_number`` None: the session answers every admitted proposal of the plan, not one round of evaluation.

    ``source_url`` and ``published_on`` serve sessions of the past; without the latter the day of the session counts.
    """

    title: str
    held_on: date
    decided_by: str
    round_number: int | None = None
    source_url: str | None = None
    published_on: date | None = None
    lock_version: int | None = None  # the version of the session that the form showed; None skips the check


@dataclass(frozen=True, kw_only=True)
class DecisionInput:
    """What is decided of one proposal. ``reason`` is public; ``fallback`` is for the reserve and only for it.

    ``departure_reason`` says who decided to depart from the order of means, and why.
    """

    category: Category
    reason: str
    fallback: Category | None = None
    departure_reason: str = ""
    lock_version: int | None = None  # the version of the decision that the form showed; None skips the check


@dataclass(frozen=True, kw_only=True)
class HistoricalDecision:
    """A published decision of the past, as its source gives it; ``reason`` is empty where the source gives none."""

    proposal: Proposal
    category: Category
    reason: str = ""
    fallback: Category | None = None
    rank: int | None = None
    mean_pct: Decimal | None = None
    departure_reason: str = ""
    promoter: str | None = None
    decided_at: datetime | None = None
