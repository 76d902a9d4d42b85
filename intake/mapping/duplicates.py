"""Records that may be one organisation: suggested when one is written or looked at.

Nothing is refused for being alike, but the tax number of a verified actor (`apart`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.text import plain
from intake.extensions import db
from intake.mapping.apart import told_apart
from intake.mapping.likeness import ALIKE, WEIGHT, WORDS, Why, acronym_is, domain_of, host_of, name_likeness, tokens_of
from models import Actor, ActorContact
from models.enums import ActorStatus

if TYPE_CHECKING:
    from intake.core.i18n import Text

CANDIDATES, SHOWN = 300, 5
#: A key that more records than this share (the mail of a ministry, a common word) tells nothing.
LARGEST_BLOCK = 10
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


# -- two that are not one --------------------------------------------------------------------------------------------


# -- every likely pair -----------------------------------------------------------------------------------------------
