"""Conditions on `Actor` that several lists share. Each takes what stands in the address; "" asks for nothing."""

from __future__ import annotations

import sqlalchemy as sa

from models import Actor, People, Sector, Theme, actor_people, actor_theme


def of_sector(code: str) -> list[sa.ColumnElement[bool]]:
    """Of the sector with this code or of one below it."""
    if not code:
        return []
    below = Sector.code.startswith(f"{code}.", autoescape=True)
    return [Actor.sector_id.in_(sa.select(Sector.id).where((Sector.code == code) | below))]


def of_theme(code: str) -> list[sa.ColumnElement[bool]]:
    """Works on the theme with this code."""
    if not code:
        return []
    chosen = sa.select(actor_theme.c.actor_id).join(Theme, Theme.id == actor_theme.c.theme_id)
    return [Actor.id.in_(chosen.where(Theme.code == code))]


def of_people(name: str) -> list[sa.ColumnElement[bool]]:
    """Of the people or nationality with this name."""
    if not name:
        return []
    chosen = sa.select(actor_people.c.actor_id).join(People, People.id == actor_people.c.people_id)
    return [Actor.id.in_(chosen.where(People.name == name))]
