"""The events of a plan as the public sees them, and what each tells of who came to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from intake.core.smallcells import SMALL, Told, published, told, told_total
from intake.extensions import db
from intake.mapping.queries.actors import NONE as NOWHERE
from intake.mapping.queries.cells import ANY, NO_THEME, Key, Scope, place_of
from models import Event, Participation, ParticipationCount, Territory, Theme, event_theme
from models.enums import Dimension, EventStatus

NONE_TOLD = Told()
NOT_TOLD = Told(0, 1)  # one event whose people are not told, or not known
Group = tuple[Dimension, str]


@dataclass(frozen=True)
class Meetings:
    """What the events of a theme in a place add up to in public: their number, and the people who came to them."""

    events: int = 0
    people: Told = NONE_TOLD


@dataclass(frozen=True)
class Held:
    """An event of the public list. ``province`` is a place as in the grids; ``canton`` "" where it speaks of none."""

    province: str
    canton: str
    themes: Sequence[str]
    people: Told


def held(plan_id: int | None, group: Group | None = None) -> list[Held]:
    """The events of a plan with what they tell of who came, only of a ``group`` if given. Two or three statements.

    As in the figures of the plan: an event that is counted in another one adds no people.
    """
    themes = _themes_of(plan_id)
    shown = _group_told(plan_id, group) if group else {}
    found = []
    for event_id, province, canton, total, is_part in db.session.execute(_events(plan_id)):
        people = NONE_TOLD
        if total and not is_part:
            people = shown.get(event_id, NOT_TOLD) if group else told_total(total)
        found.append(Held(province, canton or "", themes.get(event_id) or (NO_THEME,), people))
    return found


def meetings(events: Iterable[Held], scope: Scope) -> dict[Key, Meetings]:
    """Events and attendances by theme and place. A sum adds only what the events tell."""
    found: dict[Key, Meetings] = defaultdict(Meetings)
    for event in events:
        if scope.province and event.province != scope.province:
            continue
        place = (event.canton or event.province) if scope.province and not scope.whole else event.province
        for theme in (ANY, *event.themes):
            before = found[theme, place]
            found[theme, place] = Meetings(before.events + 1, before.people + event.people)
    return dict(found)


def _events(plan_id: int | None) -> sa.Select[*tuple[Any, ...]]:
    province = sa.case((Event.territory_id.is_(None), NOWHERE), else_=place_of(Scope(None)))
    canton = sa.func.substr(Territory.path, 4, 4)
    return (
        sa.select(Event.id, province, canton, Participation.total, Event.counted_in_id.is_not(None))
        .outerjoin(Territory, Territory.id == Event.territory_id)
        .outerjoin(Participation, Participation.event_id == Event.id)
        .where(Event.plan_id == plan_id, *shown_events())
    )


def _themes_of(plan_id: int | None) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        sa.select(event_theme.c.event_id, Theme.code)
        .join(Theme, Theme.id == event_theme.c.theme_id)
        .join(Event, Event.id == event_theme.c.event_id)
        .where(Event.plan_id == plan_id)
    )
    for event_id, code in db.session.execute(query):
        found[event_id].append(code)
    return found


def _group_told(plan_id: int | None, group: Group) -> dict[int, Told]:
    """Event → the people of the category that it tells; events without the category tell none of it."""
    dimension, category = group
    rows: dict[int, dict[str, int]] = defaultdict(dict)
    query: Iterable[Any] = db.session.execute(
        sa.select(Participation.event_id, ParticipationCount.category, ParticipationCount.people)
        .join(Participation, Participation.id == ParticipationCount.participation_id)
        .where(
            Participation.plan_id == plan_id,
            Participation.event_id.is_not(None),
            Participation.total >= SMALL,
            ParticipationCount.dimension == dimension,
        )
    )
    for event_id, name, people in query:
        rows[event_id][name] = people
    return {event_id: told(published(row).get(category, 0)) for event_id, row in rows.items()}


def shown_events() -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    """Conditions on `Event`: in the public list, and not cancelled."""
    return (Event.is_public, Event.status != EventStatus.CANCELLED)
