"""What plans are given, and the arithmetic of counted people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from models.enums import Approach, Dimension, PlanStatus, StageKind, StageStatus

#: A plan's code, as addresses take it: PAGA4.
CODE = r"^[A-Za-z]{2,8}[0-9]{1,4}\Z"
#: People by category, for each dimension by which they were counted.
Counts = Mapping[Dimension, Mapping[str, int]]

#: The categories that forms ask for; a past source may have others, and its own are kept.
CATEGORIES: dict[Dimension, tuple[str, ...]] = {
    Dimension.GENDER: ("woman", "man", "non_binary", "other", "not_stated"),
    Dimension.AGE_BAND: ("15_17", "18_29", "30_44", "45_64", "65_plus", "not_stated"),
    Dimension.SECTOR: (
        "government",
        "civil_society",
        "academia",
        "private",
        "cooperation",
        "community",
        "individual",
        "not_stated",
    ),
    # INEC, census of 2022 (intake/reference/ethnic_categories.csv)
    Dimension.SELF_IDENTIFICATION: (
        "indigena",
        "afroecuatoriano",
        "negro",
        "mulato",
        "montubio",
        "mestizo",
        "blanco",
        "otro",
        "not_stated",
    ),
    Dimension.DISABILITY: ("with_disability", "without_disability", "not_stated"),
}


@dataclass(frozen=True, kw_only=True)
class StageInput:
    """A stage of a new plan. Dates None: not set, or not found in the sources of a past plan."""

    kind: StageKind
    opens_on: date | None = None
    closes_on: date | None = None
    status: StageStatus = StageStatus.PLANNED
    note_es: str = ""
    note_en: str = ""


@dataclass(frozen=True, kw_only=True)
class StageNoteInput:
    """A stage of a past plan under its own name. ``details`` may hold who_es, maps_to (a StageKind), source."""

    position: int
    title_es: str
    title_en: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PlanInput:
    """A plan. The five stages are always made; ``stages`` gives dates to those that have them.

    ``status`` other than preparing is for plans of the past and of the demonstration.
    """

    code: str
    number: int
    title_es: str
    title_en: str
    status: PlanStatus = PlanStatus.PREPARING
    vision_es: str = ""
    vision_en: str = ""
    summary_es: str = ""
    summary_en: str = ""
    starts_on: date | None = None  # implementation
    ends_on: date | None = None
    original_ends_on: date | None = None
    is_current: bool = False
    is_fictional: bool = False
    approaches: tuple[Approach, ...] = ()
    stages: tuple[StageInput, ...] = ()
    history: tuple[StageNoteInput, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FigureInput:
    """A figure that a source published and that has no rows here."""

    key: str
    label_es: str
    label_en: str
    value: Decimal
    unit: str  # people, proposals, percent, commitments, milestones, level
    source: str
    source_url: str | None = None
    as_of: date | None = None
    note: str = ""


def contradictions(total: int, counts: Counts) -> list[tuple[Dimension, int]]:
    """Each dimension whose parts do not add up to ``total``, with their sum. A dimension without parts says nothing."""
    sums = [(dimension, sum(parts.values())) for dimension, parts in counts.items() if parts]
    return [(dimension, people) for dimension, people in sums if people != total]
