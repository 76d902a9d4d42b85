"""Unfinished proposals."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from intake.core import audit, limits, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission, authorize
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.reception import queries, writing
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.reception.inputs import ContactInput, ProposalInput
    from models import Plan, Proposal


#: Guests' drafts that one network may leave here in a day. Whole regions share an address of a telephone company, so
#: there is room for all that a busy day brings; a year of a program that writes without end would fill the disk.
GUESTS_DRAFTS = limits.Limit("guests_drafts", times=5_000, minutes=24 * 60)


def create_draft(
    plan: Plan,
    data: ProposalInput,
    contact: ContactInput | None,
    *,
    by: Principal,
    key: str | None = None,
    network: str = "",
) -> tuple[Proposal, str | None]:
    """Keep an unfinished proposal and return it with the key of its address, which is stored only as a hash.

    The key of a guest's draft is its only key. That of an account's draft opens it to that account alone. ``key`` is
    the random one that the form carries: the same form sent twice keeps one draft (the second time as `save_draft`).
    ``network``: the address that a guest comes from, for which new drafts are counted; raises `Invalid` beyond
    `GUESTS_DRAFTS`.
    """
    authorize(by, Permission.PROPOSAL_CREATE)
    secret = key or tokens.new_token()
    once = tokens.token_hash(f"once:{secret}")
    made = writing.new_proposal(plan, data, by=by)
    address = secret if made.author_id is None else draft_reference(once)
    made.idempotency_key, made.draft_key_hash = once, tokens.token_hash(address)
    with transaction():
        if in_savepoint(lambda: db.session.add(made)) is not None:
            return _again(once, data, contact, by=by, secret=secret)
        if made.author_id is None and network:
            _count(network)
        writing.keep_contact(made, contact)
        db.session.flush()  # before the entry: the trace says that a draft was kept, not what it says
        audit.record("proposal.draft", made, by=by)
    return made, address


def _count(network: str) -> None:
    """Within the caller's transaction: what is refused leaves neither a draft nor a count."""
    if limits.take(GUESTS_DRAFTS, network):
        return
    raise Invalid(
        lazy_ngettext(
            "Desde su red se guardaron hoy muchos borradores y no se puede guardar otro. Lo que escribió sigue en esta "
            "página: vuelva a intentarlo en %(num)s hora, o desde otra red.",
            "Desde su red se guardaron hoy muchos borradores y no se puede guardar otro. Lo que escribió sigue en esta "
            "página: vuelva a intentarlo en %(num)s horas, o desde otra red.",
            -(-limits.minutes_left(GUESTS_DRAFTS) // 60),
        )
    )


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


def desk_reference(key: str) -> str:
    """What is kept of the key of a page at the desk. It opens nothing."""
    return tokens.token_hash(f"desk:{key}")


def holding(by: Principal, proposal: Proposal) -> Principal:
    """The same person, having shown the key of this proposal."""
    others = frozenset(mark for mark in by.marks if mark[0] != proposal.id)
    return dataclasses.replace(by, claims=by.claims | {proposal.id}, marks=others)


def save_draft(
    proposal: Proposal,
    data: ProposalInput,
    contact: ContactInput | None = None,
    *,
    by: Principal,
    lock_version: int | None = None,
) -> None:
    """Keep what a draft now says. ``proposal`` as `queries.by_draft_key` loads it.

    ``lock_version`` is the one its author began from, None where nothing was read before. Raises `Conflict` once
    submitted, and where another window has kept something meanwhile.
    """
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    with transaction():
        db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
        if proposal.status is not ProposalStatus.DRAFT:
            raise Conflict(_l("Esta propuesta ya se envió; su texto se cambia desde su página."))
        if lock_version is not None and proposal.lock_version != lock_version:
            raise Conflict(
                _l(
                    "Este borrador se guardó desde otra ventana mientras usted escribía. Lo que escribió sigue aquí y "
                    "no se ha guardado: si pulsa el botón otra vez, valdrá lo de esta ventana."
                )
            )
        queries.complete(proposal)
        writing.write(proposal, data)
        writing.keep_contact(proposal, contact)
        db.session.flush()
        audit.record("proposal.save_draft", proposal, by=by)
