"""Who acted last on a proposal, from the trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.extensions import db
from models import AuditEntry, Proposal, User

if TYPE_CHECKING:
    from datetime import datetime

#: Roles under which nobody is named: who acts as a citizen is nobody's business here.
_NAMELESS = frozenset({"citizen", "guest", "system"})


@dataclass(frozen=True)
class LastAct:
    """The last entry about a proposal; ``name`` is empty where it is not for showing."""

    name: str
    at: datetime
    action: str


def last_act(proposal_id: int) -> LastAct | None:
    """The last thing that happened to a proposal; None where the trace holds nothing. One statement."""
    query = (
        sa.select(AuditEntry.role, User.name, AuditEntry.at, AuditEntry.action)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(AuditEntry.subject_type == Proposal.__tablename__, AuditEntry.subject_id == proposal_id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    role, name, at, action = row
    return LastAct("" if role in _NAMELESS else name or "", at, action)
