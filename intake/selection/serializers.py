"""What leaves the room as a table: published decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models import SelectionSession

COLUMNS = (
    "folio",
    "titulo",
    "categoria",
    "si_no_se_la_llama",
    "razon",
    "lugar",
    "media",
    "se_aparta_del_orden",
    "razon_de_apartarse",
    "quien_decidio",
    "sesion",
    "publicada",
    "estado_actual",
)


def decision_row(row: Any, session: SelectionSession) -> list[Any]:
    """A published decision, in the order of `COLUMNS`. ``row``: see `queries.published_decisions`."""
    decision = row.Decision
    return [
        row.folio,
        row.title,
        decision.category.value,
        decision.fallback.value if decision.fallback else None,
        decision.reason,
        decision.rank,
        decision.mean_pct,
        "si" if decision.departs_from_order else "no",
        decision.departure_reason if decision.departs_from_order else None,
        session.decided_by,
        session.held_on.isoformat(),
        decision.published_at.date().isoformat(),
        row.status.value,
    ]
