"""Publishing: every decision of a session at once, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import audit
from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import flush, transaction
from intake.extensions import db
from intake.mapping import noticed
from intake.reception.services import move
from intake.selection import order, queries
from intake.selection.lifecycle import DECISION, MOVE_OF, SESSION
from intake.selection.services.sessions import require_open
from models import Decision, Proposal, SelectionSession
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal


def publish(session: SelectionSession, *, by: Principal) -> int:
    """Publish all decisions of the session, move their proposals and tell the authors. Returns how many.

    Raises `Conflict` (``details['lines']`` name them) while an admitted proposal that the session answers has no
    decision, or while a departure from the order has no explanation. A proposal withdrawn since it was decided on gets
    no answer.
    """
    authorize(by, Permission.DECISION_PUBLISH, session)
    with transaction():
        require_open(session)
        _lock(session)
        decisions = _decisions(session, by)
        _check_complete(session, decisions)
        departing = order.departures(queries.means(session), {d.proposal_id: d.category for d in decisions})
        for decision in decisions:
            decision.departs_from_order = decision.proposal_id in departing and bool(decision.departure_reason)
            DECISION.fire(decision, "publish", by=by)
            move(decision.proposal, MOVE_OF[decision.category], by=by, reason=decision.reason)
        noticed.answered(_answered(decisions))
        SESSION.fire(session, "publish", by=by, decisions=len(decisions))
    return len(decisions)


def _answered(decisions: Sequence[Decision]) -> Sequence[Proposal]:
    """What the decisions answer: the proposals, and those that were joined to them. One statement."""
    ids = [decision.proposal_id for decision in decisions]
    query = sa.select(Proposal).where(sa.or_(Proposal.id.in_(ids), Proposal.joined_to_id.in_(ids)))
    return db.session.scalars(query).all()


def _lock(session: SelectionSession) -> None:
    """Two people publishing at once wait for each other, and the second finds it done."""
    db.session.refresh(session, ["status", "lock_version"], with_for_update=True)
    require_open(session)


def _decisions(session: SelectionSession, by: Principal) -> list[Decision]:
    query = (
        sa.select(Decision)
        .where(Decision.session_id == session.id)
        .options(joinedload(Decision.proposal))
        .order_by(Decision.rank.is_(None), Decision.rank, Decision.id)
    )
    kept = []
    for decision in db.session.scalars(query).all():
        if decision.proposal.status is ProposalStatus.WITHDRAWN:
            audit.record("decision.drop", decision, by=by, reference=decision.proposal.folio)
            db.session.delete(decision)
        else:
            kept.append(decision)
    flush()
    return kept


def _check_complete(session: SelectionSession, decisions: Sequence[Decision]) -> None:
    if missing := queries.undecided(session):
        lines = [f"{folio} · {title}" for folio, title, _status in missing]
        raise Conflict(_l("Todavía hay propuestas admitidas sin respuesta."), lines=lines)
    if not decisions:
        raise Conflict(_l("Esta sesión no tiene ninguna decisión que publicar."))
    explained = {d.proposal_id for d in decisions if d.departure_reason}
    found = order.unexplained(queries.means(session), {d.proposal_id: d.category for d in decisions}, explained)
    if found:
        lines = [f"{d.proposal.folio} · {d.proposal.title}" for d in decisions if d.proposal_id in found]
        raise Conflict(_l("Falta explicar por qué estas decisiones se apartan del orden."), lines=lines)
