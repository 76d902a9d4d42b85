"""Asking the authors of several proposals whether one collective proposal may speak for theirs. Nobody is joined here.

Whoever acts on a family takes hold of its collective proposal first, then of the parts in the order of their ids.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, clock, mail, tokens
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.reception import families, writing
from intake.reception import mail as letters
from intake.reception.queries import joining as reading
from intake.reception.queries import unions
from intake.reception.services.asking import check_day, words_of
from intake.reception.services.drafts import holding
from intake.reception.services.moves import fire
from intake.reception.services.numbering import take_folios
from models import JoinRequest, OutboxMessage, Proposal, ProposalVersion
from models.enums import JoinStatus, ProposalKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal
    from intake.reception.inputs import ProposalInput
    from models import Plan

#: Read again under the lock: another person may have acted meanwhile.
NOW = ["status", "folio", "author_id", "joined_to_id", "lock_version"]
REQUEST = ["status", "nuance", "due_on", "asked_at", "answered_at", "undone_at", "joined_from", "token_hash"]


def propose(
    plan: Plan, chosen: Sequence[Proposal], data: ProposalInput, *, reason: str, due_on: date, by: Principal
) -> Proposal:
    """Make a collective proposal of several and ask each author, in this order, until ``due_on``. Returns it.

    Raises `Invalid` (``parts``, ``reason``, ``due_on`` or a text), `Forbidden` for the author of one of them, and
    `Conflict` where one is part of another collective proposal or its author is being asked for one.
    """
    authorize(by, Permission.PROPOSAL_JOIN)
    why = words_of(reason, families.WHY_WORDS, empty=_l("Escriba por qué hablan de lo mismo."), field="reason")
    check_day(due_on, families.LEAST_DAYS, families.MOST_DAYS)
    _check_written(data, chosen)
    with transaction():
        lock_all(chosen)
        _check_chosen(plan, chosen, by)
        collective = _make(plan, data, chosen, by=by)
        for position, proposal in enumerate(chosen, start=1):
            _ask(JoinRequest(position=position, reason=why), collective, proposal, due_on=due_on, by=by)
    return collective


def lock_all(proposals: Sequence[Proposal]) -> None:
    """Take hold of the rows, the oldest first, and read again what is decided on."""
    ids = sorted(p.id for p in proposals)
    lock(sa.select(Proposal.id).where(Proposal.id.in_(ids)).order_by(Proposal.id))
    for proposal in proposals:
        db.session.refresh(proposal, NOW)


def _check_written(data: ProposalInput, chosen: Sequence[Proposal]) -> None:
    if chosen and (name := families.untouched(data, chosen)) is not None:
        words = _l("Escriba un solo texto: todavía hay párrafos tal como llegaron, bajo su folio.")
        raise Invalid(words, field=name)


def _check_chosen(plan: Plan, chosen: Sequence[Proposal], by: Principal) -> None:
    if not families.LEAST_PARTS <= len({p.id for p in chosen}) == len(chosen) <= families.MOST_PARTS:
        raise Invalid(_l("Elija dos propuestas o más."), field="parts")
    for proposal in chosen:
        check_joinable(plan, proposal, by)
    _check_free(chosen)


def check_joinable(plan: Plan, proposal: Proposal, by: Principal) -> None:
    """Raise what speaks against asking for this proposal, its folio in the message."""
    if proposal.plan_id != plan.id:
        raise Invalid(_l("%(folio)s es de otro plan.", folio=proposal.folio), field="parts")
    if proposal.kind is not ProposalKind.CITIZEN:
        raise Invalid(_l("%(folio)s ya reúne varias propuestas.", folio=proposal.folio), field="parts")
    if proposal.status not in families.JOINABLE:
        words = _l("%(folio)s ya no se puede unir: se une antes de la evaluación.", folio=proposal.folio)
        raise Invalid(words, field="parts")
    if by.user_id is not None and by.user_id == proposal.author_id:
        raise Forbidden(_l("%(folio)s es suya: la unión debe proponerla otra persona.", folio=proposal.folio))


def _check_free(chosen: Sequence[Proposal], *, but: int | None = None) -> None:
    taken = unions.live_elsewhere([p.id for p in chosen], but=but)
    for proposal in chosen:
        if proposal.id in taken:
            words = _l(
                "A quien presentó %(folio)s ya se le preguntó por la propuesta colectiva %(other)s.",
                folio=proposal.folio,
                other=taken[proposal.id],
            )
            raise Conflict(words)


def _make(plan: Plan, data: ProposalInput, chosen: Sequence[Proposal], *, by: Principal) -> Proposal:
    """The collective proposal, received today under a folio of its own. It belongs to no account."""
    made = writing.new_proposal(plan, data, by=by)
    made.author_id, made.kind = None, ProposalKind.COLLECTIVE
    db.session.add(made)
    db.session.flush()
    writing.require_complete(made)
    ((made.folio, made.folio_number),) = take_folios(plan.id)
    db.session.add(
        ProposalVersion(proposal_id=made.id, number=1, content=writing.content(made), edited_at=made.updated_at)
    )
    fire(made, "submit", by=holding(by, made), tell=False, parts=[p.folio for p in chosen])
    return made


def _ask(request: JoinRequest, collective: Proposal, proposal: Proposal, *, due_on: date, by: Principal) -> None:
    """Put the question and its letter, with a new link; a reminder waits for its day."""
    token = tokens.new_token()
    request.collective_id, request.proposal_id = collective.id, proposal.id
    request.status, request.nuance, request.due_on = JoinStatus.ASKED, "", due_on
    request.asked_at, request.asked_by_id = clock.now(), by.user_id
    request.answered_at = request.undone_at = request.joined_from = None
    request.token_hash = tokens.token_hash(token)
    audit.record("join_request.ask", request, by=by, reference=proposal.folio, extra={"collective": collective.folio})
    context: dict[str, Any] = {
        "collective": collective.folio,
        "collective_page": f"/propuestas/{collective.folio}",
        "lead": {name: getattr(collective, name) for name in writing.TEXTS},
        "why": request.reason,
        "due_on": due_on,
        "asked_on": clock.today(),
        "link": mail.url_of(f"/uniones/{token}"),
    }
    letters.write_to_author(proposal, "join_ask", dedupe_key=_key(request, "ask"), **context)
    if (moment := families.reminded_at(request)) is not None:
        key = _key(request, "reminder")
        letters.write_to_author(proposal, "join_reminder", dedupe_key=key, not_before=moment, **context)


def _key(request: JoinRequest, what: str) -> str:
    """One for each asking, whose link it goes with: two in the same second are two letters."""
    return f"join:{request.id}:{what}:{(request.token_hash or '')[:16]}"


def forget_reminder(request: JoinRequest) -> None:
    """Take the unsent reminder back: nothing is awaited any more."""
    mine = OutboxMessage.dedupe_key == _key(request, "reminder")
    db.session.execute(sa.delete(OutboxMessage).where(mine, OutboxMessage.sent_at.is_(None)))


def ask_again(request: JoinRequest, *, due_on: date, by: Principal) -> None:
    """Ask an author once more: who has not answered, or whose text changed since. The earlier link is worth nothing.

    Raises `Invalid`, and `Conflict` where the author has answered or the collective proposal gathers no more.
    """
    authorize(by, Permission.PROPOSAL_JOIN)
    check_day(due_on, families.LEAST_DAYS, families.MOST_DAYS)
    collective, proposal = request.collective, request.proposal
    with transaction():
        lock_all([collective])
        lock_all([proposal])
        db.session.refresh(request, REQUEST)
        if collective.status not in families.FORMING:
            raise Conflict(_l("Esta propuesta colectiva ya no reúne más propuestas."))
        if request.status not in {JoinStatus.ASKED, JoinStatus.SILENT}:
            raise Conflict(_l("Quien presentó %(folio)s ya respondió.", folio=proposal.folio))
        if proposal.status not in families.JOINABLE:
            raise Conflict(_l("%(folio)s ya no se puede unir: se une antes de la evaluación.", folio=proposal.folio))
        _check_free([proposal], but=collective.id)
        forget_reminder(request)
        _ask(request, collective, proposal, due_on=due_on, by=by)


def add(collective: Proposal, plan: Plan, proposal: Proposal, *, due_on: date, by: Principal) -> None:
    """Ask the author of one more proposal to join. Raises as `propose`, and `Conflict` once it gathers no more."""
    authorize(by, Permission.PROPOSAL_JOIN)
    check_day(due_on, families.LEAST_DAYS, families.MOST_DAYS)
    with transaction():
        lock_all([collective])
        lock_all([proposal])
        if collective.status not in families.FORMING or collective.kind is not ProposalKind.COLLECTIVE:
            raise Conflict(_l("Esta propuesta colectiva ya no reúne más propuestas."))
        check_joinable(plan, proposal, by)
        _check_free([proposal])
        known = reading.parts(collective)
        if any(part.request.proposal_id == proposal.id for part in known):
            raise Conflict(_l("A quien presentó %(folio)s ya se le preguntó.", folio=proposal.folio))
        if len(known) >= families.MOST_PARTS:
            raise Conflict(_l("Una propuesta colectiva reúne como máximo %(most)d.", most=families.MOST_PARTS))
        row = JoinRequest(position=len(known) + 1, reason=known[0].request.reason if known else "")
        _ask(row, collective, proposal, due_on=due_on, by=by)
