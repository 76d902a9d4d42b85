"""Ways to break each invariant of supports and comments, past the services."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from models import Comment, Proposal

_COMMENT = Comment.metadata.tables["comment"]


def _one(condition: sa.ColumnElement[bool]) -> Any:
    query = sa.select(Comment.id, Comment.number, Comment.author_id, Comment.hidden_by_id, Proposal.folio)
    return db.session.execute(
        query.join(Proposal, Proposal.id == Comment.proposal_id).where(condition).order_by(Comment.id).limit(1)
    ).one()


def _set(of: Any, **values: Any) -> str:
    db.session.execute(sa.update(_COMMENT).where(_COMMENT.c.id == of.id).values(**values))
    return f"{of.folio}/{of.number}"


def _miscount(**values: Any) -> str:
    row = db.session.execute(sa.select(Proposal.id, Proposal.folio).where(Proposal.comment_count > 0).limit(1)).one()
    db.session.execute(sa.update(Proposal.__table__).where(Proposal.id == row.id).values(**values))
    return str(row.folio)


def break_supports_add_up() -> str:
    return _miscount(support_count=99)


def break_comments_add_up() -> str:
    return _miscount(comment_count=99)


def break_hidden_and_told() -> str:
    return _set(_one(Comment.hidden_at.is_not(None)), hidden_note=" ")


def break_appeals_by_another() -> str:
    of = _one(Comment.appeal != "")
    return _set(of, appeal_status="refused", appeal_by_id=of.hidden_by_id)


def break_replies_in_thread() -> str:
    reply = _one(Comment.parent_id.is_not(None))
    other = _one(Comment.parent_id.is_(None) & (Proposal.folio != reply.folio))
    return _set(reply, parent_id=other.id)
