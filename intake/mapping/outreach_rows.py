"""A campaign's results as rows of a file, for the team."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from intake.core import clock
from intake.core.labels import label
from intake.mapping.inputs_outreach import ORDER

if TYPE_CHECKING:
    from models import Target, TargetStep

#: One column for the day on which each step was first noted, named by the step.
COLUMNS = ("actor", "registro", "paso", "desde", *(step.value for step in ORDER), "medios", "notas")


def rows_of(targets: Iterable[Target]) -> Iterator[dict[str, Any]]:
    """A row for each actor: its step, since when, the first day of every step, channels and notes."""
    for target in targets:
        yield {
            "actor": target.actor.name,
            "registro": f"/actores/{target.actor.slug}",
            "paso": label(target.step),
            "desde": _day(target.since),
            **_days(target.log),
            "medios": list(dict.fromkeys(label(e.channel) for e in target.log if e.channel)),
            "notas": [entry.note for entry in target.log if entry.note],
        }


def _days(log: Iterable[TargetStep]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in log:
        found.setdefault(entry.step.value, _day(entry.at))
    return found


def _day(moment: Any) -> str:
    return clock.local(moment).date().isoformat()
