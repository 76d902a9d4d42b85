"""Ways to break each invariant of joining, past the services."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from models import Admission, AuditEntry, CoAuthor, JoinRequest, Proposal
from models.enums import ProposalKind, ProposalStatus


def _part() -> Any:
    query = sa.select(Proposal.id, Proposal.folio, Proposal.joined_to_id).where(Proposal.joined_to_id.is_not(None))
    return db.session.execute(query.order_by(Proposal.id).limit(1)).one()


def _collective() -> Any:
    query = sa.select(Proposal.id, Proposal.folio, Proposal.plan_id).where(Proposal.kind == ProposalKind.COLLECTIVE)
    return db.session.execute(query.order_by(Proposal.id).limit(1)).one()


def _set(table: Any, key: int, **values: Any) -> None:
    db.session.execute(sa.update(table.__table__).where(table.id == key).values(**values))


def _request(proposal_id: int) -> int:
    return int(db.session.scalar(sa.select(JoinRequest.id).where(JoinRequest.proposal_id == proposal_id)) or 0)


def break_joined_by_consent() -> str:
    row = _part()
    _set(JoinRequest, _request(row.id), status="declined")
    return str(row.folio)


def break_joined_once() -> str:
    row = _part()
    other = db.session.scalar(
        sa.select(Proposal.id).where(Proposal.status == ProposalStatus.ADMITTED, Proposal.id != row.id).limit(1)
    )
    now = {"position": 1, "asked_at": clock.now(), "due_on": clock.today(), "nuance": "", "reason": ""}
    values = {"collective_id": other, "proposal_id": row.id, "status": "accepted", "joined_from": "submitted", **now}
    db.session.execute(sa.insert(JoinRequest.__table__).values(**values))
    return str(row.folio)


def break_parts_have_a_whole() -> str:
    row = _part()
    _set(Proposal, row.joined_to_id, kind="citizen")
    return str(row.folio)


def break_family_authors_once() -> str:
    row = _collective()
    db.session.execute(sa.delete(CoAuthor).where(CoAuthor.proposal_id == row.id))
    return str(row.folio)


def break_families_led_by_others() -> str:
    row = _collective()
    asked_by = db.session.scalar(sa.select(JoinRequest.asked_by_id).where(JoinRequest.collective_id == row.id))
    met = dict.fromkeys(("is_clear", "is_collaborative", "is_open_government", "is_public_policy"), True)
    db.session.add(Admission(proposal_id=row.id, reason="x", examined_by_id=asked_by, examined_at=clock.now(), **met))
    db.session.flush()
    return str(row.folio)


def break_families_are_told() -> str:
    row = _collective()
    entry = AuditEntry(
        at=clock.now(),
        role="system",
        action="proposal.admit",
        subject_type="proposal",
        subject_id=row.id,
        subject_ref=row.folio,
        changes={},
        reason="",
    )
    db.session.add(entry)
    db.session.flush()
    return f"{row.folio} admit"
