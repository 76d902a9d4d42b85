"""Steps that nobody needs to note: that an actor came, proposed, was answered. Never lowers a step.

Rooms above call `attended`, `proposed` and `answered` in the transaction of what happened; `refresh` looks at
everything again and may be called as often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping.inputs_outreach import StepInput
from intake.mapping.outreach_steps import Entry, put_all
from intake.mapping.queries.targets import has_step
from models import NOT_PUBLIC, Actor, Campaign, Decision, Proposal, Registration, Target
from models.enums import CampaignStatus, DecisionStatus, OutreachStep, ProposalStatus, RegistrationStatus

if TYPE_CHECKING:
    from models import Event

#: What happens after a campaign was closed still belongs to its results; a cancelled one has none.
_COUNTING = (CampaignStatus.OPEN, CampaignStatus.CLOSED)
Found = sa.Select[Target, str, str]
_NOT_SENT = (*NOT_PUBLIC, ProposalStatus.WITHDRAWN)


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
            found = db.session.execute(query.where(where)).all()
            entries = [Entry(target, StepInput(step=step, note=note or ""), name) for target, name, note in found]
            new += put_all(entries, by=SYSTEM)
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


def _first(*, published: bool = False) -> sa.Subquery:
    """For each plan and actor the first folio in the actor's name: linked to its record, or signed with its very name.

    One pass over the proposals, however many targets ask: a look for each of them would read all proposals each time.
    """
    sent = Proposal.status.not_in(_NOT_SENT)
    linked: Any = sa.select(
        Proposal.plan_id.label("plan_id"), Proposal.organisation_id.label("actor_id"), Proposal.folio.label("folio")
    ).where(sent, Proposal.organisation_id.is_not(None))
    signed: Any = (
        sa.select(Proposal.plan_id, Actor.id, Proposal.folio)
        .join(Actor, Actor.name == Proposal.organisation_name)
        .where(sent)
    )
    parts = [linked, signed]
    if published:
        answering = sa.func.coalesce(Proposal.joined_to_id, Proposal.id)  # a part is answered with what it is part of
        told = (Decision.proposal_id == answering) & (Decision.status == DecisionStatus.PUBLISHED)
        parts = [part.join(Decision, told) for part in parts]
    each = sa.union_all(*parts).subquery()
    folio = sa.func.min(each.c.folio).label("folio")
    return sa.select(each.c.plan_id, each.c.actor_id, folio).group_by(each.c.plan_id, each.c.actor_id).subquery()


def _contributed() -> Found:
    return _of(OutreachStep.CONTRIBUTED, _first())


def _was_answered() -> Found:
    return _of(OutreachStep.ANSWERED, _first(published=True))


def _of(step: OutreachStep, first: sa.Subquery) -> Found:
    mine = (first.c.plan_id == Campaign.plan_id, first.c.actor_id == Target.actor_id)
    return _lacking(step, first.c.folio).where(*mine)
