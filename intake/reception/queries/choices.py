"""What a list of proposals and the form can be narrowed to: plans, themes, places, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from models import Event, Plan, Territory, Theme
from models.enums import TerritoryLevel

if TYPE_CHECKING:
    from collections.abc import Sequence


class Choice(NamedTuple):
    """What a filter offers."""

    kind: str  # plan, theme, province, event, hiding (plans that hide today how many support what)
    code: str
    name_es: str
    name_en: str


def _union_of_choices() -> sa.Select[Any]:
    """The short lists in one statement. Built once: building takes longer than running it."""
    kind = sa.literal_column
    number = (-Plan.number).label("position")
    level = Territory.level == TerritoryLevel.PROVINCE
    parts: tuple[Any, ...] = (
        sa.select(
            kind("'plan'").label("kind"),
            Plan.code,
            Plan.code.label("es"),
            Plan.code.label("en"),
            number,
            kind("''").label("plain"),
        ),
        sa.select(kind("'theme'"), Theme.code, Theme.name_es, Theme.name_en, Theme.position, kind("''")),
        sa.select(
            kind("'province'"), Territory.code, Territory.name, Territory.name, kind("0"), Territory.name_plain
        ).where(level),
        sa.select(kind("'event'"), Event.slug, Event.title, Event.title, kind("0"), kind("''")).where(Event.is_public),
        sa.select(kind("'hiding'"), Plan.code, Plan.code, Plan.code, kind("0"), kind("''")).where(
            Plan.supports_hidden_until >= sa.bindparam("today", type_=sa.Date)
        ),
    )
    union = sa.union_all(*parts).subquery()
    return sa.select(union).order_by(union.c.position, union.c.plain, union.c.es)


_CHOICES = _union_of_choices()


def choices() -> dict[str, list[Choice]]:
    """Plans, themes, provinces and tables that a list can be narrowed to, plans that hide totals. One statement."""
    found: dict[str, list[Choice]] = {"plan": [], "theme": [], "province": [], "event": [], "hiding": []}
    for row in db.session.execute(_CHOICES, {"today": clock.today()}):
        found[row.kind].append(Choice(row.kind, row.code, row.es, row.en))
    return found


def themes() -> Sequence[Theme]:
    """All themes in their order. One statement."""
    return db.session.scalars(sa.select(Theme).order_by(Theme.position)).all()


@dataclass
class Place:
    """A place that the form offers."""

    code: str
    name: str
    level: TerritoryLevel


def places(province: str, canton: str) -> dict[TerritoryLevel, list[Place]]:
    """All provinces, the cantons of one, the parishes of one canton. One statement."""
    wanted = [Territory.level == TerritoryLevel.PROVINCE]
    if province:
        wanted.append((Territory.level == TerritoryLevel.CANTON) & Territory.code.startswith(province, autoescape=True))
    if canton:
        wanted.append((Territory.level == TerritoryLevel.PARISH) & Territory.code.startswith(canton, autoescape=True))
    query = sa.select(Territory.code, Territory.name, Territory.level).where(
        Territory.selectable, sa.or_(*wanted)
    ).order_by(Territory.name_plain)  # fmt: skip
    found: dict[TerritoryLevel, list[Place]] = {level: [] for level in TerritoryLevel}
    for row in db.session.execute(query):
        found[row.level].append(Place(*row))
    return found
