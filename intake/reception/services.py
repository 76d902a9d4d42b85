"""Changing proposals: drafts, submission, revision, withdrawal and every move of the lifecycle, with its mail."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, calendar, clock, limits, tokens
from intake.core.errors import Conflict, Forbidden, Invalid, StageClosed
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission, authorize
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.reception import mail, queries, writing
from intake.reception.inputs import ContactInput, ProposalInput, Receipt
from intake.reception.lifecycle import PROPOSAL
from models import Plan, Proposal, ProposalVersion, Stage
from models.enums import Channel, ProposalKind, ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from intake.core.identity import Principal

#: Guesses of a claim code: few from one address, and not many on one folio from all addresses together.
BY_ADDRESS = limits.Limit("claim_address", times=10, minutes=15)
BY_FOLIO = limits.Limit("claim_folio", times=40, minutes=60)


_PLAN = Plan.metadata.tables["plan"]


# -- drafts ---------------------------------------------------------------------------------------------------------


def create_draft(
    plan: Plan, data: ProposalInput, contact: ContactInput | None, *, by: Principal, key: str | None = None
) -> tuple[Proposal, str | None]:
    """Keep an unfinished proposal and return it with the key of its address, which is stored only as a hash.

    The key of a guest's draft is its only key. That of an account's draft opens it to that account alone. ``key`` is
    the random one that the form carries: the same form sent twice keeps one draft (the second time as `save_draft`).
    """
    authorize(by, Permission.PROPOSAL_CREATE)
    secret = key or tokens.new_token()
    once = tokens.token_hash(f"once:{secret}")
    with transaction():
        made = writing.new_proposal(plan, data, by=by)
        address = secret if made.author_id is None else draft_reference(once)
        made.idempotency_key, made.draft_key_hash = once, tokens.token_hash(address)
        if in_savepoint(lambda: db.session.add(made)) is not None:
            return _again(once, data, contact, by=by, secret=secret)
        writing.keep_contact(made, contact)
        db.session.flush()  # before the entry: the trace says that a draft was kept, not what it says
        audit.record("proposal.draft", made, by=by)
    return made, address


def _again(
    once: str, data: ProposalInput, contact: ContactInput | None, *, by: Principal, secret: str
) -> tuple[Proposal, str | None]:
    known = queries.by_idempotency_key(once)
    if known is None:  # the refusal was another one: let it speak
        raise Conflict(_l("No se pudo guardar. Vuelva a intentarlo."))
    holder = holding(by, known) if known.author_id is None else by
    if known.status is ProposalStatus.DRAFT:
        save_draft(known, data, contact, by=holder)
    else:
        authorize(holder, Permission.PROPOSAL_SUBMIT, known)
    return known, secret if known.author_id is None else draft_reference(once)


def draft_reference(idempotency_key: str) -> str:
    """The address of an account's draft, made from what is stored; it opens nothing without the account."""
    return tokens.token_hash(f"address:{idempotency_key}")[:40]


def holding(by: Principal, proposal: Proposal) -> Principal:
    """The same person, having shown the key of this proposal."""
    return dataclasses.replace(by, claims=by.claims | {proposal.id})


def save_draft(proposal: Proposal, data: ProposalInput, contact: ContactInput | None = None, *, by: Principal) -> None:
    """Keep what a draft now says. ``proposal`` as `queries.by_draft_key` loads it. Raises `Conflict` once submitted."""
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    with transaction():
        if proposal.status is not ProposalStatus.DRAFT:
            raise Conflict(_l("Esta propuesta ya se envió; su texto se cambia desde su página."))
        queries.complete(proposal)
        writing.write(proposal, data)
        writing.keep_contact(proposal, contact)
        db.session.flush()
        audit.record("proposal.save_draft", proposal, by=by)


# -- submission -----------------------------------------------------------------------------------------------------


def submit(proposal: Proposal, *, by: Principal, key: str | None = None) -> Receipt:
    """Give a draft its folio. Repeated, it returns the same folio and changes nothing.

    With ``key`` (a guest's draft key) the claim code is derived from it, so that whoever holds the key is told the same
    code again. Raises `StageClosed`, and `Invalid` where something is missing.
    """
    with transaction():
        db.session.refresh(proposal, ["status", "folio", "lock_version"], with_for_update=True)
        authorize(by, Permission.PROPOSAL_SUBMIT, proposal)
        if proposal.status is not ProposalStatus.DRAFT:
            return Receipt(proposal.folio or "", _same_code(proposal, key))
        calendar.require_open(_stages(proposal.plan_id), StageKind.RECEPTION)
        queries.complete(proposal)
        writing.require_complete(proposal)
        return _submit(proposal, by=by, key=key)


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
) -> Receipt:
    """Receive a proposal in one step: on paper, at a table, or from a file.

    The author is the citizen, never the clerk: only ``author_id``, or on the web the account of ``by``, becomes it.
    ``at`` is when it was handed in, for the team alone; the stage must have been open on that day.
    """
    authorize(by, Permission.PROPOSAL_CREATE)
    assisted = channel is not Channel.WEB or at is not None or author_id is not None
    if assisted and not (by.is_system or by.is_staff):
        raise Forbidden(_l("Solo el equipo registra propuestas recibidas por otra vía."))
    with transaction():
        _require_open(plan.id, at)
        proposal = writing.new_proposal(plan, data, by=by, at=at)
        proposal.channel, proposal.event_id = channel, event_id
        proposal.author_id = author_id or (by.user_id if channel is Channel.WEB else None)
        db.session.add(proposal)
        db.session.flush()
        writing.keep_contact(proposal, contact)
        writing.require_complete(proposal)
        return _submit(proposal, by=holding(by, proposal), key=None, at=at)


def _submit(proposal: Proposal, *, by: Principal, key: str | None, at: datetime | None = None) -> Receipt:
    folio, number = _next_folio(proposal.plan_id)
    code = derived_code(key, folio) if key else tokens.new_code()
    proposal.folio, proposal.folio_number = folio, number
    proposal.claim_code_hash = tokens.code_hash(code, folio)
    proposal.updated_at = at or clock.now()
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id, number=1, content=writing.content(proposal), edited_at=proposal.updated_at
        )
    )
    _fire(proposal, "submit", by=by, stamp=at)
    return Receipt(folio, code)


def _next_folio(plan_id: int) -> tuple[str, int]:
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


def _same_code(proposal: Proposal, key: str | None) -> str | None:
    folio = proposal.folio or ""
    code = derived_code(key, folio) if key else None
    return code if code and tokens.matches(code, folio, proposal.claim_code_hash) else None


# -- after submission -----------------------------------------------------------------------------------------------


def revise(proposal: Proposal, data: ProposalInput, *, by: Principal, lock_version: int) -> Proposal:
    """Change a submitted proposal while reception is open, keeping the earlier text as a version.

    ``lock_version`` is the one its author began from. Raises `Conflict` (whose lines say who changed what meanwhile),
    `StageClosed`, `Invalid`.
    """
    with transaction():
        db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
        authorize(by, Permission.PROPOSAL_EDIT, proposal)
        if proposal.status is not ProposalStatus.SUBMITTED:
            raise Conflict(_l("Su propuesta ya está en análisis y su texto no se puede cambiar."))
        if proposal.lock_version != lock_version:
            raise Conflict(_l("Esta propuesta cambió mientras usted la editaba."), lines=_who_changed(proposal))
        calendar.require_open(_stages(proposal.plan_id), StageKind.RECEPTION)
        queries.complete(proposal)
        before = writing.content(proposal)
        writing.write(proposal, data)
        writing.require_complete(proposal)
        if writing.content(proposal) != before:
            _add_version(proposal)
            audit.record("proposal.revise", proposal, by=by)
    return proposal


def _add_version(proposal: Proposal) -> None:
    with db.session.no_autoflush:  # the trace must see the old values first
        query = sa.select(sa.func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
        last = db.session.scalar(query) or 0
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=last + 1,
            content=writing.content(proposal),
            edited_at=proposal.updated_at,
        )
    )


def _who_changed(proposal: Proposal) -> list[str]:
    entry = queries.last_change(proposal)
    if entry is None:
        return []
    when = clock.local(entry.at).strftime("%d/%m/%Y, %H:%M")
    who = {"guest": _l("su autora o autor, con el código"), "system": "Intake"}.get(entry.role)
    return [str(_l("Último cambio: %(when)s, %(who)s.", when=when, who=who or _role(entry.role)))]


def _role(value: str) -> str:
    from models.enums import Role  # noqa: PLC0415 -- only to say who

    return label(Role(value)) if value in set(Role) else value


def withdraw(proposal: Proposal, *, by: Principal, reason: str, at: datetime | None = None) -> None:
    """Take a proposal back. It stays readable under its folio, with the reason."""
    move(proposal, "withdraw", by=by, reason=reason, at=at)


def move(
    proposal: Proposal, action: str, *, by: Principal, reason: str = "", at: datetime | None = None, **details: Any
) -> None:
    """Make a move of the lifecycle and, where it notifies, queue its mail to the author. ``details`` go to the trace.

    ``at`` replaces the stamp of the move, for records of the past.
    """
    with transaction():
        _fire(proposal, action, by=by, reason=reason, stamp=at, **details)


def _fire(
    proposal: Proposal, action: str, *, by: Principal, reason: str = "", stamp: datetime | None = None, **details: Any
) -> None:
    row = PROPOSAL.fire(proposal, action, by=by, reason=reason, **details)
    if row.stamp and stamp is not None:
        setattr(proposal, row.stamp, stamp)
    if row.notifies:
        mail.tell_author(proposal, action, reason=reason, stages=_stages(proposal.plan_id))


def claim(proposal: Proposal, code: str, *, address: str) -> bool:
    """Whether the code is the proposal's. Counts the attempt first; raises `TooMany` beyond the limits."""
    folio = proposal.folio or ""
    limits.hit(BY_ADDRESS, address)
    limits.hit(BY_FOLIO, folio)
    if not tokens.matches(code, folio, proposal.claim_code_hash):
        return False
    with transaction():
        limits.clear(BY_ADDRESS, address)
        limits.clear(BY_FOLIO, folio)
    return True


# -- records of the past --------------------------------------------------------------------------------------------


def record_historical(  # noqa: PLR0913 -- what a source tells
    plan: Plan,
    *,
    folio_number: int,
    title: str,
    status: ProposalStatus,
    source: str,
    submitted_at: datetime,
    by: Principal,
    data: ProposalInput | None = None,
    kind: ProposalKind = ProposalKind.INTEGRATED,
) -> Proposal:
    """Record a proposal of a past plan as its source published it; its texts may be unknown (``data`` None).

    ``folio_number`` is its line in the source. Only the system records history. Raises `Invalid` on a number in use.
    """
    if not by.is_system:
        raise Forbidden(_l("Solo la carga de datos registra propuestas de planes pasados."))
    with transaction():
        proposal = writing.new_proposal(plan, data or ProposalInput(title=title), by=by, at=submitted_at)
        PROPOSAL.establish(proposal, status)
        proposal.title, proposal.kind, proposal.source = title, kind, source
        proposal.folio, proposal.folio_number = f"{plan.code}-{folio_number:05d}", folio_number
        proposal.historical_number, proposal.submitted_at = folio_number, submitted_at
        proposal.withdrawn_at = submitted_at if status is ProposalStatus.WITHDRAWN else None
        if in_savepoint(lambda: db.session.add(proposal)) is not None:
            raise Invalid(_l("Ese número de folio ya está en uso en este plan."), field="folio_number")
        db.session.execute(
            sa.update(_PLAN)
            .where(_PLAN.c.id == plan.id, _PLAN.c.folio_counter < folio_number)
            .values(folio_counter=folio_number)
        )
        audit.record("proposal.record_historical", proposal, by=by, extra={"source": source})
    return proposal


# -- the calendar ---------------------------------------------------------------------------------------------------


def _stages(plan_id: int) -> Sequence[Stage]:
    return db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan_id).order_by(Stage.number)).all()


def _require_open(plan_id: int, at: datetime | None) -> None:
    """Raise `StageClosed` unless reception is open today, or was on the day of ``at``."""
    stages = _stages(plan_id)
    if at is None:
        calendar.require_open(stages, StageKind.RECEPTION)
        return
    then = next((v for v in calendar.views(stages, clock.local(at).date()) if v.kind is StageKind.RECEPTION), None)
    if then is None or not then.is_open or at > clock.now():
        raise StageClosed(_l("La recepción no estaba abierta en esa fecha."), stage=then, following=None)
