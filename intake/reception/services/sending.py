"""Receiving a whole proposal in one step, as a telephone sends it that had no network while it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.core import tokens
from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import GUEST
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.reception import queries
from intake.reception.services import crowding
from intake.reception.services.codes import new_code
from intake.reception.services.drafts import create_draft, holding
from intake.reception.services.quarantine import note_pace
from intake.reception.services.submission import submit
from intake.reception.writing import TEXTS
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.reception.inputs import ContactInput, ProposalInput, Receipt
    from intake.reception.screening import Pace
    from models import Plan, Proposal


@dataclass(frozen=True)
class Arrived:
    """What the telephone is told. ``as_written`` is False where an earlier text of the same form had arrived."""

    proposal: Proposal
    receipt: Receipt
    as_written: bool = True


def send_whole(
    plan: Plan,
    data: ProposalInput,
    contact: ContactInput | None,
    *,
    key: str,
    pace: Pace,
    address: str,
    proof: str | None = None,
) -> Arrived:
    """Keep and submit a guest's proposal, both or neither. Repeated with its key, it answers with the same receipt.

    Always a guest's, whoever is signed in where the telephone lies: it was written without an account. Whoever shows
    the key is its author. ``proof`` and what is asked of a crowded network: `crowding.proven`. Raises `StageClosed`,
    `Invalid`, `ProofNeeded`, `TooMany` and, for the key of an account's form, `Conflict`.
    """
    once = tokens.token_hash(f"once:{key}")
    known = queries.by_idempotency_key(once)
    if known is not None and known.author_id is not None:
        raise Conflict(_l("Este formulario ya se guardó en una cuenta: ábralo desde ella."))
    if known is not None and known.status is not ProposalStatus.DRAFT:
        return _again(known, data, key)
    proven, code = crowding.proven(key, proof, address), new_code(key)
    with transaction():
        proposal, _address = create_draft(known.plan if known else plan, data, contact, by=GUEST, key=key)
        receipt = None
        if proposal.status is ProposalStatus.DRAFT:
            if known is None:
                note_pace(proposal, pace)
            receipt = submit(
                proposal, by=_author(proposal), key=key, sparing=True, address=address, proven=proven, code=code
            )
    if receipt is None:  # another sending of the same was quicker: its code is made when nobody waits any more
        return _again(proposal, data, key)
    return Arrived(proposal, receipt)


def _author(proposal: Proposal) -> Principal:
    return holding(GUEST, proposal)


def _again(proposal: Proposal, data: ProposalInput, key: str) -> Arrived:
    receipt = submit(proposal, by=_author(proposal), key=key)
    same = all(getattr(proposal, name) == clean(getattr(data, name)) for name in TEXTS)
    return Arrived(proposal, receipt, as_written=same)
