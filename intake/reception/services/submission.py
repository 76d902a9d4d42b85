"""Giving a proposal its folio.

SQLite lets one writer in at a time, and everywhere one at a time counts a folio: what needs no lock (reading, judging,
the hash of the code) is done before the transaction of a sending begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from intake.core import calendar, clock, limits
from intake.core.errors import Forbidden
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import noticed
from intake.reception import mail, queries, screening, writing
from intake.reception.inputs import Receipt
from intake.reception.queries.joining import Told
from intake.reception.services import crowding, inviting, quarantine
from intake.reception.services.codes import ClaimCode, new_code, same_code
from intake.reception.services.drafts import desk_reference, holding
from intake.reception.services.moves import fire, require_open, stages_of
from intake.reception.services.numbering import take_folios
from models import ProposalVersion
from models.enums import Channel, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from intake.core.identity import Principal
    from intake.reception.inputs import ContactInput, ProposalInput
    from models import Plan, Proposal, Sheet, Stage

#: Receipts to one address: a guest may write anybody's.
RECEIPTS = limits.Limit("proposal_receipt", times=10, minutes=60)
#: Read again under a lock: what another press of the same button may just have written.
_DECIDING = ["status", "folio", "claim_code_hash", "lock_version"]


def submit(
    proposal: Proposal,
    *,
    by: Principal,
    key: str | None = None,
    sparing: bool = False,
    address: str = "",
    proven: bool | None = None,
    code: ClaimCode | None = None,
) -> Receipt:
    """Give a draft its folio. Repeated, it returns the same folio and changes nothing.

    With ``key`` (a guest's draft key) the claim code is derived from it, so that whoever holds the key is told the same
    code again. ``sparing``: no receipt by mail to an address that has had `RECEIPTS` already. What the team does not
    write itself is screened first (``address``: the sender's network address) and may be set aside, with folio and
    receipt as always. ``proven``: whether the proof of work came that was asked of a crowded network; without it, it
    is set aside. ``code``: the new one, where the caller's transaction is open already and has no time to make it.

    Raises `StageClosed`, and `Invalid` where something is missing.
    """
    seen = None
    if proposal.status is ProposalStatus.DRAFT:
        code, seen = code or new_code(key), _look_at(proposal, by, address, proven)
    with transaction():
        read = proposal.lock_version
        db.session.refresh(proposal, _DECIDING, with_for_update=True)
        authorize(by, Permission.PROPOSAL_SUBMIT, proposal)
        if proposal.status is ProposalStatus.DRAFT:
            if seen is None or proposal.lock_version != read:  # another window has kept something meanwhile
                db.session.refresh(proposal)
                seen = _look_at(proposal, by, address, proven)
            calendar.require_open(seen.stages, StageKind.RECEPTION)
            writing.require_complete(proposal)
            seen.tells = not sparing or _may_write_to(seen.reader)
            code = code or new_code(key)
            return _submit(proposal, by=holding(by, proposal), code=code, seen=seen)  # the new code is theirs too
        folio = proposal.folio or ""
    return Receipt(folio, same_code(proposal, key))


@dataclass
class _Seen:
    """What a sending rests on beside the row itself. ``stages`` of the plan; ``reader``: whom the receipt goes to.

    ``signs``: those for setting it aside but for the ``copies`` of its text (`_signs_now`).
    """

    stages: Sequence[Stage]
    reader: queries.Reader
    codes: writing.Codes
    address: str = ""
    signs: screening.Findings = field(default_factory=dict)
    copies: quarantine.Copies | None = None
    paced: bool = False
    tells: bool = True


def _look_at(proposal: Proposal, by: Principal, address: str, proven: bool | None) -> _Seen:  # noqa: FBT001
    """Read it. What the team or the system writes is not screened: it has no signs, and its copies are not counted."""
    queries.complete(proposal)
    seen = _Seen(stages_of(proposal.plan_id), queries.author_of(proposal), writing.codes_of(proposal), address)
    if by.is_staff or by.is_system:
        return seen
    sent = crowding.sent_from(address)
    noted = quarantine.noted(proposal)
    found = {**noted, **quarantine.findings_of(proposal, sent)}
    seen.paced, seen.signs = bool(noted), screening.weighed_with(found, sent, proven=proven)
    seen.copies = quarantine.copies(proposal)
    return seen


def _signs_now(proposal: Proposal, seen: _Seen) -> screening.Findings:
    """The signs that set it aside, none where they are too little. For once the folio is taken.

    Who sends the same text at this moment has a folio already and is counted, or waits for one and counts this.
    """
    if seen.copies is None:
        return {}
    found = screening.with_copies(seen.signs, quarantine.copies_since(proposal, seen.copies))
    return found if screening.is_enough(found) else {}


def _may_write_to(reader: queries.Reader) -> bool:
    return reader.email is None or limits.take(RECEIPTS, reader.email.lower())


def submit_directly(  # noqa: PLR0913 -- what is told of a paper
    plan: Plan,
    data: ProposalInput,
    contact: ContactInput | None,
    *,
    by: Principal,
    channel: Channel = Channel.WEB,
    event_id: int | None = None,
    at: datetime | None = None,
    sheet: Sheet | None = None,
    key: str | None = None,
    code: ClaimCode | None = None,
) -> Receipt:
    """Receive a proposal in one step: on paper, at a table, or from a file.

    The author is the citizen, never the clerk: only on the web the account of ``by`` becomes it.
    ``at`` is when it was handed in, for the team alone; the stage must have been open on that day. With ``sheet`` it
    takes the folio that was printed, and its code is told to nobody: it stands on the paper. With ``key`` (the random
    one of a page) its code is derived from it; the database refuses the same key twice. ``code`` as for `submit`.
    """
    authorize(by, Permission.PROPOSAL_CREATE)
    assisted = channel is not Channel.WEB or at is not None
    if assisted and not (by.is_system or by.is_staff):
        raise Forbidden(_l("Solo el equipo registra propuestas recibidas por otra vía."))
    if sheet is None:
        code = code or new_code(key)
    proposal = writing.new_proposal(plan, data, by=by, at=at)
    with transaction():
        stages = require_open(plan.id, at)
        proposal.channel, proposal.event_id = channel, event_id
        proposal.author_id = by.user_id if channel is Channel.WEB else None
        proposal.idempotency_key = desk_reference(key) if key else None
        db.session.add(proposal)
        db.session.flush()
        writing.keep_contact(proposal, contact)
        writing.require_complete(proposal)
        db.session.flush()
        seen = _Seen(stages, queries.author_of(proposal), writing.codes_of(proposal))
        return _submit(proposal, by=holding(by, proposal), code=code, seen=seen, at=at, sheet=sheet)


def _submit(
    proposal: Proposal,
    *,
    by: Principal,
    code: ClaimCode | None,
    seen: _Seen,
    at: datetime | None = None,
    sheet: Sheet | None = None,
) -> Receipt:
    content = writing.content(proposal, seen.codes)
    writing.require_described(content)
    receipt = _numbered(proposal, code) if code is not None else _printed(proposal, sheet)
    signs = _signs_now(proposal, seen)
    proposal.updated_at = at or clock.now()
    db.session.add(ProposalVersion(proposal_id=proposal.id, number=1, content=content, edited_at=proposal.updated_at))
    fire(proposal, "hold" if signs else "submit", by=by, stamp=at, tell=False)
    if signs:
        quarantine.set_aside(proposal, signs)
    elif seen.paced:
        quarantine.forget(proposal)
    if seen.tells:  # what is held gets the same receipt
        mail.tell_author(proposal, "submit", stages=seen.stages, people=[Told(seen.reader)])
    inviting.send_waiting(proposal, address=seen.address)
    noticed.proposed(proposal)
    return receipt


def _numbered(proposal: Proposal, code: ClaimCode) -> Receipt:
    """Give it the next folio, and the code."""
    ((proposal.folio, proposal.folio_number),) = take_folios(proposal.plan_id)
    proposal.claim_code_hash = code.kept
    return Receipt(proposal.folio, code.told)


def _printed(proposal: Proposal, sheet: Sheet | None) -> Receipt:
    """Give it the folio and the code that its sheet was printed with."""
    assert sheet is not None  # what has no new code came on one
    proposal.folio, proposal.folio_number = sheet.folio, sheet.folio_number
    proposal.claim_code_hash = sheet.claim_code_hash
    return Receipt(sheet.folio, None)
