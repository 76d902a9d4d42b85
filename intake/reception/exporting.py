"""Proposals into a file: what the filters show, for everybody without contacts, for the team with them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import clock
from intake.extensions import db
from intake.reception import queries, serializers
from intake.reception.importrows import OWN_KEY
from intake.reception.queries.lists import selection
from intake.reception.serializers import PUBLIC_FIELDS
from models import ImportBatch, Proposal, ProposalContact, Territory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.reception.inputs import Filters

#: What a page hands out at most; more goes by command.
MOST_ROWS = 20_000
CHUNK_ROWS = 300
#: The names are those of the import, so that an export can be read back.
INTERNAL_FIELDS: tuple[str, ...] = (
    *PUBLIC_FIELDS,
    "organizacion",
    "correo",
    "telefono",
    "consentimiento_fecha",
    "lote",
    "id_externo",
)


def fields(*, internal: bool) -> tuple[str, ...]:
    """The columns, in order."""
    return INTERNAL_FIELDS if internal else PUBLIC_FIELDS


def rows(filters: Filters, *, internal: bool = False, most: int | None = None) -> Iterator[dict[str, Any]]:
    """The proposals that the filters let through, some hundred at a time, each as `serializers.public` writes it.

    The caller has authorized and traced. Memory does not grow with their number (only published answers are kept).
    """
    batches = dict(db.session.execute(sa.select(ImportBatch.id, ImportBatch.name)).all()) if internal else {}
    query = selection(filters).options(*_loaded())
    if most is not None:
        query = query.limit(most)
    answers: dict[int, Any] = {}
    found = db.session.scalars(query.execution_options(yield_per=CHUNK_ROWS))
    with contextlib.closing(found):  # also where the reader leaves in the middle
        for part in found.partitions():
            for proposal in part:
                if proposal.plan_id not in answers:
                    answers[proposal.plan_id] = queries.answers(proposal.plan)
                decisions, commitments = answers[proposal.plan_id]
                row = serializers.public(proposal, decisions.get(proposal.id), commitments.get(proposal.id, []))
                yield {**row, **_internal(proposal, batches)} if internal else row


def _loaded() -> tuple[Any, ...]:
    return (
        joinedload(Proposal.plan),
        joinedload(Proposal.theme),
        joinedload(Proposal.territory).joinedload(Territory.parent).joinedload(Territory.parent),
        joinedload(Proposal.event),
        joinedload(Proposal.author),
        joinedload(Proposal.contact).joinedload(ProposalContact.consent),
        selectinload(Proposal.approaches),
    )


def _internal(proposal: Proposal, batches: dict[int, str]) -> dict[str, Any]:
    contact = proposal.contact
    consent = contact.consent if contact else None
    live = contact if consent is not None and consent.revoked_at is None else None
    author = proposal.author
    key = proposal.external_id or ""
    return {
        "proponente": (live.name if live else None) or (author.name if author else None),
        "organizacion": proposal.organisation_name,
        "correo": (author.email if author else None) or (live.email if live else None),
        "telefono": live.phone if live else None,
        "consentimiento_fecha": _day(consent.given_at) if live and consent else None,
        "lote": batches.get(proposal.batch_id or 0),
        "id_externo": None if key.startswith(OWN_KEY) else key or None,
    }


def _day(moment: Any) -> str:
    return clock.local(moment).date().isoformat()
