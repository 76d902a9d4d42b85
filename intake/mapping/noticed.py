"""Steps that nobody needs to note: that an actor came, proposed, was answered. Never lowers a step.

Rooms above call `attended`, `proposed` and `answered` in the transaction of what happened; `refresh` looks at
everything again and may be called as often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs_outreach import StepInput
from intake.mapping.queries.outreach import has_step
from models import Actor, Campaign, Decision, Proposal, Registration, Target
from models.enums import CampaignStatus, DecisionStatus, OutreachStep, ProposalStatus, RegistrationStatus

if TYPE_CHECKING:
    from models import Event

#: What happens after a campaign was closed still belongs to its results; a cancelled one has none.
_COUNTING = (CampaignStatus.OPEN, CampaignStatus.CLOSED)
Found = sa.Select[Target, str, str]
_NOT_SENT = (ProposalStatus.DRAFT, ProposalStatus.HELD, ProposalStatus.WITHDRAWN)


def refresh(campaign: Campaign) -> int:
    """Note what the system knows of the campaign's actors. Returns how many steps were new."""
    return _notice(Target.campaign_id == campaign.id)


def attended(event: Event) -> int:
    """Note who came to the event on behalf of an actor, in every campaign that invited to it."""
    return _notice(Campaign.event_id == event.id)


def proposed(proposal: Proposal) -> int:
    """Note that the organisation of a proposal has contributed; nothing for a person's."""
    return answered([proposal])


def answered(proposals: Iterable[Proposal]) -> int:
    """Note that the organisations of these proposals contributed and, where it is so, were answered."""
    named = [p for p in proposals if p.organisation_id is not None or p.organisation_name]
    if not named:
        return 0
    actor = sa.or_(
        Actor.id.in_([p.organisation_id for p in named if p.organisation_id is not None]),
        Actor.name.in_([p.organisation_name for p in named if p.organisation_name]),
    )
    plans = {p.plan_id for p in named}
    return _notice(Campaign.plan_id.in_(plans) & Target.actor_id.in_(sa.select(Actor.id).where(actor)))


def _notice(where: sa.ColumnElement[bool]) -> int:
    with transaction():
        _hold(where)
        new = 0
        for step, query in (
            (OutreachStep.ATTENDED, _came()),
            (OutreachStep.CONTRIBUTED, _contributed()),
            (OutreachStep.ANSWERED, _was_answered()),
        ):
            for target, reference, note in db.session.execute(query.where(where)).all():
                new += steps.put(target, StepInput(step=step, note=note or ""), by=SYSTEM, reference=reference)
    return new


def _hold(where: sa.ColumnElement[bool]) -> None:
    """Lock the targets in the order of their keys, so that whoever else notices the same waits and finds it done."""
    query = sa.select(Target).join(Campaign, Campaign.id == Target.campaign_id).where(where).order_by(Target.id)
    db.session.scalars(query.with_for_update(of=Target).execution_options(populate_existing=True)).all()


def _lacking(step: OutreachStep, note: sa.ColumnElement[Any]) -> Found:
    """Targets of campaigns that count without the step: the target, its name in the trace, what the log will say."""
    return (
        sa.select(Target, (Campaign.slug + "/" + Actor.slug).label("reference"), note.label("note"))
        .join(Campaign, Campaign.id == Target.campaign_id)
        .join(Actor, Actor.id == Target.actor_id)
        .where(Campaign.status.in_(_COUNTING), ~has_step(step))
        .order_by(Target.id)
    )


def _came() -> Found:
    there = sa.select(Registration.id).where(
        Registration.event_id == Campaign.event_id,
        Registration.actor_id == Target.actor_id,
        Registration.status == RegistrationStatus.ATTENDED,
    )
    return _lacking(OutreachStep.ATTENDED, sa.literal("")).where(there.correlate(Campaign, Target).exists())


def _theirs() -> Sequence[sa.ColumnElement[bool]]:
    """Proposals of the campaign's plan in the actor's name: linked to its record, or signed with its very name."""
    return (
        Proposal.plan_id == Campaign.plan_id,
        sa.or_(Proposal.organisation_id == Target.actor_id, Proposal.organisation_name == Actor.name),
        Proposal.status.not_in(_NOT_SENT),
    )


def _contributed() -> Found:
    first = sa.select(sa.func.min(Proposal.folio)).where(*_theirs()).correlate(Campaign, Target, Actor)
    note = first.scalar_subquery()
    return _lacking(OutreachStep.CONTRIBUTED, note).where(note.is_not(None))


def _was_answered() -> Found:
    first = (
        sa.select(sa.func.min(Proposal.folio))
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(*_theirs(), Decision.status == DecisionStatus.PUBLISHED)
        .correlate(Campaign, Target, Actor)
    )
    note = first.scalar_subquery()
    return _lacking(OutreachStep.ANSWERED, note).where(note.is_not(None))
