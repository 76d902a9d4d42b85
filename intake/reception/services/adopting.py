"""Putting a guest's proposal under the account of its author, who shows the code or has opened it with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import audit
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import code_mark
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception.services.codes import claim

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from models import Proposal


def has_shown_code(proposal: Proposal, by: Principal) -> bool:
    """Whether this browser has opened it with the very code that it has now: it need not be typed again."""
    code_hash = proposal.claim_code_hash
    return bool(code_hash) and (proposal.id, code_mark(code_hash)) in by.marks


def adopt(proposal: Proposal, code: str, *, by: Principal, address: str) -> None:
    """Make the account its author, once. What the guest left to be answered at stays; the code goes on opening it.

    ``code`` may be empty where `has_shown_code`. Raises `Invalid` for a wrong code, `TooMany` beyond the limits of
    guesses, `Conflict` where it has an account.
    """
    authorize(by, Permission.PROPOSAL_ADOPT, proposal)
    if not has_shown_code(proposal, by) and not claim(proposal, code, address=address):
        message = _l("Ese código no es el de esta propuesta. Revíselo en su comprobante.")
        raise Invalid(message, field="claim_code")
    with transaction():
        db.session.refresh(proposal, ["author_id", "lock_version"], with_for_update=True)
        if proposal.author_id is not None:
            raise Conflict(_l("Esta propuesta ya está en una cuenta."))
        proposal.author_id = by.user_id
        audit.record("proposal.adopt", proposal, by=by)
