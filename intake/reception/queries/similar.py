"""Reading what is alike: candidates by the index of the search, then weighed by `intake.reception.hints`."""

from __future__ import annotations

import heapq
import threading
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from intake.core.search import proposals_with
from intake.extensions import db
from intake.reception import hints
from intake.reception.hints import Hint, Vocabulary
from intake.reception.wording import Text
from models import Proposal
from models.enums import ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from typing import Any

    from models import Plan

#: Candidates that are read and weighed; hints that are shown; texts that rarity is counted on, the newest.
CANDIDATES, SHOWN, COUNTED = 60, 5, 20_000
#: A set of fewer texts is counted again after every change, a larger one after it grew by a twentieth.
SMALL, GROWTH = 300, 20
_lock = threading.Lock()
_counted: WeakKeyDictionary[Any, tuple[int, Vocabulary]] = WeakKeyDictionary()


class Similar(NamedTuple):
    """A proposal that somebody should know of. ``shared``: the words of theirs that it has too, weightiest first."""

    folio: str
    title: str
    language: str
    status: ProposalStatus
    score: float
    shared: tuple[str, ...]
    kind: ProposalKind = ProposalKind.CITIZEN


def similar_to(title: str, body: str, plan_id: int, *, without: int | None = None) -> list[Similar]:
    """At most five public proposals of the plan that say much the same, best first. Three statements, rarely four."""
    vocabulary = _vocabulary()
    words = hints.wanted(title, body, vocabulary)
    asked = hints.asked(words, vocabulary)
    if not asked:
        return []
    candidates = _candidates(words, asked, vocabulary)
    shown = (Proposal.folio, Proposal.title, Proposal.language, Proposal.status, Proposal.kind)
    columns: Any = (Proposal.id, *shown, Proposal.search_stems)
    query = sa.select(*columns).where(Proposal.id.in_(candidates), Proposal.plan_id == plan_id, Proposal.is_public)
    found: list[tuple[Hint, Any]] = [
        (hints.weigh(title, words, row.title, row.search_stems), row)
        for row in db.session.execute(query).all()
        if row.id != without
    ]
    least = hints.LEAST_OF_WHOLE if body.strip() else hints.LEAST
    found.sort(key=lambda pair: (-pair[0].score, pair[1].id))
    return [
        Similar(row.folio, row.title, row.language, row.status, hint.score, hint.shared, row.kind)
        for hint, row in found[:SHOWN]
        if hint.score >= least
    ]


def comparable(plan: Plan) -> tuple[list[str], list[Text]]:
    """Folios and texts of every public proposal of a plan, in the order of their folios. One statement."""
    columns = (Proposal.folio, Proposal.title, Proposal.problem, Proposal.solution)
    query = sa.select(*columns).where(Proposal.plan_id == plan.id, Proposal.is_public).order_by(Proposal.folio_number)
    rows = db.session.execute(query).all()
    return [row.folio for row in rows], [Text(row.title, row.problem, row.solution) for row in rows]


def _candidates(words: list[hints.Wanted], asked: dict[str, int], vocabulary: Vocabulary) -> list[int]:
    """Ids of those that have most of the weight of the words. One statement: a lookup for each stem."""
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
    return heapq.nlargest(CANDIDATES, has, key=lambda key: (worth[has[key]], key))


def _vocabulary() -> Vocabulary:
    """How rare each stem is, kept by the process for each database and counted again as it grows."""
    bind = db.session.get_bind()
    newest = db.session.scalar(sa.select(sa.func.max(Proposal.id))) or 0
    with _lock:
        kept = _counted.get(bind)
        if kept is None or (newest != kept[0] and (newest <= SMALL or newest > kept[0] + kept[0] // GROWTH)):
            kept = _counted[bind] = (newest, _count(newest))
        return kept[1]


def _count(newest: int) -> Vocabulary:
    query = sa.select(Proposal.search_stems).where(Proposal.is_public).order_by(Proposal.id.desc()).limit(COUNTED)
    return Vocabulary.of(db.session.scalars(query), max(1.0, newest / COUNTED))
