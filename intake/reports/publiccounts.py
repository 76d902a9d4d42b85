"""The published table of who took part: its query, and what of each event's counts may be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from intake.core.smallcells import Withheld, is_reserved, published
from models import Event, Participation, ParticipationCount, Plan

_WITHHELD = {Withheld.FEW: "menos de 5", Withheld.KEPT: "no se publica"}


def participation() -> sa.Select[*tuple[Any, ...]]:
    """Counts of people, by plan, event, dimension and category; `withhold` must read them before anybody else."""
    c = ParticipationCount
    return (
        sa.select(
            Plan.code,
            Plan.is_fictional,
            Event.slug,
            Participation.total,
            c.dimension,
            c.dimension.label("dimension_words"),
            c.category,
            c.category.label("category_words"),
            c.people,
            sa.case((Event.counted_in_id.is_not(None), "part"), else_="").label("withheld"),
            Participation.source,
        )
        .join(Plan, Plan.id == Participation.plan_id)
        .outerjoin(Event, Event.id == Participation.event_id)
        .outerjoin(c, c.participation_id == Participation.id)
        .order_by(Plan.number, Participation.id, c.id)
    )


def withhold(found: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of `participation` as they may be published: events tell no few people (`smallcells`).

    What a source published about a whole plan stays as it was published.
    """
    for slug, rows in groupby(found, key=attrgetter("slug")):
        if slug is None:
            yield from map(tuple, rows)
        else:
            yield from _of_event(list(rows))


def _of_event(rows: list[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of an event; one with too few people keeps a single row with its total."""
    *head, _d, _dw, _c, _cw, _people, _why, source = rows[0]
    if is_reserved(rows[0].total):
        yield (*head[:-1], None, None, None, None, None, None, _WITHHELD[Withheld.FEW], source)
        return
    if rows[0].withheld:  # its people are among those of another event: told twice, one could be subtracted
        yield (*head, None, None, None, None, None, "", source)
        return
    shown = {d: published(dict(_categories(rows, d))) for d in {row.dimension for row in rows} if d is not None}
    for row in rows:
        value = shown[row.dimension][row.category] if row.dimension is not None else None
        told = (None, _WITHHELD[value]) if isinstance(value, Withheld) else (value, "")
        yield (*tuple(row)[:-3], *told, source)


def _categories(rows: list[Any], dimension: Any) -> Iterator[tuple[str, int]]:
    return ((row.category, row.people) for row in rows if row.dimension is dimension)
