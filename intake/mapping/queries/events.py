"""Reading co-creation events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import clock
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.extensions import db
from intake.mapping.queries.vocabulary import in_area
from models import Event, Packet, Participation, Plan, Proposal, Territory, Theme
from models.enums import EventKind

UPCOMING, PAST = "proximas", "pasadas"


@dataclass(frozen=True, kw_only=True)
class EventFilters:
    """What a list of events is narrowed to; ``when`` is "proximas", "pasadas" or "".

    ``everything``: also those that are not public yet, for the team.
    """

    plan: str = ""
    kind: EventKind | None = None
    province: str = ""
    theme: str = ""
    when: str = ""
    everything: bool = False


def events(filters: EventFilters, *, number: int = 1) -> Page[Event]:
    """A page of events with plan, place and attendance. Two statements.

    Those that lie ahead come first, the nearest on top; then those of the past, the latest on top; those whose date was
    never found come last.
    """
    now = clock.now()
    ahead = sa.case((Event.starts_at >= now, 0), (Event.starts_at < now, 1), else_=2)
    nearest = sa.case((Event.starts_at >= now, Event.starts_at), else_=None)
    query = (
        sa.select(Event)
        .where(*_conditions(filters))
        .options(joinedload(Event.plan), joinedload(Event.territory), joinedload(Event.participation))
        .order_by(ahead, nearest, Event.starts_at.desc(), Event.id.desc())
    )
    return paginate(query, number=number)


def _conditions(filters: EventFilters) -> list[sa.ColumnExpressionArgument[bool]]:
    found: list[sa.ColumnExpressionArgument[bool]] = [] if filters.everything else [Event.is_public]
    if filters.theme:
        found.append(Event.themes.any(Theme.code == filters.theme))
    if filters.plan:
        found.append(Event.plan_id.in_(sa.select(Plan.id).where(Plan.code == filters.plan)))
    if filters.kind is not None:
        found.append(Event.kind == filters.kind)
    if filters.province:
        places = sa.select(Territory.id).where(in_area(filters.province))
        found.append(Event.territory_id.in_(places))
    if filters.when == UPCOMING:
        found.append(Event.starts_at >= clock.now())
    elif filters.when == PAST:
        found.append(sa.or_(Event.starts_at < clock.now(), Event.starts_at.is_(None)))
    return found


MOST_IN_A_CALENDAR = 500


def of_month(filters: EventFilters, begins: datetime, ends: datetime) -> Sequence[Event]:
    """Events that begin from ``begins`` to before ``ends``, in order, with plan and place. One statement."""
    query = (
        sa.select(Event)
        .where(*_conditions(filters), Event.starts_at >= begins, Event.starts_at < ends)
        .options(joinedload(Event.plan), joinedload(Event.territory))
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_IN_A_CALENDAR)
    )
    return db.session.scalars(query).all()


def for_calendar(filters: EventFilters) -> Sequence[Event]:
    """Dated events for a calendar program, cancelled ones included: the latest first, at most 500. One statement."""
    query = (
        sa.select(Event)
        .where(*_conditions(filters), Event.starts_at.is_not(None))
        .options(joinedload(Event.territory))
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(MOST_IN_A_CALENDAR)
    )
    return db.session.scalars(query).all()


def event(slug: str) -> Event:
    """An event with its plan (and the plan's stages), place and themes. Raises `NotFound`. One statement."""
    query = (
        sa.select(Event)
        .where(Event.slug == slug)
        .options(
            joinedload(Event.plan).joinedload(Plan.stages),
            joinedload(Event.territory),
            joinedload(Event.themes),
            joinedload(Event.counted_in),
        )
    )
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("No existe una mesa con esa dirección."))
    return found


def participation_of(event: Event) -> Participation | None:
    """The attendance of an event with its counts. One statement."""
    query = sa.select(Participation).where(Participation.event_id == event.id).options(joinedload(Participation.counts))
    return db.session.scalars(query).unique().one_or_none()


def proposals_born(event: Event) -> tuple[int, bool]:
    """How many proposals were made at the event, drafts left out; whether sheets were printed for it. One statement."""
    born = sa.select(sa.func.count(Proposal.id)).where(Proposal.event_id == event.id, Proposal.is_public)
    printed = sa.exists().where(Packet.event_id == event.id)
    number, with_sheets = db.session.execute(sa.select(born.scalar_subquery(), printed)).one()
    return int(number), bool(with_sheets)
