"""Every pair of records that may be one organisation, for the team to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core.pagination import SIZE, Page
from intake.extensions import db
from intake.mapping.apart import told_apart
from intake.mapping.duplicates import LARGEST_BLOCK, LIVE
from intake.mapping.likeness import (
    ALIKE_IN_LIST,
    WEIGHT,
    WORDS,
    WORTH_COMPARING,
    Why,
    domain_of,
    host_of,
    name_likeness,
    overlap,
    pairs_of_letters,
    tokens_of,
)
from models import Actor, ActorContact
from models.enums import ActorStatus

if TYPE_CHECKING:
    from intake.core.i18n import Text

#: So many may share a tax number or a whole name, and each pair of them is shown.
LARGEST_EXACT_BLOCK = 50


class Known(NamedTuple):
    """What the search for pairs reads of a record."""

    id: int
    slug: str
    name: str
    name_plain: str
    ruc: str | None
    website: str | None
    status: ActorStatus
    kind: Any


@dataclass
class Pair:
    """Two records that may be one, and why."""

    one: Known
    other: Known
    why: set[Why] = field(default_factory=set)
    likeness: float = 0.0  # of the names, where they tell

    @property
    def words(self) -> list[Text]:
        """Why, in words, the strongest first."""
        return [WORDS[one] for one in Why if one in self.why]

    @property
    def weight(self) -> int:
        """How much speaks for it."""
        return sum(WEIGHT[one] for one in self.why)


def pairs(*, number: int = 1) -> Page[Pair]:
    """A page of the pairs that may be one organisation, the likeliest first. Three statements."""
    found = likely_pairs()
    number = min(max(1, number), max(1, -(-len(found) // SIZE)))
    return Page(found[(number - 1) * SIZE : number * SIZE], number, SIZE, len(found))


def likely_pairs() -> list[Pair]:
    """Every pair. Records are compared only within blocks that share a key: never each with each."""
    columns = (Actor.id, Actor.slug, Actor.name, Actor.name_plain, Actor.ruc, Actor.website, Actor.status, Actor.kind)
    query = sa.select(*columns).where(Actor.status.in_(LIVE)).order_by(Actor.id)
    rows = {row.id: Known(*row) for row in db.session.execute(query)}
    found: dict[tuple[int, int], set[Why]] = defaultdict(set)
    for why, blocks, largest in _blocks(rows):
        for block in blocks:
            for pair in combinations(sorted(block), 2) if len(block) <= largest else ():
                found[pair].add(why)
    alike = _alike(rows)
    for pair in alike:
        found[pair].add(Why.NAME)
    apart = told_apart()
    made = [Pair(rows[a], rows[b], why, alike.get((a, b), 0.0)) for (a, b), why in found.items()]
    kept = [pair for pair in made if frozenset((pair.one.slug, pair.other.slug)) not in apart]
    return sorted(
        kept, key=lambda pair: (-pair.weight, -pair.likeness, pair.one.name_plain, pair.other.name_plain, pair.one.id)
    )


def _blocks(rows: dict[int, Known]) -> Iterable[tuple[Why, Iterable[set[int]], int]]:
    yield Why.RUC, _by_key((row.id, row.ruc or "") for row in rows.values()), LARGEST_EXACT_BLOCK
    yield Why.SITE, _by_key((row.id, host_of(row.website)) for row in rows.values() if row.website), LARGEST_BLOCK
    mails = db.session.execute(
        sa.select(ActorContact.actor_id, ActorContact.email).where(ActorContact.email.is_not(None))
    )
    yield Why.DOMAIN, _by_key((key, domain_of(email)) for key, email in mails if key in rows), LARGEST_BLOCK


def _by_key(keyed: Iterable[tuple[int, str]]) -> Iterable[set[int]]:
    blocks: dict[str, set[int]] = defaultdict(set)
    for number, key in keyed:
        if key:
            blocks[key].add(number)
    return blocks.values()


def _alike(rows: dict[int, Known]) -> dict[tuple[int, int], float]:
    """Pairs with alike names and how alike: all the same words, or a rare word in common and much of the rest."""
    tokens = {row.id: tokens_of(row.name_plain) for row in rows.values()}
    by_word: dict[str, set[int]] = defaultdict(set)
    by_name: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, words in tokens.items():
        by_name[tuple(sorted(words))].add(number)
        for word in words:
            by_word[word].add(number)
    near = {
        pair for block in by_word.values() if len(block) <= LARGEST_BLOCK for pair in combinations(sorted(block), 2)
    }
    same = {
        pair
        for block in by_name.values()
        if len(block) <= LARGEST_EXACT_BLOCK
        for pair in combinations(sorted(block), 2)
    }
    grams = {number: pairs_of_letters(words) for number, words in tokens.items()}
    close = (pair for pair in near if overlap(grams[pair[0]], grams[pair[1]]) >= WORTH_COMPARING)
    scored = {pair: name_likeness(tokens[pair[0]], tokens[pair[1]]) for pair in close}
    return {pair: score for pair, score in scored.items() if score >= ALIKE_IN_LIST} | dict.fromkeys(same, 1.0)
