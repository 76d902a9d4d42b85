"""Records that may be one organisation: suggested when one is written, and listed for the team.

Nothing is refused for being alike, but one thing: the tax number of a verified actor, where the team must say why this
is another. That two records are not one is kept in the trace (``actor.distinct``), which no pair comes back from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import SIZE, Page
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping.likeness import (
    ALIKE,
    ALIKE_IN_LIST,
    WEIGHT,
    WORDS,
    WORTH_COMPARING,
    Why,
    acronym_is,
    domain_of,
    host_of,
    name_likeness,
    overlap,
    pairs_of_letters,
    tokens_of,
)
from models import Actor, ActorContact, AuditEntry
from models.enums import ActorStatus

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

DISTINCT = "actor.distinct"
CANDIDATES, SHOWN = 300, 5
#: A key that more records than this share (the mail of a ministry, a common word) tells nothing.
LARGEST_BLOCK, LARGEST_RUC_BLOCK = 10, 50
LIVE = (ActorStatus.PENDING, ActorStatus.VERIFIED)


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What is known of an organisation that is being written. ``ids`` are records that it is not compared with."""

    name: str = ""
    ruc: str = ""
    website: str = ""
    emails: tuple[str, ...] = ()
    ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Suggestion:
    """A record like the one being written, and why."""

    actor: Actor
    why: tuple[Why, ...]

    @property
    def words(self) -> list[Text]:
        """Why, in words."""
        return [WORDS[one] for one in self.why]


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


def suggestions(probe: Probe, *, public: bool) -> list[Suggestion]:
    """Records like the one being written, the likest first. Two statements.

    ``public``: verified actors alone, and of mail only what is shown; else those that wait as well.
    """
    by_mail = _by_domain(probe, public=public)
    found = []
    for actor in _candidates(probe, by_mail, public=public):
        why, score = _common(probe, actor, by_mail)
        if why:
            found.append((-score, actor.name_plain, Suggestion(actor, why)))
    return [one for _score, _name, one in sorted(found, key=lambda row: row[:2])[:SHOWN]]


def _candidates(probe: Probe, by_mail: Collection[int], *, public: bool) -> Sequence[Actor]:
    """Records that share a word of the name, the number, the site or mail; at most `CANDIDATES`, the best first."""
    typed = plain(probe.name)
    points: list[Any] = [
        sa.case((Actor.name_plain.contains(word, autoescape=True), len(word)), else_=0)
        for word in sorted(tokens_of(typed), key=len, reverse=True)[:6]
        if len(word) > 2
    ]
    points.append(sa.case((sa.func.lower(Actor.acronym) == typed, 100), else_=0))
    if probe.ruc:
        points.append(sa.case((Actor.ruc == probe.ruc, 100), else_=0))
    if host := host_of(probe.website):
        points.append(sa.case((Actor.website.contains(host, autoescape=True), 100), else_=0))
    if by_mail:
        points.append(sa.case((Actor.id.in_(by_mail), 100), else_=0))
    score = sum(points[1:], start=points[0])
    states = (ActorStatus.VERIFIED,) if public else LIVE
    query = sa.select(Actor).where(Actor.status.in_(states), score > 0, Actor.id.not_in(probe.ids))
    return db.session.scalars(query.order_by(score.desc(), Actor.id).limit(CANDIDATES)).all()


def _by_domain(probe: Probe, *, public: bool) -> set[int]:
    domains = {domain for email in probe.emails if (domain := domain_of(email))}
    if not domains:
        return set()
    ends = [ActorContact.email.endswith(f"@{domain}", autoescape=True) for domain in sorted(domains)[:5]]
    query = sa.select(ActorContact.actor_id).where(sa.or_(*ends)).distinct().limit(LARGEST_BLOCK + 1)
    found = set(db.session.scalars(query.where(ActorContact.is_public) if public else query))
    return found if len(found) <= LARGEST_BLOCK else set()


def _common(probe: Probe, actor: Actor, by_mail: Collection[int]) -> tuple[tuple[Why, ...], float]:
    typed, host = plain(probe.name), host_of(probe.website)
    likeness = name_likeness(tokens_of(typed), tokens_of(actor.name_plain)) if typed else 0.0
    if typed and acronym_is(actor.acronym, typed):
        likeness = 1.0
    shared = {
        Why.RUC: bool(probe.ruc) and actor.ruc == probe.ruc,
        Why.NAME: likeness >= ALIKE,
        Why.SITE: bool(host) and host_of(actor.website) == host,
        Why.DOMAIN: actor.id in by_mail,
    }
    why = tuple(one for one in Why if shared[one])
    return why, sum(WEIGHT[one] for one in why) + likeness


def like(actor: Actor, emails: Iterable[str | None] = ()) -> list[Suggestion]:
    """Records like one that is kept already, without those of which somebody said that they are others.

    ``emails`` are those of its contacts. Three statements.
    """
    apart = {one for pair in told_apart(actor.slug) for one in pair}
    probe = Probe(
        name=actor.name,
        ruc=actor.ruc or "",
        website=actor.website or "",
        emails=tuple(email for email in emails if email),
        ids=frozenset({actor.id}),
    )
    return [one for one in suggestions(probe, public=False) if one.actor.slug not in apart]


# -- the one thing that is refused -----------------------------------------------------------------------------------


def twins_of(ruc: str | None, *, but: int | None = None) -> Sequence[Actor]:
    """Verified actors with this tax number. One statement, none without a number."""
    if not ruc:
        return []
    query = sa.select(Actor).where(Actor.ruc == ruc, Actor.status == ActorStatus.VERIFIED, Actor.id != (but or 0))
    return db.session.scalars(query.order_by(Actor.id)).all()


def explained_twins(ruc: str | None, reason: str, actor: Actor | None = None) -> Sequence[Actor]:
    """Verified actors with the number of the one being written. Raises `Invalid` unless it is said why they differ."""
    with db.session.no_autoflush:
        twins = twins_of(ruc, but=actor.id if actor else None)
    if twins and not clean(reason):
        words = _l(
            "«%(name)s» ya está verificado con este RUC. Si es otra organización, escriba por qué.", name=twins[0].name
        )
        raise Invalid(words, field="distinct_reason")
    return twins


def refuse_unexplained_twin(actor: Actor) -> None:
    """Raise `Invalid` if a verified actor has this one's number and nobody said that they are two."""
    apart = {one for pair in told_apart(actor.slug) for one in pair}
    for twin in twins_of(actor.ruc, but=actor.id):
        if twin.slug not in apart:
            words = _l(
                "«%(name)s» ya está verificado con este RUC. Únalos, o diga antes por qué son distintos.",
                name=twin.name,
            )
            raise Invalid(words, field="reason")


# -- two that are not one --------------------------------------------------------------------------------------------


def mark_distinct(one: Actor, other: Actor, reason: str, *, by: Principal) -> None:
    """Record that two alike records are two organisations, and why. Raises `Invalid` without a reason."""
    authorize(by, Permission.ACTOR_VERIFY, one)
    if not clean(reason):
        raise Invalid(_l("Escriba el motivo."), field="reason")
    with transaction():
        tell_apart(one, [other], reason, by)


def tell_apart(actor: Actor, others: Iterable[Actor], reason: str, by: Principal) -> None:
    """Within the caller's transaction: write into the trace that these are others."""
    for other in others:
        audit.record("actor.distinct", actor, by=by, reason=clean(reason), extra={"other": other.slug})


def told_apart(slug: str | None = None) -> set[frozenset[str]]:
    """The pairs of addresses that somebody said are two organisations. One statement."""
    query = sa.select(AuditEntry.subject_ref, AuditEntry.changes).where(AuditEntry.action == DISTINCT)
    pairs = {frozenset((str(ref), str(changes["other"]))) for ref, changes in db.session.execute(query)}
    return {pair for pair in pairs if slug is None or slug in pair}


# -- every likely pair -----------------------------------------------------------------------------------------------


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
    yield Why.RUC, _by_key((row.id, row.ruc or "") for row in rows.values()), LARGEST_RUC_BLOCK
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
        pair for block in by_name.values() if len(block) <= LARGEST_RUC_BLOCK for pair in combinations(sorted(block), 2)
    }
    grams = {number: pairs_of_letters(words) for number, words in tokens.items()}
    close = (pair for pair in near if overlap(grams[pair[0]], grams[pair[1]]) >= WORTH_COMPARING)
    scored = {pair: name_likeness(tokens[pair[0]], tokens[pair[1]]) for pair in close}
    return {pair: score for pair, score in scored.items() if score >= ALIKE_IN_LIST} | dict.fromkeys(same, 1.0)
