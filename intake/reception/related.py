"""Proposals related to one, on its page: found at most every few minutes, shown as they stand now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app

from intake.core import clock
from intake.core.labels import label
from intake.reception import queries
from intake.reception.inputs import public_status
from intake.reception.views_similar import LONGEST_BODY, reason

if TYPE_CHECKING:
    from models import Proposal

#: A new proposal may wait this long until it stands beside its like: finding costs more than the rest of the page.
SECONDS = 600


class Related(NamedTuple):
    """A proposal that says much the same, and why."""

    folio: str
    title: str
    language: str
    state: str
    reason: str


def related(proposal: Proposal) -> list[Related]:
    """At most five, best first. One statement, four where none are kept. The same for every reader."""
    shared = _found(proposal)
    if not shared:
        return []
    now = queries.by_public_folios(list(shared))
    return [
        Related(row.folio, row.title, row.language, str(label(public_status(row.status))), reason(shared[row.folio]))
        for folio in shared
        if (row := now.get(folio)) is not None
    ]


def _found(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    """Folios, best first, with the words that both have."""
    kept: Any = current_app.extensions.get("intake_values")
    key = ("related", proposal.id, proposal.lock_version, int(clock.now().timestamp()) // SECONDS)
    found = kept.get(key) if kept is not None else None
    if found is None:
        body = f"{proposal.problem} {proposal.solution}"[:LONGEST_BODY]
        alike = queries.similar_to(proposal.title, body, proposal.plan_id, without=proposal.id)
        found = ({one.folio: one.shared for one in alike},)
        if kept is not None:
            kept.put(key, found)
    return dict(found[0])
