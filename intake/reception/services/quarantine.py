"""Setting aside what may be no proposal, and a person's word on it. Nothing is lost: the discarded can come back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import noticed
from intake.reception import screening
from intake.reception.lifecycle import PROPOSAL
from intake.reception.services import inviting
from intake.reception.writing import TEXTS
from models import Hold, Plan, Proposal
from models.enums import HoldReason, ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal

_WEEK = timedelta(days=7)


def note_pace(proposal: Proposal, pace: screening.Pace) -> None:
    """Keep what the way of writing says about a draft until it is sent. Joins the caller's transaction.

    Of what is no draft any more (the same form sent again, because its answer was lost) nothing is noted: nobody would
    settle it.
    """
    found = screening.of_pace(pace)
    if not found:
        return
    with transaction():
        db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
        if proposal.status is not ProposalStatus.DRAFT:
            return
        for reason, (weight, evidence) in found.items():
            db.session.add(_hold(proposal, reason, {reason.value: [weight, evidence]}))


def noted(proposal: Proposal) -> screening.Findings:
    """The signs that `note_pace` kept. One statement."""
    found: dict[HoldReason, tuple[int, str]] = {}
    for hold in _open(proposal):
        for reason, (weight, evidence) in hold.findings.items():
            found[HoldReason(reason)] = (int(weight), str(evidence))
    return found


def findings_of(proposal: Proposal, from_network: int = 0) -> screening.Findings:
    """The signs in what a proposal that is being sent says, but for its copies. No statement."""
    arrival = screening.Arrival(
        title=proposal.title,
        texts=[getattr(proposal, name) for name in TEXTS if name != "title"],
        from_network=from_network,
    )
    return screening.of_content(arrival)


def set_aside(proposal: Proposal, findings: screening.Findings) -> None:
    """Put one open record in place of what was noted while writing. Joins the caller's transaction."""
    forget(proposal)
    told = {reason.value: [weight, evidence] for reason, (weight, evidence) in findings.items()}
    db.session.add(_hold(proposal, screening.weightiest(findings), told))


def forget(proposal: Proposal) -> None:
    """Let go of what was noted while writing: the whole did not amount to enough."""
    db.session.execute(sa.delete(Hold).where(Hold.proposal_id == proposal.id, Hold.settled_at.is_(None)))


def hold_by_hand(proposal: Proposal, *, by: Principal, reason: str) -> None:
    """Set a received proposal aside that no sign had caught.

    Raises `Conflict` once it was examined, and for a collective one: its parts would be left without an answer.
    """
    authorize(by, Permission.PROPOSAL_ADMIT, proposal)
    if proposal.kind is ProposalKind.COLLECTIVE:
        raise Conflict(_l("Reúne propuestas de varios autores, que quedarían sin respuesta: deshaga antes la unión."))
    with transaction():
        PROPOSAL.fire(proposal, "set_aside", by=by, reason=reason)
        hold = _hold(proposal, HoldReason.BY_HAND, {HoldReason.BY_HAND.value: [screening.ENOUGH, reason.strip()]})
        hold.by_machine = False
        db.session.add(hold)


def release(proposal: Proposal, *, by: Principal) -> None:
    """Let a held or discarded proposal through: it goes on as if it had never stopped. Raises `Conflict` if it did."""
    _settle(proposal, "release", by=by, released=True)


def discard(proposal: Proposal, *, by: Principal, reason: str) -> None:
    """Confirm that it is no proposal. It keeps its folio, and can be let through later."""
    _settle(proposal, "discard", by=by, released=False, reason=reason)


def release_all(proposals: Sequence[Proposal], *, by: Principal) -> int:
    """Let several through at once; those that somebody settled meanwhile are passed over. How many went through."""
    done = 0
    with transaction():
        for proposal in proposals:
            db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
            if proposal.status in PROPOSAL["release"].sources:
                release(proposal, by=by)
                done += 1
    return done


def _settle(proposal: Proposal, action: str, *, by: Principal, released: bool, reason: str = "") -> None:
    authorize(by, Permission.PROPOSAL_ADMIT, proposal)
    with transaction():
        db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
        if proposal.status not in PROPOSAL[action].sources:
            raise Conflict(_l("Otra persona ya decidió sobre esta propuesta."))
        PROPOSAL.fire(proposal, action, by=by, reason=reason)
        for hold in _open(proposal):
            hold.settled_at, hold.settled_by_id, hold.released = clock.now(), by.user_id, released
        if released:
            noticed.proposed(proposal)
            inviting.send_waiting(proposal)


def _open(proposal: Proposal) -> Sequence[Hold]:
    query = sa.select(Hold).where(Hold.proposal_id == proposal.id, Hold.settled_at.is_(None)).order_by(Hold.id)
    return db.session.scalars(query).all()


class Copies(NamedTuple):
    """How often the same words came within a week, and the last folio number that was taken when they were counted."""

    number: int
    last_folio: int


def copies(proposal: Proposal) -> Copies:
    """Count them, drafts left out. One statement."""
    last = sa.select(Plan.folio_counter).where(Plan.id == proposal.plan_id).scalar_subquery()
    recent = Proposal.submitted_at >= clock.now() - _WEEK
    return Copies(
        *db.session.execute(sa.select(sa.func.count(Proposal.id), last).where(recent, *_same(proposal))).one()
    )


def copies_since(proposal: Proposal, seen: Copies) -> int:
    """Count those that took a folio since, too: no week is looked through while others wait. One statement."""
    query = sa.select(sa.func.count(Proposal.id)).where(Proposal.folio_number > seen.last_folio, *_same(proposal))
    with db.session.no_autoflush:  # its own row may be half moved on
        return seen.number + (db.session.scalar(query) or 0)


def _same(proposal: Proposal) -> list[sa.ColumnElement[bool]]:
    return [
        Proposal.plan_id == proposal.plan_id,
        Proposal.search_stems == proposal.search_stems,
        Proposal.id != proposal.id,
    ]


def _hold(proposal: Proposal, reason: HoldReason, findings: dict[str, list[object]]) -> Hold:
    return Hold(proposal_id=proposal.id, reason=reason, findings=findings, by_machine=True, held_at=clock.now())
