"""What happened to a proposal, as far as it is public."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.queries import answering, joining
from intake.reception.queries.joining import NO_FAMILY, Family
from intake.reception.queries.takenback import STANDS, TakenBack, taken_back, why_undone
from models import (
    Admission,
    Assignment,
    AuthorReply,
    CoAuthor,
    Commitment,
    Decision,
    InformationRequest,
    JoinRequest,
    Milestone,
    Plan,
    Proposal,
    ProposalVersion,
    Round,
    SelectionSession,
    commitment_proposal,
)
from models.enums import (
    AssignmentStatus,
    CommitmentStatus,
    DecisionStatus,
    MilestoneStatus,
    ProposalKind,
    ProposalStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

_COUNTED = (AssignmentStatus.PENDING, AssignmentStatus.IN_PROGRESS, AssignmentStatus.SUBMITTED)


class CommitmentLink(NamedTuple):
    """A public commitment that a proposal became part of; ``done`` of ``milestones`` are completed."""

    reference: str
    title_es: str | None
    title_en: str | None
    status: CommitmentStatus
    formalized_at: datetime | None
    milestones: int
    done: int


@dataclass(frozen=True)
class Story:
    """What happened to a proposal, as far as it is public.

    ``admission`` is None until it is final; ``reviews`` counts those asked for and not cancelled, ``reviewed`` those
    submitted, ``round_*`` is the latest round that asks for them; ``decision`` (with its session) only once published.
    ``questions`` are those to the author, ``reply`` the author's; ``decided_at`` says when the author was last told no.
    ``family`` are its parts, or what its author was asked; ``authors`` those of the parts; ``fate`` is what becomes of
    the collective proposal that it was joined to, which is what becomes of it. ``undone`` is why each of the questions
    of the family was undone that was, by its id.
    """

    admission: Admission | None
    decision: Decision | None
    session: SelectionSession | None
    reviews: int
    reviewed: int
    reviewed_at: datetime | None
    round_name: str
    round_due: date | None
    commitments: tuple[CommitmentLink, ...]
    withdrawal: TakenBack
    versions: int
    questions: tuple[InformationRequest, ...] = ()
    reply: AuthorReply | None = None
    decided_at: datetime | None = None
    family: Family = NO_FAMILY
    authors: tuple[CoAuthor, ...] = ()
    fate: Fate | None = None
    undone: Mapping[int, str] = field(default_factory=dict)

    @property
    def mean_pct(self) -> Decimal | None:
        """The mean result (0-100): public together with the decision, not before."""
        return self.decision.mean_pct if self.decision else None


class Fate(NamedTuple):
    """A collective proposal, its plan and stages loaded, with its story."""

    collective: Proposal
    story: Story


def story(proposal: Proposal) -> Story:
    """The public facts about a proposal.

    Three statements; one more if withdrawn or asked to join, two if collective, six for a part, however many there are;
    one more where a union was undone.
    """
    row = db.session.execute(_facts(proposal.id)).one()
    examined: Admission | None = row.Admission
    return Story(
        admission=examined if examined is not None and _is_final(examined) else None,
        decision=row.Decision,
        session=row.SelectionSession,
        reviews=row.asked or 0,
        reviewed=row.submitted or 0,
        reviewed_at=row.latest,
        round_name=row.round_name or "",
        round_due=row.due_on,
        commitments=commitments_of(proposal),
        withdrawal=taken_back(proposal) if proposal.status is ProposalStatus.WITHDRAWN else STANDS,
        versions=row.versions,
        questions=tuple(answering.questions(proposal)),
        reply=row.AuthorReply,
        decided_at=row.decided_at,
        **_of_family(proposal, was_asked=row.was_asked),
    )


def _facts(proposal_id: int) -> sa.Select[Any]:
    """What there is once: examination, published decision, reply, how many reviews, versions; one row."""
    reviews = _reviews(proposal_id)
    versions = sa.select(sa.func.count()).select_from(ProposalVersion).where(ProposalVersion.proposal_id == Proposal.id)
    published = (Decision.proposal_id == Proposal.id) & (Decision.status == DecisionStatus.PUBLISHED)
    return (
        sa.select(Admission, Decision, SelectionSession, AuthorReply)
        .add_columns(reviews.c.asked, reviews.c.submitted, reviews.c.latest)
        .add_columns(Round.name.label("round_name"), Round.due_on, versions.scalar_subquery().label("versions"))
        .add_columns(answering.decided_at(Proposal.id).label("decided_at"))
        .add_columns(sa.exists().where(JoinRequest.proposal_id == Proposal.id).label("was_asked"))
        .select_from(Proposal)
        .outerjoin(Admission, Admission.proposal_id == Proposal.id)
        .outerjoin(Decision, published)
        .outerjoin(SelectionSession, SelectionSession.id == Decision.session_id)
        .outerjoin(reviews, sa.true())
        .outerjoin(Round, Round.id == reviews.c.round_id)
        .outerjoin(AuthorReply, AuthorReply.proposal_id == Proposal.id)
        .where(Proposal.id == proposal_id)
    )


def _of_family(proposal: Proposal, *, was_asked: bool) -> dict[str, Any]:
    """Nothing, and no statement, where joining has nothing to do with it."""
    if not was_asked and proposal.kind is not ProposalKind.COLLECTIVE:
        return {}
    family = joining.family(proposal)
    found: dict[str, Any] = {"family": family, "undone": why_undone(family.questions)}
    if not was_asked:
        found["authors"] = tuple(joining.co_authors(proposal))
    if proposal.joined_to_id is not None:
        collective = joining.whole(proposal.joined_to_id)
        found["fate"] = Fate(collective, story(collective))
    return found


def _reviews(proposal_id: int) -> sa.Subquery:
    """How many reviews are asked for and submitted, when the latest was, and of which round: one row."""
    is_submitted = sa.case((Assignment.status == AssignmentStatus.SUBMITTED, 1), else_=0)
    return (
        sa.select(
            sa.func.count().label("asked"),
            sa.func.sum(is_submitted).label("submitted"),
            sa.func.max(Assignment.submitted_at).label("latest"),
            sa.func.max(Assignment.round_id).label("round_id"),
        )
        .where(Assignment.proposal_id == proposal_id, Assignment.status.in_(_COUNTED))
        .subquery()
    )


def _is_final(admission: Admission) -> bool:
    """Whether the examination is over: all criteria met, or somebody has countersigned."""
    met = (admission.is_clear, admission.is_collaborative, admission.is_open_government, admission.is_public_policy)
    return all(met) or admission.second_at is not None


def commitments_of(proposal: Proposal) -> tuple[CommitmentLink, ...]:
    """The commitments it became part of, without those still being drafted. One statement."""
    done = sa.func.sum(sa.case((Milestone.status == MilestoneStatus.COMPLETED, 1), else_=0))
    columns = (
        Commitment.reference,
        Commitment.title_es,
        Commitment.title_en,
        Commitment.status,
        Commitment.formalized_at,
    )
    rows = db.session.execute(
        sa.select(*columns, sa.func.count(Milestone.id), done)
        .join(commitment_proposal, commitment_proposal.c.commitment_id == Commitment.id)
        .outerjoin(Milestone, Milestone.commitment_id == Commitment.id)
        .where(commitment_proposal.c.proposal_id == proposal.id, Commitment.is_public)
        .group_by(Commitment.id, *columns)
        .order_by(Commitment.id)
    )
    return tuple(CommitmentLink(*row) for row in rows)


def fallback_of(proposal: Proposal) -> str | None:
    """Where a proposal in reserve goes if no place becomes free, as its latest decision says. One statement."""
    query = sa.select(Decision.fallback).where(Decision.proposal_id == proposal.id).order_by(Decision.id.desc())
    return found.value if (found := db.session.scalar(query.limit(1))) else None


def answers(plan: Plan) -> tuple[dict[int, Decision], dict[int, list[str]]]:
    """The published decisions of a plan and the references of its commitments, by proposal. Two statements."""
    decisions = db.session.scalars(
        sa.select(Decision)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(Proposal.plan_id == plan.id, Decision.status == DecisionStatus.PUBLISHED)
    )
    found: dict[int, list[str]] = {}
    linked, of = commitment_proposal.c.proposal_id, commitment_proposal.c.commitment_id
    rows = db.session.execute(
        sa.select(linked, Commitment.reference)
        .join(Commitment, Commitment.id == of)
        .join(Proposal, Proposal.id == linked)
        .where(Proposal.plan_id == plan.id, Commitment.is_public)
        .order_by(Commitment.id)
    )
    for proposal_id, reference in rows:
        found.setdefault(proposal_id, []).append(reference)
    return {d.proposal_id: d for d in decisions}, found
