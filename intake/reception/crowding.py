"""When very many proposals come from one network: a moment of computing is asked for, never a refusal.

Whoever cannot compute (no JavaScript, an old telephone) sends all the same, and a person looks at it before it is
published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from intake.core import altcha
from intake.reception import services
from intake.web.access import principal
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from models import Proposal

PURPOSE, FIELD = "proposal_send", "altcha"


class ProofNeeded(Exception):
    """The page must ask for a proof of work. ``refused``: one came and counts for nothing."""

    def __init__(self, *, refused: bool) -> None:
        super().__init__()
        self.refused = refused


def proven(proposal: Proposal, key: str) -> bool | None:
    """None where nothing is asked for, True with a proof, False where it was asked for and none could be made.

    Counts the sending. Raises `ProofNeeded`, and `TooMany` where even that is too much.
    """
    if proposal.status is not ProposalStatus.DRAFT or principal().is_staff:
        return None
    if not services.is_crowded(request.remote_addr or ""):
        return None
    payload = request.form.get(FIELD)
    if payload is None:
        raise ProofNeeded(refused=False)
    if payload and not altcha.spend(payload, PURPOSE, key):
        raise ProofNeeded(refused=True)
    return bool(payload)


def challenge(key: str) -> dict[str, str | int]:
    """What is asked of whoever sends this draft."""
    return altcha.challenge(PURPOSE, key)
