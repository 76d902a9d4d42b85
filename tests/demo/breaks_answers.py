"""Ways to break each invariant of questions to authors and of the right of reply, past the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from models import Admission, AuthorReply, InformationRequest, Proposal


def _answered() -> Any:
    query = sa.select(AuthorReply.id, AuthorReply.proposal_id, AuthorReply.replied_at, Proposal.folio)
    joined = query.join(Proposal, Proposal.id == AuthorReply.proposal_id)
    return db.session.execute(
        joined.where(AuthorReply.answered_at.is_not(None)).order_by(AuthorReply.id).limit(1)
    ).one()


def _set(row: Any, **values: Any) -> str:
    db.session.execute(sa.update(AuthorReply.__table__).where(AuthorReply.id == row.id).values(**values))
    return str(row.folio)


def break_one_open_question() -> str:
    query = sa.select(InformationRequest.proposal_id, Proposal.folio).join(
        Proposal, Proposal.id == InformationRequest.proposal_id
    )
    row = db.session.execute(query.where(InformationRequest.answered_at.is_(None)).limit(1)).one()
    now = {"asked_at": clock.now(), "due_on": clock.today(), "question": "¿Otra?", "answer": ""}
    db.session.execute(sa.insert(InformationRequest.__table__).values(proposal_id=row.proposal_id, **now))
    return str(row.folio)


def break_replies_in_their_term() -> str:
    row = _answered()
    return _set(row, replied_at=row.replied_at + timedelta(days=8))


def break_replies_by_another() -> str:
    row = _answered()
    query = sa.select(Admission.examined_by_id).where(Admission.proposal_id == row.proposal_id)
    return _set(row, answered_by_id=db.session.scalar(query))
