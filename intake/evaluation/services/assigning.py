"""Asking people for reviews, taking the request back, reminding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.accounts import queries as accounts
from intake.core import audit, clock, outbox
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import SYSTEM
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.evaluation import conflicts
from intake.evaluation.inputs import PENDING_STATES
from intake.evaluation.lifecycle import ASSIGNMENT
from intake.extensions import db
from intake.reception.services import move
from models import Assignment, Proposal, ProposalVersion, Round, User
from models.enums import ProposalStatus, Role, RoundStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from intake.core.i18n import Text
    from intake.core.identity import Principal

ASSIGNABLE = frozenset({ProposalStatus.ADMITTED, ProposalStatus.IN_EVALUATION})


@dataclass(frozen=True)
class Skipped:
    """A pair that was not assigned, and why."""

    folio: str
    reviewer: str
    why: Text


def assign(
    round: Round,  # noqa: A002 -- the signature agreed with other rooms
    proposal: Proposal,
    reviewer: User,
    *,
    by: Principal,
    due_on: date | None = None,
) -> Assignment:
    """Ask a reviewer for a review and tell them. Raises `Conflict` with the reason why it cannot be."""
    authorize(by, Permission.ASSIGNMENT_MANAGE, round)
    with transaction():
        hold(round, [proposal])
        made = _assign(round, proposal, reviewer, by=by, due_on=due_on)
        _tell(reviewer, round, [proposal], due_on or round.due_on)
    return made


def assign_many(
    round: Round,  # noqa: A002
    proposals: Sequence[Proposal],
    reviewers: Sequence[User],
    *,
    by: Principal,
    due_on: date | None = None,
) -> tuple[int, list[Skipped]]:
    """Ask every reviewer for a review of every proposal; one message each. Impossible pairs are left out and named."""
    authorize(by, Permission.ASSIGNMENT_MANAGE, round)
    _check_due(round, due_on)
    skipped: list[Skipped] = []
    made = 0
    with transaction():
        hold(round, proposals)
        for reviewer in reviewers:
            given = []
            for proposal in proposals:
                try:
                    _assign(round, proposal, reviewer, by=by, due_on=due_on)
                    given.append(proposal)
                except Conflict as refusal:  # raised before anything is written
                    skipped.append(Skipped(proposal.folio or "", reviewer.name, refusal.message))
            if given:
                _tell(reviewer, round, given, due_on or round.due_on)
            made += len(given)
    return made, skipped


def _check_due(round: Round, day: date | None) -> None:  # noqa: A002
    """Raise `Invalid` for a last day that is over, or later than that of the round."""
    if day is not None and day < clock.today():
        raise Invalid(_l("La fecha límite ya pasó: escriba hoy o un día posterior."), field="due_on")
    if day is not None and round.due_on is not None and day > round.due_on:
        words = _l("La ronda termina el %(date)s: escriba ese día o uno anterior.", date=f"{round.due_on:%d/%m/%Y}")
        raise Invalid(words, field="due_on")


def cancel(assignment: Assignment, reason: str, *, by: Principal) -> None:
    """Take a request back and tell the reviewer why."""
    cancel_all([assignment], reason, by=by)


def cancel_all(assignments: Sequence[Assignment], reason: str, *, by: Principal) -> None:
    """Take several requests back; each reviewer gets one message."""
    authorize(by, Permission.ASSIGNMENT_MANAGE)
    with transaction():
        for assignment in assignments:
            ASSIGNMENT.fire(assignment, "cancel", by=by, reason=reason)
        for person, folios in _by_reviewer(assignments):
            _mail("assignment_cancelled", person, folios=folios, reason=reason.strip())


def cancel_for_withdrawn(proposal: Proposal, reason: str) -> None:
    """Take back what reviewers still owe of a proposal that its author has taken back, and tell them."""
    query = sa.select(Assignment).where(Assignment.proposal_id == proposal.id, Assignment.status.in_(PENDING_STATES))
    if open_ones := db.session.scalars(query.order_by(Assignment.id)).all():
        cancel_all(open_ones, reason, by=SYSTEM)


def hold(round: Round, proposals: Sequence[Proposal] = ()) -> None:  # noqa: A002
    """Read the round and the proposals again under a lock: assigning, closing and withdrawing wait for each other."""
    db.session.refresh(round, ["status", "due_on"], with_for_update=True)
    if proposals:
        query = sa.select(Proposal).where(Proposal.id.in_([p.id for p in proposals])).order_by(Proposal.id)
        fresh = query.options(sa.orm.load_only(Proposal.status, Proposal.lock_version)).with_for_update(of=Proposal)
        db.session.scalars(fresh.execution_options(populate_existing=True)).all()


def remind(round: Round, *, by: Principal) -> int:  # noqa: A002
    """Remind everybody who owes a review, at most once a day each. Returns how many people."""
    authorize(by, Permission.ASSIGNMENT_MANAGE, round)
    with transaction():
        query = sa.select(Assignment).where(Assignment.round_id == round.id, Assignment.status.in_(PENDING_STATES))
        people = _by_reviewer(db.session.scalars(query.order_by(Assignment.id)).all())
        for person, folios in people:
            key = f"assignment_reminder:{round.id}:{person.id}:{clock.today().isoformat()}"
            _mail("assignment_reminder", person, key=key, folios=folios, due_on=round.due_on, round=round.name)
        if people:
            audit.record("round.remind", round, by=by, extra={"people": len(people)})
    return len(people)


def _assign(round: Round, proposal: Proposal, reviewer: User, *, by: Principal, due_on: date | None) -> Assignment:  # noqa: A002
    _check_places(round, proposal)
    found = accounts.principal_of(reviewer.id)
    if found is None or not found[0].holds(Role.REVIEWER) or found[0].sector is None:
        raise Conflict(_l("Esta persona no tiene hoy un cargo de revisión."))
    if (why := conflicts.between(proposal.id, found[0])) is not None:
        raise Conflict(_l("No puede revisarla: %(why)s.", why=why))
    pair = (
        Assignment.round_id == round.id,
        Assignment.proposal_id == proposal.id,
        Assignment.reviewer_id == reviewer.id,
    )
    if db.session.scalar(sa.select(Assignment.id).where(*pair)) is not None:
        raise Conflict(_l("Ya se le pidió esta evaluación en esta ronda."))
    made = Assignment(
        round_id=round.id,
        proposal_id=proposal.id,
        reviewer_id=reviewer.id,
        sector=found[0].sector,
        due_on=due_on or round.due_on,
        proposal_version=_version_of(proposal),
        assigned_at=clock.now(),
        assigned_by_id=by.user_id,
    )
    audit.record("assignment.create", made, by=by, reference=proposal.folio)
    if proposal.status is ProposalStatus.ADMITTED:
        move(proposal, "begin_evaluation", by=by)
    return made


def _check_places(round: Round, proposal: Proposal) -> None:  # noqa: A002
    if round.status is not RoundStatus.OPEN:
        raise Conflict(_l("Esta ronda ya está cerrada."))
    if proposal.plan_id != round.plan_id:
        raise Conflict(_l("La propuesta es de otro plan."))
    if proposal.status not in ASSIGNABLE:
        raise Conflict(_l("La propuesta no está admitida o ya terminó su evaluación."))


def _version_of(proposal: Proposal) -> int:
    query = sa.select(sa.func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
    return int(db.session.scalar(query) or 1)


def _by_reviewer(assignments: Iterable[Assignment]) -> list[tuple[User, list[str]]]:
    """Each reviewer with the folios of theirs. One statement."""
    keys = [a.id for a in assignments]
    query = (
        sa.select(User, Proposal.folio)
        .join(Assignment, Assignment.reviewer_id == User.id)
        .join(Proposal, Proposal.id == Assignment.proposal_id)
        .where(Assignment.id.in_(keys))
        .order_by(User.id, Proposal.folio)
    )
    people: dict[User, list[str]] = {}
    for person, folio in db.session.execute(query):
        people.setdefault(person, []).append(folio or "")
    return list(people.items())


def _tell(reviewer: User, round: Round, proposals: Sequence[Proposal], due_on: date | None) -> None:  # noqa: A002
    items = [{"folio": p.folio, "title": p.title} for p in proposals]
    _mail("assignment_created", reviewer, items=items, due_on=due_on, round=round.name)


def _mail(kind: str, person: User, *, key: str | None = None, **context: Any) -> None:
    outbox.enqueue(kind, to=person.email, locale=person.locale, dedupe_key=key, name=person.name, **context)


def require_reason(reason: str) -> str:
    """The reason without spaces around it. Raises `Invalid` if there is none."""
    if not reason.strip():
        raise Invalid(_l("Escriba el motivo."), field="reason")
    return reason.strip()
