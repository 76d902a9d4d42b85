"""Campaigns: planning outreach, choosing whom to reach, saying what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import noticed, queries
from intake.mapping.inputs_outreach import MOST_ADDED, CampaignInput, CandidateFilters
from intake.mapping.lifecycle_outreach import CAMPAIGN
from intake.mapping.queries import candidates, outreach
from intake.mapping.records import all_found, check_version, free_slug, require_open
from intake.plans import queries as plans
from models import Actor, Campaign, Event, Target, TargetStep, Theme
from models.enums import OutreachStep

if TYPE_CHECKING:
    from intake.core.identity import Principal


def create_campaign(given: CampaignInput, *, by: Principal) -> Campaign:
    """Plan an effort to reach actors. Raises `Invalid` with the field at fault."""
    authorize(by, Permission.OUTREACH_EDIT)
    with transaction():
        if given.due_on < clock.today():
            raise Invalid(_l("La fecha límite ya pasó."), field="due_on")
        campaign = Campaign(created_at=clock.now(), created_by_id=by.user_id)
        _fill(campaign, given)
        campaign.slug = free_slug(Campaign, given.slug or given.title)
        audit.record("campaign.create", campaign, by=by)
    return campaign


def edit_campaign(campaign: Campaign, given: CampaignInput, *, by: Principal, version: int | None = None) -> Campaign:
    """Change an open campaign; its address and its plan stay. ``version``: the lock version that the person saw."""
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    with transaction():
        require_open(campaign)
        check_version(campaign, version)
        if given.due_on < clock.today() and given.due_on != campaign.due_on:
            raise Invalid(_l("La fecha límite ya pasó."), field="due_on")
        _fill(campaign, given)
        audit.record("campaign.edit", campaign, by=by)
        noticed.refresh(campaign)
    return campaign


def move_campaign(
    campaign: Campaign, action: str, *, by: Principal, reason: str = "", version: int | None = None
) -> Campaign:
    """Close a campaign with its outcome, cancel it or open it again with a reason."""
    with transaction():
        authorize(by, CAMPAIGN[action].permission, campaign)
        check_version(campaign, version)
        reason = clean(reason)
        if action in {"close", "cancel"} and reason:
            campaign.outcome = reason
        if action == "reopen":
            campaign.closed_at = None
        CAMPAIGN.fire(campaign, action, by=by, reason=reason)
    return campaign


def add_targets(campaign: Campaign, slugs: Sequence[str], *, by: Principal) -> int:
    """Add the actors with these addresses; those already there, unknown or unreachable are left out. How many."""
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    with transaction():
        _hold(campaign)
        return _add(campaign, candidates.reachable_ids(campaign, slugs[:MOST_ADDED]), by)


def add_found(campaign: Campaign, filters: CandidateFilters, *, by: Principal) -> int:
    """Add every actor that the filters find, `MOST_ADDED` at most in one press. Returns how many."""
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    with transaction():
        _hold(campaign)
        return _add(campaign, candidates.candidate_ids(campaign, filters, limit=MOST_ADDED), by)


def remove_target(campaign: Campaign, target: Target, *, by: Principal) -> None:
    """Take an actor out while nothing has happened with it. Raises `Conflict` afterwards."""
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    with transaction():
        _hold(campaign)
        db.session.refresh(target, ["step"], with_for_update=True)
        if target.step is not OutreachStep.IDENTIFIED:
            raise Conflict(_l("Con este actor ya pasó algo: su historia se conserva y no se puede quitar."))
        actor = db.session.get_one(Actor, target.actor_id)
        audit.record("target.remove", target, by=by, reference=f"{campaign.slug}/{actor.slug}")
        db.session.execute(sa.delete(TargetStep).where(TargetStep.target_id == target.id))
        db.session.execute(sa.delete(Target).where(Target.id == target.id))
        db.session.expunge(target)


def _hold(campaign: Campaign) -> None:
    """Let two people who change the campaign's actors wait for each other; the campaign must be open."""
    lock(sa.select(Campaign.id).where(Campaign.id == campaign.id))
    require_open(campaign)


def _add(campaign: Campaign, actor_ids: Sequence[int], by: Principal) -> int:
    now = clock.now()
    if not actor_ids:
        return 0
    first: dict[str, Any] = {"step": OutreachStep.IDENTIFIED, "since": now}
    db.session.execute(sa.insert(Target), [{"campaign_id": campaign.id, "actor_id": key, **first} for key in actor_ids])
    made = db.session.scalars(
        sa.select(Target.id).where(Target.campaign_id == campaign.id, Target.actor_id.in_(actor_ids))
    )
    step: dict[str, Any] = {"step": OutreachStep.IDENTIFIED, "at": now, "noted_by_id": by.user_id}
    db.session.execute(sa.insert(TargetStep), [{"target_id": key, **step} for key in made])
    slugs = db.session.scalars(sa.select(Actor.slug).where(Actor.id.in_(actor_ids)).order_by(Actor.slug)).all()
    audit.record("campaign.add_targets", campaign, by=by, extra={"actors": slugs})
    noticed.refresh(campaign)
    return len(actor_ids)


def _fill(campaign: Campaign, given: CampaignInput) -> None:
    with db.session.no_autoflush:
        if not sa.inspect(campaign).has_identity:
            campaign.plan_id = plans.by_code(given.plan_code).id
        themes = all_found(
            lambda codes: queries.known_codes(Theme, codes), (given.theme,) if given.theme else (), "theme"
        )
        places = all_found(queries.territories, (given.territory,) if given.territory else (), "territory")
        owner = next((member for member in outreach.team() if member.email == given.owner), None)
        if owner is None:
            raise Invalid(_l("Elija a una persona del equipo."), field="owner")
        event = _event(campaign, given.event)
    campaign.title = clean(given.title)
    campaign.purpose = clean(given.purpose)
    campaign.theme_id = themes[0].id if themes else None
    campaign.territory_id = places[0].id if places else None
    campaign.event_id = event.id if event else None
    campaign.owner_id = owner.id
    campaign.due_on = given.due_on


def _event(campaign: Campaign, slug: str | None) -> Event | None:
    if not slug:
        return None
    query = sa.select(Event).where(Event.slug == slug, Event.plan_id == campaign.plan_id)
    found = db.session.scalar(query)
    if found is None:
        raise Invalid(_l("Elija una mesa de este plan."), field="event")
    return found
