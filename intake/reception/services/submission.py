"""Giving a proposal its folio, and opening it again with its code."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import calendar, clock, limits, tokens
from intake.core.errors import Forbidden
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import noticed
from intake.reception import queries, screening, writing
from intake.reception.inputs import Receipt
from intake.reception.services import crowding, inviting, quarantine
from intake.reception.services.drafts import desk_reference, holding
from intake.reception.services.moves import fire, require_open, stages_of
from models import Plan, ProposalVersion
from models.enums import Channel, ProposalStatus, StageKind

if TYPE_CHECKING:
    from datetime import datetime

    from intake.core.identity import Principal
    from intake.reception.inputs import ContactInput, ProposalInput
    from models import Proposal, Sheet

#: Guesses of a claim code: few on one folio from one address, more from an address that many share (an infocentro),
#: and not many on one folio from all addresses together.
BY_ADDRESS = limits.Limit("claim_address", times=10, minutes=15)
BY_SHARED_ADDRESS = limits.Limit("claim_shared", times=60, minutes=15)
BY_FOLIO = limits.Limit("claim_folio", times=40, minutes=60)
#: Receipts to one address: a guest may write anybody's.
RECEIPTS = limits.Limit("proposal_receipt", times=10, minutes=60)
_PLAN = Plan.metadata.tables["plan"]
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
) -> Receipt:
    """Give a draft its folio. Repeated, it returns the same folio and changes nothing.

    With ``key`` (a guest's draft key) the claim code is derived from it, so that whoever holds the key is told the same
    code again. ``sparing``: no receipt by mail to an address that has had `RECEIPTS` already. What the team does not
    write itself is screened first (``address``: the sender's network address) and may be set aside, with folio and
    receipt as always. ``proven``: whether the proof of work came that was asked of a crowded network; without it, it
    is set aside.

    Raises `StageClosed`, and `Invalid` where something is missing.
    """
    with transaction():
        db.session.refresh(proposal, _DECIDING, with_for_update=True)
        authorize(by, Permission.PROPOSAL_SUBMIT, proposal)
        if proposal.status is not ProposalStatus.DRAFT:
            return Receipt(proposal.folio or "", same_code(proposal, key))
        calendar.require_open(stages_of(proposal.plan_id), StageKind.RECEPTION)
        queries.complete(proposal)
        writing.require_complete(proposal)
        signs = _signs(proposal, by, address, proven)
        tell = not sparing or _may_write_to(proposal)
        by = holding(by, proposal)  # the code that it gets now is theirs too
        return _submit(proposal, by=by, key=key, tell=tell, signs=signs, address=address)


def _signs(proposal: Proposal, by: Principal, address: str, proven: bool | None) -> screening.Findings:  # noqa: FBT001
    """What speaks for setting it aside; nothing where the team or the system writes, or where it is too little."""
    if by.is_staff or by.is_system:
        return {}
    sent = crowding.sent_from(address)
    found = screening.weighed_with(quarantine.findings_of(proposal, from_network=sent), sent, proven=proven)
    if not screening.is_enough(found):
        quarantine.forget(proposal)
        return {}
    return found


def _may_write_to(proposal: Proposal) -> bool:
    email = queries.author_of(proposal).email
    return email is None or limits.take(RECEIPTS, email.lower())


def submit_directly(  # noqa: PLR0913 -- what is told of a paper
    plan: Plan,
    data: ProposalInput,
    contact: ContactInput | None,
    *,
    by: Principal,
    channel: Channel = Channel.WEB,
    event_id: int | None = None,
    author_id: int | None = None,
    at: datetime | None = None,
    sheet: Sheet | None = None,
    key: str | None = None,
) -> Receipt:
    """Receive a proposal in one step: on paper, at a table, or from a file.

    The author is the citizen, never the clerk: only ``author_id``, or on the web the account of ``by``, becomes it.
    ``at`` is when it was handed in, for the team alone; the stage must have been open on that day. With ``sheet`` it
    takes the folio that was printed, and its code is told to nobody: it stands on the paper. With ``key`` (the random
    one of a page) its code is derived from it; the database refuses the same key twice.
    """
    authorize(by, Permission.PROPOSAL_CREATE)
    assisted = channel is not Channel.WEB or at is not None or author_id is not None
    if assisted and not (by.is_system or by.is_staff):
        raise Forbidden(_l("Solo el equipo registra propuestas recibidas por otra vía."))
    with transaction():
        require_open(plan.id, at)
        proposal = writing.new_proposal(plan, data, by=by, at=at)
        proposal.channel, proposal.event_id = channel, event_id
        proposal.author_id = author_id or (by.user_id if channel is Channel.WEB else None)
        proposal.idempotency_key = desk_reference(key) if key else None
        db.session.add(proposal)
        db.session.flush()
        writing.keep_contact(proposal, contact)
        writing.require_complete(proposal)
        return _submit(proposal, by=holding(by, proposal), key=key, at=at, sheet=sheet)


def _submit(  # noqa: PLR0913 -- what is told of a sending and of a paper
    proposal: Proposal,
    *,
    by: Principal,
    key: str | None,
    at: datetime | None = None,
    tell: bool = True,
    signs: screening.Findings | None = None,
    address: str = "",
    sheet: Sheet | None = None,
) -> Receipt:
    receipt = _numbered(proposal, key) if sheet is None else _printed(proposal, sheet)
    proposal.updated_at = at or clock.now()
    content = writing.content(proposal)
    writing.require_described(content)
    db.session.add(ProposalVersion(proposal_id=proposal.id, number=1, content=content, edited_at=proposal.updated_at))
    if signs:
        fire(proposal, "hold", by=by, stamp=at, tell=tell)
        quarantine.set_aside(proposal, signs)
    else:
        fire(proposal, "submit", by=by, stamp=at, tell=tell)
        inviting.send_waiting(proposal, address=address)
    noticed.proposed(proposal)
    return receipt


def _numbered(proposal: Proposal, key: str | None) -> Receipt:
    """Give it the next folio and a code."""
    folio, number = next_folio(proposal.plan_id)
    code = derived_code(key, folio) if key else tokens.new_code()
    proposal.folio, proposal.folio_number = folio, number
    proposal.claim_code_hash = tokens.code_hash(code, folio)
    return Receipt(folio, code)


def _printed(proposal: Proposal, sheet: Sheet) -> Receipt:
    """Give it the folio and the code that its sheet was printed with."""
    proposal.folio, proposal.folio_number = sheet.folio, sheet.folio_number
    proposal.claim_code_hash = sheet.claim_code_hash
    return Receipt(sheet.folio, None)


def next_folio(plan_id: int) -> tuple[str, int]:
    """The next number of the plan, taken in this transaction: none is given twice, and a rollback gives it back."""
    number, code = db.session.execute(
        sa.update(_PLAN)
        .where(_PLAN.c.id == plan_id)
        .values(folio_counter=_PLAN.c.folio_counter + 1)
        .returning(_PLAN.c.folio_counter, _PLAN.c.code)
    ).one()
    return f"{code}-{number:05d}", number


def derived_code(key: str, folio: str) -> str:
    """Eight characters that only the holder of the draft key can work out (40 bits of SHA-256; 256 divides by 32)."""
    digest = hashlib.sha256(f"claim:{key}:{folio}".encode()).digest()
    return "".join(tokens.ALPHABET[b % len(tokens.ALPHABET)] for b in digest[: tokens.CLAIM_CODE_CHARACTERS])


def is_opened_by(proposal: Proposal, key: str) -> bool:
    """Whether a guest's draft key still opens it: always while it is a draft, then as long as its first code stands."""
    return proposal.status is ProposalStatus.DRAFT or same_code(proposal, key) is not None


def same_code(proposal: Proposal, key: str | None) -> str | None:
    folio = proposal.folio or ""
    code = derived_code(key, folio) if key else None
    return code if code and tokens.matches(code, folio, proposal.claim_code_hash) else None


def count_guess(folio: str, address: str) -> None:
    """Count an attempt to open a folio with a code from a network address. Raises `TooMany` beyond the limits."""
    limits.hit(BY_ADDRESS, f"{folio} {address}")
    limits.hit(BY_SHARED_ADDRESS, address)
    limits.hit(BY_FOLIO, folio)


def claim(proposal: Proposal, code: str, *, address: str) -> bool:
    """Whether the code is the proposal's. Counts the attempt first; raises `TooMany` beyond the limits."""
    folio = proposal.folio or ""
    count_guess(folio, address)
    if not tokens.matches(code, folio, proposal.claim_code_hash):
        return False
    with transaction():
        limits.clear(BY_ADDRESS, f"{folio} {address}")
        limits.clear(BY_FOLIO, folio)
    return True
