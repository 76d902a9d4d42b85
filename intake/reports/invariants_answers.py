"""Invariants of questions to authors and of the right of reply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.reception.answers import REPLY_DAYS
from intake.reception.queries import answering
from models import AuditEntry, AuthorReply, InformationRequest, Proposal


def one_open_question() -> Sequence[Any]:
    """Proposals with more than one question that waits for its answer."""
    query = (
        sa.select(Proposal.folio)
        .join(InformationRequest, InformationRequest.proposal_id == Proposal.id)
        .where(InformationRequest.answered_at.is_(None))
        .group_by(Proposal.id, Proposal.folio)
        .having(sa.func.count(InformationRequest.id) > 1)
    )
    return db.session.scalars(query.order_by(Proposal.folio)).all()


def replies_in_their_term() -> Sequence[Any]:
    """Replies to nothing: without a decision on the days before them that the term allows."""
    query = (
        sa.select(Proposal.folio, AuthorReply.replied_at, sa.func.max(AuditEntry.at))
        .join(AuthorReply, AuthorReply.proposal_id == Proposal.id)
        .outerjoin(
            AuditEntry,
            (AuditEntry.subject_type == "proposal")
            & (AuditEntry.subject_id == sa.func.coalesce(Proposal.joined_to_id, Proposal.id))
            & AuditEntry.action.in_(answering.DECIDING_ACTS)
            & (AuditEntry.at <= AuthorReply.replied_at),
        )
        .group_by(Proposal.id, Proposal.folio, AuthorReply.replied_at)
        .order_by(Proposal.folio)
    )
    term = timedelta(days=REPLY_DAYS)
    rows: Sequence[Any] = db.session.execute(query).all()
    return [
        folio
        for folio, replied, decided in rows
        if decided is None or clock.local(replied).date() > clock.local(decided).date() + term
    ]


def replies_answered_by_another() -> Sequence[Any]:
    """Replies answered by nobody, by the author, or by somebody who had examined it or decided on it."""
    of, who, when = answering.judges().subquery().c
    judged = (
        sa.select(sa.literal(1))
        .where(
            of == sa.func.coalesce(Proposal.joined_to_id, Proposal.id),
            who == AuthorReply.answered_by_id,
            when <= AuthorReply.answered_at,
        )
        .exists()
    )
    wrong = sa.or_(AuthorReply.answered_by_id.is_(None), AuthorReply.answered_by_id == Proposal.author_id, judged)
    query = (
        sa.select(Proposal.folio)
        .join(AuthorReply, AuthorReply.proposal_id == Proposal.id)
        .where(AuthorReply.answered_at.is_not(None), wrong)
    )
    return db.session.scalars(query.order_by(Proposal.folio)).all()
