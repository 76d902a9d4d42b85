"""Why something was taken back: a withdrawn proposal, a union that was undone. Read from the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from intake.extensions import db
from models import AuditEntry, JoinRequest, Proposal
from models.enums import JoinStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The entry of the trace that says that a proposal went with the import that had brought it.
IMPORT_UNDONE = "proposal.undo_import"
_WITHDRAWN = ("proposal.withdraw", IMPORT_UNDONE)
_UNION_UNDONE = ("join_request.undo", "join_request.close")


class TakenBack(NamedTuple):
    """Why a proposal was withdrawn. ``by_team``: it had been registered by mistake and its import was undone."""

    reason: str = ""
    by_team: bool = False


STANDS = TakenBack()


def taken_back(proposal: Proposal) -> TakenBack:
    """Why a withdrawn proposal was withdrawn, last. One statement."""
    query = (
        sa.select(AuditEntry.action, AuditEntry.reason, AuditEntry.changes)
        .where(
            AuditEntry.subject_type == Proposal.__tablename__,
            AuditEntry.subject_id == proposal.id,
            AuditEntry.action.in_(_WITHDRAWN),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return STANDS
    if row.action != IMPORT_UNDONE:
        return TakenBack(row.reason or "")
    return TakenBack(_without_batch(row.reason or "", row.changes), by_team=True)


def _without_batch(reason: str, changes: Mapping[str, object]) -> str:
    """The reason alone: entries from before 22 November 2026 begin with the name of the batch, which is the team's."""
    return reason.removeprefix(f"Se deshizo la importación «{changes.get('batch', '')}».").strip()


def why_undone(requests: Iterable[JoinRequest]) -> dict[int, str]:
    """The reason given for undoing each of these questions that was undone, by its id. One statement, none without."""
    ids = [request.id for request in requests if request.status is JoinStatus.UNDONE]
    if not ids:
        return {}
    query = sa.select(AuditEntry.subject_id, AuditEntry.reason).where(
        AuditEntry.subject_type == JoinRequest.__tablename__,
        AuditEntry.subject_id.in_(ids),
        AuditEntry.action.in_(_UNION_UNDONE),
    )
    return {key: reason or "" for key, reason in db.session.execute(query.order_by(AuditEntry.id)) if key}
