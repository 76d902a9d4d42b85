"""Reading questions to authors, their replies, and who had a hand in a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.pagination import Page, paginate
from intake.extensions import db
from intake.reception.answers import ANSWERABLE, DECIDING
from models import Admission, AuditEntry, AuthorReply, Decision, InformationRequest, Plan, Proposal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import InstrumentedAttribute

#: Names in the trace of the moves that answer an author, and of those in which the person who made them judged.
DECIDING_ACTS = tuple(f"proposal.{action}" for action in DECIDING)
JUDGING_ACTS = tuple(f"proposal.{action}" for action in ("admit", "propose_refusal", "refuse", "overrule", "call_up"))
_PUBLISHING = ("decision.publish", "decision.drop")


def questions(proposal: Proposal) -> Sequence[InformationRequest]:
    """What was asked of the author about this very proposal, oldest first. One statement."""
    return _oldest_first(proposal.id)


def questions_to(proposal: Proposal) -> Sequence[InformationRequest]:
    """What its author is asked: as `questions`, but of a part what all authors of the whole are. One statement."""
    return _oldest_first(proposal.joined_to_id or proposal.id)


def _oldest_first(proposal_id: int) -> Sequence[InformationRequest]:
    query = sa.select(InformationRequest).where(InformationRequest.proposal_id == proposal_id)
    return db.session.scalars(query.order_by(InformationRequest.id)).all()


def open_question(proposal: Proposal) -> InformationRequest | None:
    """The question that its author may answer now, each author of a part too. One statement."""
    query = (
        sa.select(InformationRequest)
        .join(Proposal, Proposal.id == InformationRequest.proposal_id)
        .where(Proposal.id == (proposal.joined_to_id or proposal.id), Proposal.status.in_(ANSWERABLE))
        .where(InformationRequest.answered_at.is_(None))
    )
    return db.session.scalars(query.order_by(InformationRequest.id).limit(1)).first()


def reply_of(proposal: Proposal) -> AuthorReply | None:
    """The author's reply. One statement."""
    return db.session.scalars(sa.select(AuthorReply).where(AuthorReply.proposal_id == proposal.id)).one_or_none()


def waiting_replies(plan: Plan, *, number: int = 1) -> Page[Any]:
    """Replies of a plan without an answer, the longest waiting first. Two statements.

    Rows: folio, title, language, status, replied_at.
    """
    query: Any = (
        sa.select(Proposal.folio, Proposal.title, Proposal.language, Proposal.status, AuthorReply.replied_at)
        .join(AuthorReply, AuthorReply.proposal_id == Proposal.id)
        .where(Proposal.plan_id == plan.id, AuthorReply.answered_at.is_(None))
        .order_by(AuthorReply.replied_at, AuthorReply.id)
    )
    return paginate(query, number=number, row=lambda row: row)


def decided_at(proposal_id: InstrumentedAttribute[int] | int) -> sa.ScalarSelect[datetime]:
    """When the author was last told no, or not yet: an expression for a query."""
    return (
        sa.select(sa.func.max(AuditEntry.at))
        .where(
            AuditEntry.subject_type == "proposal",
            AuditEntry.subject_id == proposal_id,
            AuditEntry.action.in_(DECIDING_ACTS),
        )
        .correlate(Proposal)
        .scalar_subquery()
    )


def judges() -> sa.CompoundSelect[Any]:
    """A proposal, an account that examined it, signed or decided on it, and when: a query.

    From the rows and from the trace, since who decided first may have been replaced in the row by who corrected it.
    Whoever only publishes what the Core Group decided has not judged; whoever releases a reserve has.
    """
    acted = AuditEntry.user_id.is_not(None)
    released = AuditEntry.action.in_(DECIDING_ACTS) & (AuditEntry.changes[("status", 0)].as_string() == "reserve")
    return sa.union(
        sa.select(Admission.proposal_id, Admission.examined_by_id, Admission.examined_at),
        sa.select(Admission.proposal_id, Admission.second_by_id, Admission.second_at).where(
            Admission.second_by_id.is_not(None)
        ),
        sa.select(Decision.proposal_id, Decision.decided_by_id, Decision.decided_at).where(
            Decision.decided_by_id.is_not(None)
        ),
        sa.select(AuditEntry.subject_id, AuditEntry.user_id, AuditEntry.at).where(
            AuditEntry.subject_type == "proposal", acted, AuditEntry.action.in_(JUDGING_ACTS) | released
        ),
        sa.select(Decision.proposal_id, AuditEntry.user_id, AuditEntry.at)
        .join(AuditEntry, (AuditEntry.subject_type == "decision") & (AuditEntry.subject_id == Decision.id))
        .where(acted, AuditEntry.action.not_in(_PUBLISHING)),
    )


def judged(proposal_id: int, user_id: int | None) -> bool:
    """Whether the account had a hand in what was decided of the proposal. One statement."""
    if user_id is None:
        return False
    of, who, _when = judges().subquery().c
    query = sa.select(sa.literal(1)).where(of == proposal_id, who == user_id).limit(1)
    return db.session.scalar(query) is not None
