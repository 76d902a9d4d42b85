"""Reading campaigns, their actors and how far these have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.accounts.queries import held_on
from intake.core import clock
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import Campaign, Event, Plan, Post, PostHolding, User
from models.enums import CampaignStatus, EventStatus, Role

TEAM_ROLES = (Role.FACILITATOR, Role.ANALYST, Role.DIRECTORATE)


@dataclass(frozen=True, kw_only=True)
class CampaignFilters:
    """What a list of campaigns is narrowed to."""

    plan: str = ""
    status: CampaignStatus | None = None
    late: bool = False
    owner: str = ""  # mail address


def campaigns(filters: CampaignFilters, *, number: int = 1) -> Page[Campaign]:
    """A page of campaigns: the open ones first, those due soonest on top; then the others, the latest on top.

    With plan, theme, place, event and owner. Two statements.
    """
    is_open = Campaign.status == CampaignStatus.OPEN
    due = sa.case((is_open, Campaign.due_on), else_=None)
    query = (
        sa.select(Campaign)
        .where(*_conditions(filters))
        .options(*_WITH, joinedload(Campaign.plan))
        .order_by(sa.case((is_open, 0), else_=1), due, Campaign.closed_at.desc(), Campaign.id.desc())
    )
    return paginate(query, number=number)


_WITH = (
    joinedload(Campaign.theme),
    joinedload(Campaign.territory),
    joinedload(Campaign.event).joinedload(Event.territory),
    joinedload(Campaign.owner),
)


def _conditions(filters: CampaignFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.plan:
        found.append(Campaign.plan_id.in_(sa.select(Plan.id).where(Plan.code == filters.plan)))
    if filters.status is not None:
        found.append(Campaign.status == filters.status)
    if filters.late:
        found += [Campaign.status == CampaignStatus.OPEN, Campaign.due_on < clock.today()]
    if filters.owner:
        found.append(Campaign.owner_id.in_(sa.select(User.id).where(User.email == filters.owner)))
    return found


def campaign(slug: str) -> Campaign:
    """A campaign with its plan (and the plan's stages), theme, place, event and owner. `NotFound`. One statement."""
    query = (
        sa.select(Campaign)
        .where(Campaign.slug == slug)
        .options(*_WITH, joinedload(Campaign.plan).joinedload(Plan.stages))
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("No existe una campaña con esa dirección."))
    return found


def days_late(campaign: Campaign) -> int:
    """Whole days since an open campaign was due; 0 if it is not late."""
    if campaign.status is not CampaignStatus.OPEN:
        return 0
    return max(0, (clock.today() - campaign.due_on).days)


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Account → name. One statement, none for nobody."""
    wanted = {key for key in user_ids if key is not None}
    if not wanted:
        return {}
    return dict(db.session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted))).all())


@dataclass(frozen=True)
class Member:
    """Somebody of the team today."""

    id: int
    email: str
    name: str


def team() -> list[Member]:
    """The people who hold a post of the team today, by name. One statement."""
    query = (
        sa.select(User.id, User.email, User.name)
        .join(PostHolding, sa.and_(PostHolding.user_id == User.id, held_on(clock.today())))
        .join(Post, Post.id == PostHolding.post_id)
        .where(Post.role.in_(TEAM_ROLES), User.disabled_at.is_(None))
        .distinct()
        .order_by(User.name, User.id)
    )
    return [Member(*row) for row in db.session.execute(query)]


def inviting_to(event: Event) -> Sequence[Campaign]:
    """The campaigns that invite to the event, the latest first. One statement."""
    query = sa.select(Campaign).where(Campaign.event_id == event.id).order_by(Campaign.id.desc())
    return db.session.scalars(query).all()


def events_to_invite_to(plan: Plan | None, *, kept: int | None = None) -> Sequence[Event]:
    """Events of the plan still to come (and the one ``kept``), by date. One statement."""
    if plan is None:
        return []
    ahead = sa.and_(
        sa.or_(Event.starts_at.is_(None), Event.starts_at >= clock.now()), Event.status != EventStatus.CANCELLED
    )
    query = sa.select(Event).where(Event.plan_id == plan.id, sa.or_(ahead, Event.id == kept))
    return db.session.scalars(query.order_by(Event.starts_at.is_(None), Event.starts_at, Event.id)).all()


@dataclass(frozen=True)
class Late:
    """An open campaign past its day."""

    slug: str
    title: str
    owner: str
    due_on: date


MOST_LATE = 20


def late_campaigns(plan_id: int) -> list[Late]:
    """Open campaigns of the plan that are late, the longest first, at most `MOST_LATE`. One statement."""
    query = (
        sa.select(Campaign.slug, Campaign.title, sa.func.coalesce(User.name, ""), Campaign.due_on)
        .outerjoin(User, User.id == Campaign.owner_id)
        .where(Campaign.plan_id == plan_id, Campaign.status == CampaignStatus.OPEN, Campaign.due_on < clock.today())
        .order_by(Campaign.due_on, Campaign.id)
        .limit(MOST_LATE)
    )
    return [Late(*row) for row in db.session.execute(query)]
