"""Reading the actors of campaigns: at which step each stands, its log, and the numbers that these add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.core.text import plain
from intake.extensions import db
from intake.mapping.queries.outreach import campaign
from models import Actor, Campaign, Target, TargetStep
from models.enums import OutreachStep

#: What a result counts, in the order of the way; the values stand in the address (``?paso=``).
RESULTS = (
    "identificados",
    "por-contactar",
    "contactados",
    "confirmaron",
    "participaron",
    "propusieron",
    "recibieron-respuesta",
    "no-pueden",
    "en-silencio",
)


#: Results that count the actors in whose log a step stands, however far they came since.
_LOGGED = {
    "contactados": OutreachStep.CONTACTED,
    "confirmaron": OutreachStep.CONFIRMED,
    "participaron": OutreachStep.ATTENDED,
    "propusieron": OutreachStep.CONTRIBUTED,
    "recibieron-respuesta": OutreachStep.ANSWERED,
}


#: Results that count the actors who stand at a step now.
_STANDING = {
    "por-contactar": OutreachStep.IDENTIFIED,
    "no-pueden": OutreachStep.DECLINED,
    "en-silencio": OutreachStep.CONTACTED,
}


Results = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class TargetFilters:
    """What the actors of a campaign are narrowed to; ``result`` is one of `RESULTS`."""

    result: str = ""
    q: str = ""


def results(campaign_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """The numbers of each campaign, every one of `RESULTS`. Two statements."""
    found = {key: dict.fromkeys(RESULTS, 0) for key in campaign_ids}
    if not found:
        return found
    stands = sa.select(Target.campaign_id, Target.step, sa.func.count()).group_by(Target.campaign_id, Target.step)
    standing = {step: name for name, step in _STANDING.items()}
    for key, step, number in db.session.execute(stands.where(Target.campaign_id.in_(campaign_ids))):
        found[key]["identificados"] += number
        if step in standing:
            found[key][standing[step]] = number
    logged = (
        sa.select(Target.campaign_id, TargetStep.step, sa.func.count(Target.id.distinct()))
        .join(TargetStep, TargetStep.target_id == Target.id)
        .where(Target.campaign_id.in_(campaign_ids))
        .group_by(Target.campaign_id, TargetStep.step)
    )
    names = {step: name for name, step in _LOGGED.items()}
    for key, step, number in db.session.execute(logged):
        if step in names:
            found[key][names[step]] = number
    return found


def targets(campaign: Campaign, filters: TargetFilters, *, number: int = 1) -> Page[Target]:
    """A page of the campaign's actors, by name, with their log. Three statements."""
    query = (
        sa.select(Target)
        .join(Actor, Actor.id == Target.actor_id)
        .where(*_of(campaign, filters))
        .options(joinedload(Target.actor), selectinload(Target.log))
        .order_by(Actor.name_plain, Target.id)
    )
    return paginate(query, number=number)


def _of(campaign: Campaign, filters: TargetFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [Target.campaign_id == campaign.id]
    found += [Actor.name_plain.contains(word, autoescape=True) for word in plain(filters.q).split()[:8]]
    if filters.result in _STANDING:
        found.append(Target.step == _STANDING[filters.result])
    elif filters.result in _LOGGED:
        found.append(has_step(_LOGGED[filters.result]))
    return found


def has_step(step: OutreachStep) -> sa.ColumnElement[bool]:
    """Whether the step stands in a target's log."""
    log = sa.select(TargetStep.id).where(TargetStep.target_id == Target.id, TargetStep.step == step)
    return log.correlate(Target).exists()


def all_targets(campaign: Campaign) -> Sequence[Target]:
    """Every actor of the campaign with its log, by name: for the file of results. Two statements."""
    query = (
        sa.select(Target)
        .join(Actor, Actor.id == Target.actor_id)
        .where(Target.campaign_id == campaign.id)
        .options(joinedload(Target.actor), selectinload(Target.log))
        .order_by(Actor.name_plain, Target.id)
    )
    return db.session.scalars(query).all()


def targets_by_slug(campaign: Campaign, slugs: Iterable[str]) -> Sequence[Target]:
    """The campaign's targets for actors with these addresses, as they stand now, by key. One statement."""
    query = (
        sa.select(Target)
        .join(Actor, Actor.id == Target.actor_id)
        .where(Target.campaign_id == campaign.id, Actor.slug.in_(list(slugs)))
        .options(joinedload(Target.actor))
        .order_by(Target.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def target(campaign: Campaign, slug: str) -> Target:
    """One actor of the campaign, with its log. Raises `NotFound`. Two statements."""
    query = (
        sa.select(Target)
        .join(Actor, Actor.id == Target.actor_id)
        .where(Target.campaign_id == campaign.id, Actor.slug == slug)
        .options(joinedload(Target.actor), selectinload(Target.log))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("Ese actor no está en esta campaña."))
    return found


def target_of(slug: str, actor_slug: str) -> Target:
    """One actor of a campaign, with its log and the campaign as `campaign` loads it. Three statements."""
    of = campaign(slug)
    found = target(of, actor_slug)
    set_committed_value(found, "campaign", of)
    return found
