"""What every grid is made of: what it counts, where, and the theme and place that name each of its cells.

Every grid has a key for each pair of theme and place. Theme `ANY` counts rows of any theme once; `NO_THEME` those
without one. Places are provinces, the whole country (`COUNTRY`) and `NOWHERE`; or, given a province, its cantons, with
the province's own code for what speaks of all of it. A row with several themes counts in each.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from intake.mapping.queries.vocabulary import COUNTRY
from models import Territory

ANY = ""
NO_THEME = "-"
Key = tuple[str, str]  # theme, place


class Metric(StrEnum):
    """What is counted; the values stand in the address."""

    ACTORS = "actores"
    ATTENDANCE = "asistencias"
    PROPOSALS = "propuestas"
    EVENTS = "mesas"


class Scope(NamedTuple):
    """What a grid counts: a plan, in the country or in a province. ``whole``: the province itself, not its cantons."""

    plan_id: int | None
    province: str = ""
    whole: bool = False


def place_of(scope: Scope) -> sa.ColumnElement[str]:
    """The place of a territory: province or country; within a province the canton (digits 4 to 7 of its path)."""
    if not scope.province or scope.whole:
        return sa.func.coalesce(Territory.province_code, COUNTRY)
    canton = sa.func.substr(Territory.path, 4, 4)
    return sa.case((canton == "", Territory.province_code), else_=canton)
