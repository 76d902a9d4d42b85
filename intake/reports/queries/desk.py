"""The numbers of the Directorate's desk: the funnel and what waits. What commitments owe stands in `commitments`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from intake.accountability.queries import ANSWER_DAYS, SIGN_DAYS
from intake.core import clock
from intake.extensions import db
from intake.reports.queries import replies
from models import (
    Actor,
    AuthorReply,
    Commitment,
    Decision,
    OutboxMessage,
    Proposal,
    commitment_proposal,
)
from models.enums import (
    ActorStatus,
    CommitmentStatus,
    DecisionStatus,
    ProposalKind,
    ProposalStatus,
)

#: After how many days a waiting task is called late here. Our own working rule, not law; the page says so.
ALLOWED_DAYS = {
    "examine": 15,
    "countersign": 5,
    "verify_actor": 10,
    "answer_report": ANSWER_DAYS,
    "answer_reply": 10,
    "sign": SIGN_DAYS,
}
#: How many rows of one kind the desk names before it only counts them.
NAMED = 20


@dataclass(frozen=True)
class Stand:
    """How many proposals stand in a state, and since when the oldest of them has waited.

    ``collective`` of them were made of several others, which are counted where they stand: as joined.
    """

    count: int
    oldest: datetime | None
    late: int = 0
    collective: int = 0


def stands(plan_id: int) -> dict[ProposalStatus, Stand]:
    """Every state that has proposals of the plan; the oldest by its submission. One statement."""
    made = sa.func.sum(sa.case((Proposal.kind == ProposalKind.COLLECTIVE, 1), else_=0))
    query = (
        sa.select(Proposal.status, sa.func.count(), sa.func.min(Proposal.submitted_at), _late_ones(), made)
        .where(Proposal.plan_id == plan_id, Proposal.is_public)
        .group_by(Proposal.status)
    )
    return {
        status: Stand(n, oldest, int(late), int(collective))
        for status, n, oldest, late, collective in db.session.execute(query)
    }


def _late_ones() -> sa.ColumnElement[int]:
    """How many proposals of a group wait for an examination or a second signature longer than the desk allows."""
    late = [
        sa.and_(Proposal.status == status, Proposal.submitted_at < waits_since(what))
        for status, what in ((ProposalStatus.SUBMITTED, "examine"), (ProposalStatus.REFUSAL_PROPOSED, "countersign"))
    ]
    return sa.func.sum(sa.case((sa.or_(*late), 1), else_=0))


def waits_since(what: str) -> datetime:
    """What has waited since before this instant is late."""
    return clock.start_of(clock.today() - timedelta(days=ALLOWED_DAYS[what]))


@dataclass(frozen=True)
class Counts:
    """Single numbers of the desk, each a count of rows.

    ``oldest_actor`` is when the longest waiting actor came, ``oldest_reply`` when the longest waiting reply did.
    """

    in_commitments: int
    undecided: int
    unpublished: int
    actors_to_verify: int
    oldest_actor: datetime | None
    mail_waiting: int
    mail_failed: int
    actors_late: int
    replies: int
    oldest_reply: datetime | None
    replies_late: int


def counts(plan_id: int) -> Counts:
    """The single numbers. One statement."""
    n = sa.func.count()
    reply = replies.waiting(plan_id)
    decided = sa.select(Decision.id).where(Decision.proposal_id == Proposal.id).exists()
    row = db.session.execute(
        sa.select(
            sa.select(sa.func.count(sa.distinct(commitment_proposal.c.proposal_id)))
            .join(Commitment, Commitment.id == commitment_proposal.c.commitment_id)
            .where(Commitment.plan_id == plan_id, Commitment.status != CommitmentStatus.DROPPED)
            .scalar_subquery(),
            sa.select(n)
            .select_from(Proposal)
            .where(Proposal.plan_id == plan_id, Proposal.status == ProposalStatus.EVALUATED, ~decided)
            .scalar_subquery(),
            sa.select(n)
            .select_from(Decision)
            .join(Proposal, Proposal.id == Decision.proposal_id)
            .where(Proposal.plan_id == plan_id, Decision.status == DecisionStatus.PENDING)
            .scalar_subquery(),
            sa.select(n).select_from(Actor).where(Actor.status == ActorStatus.PENDING).scalar_subquery(),
            sa.select(sa.func.min(Actor.created_at)).where(Actor.status == ActorStatus.PENDING).scalar_subquery(),
            sa.select(n).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None)).scalar_subquery(),
            sa.select(n)
            .select_from(OutboxMessage)
            .where(OutboxMessage.sent_at.is_(None), OutboxMessage.last_error != "")
            .scalar_subquery(),
            sa.select(n)
            .select_from(Actor)
            .where(Actor.status == ActorStatus.PENDING, Actor.created_at < waits_since("verify_actor"))
            .scalar_subquery(),
            reply.with_only_columns(n).scalar_subquery(),
            reply.with_only_columns(sa.func.min(AuthorReply.replied_at)).scalar_subquery(),
            reply.with_only_columns(n).where(AuthorReply.replied_at < waits_since("answer_reply")).scalar_subquery(),
        )
    ).one()
    return Counts(*row)
