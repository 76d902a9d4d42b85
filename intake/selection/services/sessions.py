"""Sessions: those to come and those of the past."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.selection import queries
from intake.selection.lifecycle import DECISION, SESSION
from models import Decision, Plan, Proposal, SelectionSession, Stage
from models.enums import DecisionStatus, SessionStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from intake.core.identity import Principal
    from intake.selection.inputs import HistoricalDecision, SessionInput

#: A session is written down when it is called or after it was held; a day further away is a slip of the keyboard.
MOST_DAYS_AHEAD = 60
#: How long before the stage of selection a session may have been held: a round may be decided early, not years early.
MOST_DAYS_BEFORE_STAGE = 365


def open_session(plan: Plan, given: SessionInput, *, by: Principal) -> SelectionSession:
    """Open the plan's next session.

    Raises `Invalid` on an empty field, an impossible day or an unknown round, `Conflict` while another one answers the
    same proposals.
    """
    authorize(by, Permission.SESSION_MANAGE)
    _check(given)
    with transaction():
        made = _new(plan, given)
        _check_day(plan.id, given.held_on)
        made.round_id = _round_id(plan.id, given)
        _check_alone(made)
        audit.record("session.open", made, by=by, reference=f"{plan.code}/{made.number}")
    return made


def edit_session(session: SelectionSession, given: SessionInput, *, by: Principal) -> None:
    """Correct an open session: title, day, who decides, what it answers.

    Raises as `open_session` does, and `Conflict` if it is closed, if somebody changed it since the form opened, or if a
    decision already taken would fall outside what it answers.
    """
    authorize(by, Permission.SESSION_MANAGE, session)
    _check(given)
    with transaction():
        _lock_open(session)
        if given.lock_version is not None and given.lock_version != session.lock_version:
            raise Conflict(_l("Otra persona cambió esta sesión mientras usted la tenía abierta. Revise sus datos."))
        _check_day(session.plan_id, given.held_on)
        with db.session.no_autoflush:  # the trace reads the old values before they are written
            session.title, session.held_on = given.title.strip(), given.held_on
            session.decided_by = given.decided_by.strip()
            session.round_id = _round_id(session.plan_id, given)
            _check_alone(session)
            _check_decisions_stay(session)
            reference = _reference(session)
        audit.record("session.edit", session, by=by, reference=reference)


def cancel_session(session: SelectionSession, reason: str, *, by: Principal) -> int:
    """Close an open session without publishing: its decisions are taken back, each in the trace. Returns how many."""
    authorize(by, Permission.SESSION_MANAGE, session)
    with transaction():
        _lock_open(session)
        taken = db.session.execute(
            sa.select(Decision, Proposal.folio)
            .join(Proposal, Proposal.id == Decision.proposal_id)
            .where(Decision.session_id == session.id)
            .order_by(Decision.id)
        ).all()
        SESSION.fire(session, "cancel", by=by, reason=reason, decisions=len(taken))
        for decision, folio in taken:
            facts = {"category": decision.category, "text": decision.reason}
            audit.record("decision.take_back", decision, by=by, reason=reason, extra=facts, reference=folio)
            db.session.delete(decision)
    return len(taken)


def record_historical_session(
    plan: Plan, given: SessionInput, decisions: Iterable[HistoricalDecision], *, by: Principal
) -> SelectionSession:
    """Record a session of the past with its decisions, already published. Tells nobody and moves no proposal.

    The proposals are expected to be in the state that the decision gave them. A reason may be empty where the source
    has none.
    """
    authorize(by, Permission.SESSION_MANAGE)
    authorize(by, Permission.DECISION_PUBLISH)
    _check(given)
    with transaction():
        made = _new(plan, given)
        made.published_at = clock.start_of(given.published_on or given.held_on)
        SESSION.establish(made, SessionStatus.PUBLISHED)
        audit.record("session.record", made, by=by, reference=f"{plan.code}/{made.number}")
        for one in decisions:
            audit.record(
                "decision.record", _past(made, one, made.published_at, by), by=by, reference=one.proposal.folio
            )
    return made


def require_open(session: SelectionSession) -> None:
    """Raise `Conflict` unless the session is open."""
    if session.status is SessionStatus.CANCELLED:
        raise Conflict(_l("Esta sesión se canceló."))
    if session.status is not SessionStatus.OPEN:
        raise Conflict(_l("Las decisiones de esta sesión ya se publicaron."))


def _lock_open(session: SelectionSession) -> None:
    """Whoever decides, changes or closes the session waits here for the others."""
    columns = ["status", "lock_version", "title", "held_on", "decided_by", "round_id"]
    db.session.refresh(session, columns, with_for_update=True)
    require_open(session)


def _reference(session: SelectionSession) -> str:
    code = db.session.scalar(sa.select(Plan.code).where(Plan.id == session.plan_id))
    return f"{code}/{session.number}"


def _round_id(plan_id: int, given: SessionInput) -> int | None:
    return None if given.round_number is None else queries.round_id_of(plan_id, given.round_number)


def _check_day(plan_id: int, day: date) -> None:
    latest = clock.today() + timedelta(days=MOST_DAYS_AHEAD)
    if day > latest:
        words = _l(
            "El día no puede pasar del %(date)s: una sesión se anota hasta 60 días antes.", date=f"{latest:%d/%m/%Y}"
        )
        raise Invalid(words, field="held_on")
    query = sa.select(Stage.opens_on).where(Stage.plan_id == plan_id, Stage.kind == StageKind.SELECTION)
    opens_on = db.session.scalar(query)
    if opens_on is not None and day < (first := opens_on - timedelta(days=MOST_DAYS_BEFORE_STAGE)):
        words = _l(
            "El día no puede ser anterior al %(date)s: la selección de este plan es posterior.",
            date=f"{first:%d/%m/%Y}",
        )
        raise Invalid(words, field="held_on")


def _check_alone(session: SelectionSession) -> None:
    if (number := db.session.scalar(_overlapping(session))) is not None:
        words = _l("La sesión %(number)s sigue abierta. Publique sus decisiones o cancélela antes.", number=number)
        raise Conflict(words)


def _check_decisions_stay(session: SelectionSession) -> None:
    """A decision on a proposal that the session no longer answers would be published without having been compared."""
    query = (
        sa.select(Proposal.folio)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Decision.session_id == session.id, sa.not_(queries.in_scope(session)))
        .order_by(Proposal.folio_number)
    )
    if outside := [folio or "" for folio in db.session.scalars(query)]:
        words = _l("Quite antes las decisiones que quedarían fuera: %(folios)s.", folios=", ".join(outside))
        raise Invalid(words, field="ronda")


def _overlapping(made: SelectionSession) -> sa.Select[int]:
    """Other open sessions on the same round; a session on the whole plan overlaps with every other."""
    query = sa.select(SelectionSession.number).where(
        SelectionSession.plan_id == made.plan_id,
        SelectionSession.status == SessionStatus.OPEN,
        SelectionSession.number != made.number,
    )
    if made.round_id is None:
        return query
    return query.where(sa.or_(SelectionSession.round_id.is_(None), SelectionSession.round_id == made.round_id))


def _check(given: SessionInput) -> None:
    if not given.title.strip():
        raise Invalid(_l("Escriba un título."), field="title")
    if not given.decided_by.strip():
        raise Invalid(_l("Diga qué cuerpo colegiado decide: ninguna autoridad decide sola."), field="decided_by")


def _new(plan: Plan, given: SessionInput) -> SelectionSession:
    lock(sa.select(Plan.id).where(Plan.id == plan.id))  # numbers follow one another, and open sessions do not overlap
    last = db.session.scalar(sa.select(sa.func.max(SelectionSession.number)).where(SelectionSession.plan_id == plan.id))
    return SelectionSession(
        plan_id=plan.id,
        number=(last or 0) + 1,
        title=given.title.strip(),
        held_on=given.held_on,
        decided_by=given.decided_by.strip(),
        source_url=given.source_url,
    )


def _past(made: SelectionSession, one: HistoricalDecision, at: datetime, by: Principal) -> Decision:
    found = Decision(
        session_id=made.id,
        proposal_id=one.proposal.id,
        category=one.category,
        fallback=one.fallback,
        reason=one.reason.strip(),
        rank=one.rank,
        mean_pct=one.mean_pct,
        departs_from_order=bool(one.departure_reason.strip()),
        departure_reason=one.departure_reason.strip(),
        promoter=one.promoter,
        decided_by_id=by.user_id,
        decided_at=one.decided_at or clock.start_of(made.held_on),
        published_at=at,
    )
    DECISION.establish(found, DecisionStatus.PUBLISHED)
    return found
