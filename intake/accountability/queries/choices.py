"""What forms offer, and which commitments came out of which proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import (
    Actor,
    Commitment,
    Plan,
    PolicyArea,
    Proposal,
    Sdg,
    Theme,
    commitment_proposal,
)
from models.enums import ActorStatus, CommitmentStatus, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


C = CommitmentStatus


def selectable_proposals(plan: Plan) -> Sequence[Proposal]:
    """The plan's selected proposals, by folio. One statement."""
    query = (
        sa.select(Proposal)
        .where(Proposal.plan_id == plan.id, Proposal.status == ProposalStatus.SELECTED)
        .order_by(Proposal.folio_number)
    )
    return db.session.scalars(query).all()


def uncovered_proposals(plan: Plan) -> Sequence[Proposal]:
    """Selected proposals of the plan that no living commitment carries. One statement."""
    carried = (
        sa.select(commitment_proposal.c.proposal_id)
        .join(Commitment, Commitment.id == commitment_proposal.c.commitment_id)
        .where(Commitment.status != C.DROPPED)
    )
    query = (
        sa.select(Proposal)
        .where(Proposal.plan_id == plan.id, Proposal.status == ProposalStatus.SELECTED, Proposal.id.not_in(carried))
        .order_by(Proposal.folio_number)
    )
    return db.session.scalars(query).all()


#: States of proposals that were received and have no public answer yet.
WITHOUT_ANSWER = (
    ProposalStatus.SUBMITTED,
    ProposalStatus.REFUSAL_PROPOSED,
    ProposalStatus.ADMITTED,
    ProposalStatus.IN_EVALUATION,
    ProposalStatus.EVALUATED,
)


def unanswered(plan: Plan) -> int:
    """How many proposals were received and not yet answered: the plan cannot be formalized over them. One statement."""
    query = sa.select(sa.func.count()).where(Proposal.plan_id == plan.id, Proposal.status.in_(WITHOUT_ANSWER))
    return db.session.scalar(query) or 0


def carried_by(proposal_ids: Iterable[int]) -> dict[int, list[Commitment]]:
    """The commitments that came out of each proposal, drafts included (the caller asks who may read). One statement."""
    link = commitment_proposal
    rows = db.session.execute(
        sa.select(link.c.proposal_id, Commitment)
        .join(Commitment, Commitment.id == link.c.commitment_id)
        .where(link.c.proposal_id.in_(list(proposal_ids)))
        .order_by(Commitment.number)
    )
    found: dict[int, list[Commitment]] = {}
    for proposal_id, commitment in rows:
        found.setdefault(proposal_id, []).append(commitment)
    return found


def verified_actors() -> Sequence[Actor]:
    """Organisations that may be bound to a commitment. One statement."""
    return db.session.scalars(sa.select(Actor).where(Actor.status == ActorStatus.VERIFIED).order_by(Actor.name)).all()


def actor_named(slug: str) -> Actor:
    """An organisation. Raises `NotFound`."""
    found = db.session.scalars(sa.select(Actor).where(Actor.slug == slug)).one_or_none()
    if found is None:
        raise NotFound(_l("No existe esa organización."))
    return found


def themes() -> Sequence[Theme]:
    """Themes in their order. One statement."""
    return db.session.scalars(sa.select(Theme).order_by(Theme.position)).all()


def vocabularies() -> tuple[Sequence[Theme], Sequence[Sdg], Sequence[PolicyArea]]:
    """Themes, goals and policy areas, in their order. Three statements."""
    return (
        themes(),
        db.session.scalars(sa.select(Sdg).order_by(Sdg.number)).all(),
        db.session.scalars(sa.select(PolicyArea).order_by(PolicyArea.name_es)).all(),
    )
