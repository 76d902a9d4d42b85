"""A button at the desk that was pressed twice: what came with the key of a page is received once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.text import clean
from intake.reception import queries
from intake.reception.inputs import Receipt
from intake.reception.services.codes import same_code
from intake.reception.services.drafts import desk_reference
from intake.reception.writing import TEXTS

if TYPE_CHECKING:
    from intake.reception.inputs import ProposalInput


def is_spent(key: str) -> bool:
    """Whether a proposal came with this key of a page."""
    return queries.by_idempotency_key(desk_reference(key)) is not None


def received_before(key: str, data: ProposalInput) -> Receipt | None:
    """The receipt of these words if they came with this key already. Other words are another person's proposal."""
    known = queries.by_idempotency_key(desk_reference(key))
    if known is None or any(getattr(known, name) != clean(getattr(data, name)) for name in TEXTS):
        return None
    return Receipt(known.folio or "", same_code(known, key))
