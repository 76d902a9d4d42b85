"""Queries of the published tables; each gives the columns of its part of `dictionary`, in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.reception.inputs import STATUS_SLUGS
from intake.reports import publiccounts
from models import (
    Actor,
    Comment,
    Commitment,
    CommitmentParty,
    Decision,
    Milestone,
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
    DecisionStatus,
    PartyRole,
    PublicName,
)


def proposals() -> sa.Select[*tuple[Any, ...]]:
    """Proposals received, by plan and folio."""
    named = sa.case((Proposal.public_name == PublicName.ORGANISATION, Proposal.organisation_name))
    return (
        sa.select(
            Proposal.folio,
            Plan.code,
            Plan.is_fictional,
            Proposal.kind,
            Proposal.kind.label("kind_words"),
            sa.case(dict(STATUS_SLUGS), value=Proposal.status),
            Proposal.status.label("status_words"),
            Proposal.title,
            Proposal.problem,
            Proposal.solution,
            Proposal.expected_result,
            Theme.code,
            Theme.name_es,
            Territory.code,
            Territory.name,
            Proposal.branch,
            Proposal.branch.label("branch_words"),
            Proposal.channel,
            _approaches(),
            named,
            Proposal.submitted_at,
            Decision.category,
            Decision.category.label("category_words"),
            Decision.reason,
            Proposal.source,
        )
        .join(Plan, Plan.id == Proposal.plan_id)
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .outerjoin(Decision, (Decision.proposal_id == Proposal.id) & (Decision.status == DecisionStatus.PUBLISHED))
        .where(Proposal.is_public)
        .order_by(Proposal.plan_id, Proposal.folio_number)
    )


def _approaches() -> Any:
    return (
        sa.select(sa.func.aggregate_strings(ProposalApproach.approach.cast(sa.String), ";"))
        .where(ProposalApproach.proposal_id == Proposal.id)
        .scalar_subquery()
    )


def comments() -> sa.Select[*tuple[Any, ...]]:
    """Comments on public proposals, by proposal and number; of hidden ones the rule, never the text."""
    above = aliased(Comment)
    shown = Comment.hidden_at.is_(None)
    return (
        sa.select(
            Proposal.folio,
            Plan.code,
            Plan.is_fictional,
            Comment.number,
            above.number.label("above"),
            Comment.is_official,
            Comment.stance,
            Comment.stance.label("stance_words"),
            sa.case((shown, Comment.text)),
            Comment.created_at,
            sa.case((shown, Comment.edited_at)),
            Comment.hidden_at,
            Comment.hidden_reason,
            Comment.hidden_reason.label("reason_words"),
            sa.case((shown, None), else_=Comment.hidden_by_machine),
            Comment.appeal_status,
        )
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .join(Plan, Plan.id == Proposal.plan_id)
        .outerjoin(above, above.id == Comment.parent_id)
        .where(Proposal.is_public)
        .order_by(Proposal.plan_id, Proposal.folio_number, Comment.number)
    )


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
            Plan.is_fictional,
            Commitment.number,
            Commitment.status,
            Commitment.status.label("status_words"),
            Commitment.title_es,
            Commitment.title_en,
            Commitment.title_note,
            Theme.code,
            Theme.name_es,
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
        .where(Commitment.is_public)
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
            Plan.is_fictional,
            Milestone.number,
            Milestone.kind,
            Milestone.kind.label("kind_words"),
            Milestone.status,
            Milestone.status.label("status_words"),
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
        .where(Commitment.is_public)
        .order_by(Plan.number, Commitment.number, Milestone.number)
    )


def actors() -> sa.Select[*tuple[Any, ...]]:
    """Verified actors by name, without any contact."""
    themes = (
        sa.select(sa.func.aggregate_strings(Theme.code, ";"))
        .join(actor_theme, actor_theme.c.theme_id == Theme.id)
        .where(actor_theme.c.actor_id == Actor.id)
        .scalar_subquery()
    )
    kind = (Actor.kind, Actor.kind.label("kind_words"))
    columns = (Actor.slug, Actor.name, Actor.acronym, *kind, Sector.code, Actor.website)
    places = (_places_of_actor(Territory.code), _places_of_actor(Territory.name))
    return (
        sa.select(*columns, *places, themes, Actor.is_fictional)
        .outerjoin(Sector, Sector.id == Actor.sector_id)
        .where(Actor.status == ActorStatus.VERIFIED)
        .order_by(Actor.name_plain, Actor.id)
    )


def _places_of_actor(column: Any) -> Any:
    """A column of the actor's places, those of the list in one order whichever column is asked."""
    places = (
        sa.select(column)
        .join(actor_territory, actor_territory.c.territory_id == Territory.id)
        .where(actor_territory.c.actor_id == Actor.id)
        .order_by(Territory.code)
        .correlate(Actor)
        .subquery()
    )
    return sa.select(sa.func.aggregate_strings(places.c[0], ";")).scalar_subquery()


def figures() -> sa.Select[*tuple[Any, ...]]:
    """Figures that others published, by plan and key."""
    f = ReportedFigure
    plan = (Plan.code, Plan.is_fictional)
    columns = (f.key, f.label_es, f.label_en, f.value, f.unit, f.as_of, f.source, f.source_url, f.note)
    return sa.select(*plan, *columns).join(Plan, Plan.id == f.plan_id).order_by(Plan.number, f.key)


QUERIES: dict[str, Callable[[], sa.Select[*tuple[Any, ...]]]] = {
    "propuestas": proposals,
    "comentarios": comments,
    "compromisos": commitments,
    "hitos": milestones,
    "actores": actors,
    "participacion": publiccounts.participation,
    "cifras": figures,
}
#: What stands between a query and its readers: the rows of a table as they may be published.
READERS: dict[str, Callable[[Iterable[Any]], Iterable[Any]]] = {"participacion": publiccounts.withhold}
