"""What the registry already holds, indexed so that ten thousand rows can be compared with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.text import plain
from intake.extensions import db
from intake.mapping.likeness import ALIKE, host_of, name_likeness, tokens_of
from models import Actor, Territory, actor_territory
from models.enums import ActorKind, ActorStatus

if TYPE_CHECKING:
    from intake.mapping.importrows import ActorRow

LARGEST_BLOCK = 10  # a word that more records share tells nothing
ENOUGH = 200  # likely duplicates looked for: after so many somebody must look at the file anyway
_Same = tuple[str, ActorKind, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A record of the registry (``line`` 0) or of a row read before."""

    line: int
    name: str
    slug: str
    tokens: tuple[str, ...]


class RegistryIndex:
    """Two statements; then everything in memory (some hundred bytes for each record)."""

    def __init__(self) -> None:
        self._external: dict[str, Kept] = {}
        self._ruc: dict[str, Kept] = {}
        self._same: dict[_Same, Kept] = {}
        self._keys: defaultdict[str, list[Kept]] = defaultdict(list)
        self.slugs: set[str] = set()
        self.alike_found = 0
        live = (ActorStatus.PENDING, ActorStatus.VERIFIED)
        places = _places_by_actor()
        columns = (Actor.id, Actor.name, Actor.name_plain, Actor.slug, Actor.kind, Actor.status)
        more = (Actor.external_id, Actor.ruc, Actor.acronym, Actor.website)
        for row in db.session.execute(sa.select(*columns, *more).execution_options(yield_per=1000)):
            kept = Kept(0, row.name, row.slug, tokens_of(row.name_plain))
            self.slugs.add(row.slug)
            if row.external_id:
                self._external[row.external_id] = kept
            if row.status in live:
                same = (row.name_plain, row.kind, frozenset(places.get(row.id, ())))
                self._add(kept, same, row.ruc, _keys(kept.tokens, row.acronym, row.website))

    def _add(self, kept: Kept, same: _Same, ruc: str | None, keys: set[str]) -> None:
        self._same.setdefault(same, kept)
        if ruc:
            self._ruc.setdefault(ruc, kept)
        for key in keys:
            self._keys[key].append(kept)

    def known(self, row: ActorRow) -> Kept | None:
        """The record that the row is: same key, same RUC, or same name, kind and places."""
        return (
            self._external.get(row.external_id or "")
            or self._ruc.get(row.ruc or "")
            or self._same.get((plain(row.name), row.kind, frozenset(row.places)))
        )

    def alike(self, row: ActorRow) -> Kept | None:
        """A record that may be the same organisation, though not surely."""
        if self.alike_found >= ENOUGH:
            return None
        tokens = tokens_of(plain(row.name))
        for key in sorted(_keys(tokens, row.acronym, row.website), reverse=True):
            block = self._keys.get(key, ())
            for kept in block if len(block) <= LARGEST_BLOCK else ():
                if key[0] != "w" or name_likeness(tokens, kept.tokens) >= ALIKE:
                    self.alike_found += 1
                    return kept
        return None

    def add(self, row: ActorRow) -> None:
        """Remember a row that will be new, so that the following ones are compared with it."""
        kept = Kept(row.line, row.name, "", tokens_of(plain(row.name)))
        if row.external_id:
            self._external[row.external_id] = kept
        same = (plain(row.name), row.kind, frozenset(row.places))
        self._add(kept, same, row.ruc, _keys(kept.tokens, row.acronym, row.website))


def _keys(tokens: tuple[str, ...], acronym: str | None, website: str | None) -> set[str]:
    """Under what a record is looked up: its rarest-looking words, its acronym, its site."""
    found = {f"w {word}" for word in sorted(tokens, key=len, reverse=True)[:2]}
    if acronym:
        found.add(f"x {plain(acronym)}")
    if host := host_of(website):
        found.add(f"y {host}")
    return found


def _places_by_actor() -> dict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    codes = sa.select(actor_territory.c.actor_id, Territory.code).join(
        Territory, Territory.id == actor_territory.c.territory_id
    )
    for actor_id, code in db.session.execute(codes.execution_options(yield_per=1000)):
        found[actor_id].append(code)
    return found
