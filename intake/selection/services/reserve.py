"""What becomes of the reserve: called to the plan, or released to the fallback that its decision named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.reception.services import move
from intake.selection import queries
from intake.selection.lifecycle import MOVE_OF
from models.enums import Category, ProposalStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from models import Proposal


def call_up(proposal: Proposal, reason: str, *, by: Principal) -> None:
    """Call a reserve to the plan. The decision that made it a reserve stays on record; the author is told."""
    authorize(by, Permission.DECISION_PUBLISH, proposal)
    with transaction():
        _check(proposal)
        move(proposal, "call_up", by=by, reason=reason)


def release(proposal: Proposal, reason: str, *, by: Principal) -> None:
    """Let a reserve go where its decision said; the author is told."""
    authorize(by, Permission.DECISION_PUBLISH, proposal)
    with transaction():
        _check(proposal)
        decision = queries.decision_of(proposal.id)
        fallback = decision.fallback if decision and decision.fallback else Category.NEXT_PLAN
        move(proposal, MOVE_OF[fallback], by=by, reason=reason)


def _check(proposal: Proposal) -> None:
    if proposal.status is not ProposalStatus.RESERVE:
        raise Conflict(_l("Esta propuesta ya no está en reserva."))
