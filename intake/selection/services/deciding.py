"""Deciding on one proposal. Nothing of it is public until the session is published."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.selection import order, queries
from intake.selection.services.sessions import require_open
from models import Decision
from models.enums import Category, DecisionStatus, ProposalStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.selection.inputs import DecisionInput
    from models import Proposal, SelectionSession

FALLBACKS = frozenset({Category.OUTSIDE_PLAN, Category.NEXT_PLAN})


def decide(session: SelectionSession, proposal: Proposal, given: DecisionInput, *, by: Principal) -> Decision:
    """Decide, or decide anew while the session is open.

    Raises `Invalid` without a reason, on a wrong fallback, or where the choice departs from the order and nobody says
    why; `Conflict` if the session is published, the proposal not evaluated, or somebody decided since the form opened.
    """
    authorize(by, Permission.DECISION_WRITE, session)
    given = _checked(given)
    with transaction():
        db.session.refresh(session, ["status", "lock_version"], with_for_update=True)  # they queue
        _check_places(session, proposal)
        found = queries.decision_of(proposal.id)
        _check_turn(session, found, given)
        ranked = queries.means(session)
        departs = _departs(session, ranked, proposal.id, given)
        decision = found or Decision(session_id=session.id, proposal_id=proposal.id)
        decision.category = given.category
        decision.fallback = given.fallback
        decision.reason = given.reason
        decision.rank = queries.rank_in(ranked, proposal.id)
        decision.mean_pct = ranked.get(proposal.id)
        decision.departs_from_order = departs
        decision.departure_reason = given.departure_reason
        decision.decided_by_id = by.user_id
        decision.decided_at = clock.now()
        audit.record(
            "decision.change" if found else "decision.decide",
            decision,
            by=by,
            reason=given.reason,
            reference=proposal.folio,
        )
    return decision


def undecide(session: SelectionSession, proposal: Proposal, *, by: Principal) -> None:
    """Take back a decision that was not published; the trace keeps it."""
    authorize(by, Permission.DECISION_WRITE, session)
    with transaction():
        found = queries.decision_of(proposal.id)
        if found is None or found.session_id != session.id or found.status is not DecisionStatus.PENDING:
            raise Conflict(_l("No hay una decisión sin publicar sobre esta propuesta."))
        audit.record("decision.take_back", found, by=by, extra={"category": found.category}, reference=proposal.folio)
        db.session.delete(found)


def _checked(given: DecisionInput) -> DecisionInput:
    reason, departure = given.reason.strip(), given.departure_reason.strip()
    if not reason:
        raise Invalid(_l("Escriba la razón que leerá quien presentó la propuesta."), field="reason")
    if given.category is Category.RESERVE and given.fallback not in FALLBACKS:
        raise Invalid(_l("Diga qué pasará si no se la llama: fuera del plan o próximo plan."), field="fallback")
    fallback = given.fallback if given.category is Category.RESERVE else None
    return replace(given, reason=reason, departure_reason=departure, fallback=fallback)


def _check_places(session: SelectionSession, proposal: Proposal) -> None:
    require_open(session)
    if proposal.plan_id != session.plan_id:
        raise Conflict(_l("La propuesta es de otro plan."))
    if proposal.status is not ProposalStatus.EVALUATED:
        raise Conflict(_l("Solo se decide sobre propuestas evaluadas."))
    if not queries.answers(session, proposal.id):
        raise Conflict(_l("La propuesta no es de la ronda que responde esta sesión."))


def _check_turn(session: SelectionSession, found: Decision | None, given: DecisionInput) -> None:
    if found is not None and (found.session_id != session.id or found.status is not DecisionStatus.PENDING):
        raise Conflict(_l("Esta propuesta ya se decidió en otra sesión."))
    if given.lock_version is not None and given.lock_version != (found.lock_version if found else 0):
        raise Conflict(_l("Otra persona decidió sobre esta propuesta mientras usted la tenía abierta."))


def _departs(session: SelectionSession, ranked: queries.Means, proposal_id: int, given: DecisionInput) -> bool:
    """Whether the choice departs from the order. Raises `Invalid` if it does and nobody says why."""
    decided, explained = queries.decided(session)
    if not order.departs(ranked, decided, proposal_id, given.category, explained=explained):
        return bool(given.departure_reason) and order.departs(ranked, decided, proposal_id, given.category)
    if not given.departure_reason:
        words = (
            _l("Otras con una media más alta quedan sin lugar. Diga quién decidió apartarse del orden y por qué.")
            if given.category is Category.IN_PLAN
            else _l("Por su media le correspondía un lugar. Diga quién decidió apartarse del orden y por qué.")
        )
        raise Invalid(words, field="departure_reason")
    return True
