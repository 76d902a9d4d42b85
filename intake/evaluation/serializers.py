"""What leaves the room as a table: results by proposal. No name of a reviewer and no word of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.enums import ReviewSector

if TYPE_CHECKING:
    from intake.evaluation.results import Result

RESULT_COLUMNS = (
    "lugar",
    "folio",
    "titulo",
    "estado",
    "evaluaciones",
    "evaluaciones_esperadas",
    "media_de_sectores",
    "media_de_evaluaciones",
    *(f"media_{sector.value}" for sector in ReviewSector),
    "dispersion",
    "desviacion",
    "sectores_distantes",
)


def result_row(result: Result) -> list[Any]:
    """A line of the results, in the order of `RESULT_COLUMNS`."""
    s = result.summary
    means = [s.by_sector.get(sector) for sector in ReviewSector]
    return [
        result.rank,
        result.folio,
        result.title,
        result.status.value,
        s.reviews,
        result.asked,
        s.mean,
        s.plain_mean,
        *means,
        s.spread,
        s.deviation,
        "si" if s.disagrees else "no",
    ]
