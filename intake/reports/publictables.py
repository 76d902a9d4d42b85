"""Queries of the published tables; each gives the columns of its part of `dictionary`, in that order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.mapping.serializers import SMALL
from intake.reception.inputs import STATUS_SLUGS
from models import (
    Actor,
    Commitment,
    CommitmentParty,
    Decision,
    Event,
    Milestone,
    Participation,
    ParticipationCount,
    Plan,
    Proposal,
    ProposalApproach,
    ReportedFigure,
    Sector,
    Territory,
    Theme,
    actor_territory,
    actor_theme,
    commitment_proposal,
)
from models.enums import (
    ActorStatus,
    CommitmentStatus,
    DecisionStatus,
    Dimension,
    PartyRole,
    ProposalStatus,
    PublicName,
)


def proposals() -> sa.Select[*tuple[Any, ...]]:
    """Proposals received, by plan and folio."""
    approaches = (
        sa.select(sa.func.aggregate_strings(ProposalApproach.approach.cast(sa.String), ";"))
        .where(ProposalApproach.proposal_id == Proposal.id)
        .scalar_subquery()
    )
    named = sa.case((Proposal.public_name == PublicName.ORGANISATION, Proposal.organisation_name))
    return (
        sa.select(
            Proposal.folio,
            Plan.code,
            Proposal.kind,
            sa.case(dict(STATUS_SLUGS), value=Proposal.status),
            Proposal.title,
            Proposal.problem,
            Proposal.solution,
            Proposal.expected_result,
            Theme.code,
            Territory.code,
            Proposal.branch,
            Proposal.channel,
            approaches,
            named,
            Proposal.submitted_at,
            Decision.category,
            Decision.reason,
            Proposal.source,
        )
        .join(Plan, Plan.id == Proposal.plan_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .outerjoin(Decision, (Decision.proposal_id == Proposal.id) & (Decision.status == DecisionStatus.PUBLISHED))
        .where(Proposal.status != ProposalStatus.DRAFT)
        .order_by(Proposal.plan_id, Proposal.folio_number)
    )


def _is_public() -> sa.ColumnElement[bool]:
    return Commitment.status != CommitmentStatus.DRAFT


def commitments() -> sa.Select[*tuple[Any, ...]]:
    """Public commitments, by plan and number."""
    progress = (
        sa.select(sa.func.avg(Milestone.progress_pct)).where(Milestone.commitment_id == Commitment.id).scalar_subquery()
    )
    born_of = (
        sa.select(sa.func.aggregate_strings(Proposal.folio, ";"))
        .join(commitment_proposal, commitment_proposal.c.proposal_id == Proposal.id)
        .where(commitment_proposal.c.commitment_id == Commitment.id)
        .scalar_subquery()
    )
    return (
        sa.select(
            Commitment.reference,
            Plan.code,
            Commitment.number,
            Commitment.status,
            Commitment.title_es,
            Commitment.title_en,
            Commitment.title_note,
            Theme.code,
            Commitment.starts_on,
            Commitment.ends_on,
            sa.func.round(sa.cast(progress, sa.Numeric(7, 4)), 2),
            Commitment.published_progress_pct,
            _parties(PartyRole.RESPONSIBLE),
            _parties(PartyRole.COUNTERPART),
            born_of,
        )
        .join(Plan, Plan.id == Commitment.plan_id)
        .outerjoin(Theme, Theme.id == Commitment.theme_id)
        .where(_is_public())
        .order_by(Plan.number, Commitment.number)
    )


def _parties(role: PartyRole) -> Any:
    party, actor = aliased(CommitmentParty), aliased(Actor)
    return (
        sa.select(sa.func.aggregate_strings(actor.slug, ";"))
        .join(party, party.actor_id == actor.id)
        .where(party.commitment_id == Commitment.id, party.role == role, party.until.is_(None))
        .scalar_subquery()
    )


def milestones() -> sa.Select[*tuple[Any, ...]]:
    """Milestones of public commitments, in order."""
    return (
        sa.select(
            Commitment.reference,
            Milestone.number,
            Milestone.kind,
            Milestone.status,
            Milestone.title_es,
            Milestone.output,
            Milestone.starts_on,
            Milestone.ends_on,
            Milestone.original_ends_on,
            Milestone.progress_pct,
            Milestone.progress_as_of,
        )
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(_is_public())
        .order_by(Plan.number, Commitment.number, Milestone.number)
    )


def actors() -> sa.Select[*tuple[Any, ...]]:
    """Verified actors by name, without any contact."""
    places = (
        sa.select(sa.func.aggregate_strings(Territory.code, ";"))
        .join(actor_territory, actor_territory.c.territory_id == Territory.id)
        .where(actor_territory.c.actor_id == Actor.id)
        .scalar_subquery()
    )
    themes = (
        sa.select(sa.func.aggregate_strings(Theme.code, ";"))
        .join(actor_theme, actor_theme.c.theme_id == Theme.id)
        .where(actor_theme.c.actor_id == Actor.id)
        .scalar_subquery()
    )
    columns = (Actor.slug, Actor.name, Actor.acronym, Actor.kind, Sector.code, Actor.website)
    return (
        sa.select(*columns, places, themes, Actor.is_fictional)
        .outerjoin(Sector, Sector.id == Actor.sector_id)
        .where(Actor.status == ActorStatus.VERIFIED)
        .order_by(Actor.name_plain, Actor.id)
    )


def participation() -> sa.Select[*tuple[Any, ...]]:
    """Counts of people, by plan, event, dimension and category, without the few who could be recognised."""
    sensitive = (ParticipationCount.dimension == Dimension.SELF_IDENTIFICATION) | (
        (ParticipationCount.dimension == Dimension.GENDER) & ParticipationCount.category.in_(("non_binary", "other"))
    )
    hidden = Participation.event_id.is_not(None) & sensitive & (ParticipationCount.people < SMALL)
    return (
        sa.select(
            Plan.code,
            Event.slug,
            Participation.total,
            ParticipationCount.dimension,
            ParticipationCount.category,
            sa.case((hidden, None), else_=ParticipationCount.people),
            Participation.source,
        )
        .join(Plan, Plan.id == Participation.plan_id)
        .outerjoin(Event, Event.id == Participation.event_id)
        .outerjoin(ParticipationCount, ParticipationCount.participation_id == Participation.id)
        .order_by(Plan.number, Participation.id, ParticipationCount.id)
    )


def figures() -> sa.Select[*tuple[Any, ...]]:
    """Figures that others published, by plan and key."""
    f = ReportedFigure
    columns = (f.key, f.label_es, f.label_en, f.value, f.unit, f.as_of, f.source, f.source_url, f.note)
    return sa.select(Plan.code, *columns).join(Plan, Plan.id == f.plan_id).order_by(Plan.number, f.key)


QUERIES: dict[str, Callable[[], sa.Select[*tuple[Any, ...]]]] = {
    "propuestas": proposals,
    "compromisos": commitments,
    "hitos": milestones,
    "actores": actors,
    "participacion": participation,
    "cifras": figures,
}
