"""Writing down that somebody took names and contacts out of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import audit
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from models import Proposal

if TYPE_CHECKING:
    from intake.core.identity import Principal


def record(kind: str, rows: int, *, by: Principal) -> None:
    """An entry with the format and how many rows; only for those who may read contacts."""
    authorize(by, Permission.PROPOSAL_CONTACT)
    with transaction():
        audit.note("proposal.export", Proposal.__tablename__, by=by, extra={"format": kind, "rows": rows})
