"""Reading what is alike: candidates by the index of the search, then weighed by `intake.reception.hints`."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from intake.core.search import Term, proposals_matching, proposals_with
from intake.core.transaction import dialect
from intake.extensions import db
from intake.reception import hints
from intake.reception.queries import rarity, unions
from intake.reception.queries.lists import narrowing, rows_of
from intake.reception.wording import Text
from models import JoinRequest, Proposal
from models.enums import ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from intake.reception.hints import Hint, Wanted, Weighing
    from intake.reception.inputs import Filters
    from intake.reception.vocabulary import Vocabulary
    from models import Plan

#: Candidates that are read and weighed, and from how many of the best they are taken, where not all may be shown.
CANDIDATES, CHOSEN_FROM = 60, 600
#: Hints that are shown, and proposals beside what a search found.
SHOWN, BESIDE = 5, 10


class Similar(NamedTuple):
    """A proposal that somebody should know of. ``shared``: the words of theirs that it has too, weightiest first.

    ``can_join``: whether its author may be asked to join it with others (`unions.joinable`).
    """

    folio: str
    title: str
    language: str
    status: ProposalStatus
    score: float
    shared: tuple[str, ...]
    can_join: bool


class Meaning(NamedTuple):
    """Rows of a list (`lists.page`) that share the meaning of a search, best first, and the words that answer to it."""

    rows: list[Any]
    words: list[Term]


def similar_to(
    title: str, body: str, plan_id: int, *, without: int | None = None, only: Sequence[Any] = ()
) -> list[Similar]:
    """At most five public proposals of the plan that say much the same, best first. Three or four statements.

    They share a word that names a matter; what was withdrawn comes last. None that was undone, and to a proposal
    (``without``) neither what it is asked to join nor what it gathers. ``only``: more conditions that they fulfil.
    """
    vocabulary = rarity.vocabulary()
    words = hints.wanted(title, body, vocabulary)
    short = not body.strip()
    weighing = hints.Weighing(f"{title} {body}", words, vocabulary, short=short)
    columns = (Proposal.folio, Proposal.title, Proposal.language, Proposal.status)
    can_join = sa.and_(*unions.joinable()).label("can_join")
    least = hints.LEAST if short else hints.LEAST_OF_WHOLE
    among = [Proposal.plan_id == plan_id, Proposal.is_public, _STANDS, *_outside(without), *only]
    found = [
        Similar(row.folio, row.title, row.language, row.status, hint.score, hint.shared, row.can_join)
        for hint, row in _nearest(words, vocabulary, weighing, among, (*columns, can_join))
        if hint.covered >= least and hint.shared
    ]
    return sorted(found, key=lambda one: one.status is ProposalStatus.WITHDRAWN)[:SHOWN]


#: What was undone gathers nothing any more.
_STANDS = sa.or_(Proposal.kind != ProposalKind.COLLECTIVE, Proposal.status != ProposalStatus.WITHDRAWN)


def _outside(own: int | None) -> list[Any]:
    """Neither the proposal itself nor its family: its page says of them more than that they are alike."""
    if own is None:
        return []
    wholes = sa.select(JoinRequest.collective_id).where(JoinRequest.proposal_id == own)
    parts = sa.select(JoinRequest.proposal_id).where(JoinRequest.collective_id == own)
    return [Proposal.id != own, Proposal.id.not_in(wholes), Proposal.id.not_in(parts)]


def of_the_meaning(filters: Filters) -> Meaning:
    """At most ten public proposals that the filters let through, without the words of the search but of its meaning.

    Their words are other words for the same thing or of the same field, or what was meant by misspelled ones, or not
    quite all of those sought. Four or five statements.
    """
    vocabulary = rarity.vocabulary()
    words = hints.wanted(filters.query, "", vocabulary, field=True)
    match = proposals_matching(filters.query, any_word=filters.any_word)
    if match is None:
        return Meaning([], [])
    weighing = hints.Weighing(filters.query, words, vocabulary, short=True)
    among = [Proposal.is_public, ~match, *narrowing(filters).values()]
    found = [
        row.id
        for hint, row in _nearest(words, vocabulary, weighing, among, (Proposal.title,))
        if hint.covered >= hints.LEAST_OF_SEARCH and hints.speaks_of(words, row.title, row.search_stems)
    ]
    answers = dict.fromkeys(stem for word in words for stem in word.answers)
    return Meaning(rows_of(found[:BESIDE]) if found else [], [Term((stem,), whole=True) for stem in answers])


def comparable(plan: Plan) -> tuple[list[str], list[Text]]:
    """Folios and texts of every public proposal of a plan, in the order of their folios. One statement."""
    columns = (Proposal.folio, Proposal.title, Proposal.problem, Proposal.solution)
    query = sa.select(*columns).where(Proposal.plan_id == plan.id, Proposal.is_public).order_by(Proposal.folio_number)
    rows = db.session.execute(query).all()
    return [row.folio for row in rows], [Text(row.title, row.problem, row.solution) for row in rows]


def _nearest(
    words: list[Wanted], vocabulary: Vocabulary, weighing: Weighing, among: list[Any], columns: tuple[Any, ...] = ()
) -> list[tuple[Hint, Any]]:
    """Proposals that fulfil ``among`` and have some of the words, best first: rows with ``id`` and the columns."""
    asked = hints.asked(words, vocabulary)
    if not asked:
        return []
    chosen = _candidates(words, asked, vocabulary)
    if len(chosen) > CANDIDATES:
        may = set(db.session.scalars(sa.select(Proposal.id).where(_is_among(chosen), *among)))
        chosen = [key for key in chosen if key in may][:CANDIDATES]
    if not chosen:
        return []
    query = sa.select(Proposal.id, Proposal.search_stems, *columns).where(_is_among(chosen), *among)
    found = [(weighing.weigh(row.search_stems), row) for row in db.session.execute(query)]
    return sorted(found, key=lambda pair: (-pair[0].score, -pair[0].covered, pair[1].id))


def _is_among(keys: list[int]) -> sa.ColumnElement[bool]:
    """PostgreSQL takes them as one value: writing out six hundred parameters takes longer than finding the rows."""
    if dialect() == "postgresql":
        return Proposal.id == sa.any_(sa.literal(keys, sa.ARRAY(sa.Integer)))
    return Proposal.id.in_(keys)


def _candidates(words: list[Wanted], asked: dict[str, int], vocabulary: Vocabulary) -> list[int]:
    """Ids of those that have most of the weight of the words, most first. One statement: a lookup for each stem."""
    lookups = [
        sa.select(sa.literal(n).label("stem"), proposals_with(stem, most=most, common=vocabulary.is_common(stem)).c.id)
        for n, (stem, most) in enumerate(asked.items())
    ]
    has: dict[int, int] = {}  # which stems an id has, a bit for each
    for n, key in db.session.execute(sa.union_all(*lookups)).all():
        has[key] = has.get(key, 0) | 1 << n
    worth = {
        bits: hints.covered(words, {stem for n, stem in enumerate(asked) if bits >> n & 1})
        for bits in set(has.values())
    }
    return heapq.nlargest(CHOSEN_FROM, has, key=lambda key: (worth[has[key]], key))
