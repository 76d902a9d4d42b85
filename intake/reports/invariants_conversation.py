"""Invariants of supports, comments and moderation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.extensions import db
from models import Comment, Proposal, Support


def _miscounted(stored: Any, rows: sa.Select[Any]) -> Sequence[Any]:
    """Proposals whose stored number is not that of the rows."""
    counted = sa.func.coalesce(rows.correlate(Proposal).scalar_subquery(), 0)
    query = sa.select(Proposal.id, Proposal.folio).where(stored != counted).order_by(Proposal.id)
    return [folio or f"proposal {key}" for key, folio in db.session.execute(query)]


def supports_add_up() -> Sequence[Any]:
    """Proposals whose number of supports is not that of the confirmed ones."""
    rows = sa.select(sa.func.count(Support.id)).where(
        Support.proposal_id == Proposal.id, Support.confirmed_at.is_not(None)
    )
    return _miscounted(Proposal.support_count, rows)


def comments_add_up() -> Sequence[Any]:
    """Proposals whose number of comments is not that of the ones that are shown."""
    rows = sa.select(sa.func.count(Comment.id)).where(Comment.proposal_id == Proposal.id, Comment.hidden_at.is_(None))
    return _miscounted(Proposal.comment_count, rows)


def _named(condition: sa.ColumnElement[bool], of: Any = Comment) -> list[str]:
    query = sa.select(Proposal.folio, of.number).join(of, of.proposal_id == Proposal.id).where(condition)
    return [f"{folio}/{number}" for folio, number in db.session.execute(query.order_by(of.id))]


def hidden_for_a_told_reason() -> Sequence[Any]:
    """Hidden comments that nobody and no machine hid, or whose author was told no reason."""
    nobody = Comment.hidden_by_id.is_(None) == ~Comment.hidden_by_machine
    return _named(Comment.hidden_at.is_not(None) & (nobody | (sa.func.trim(Comment.hidden_note) == "")))


def appeals_decided_by_another() -> Sequence[Any]:
    """Appeals that were decided by nobody, by who hid the comment, or by who wrote it."""
    wrong = (
        Comment.appeal_by_id.is_(None)
        | (Comment.appeal_by_id == Comment.hidden_by_id)
        | (Comment.appeal_by_id == Comment.author_id)
    )
    return _named(Comment.appeal_status.in_(("granted", "refused")) & wrong)


def replies_stay_in_their_thread() -> Sequence[Any]:
    """Replies to a comment on another proposal, or to a reply."""
    above = aliased(Comment)
    query = (
        sa.select(Proposal.folio, Comment.number)
        .join(Comment, Comment.proposal_id == Proposal.id)
        .join(above, above.id == Comment.parent_id)
        .where((above.proposal_id != Comment.proposal_id) | above.parent_id.is_not(None))
    )
    return [f"{folio}/{number}" for folio, number in db.session.execute(query.order_by(Comment.id))]
