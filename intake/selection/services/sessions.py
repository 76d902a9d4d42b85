"""Sessions: those to come and those of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.selection import queries
from intake.selection.lifecycle import DECISION, SESSION
from models import Decision, SelectionSession
from models.enums import DecisionStatus, SessionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from intake.core.identity import Principal
    from intake.selection.inputs import HistoricalDecision, SessionInput
    from models import Plan


def open_session(plan: Plan, given: SessionInput, *, by: Principal) -> SelectionSession:
    """Open the plan's next session.

    Raises `Invalid` on an empty field or an unknown round, `Conflict` while another one answers the same proposals.
    """
    authorize(by, Permission.SESSION_MANAGE)
    _check(given)
    with transaction():
        made = _new(plan, given)
        if given.round_number is not None:
            made.round_id = queries.round_id_of(plan.id, given.round_number)
        if (number := db.session.scalar(_overlapping(made))) is not None:
            raise Conflict(_l("La sesión %(number)s sigue abierta. Publique sus decisiones antes.", number=number))
        audit.record("session.open", made, by=by, reference=f"{plan.code}/{made.number}")
    return made


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


def _overlapping(made: SelectionSession) -> sa.Select[int]:
    """Open sessions on the same round; a session on the whole plan overlaps with every other."""
    query = sa.select(SelectionSession.number).where(
        SelectionSession.plan_id == made.plan_id, SelectionSession.status == SessionStatus.OPEN
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
