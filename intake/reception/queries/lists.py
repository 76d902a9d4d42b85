"""Lists of proposals: which they have, in which order, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.identity import MARK_CHARACTERS
from intake.core.pagination import SIZE, Page
from intake.core.search import matches_first, proposals_matching
from intake.extensions import db
from intake.reception.inputs import MOST_SUPPORTED, NEWEST_FIRST, RANDOM, RELEVANT_FIRST, STATUS_SLUGS
from intake.reception.queries import relevance
from models import Event, Plan, Proposal, ProposalApproach, Territory, Theme, sent_by_people
from models.proposal import NOT_PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from intake.reception.inputs import Filters

EXCERPT_CHARACTERS = 220
#: The beginning of a list that may be kept: ten pages, which nearly every reader stays within.
FIRST = 10 * SIZE
_NEWEST = (Proposal.submitted_at.desc(), Proposal.id.desc())
_ROWS: sa.Select[Any] = (
    sa.select(
        Proposal.id,
        Proposal.folio,
        Proposal.title,
        Proposal.language,
        Proposal.status,
        Proposal.kind,
        Proposal.source,
        sa.func.substr(Proposal.problem, 1, EXCERPT_CHARACTERS).label("excerpt"),
        Proposal.submitted_at,
        Proposal.updated_at,
        Proposal.author_id,
        Proposal.idempotency_key,
        Theme.name_es.label("theme_es"),
        Theme.name_en.label("theme_en"),
        Territory.name.label("place"),
    )
    .outerjoin(Theme, Theme.id == Proposal.theme_id)
    .outerjoin(Territory, Territory.id == Proposal.territory_id)
)


def keys(filters: Filters) -> sa.Select[Any]:
    """The ids of a list in its order. An index answers it alone where one holds what filters and order ask for."""
    order = _order(filters)
    query = sa.select(Proposal.id).where(*conditions(filters))
    return query.order_by(*(matches_first(order) if filters.query else order))


def first(filters: Filters) -> list[int]:
    """The ids of the first `FIRST` proposals of a list. One statement, one or two more for the words of a search."""
    if filters.order != RELEVANT_FIRST:
        return list(db.session.scalars(keys(filters).limit(FIRST)))
    weighed = relevance.weigh(filters.query)
    query = sa.select(Proposal.id, Proposal.title, Proposal.search_stems).where(*conditions(filters))
    order = matches_first((*relevance.order(weighed), *_NEWEST))
    rows = db.session.execute(query.order_by(*order).limit(FIRST))
    return relevance.exactly(weighed, [(key, title, kept) for key, title, kept in rows])


def page(filters: Filters, number: int, total: int, known: Callable[[], list[int]] | None = None) -> Page[Any]:
    """The rows of one page: which they are first, then what they show, lean columns only. One statement at most.

    ``known`` returns the `first` of the list, for orders that no index has and that would be made for every page.
    A row: ``id folio title language status kind excerpt submitted_at updated_at theme_es theme_en place author_id
    idempotency_key source``.
    """
    number = min(max(1, number), max(1, -(-total // SIZE)))
    if not total:  # to find nothing in the order of a list, all of it would be walked through
        return Page([], number, SIZE, 0)
    begin = (number - 1) * SIZE
    if known is not None and begin < FIRST:  # what was set aside since its order was kept is left out
        return Page(rows_of(known()[begin : begin + SIZE], _whose(filters)), number, SIZE, total)
    shown = keys(filters).limit(SIZE).offset(begin).subquery("shown")
    # sorting whole rows, and passing over them, is what made filtered and late pages slow among 100,000 proposals
    query = _ROWS.join(shown, shown.c.id == Proposal.id).order_by(*_order(filters))
    return Page(list(db.session.execute(query)), number, SIZE, total)


def rows_of(keys: Sequence[int], *conditions: sa.ColumnElement[bool]) -> list[Any]:
    """The rows of a list with these ids, in their order, that fulfil the conditions. One statement."""
    found = {row.id: row for row in db.session.execute(_ROWS.where(Proposal.id.in_(keys), *conditions))}
    return [found[key] for key in keys if key in found]


def _shuffle(seed: int) -> sa.ColumnElement[int]:
    """A number for each id, another for each seed, without repetition.

    The cube is a permutation of the numbers below this prime, which leaves 2 when divided by 3; no step passes 63 bits.
    """
    prime = 2_147_483_579
    moved = (sa.cast(Proposal.id, sa.BigInteger) * 1_103_515_245 + (seed * 48_271) % prime) % prime
    return moved * moved % prime * moved % prime


def selection(filters: Filters) -> sa.Select[Proposal]:
    """Every proposal that the filters let through, ordered, with nothing loaded: for exports.

    Never in the order of supports, which tells their totals also while those are hidden.
    """
    shown = replace(filters, order=NEWEST_FIRST) if filters.order == MOST_SUPPORTED else filters
    return sa.select(Proposal).where(*conditions(filters)).order_by(*_order(shown))


def bodies(keys: list[int]) -> dict[int, list[str]]:
    """The long texts of some proposals, to show where a search found its words. One statement."""
    columns = (Proposal.problem, Proposal.solution, Proposal.expected_result)
    query = sa.select(Proposal.id, *columns).where(Proposal.id.in_(keys))
    return {key: list(texts) for key, *texts in db.session.execute(query)}


def how_many(filters: Filters) -> int:
    """How many proposals a list has, counted without what is only shown. One statement."""
    query = sa.select(sa.func.count()).select_from(Proposal).where(*conditions(filters))
    return int(db.session.scalar(query) or 0)


def _order(filters: Filters) -> tuple[Any, ...]:
    if filters.own is not None:
        return (Proposal.updated_at.desc(), Proposal.id.desc())
    if filters.order == RANDOM:
        return (_shuffle(filters.seed),)
    if filters.order == RELEVANT_FIRST:
        return (*relevance.order(relevance.weigh(filters.query)), *_NEWEST)
    return {
        "antiguas": (Proposal.submitted_at, Proposal.id),
        "titulo": (Proposal.title, Proposal.id),
        MOST_SUPPORTED: (Proposal.support_count.desc(), Proposal.id.desc()),
        "comentadas": (Proposal.comment_count.desc(), Proposal.id.desc()),
        "folio": (Proposal.plan_id, Proposal.folio_number),
    }.get(filters.order, _NEWEST)


def conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What a proposal of the list fulfils."""
    return [*among(filters), *narrowing(filters).values()]


def among(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Whose proposals, and those with the words."""
    match = proposals_matching(filters.query, any_word=filters.any_word) if filters.query else None
    return [_whose(filters)] if match is None else [_whose(filters), match]


def narrowing(filters: Filters) -> dict[str, sa.ColumnElement[bool]]:
    """The conditions of the filters that are on, by their names in addresses."""
    found = _codes(filters)
    for name, column, value in (
        ("ambito", Proposal.branch, filters.branch),
        ("canal", Proposal.channel, filters.channel),
    ):
        if value is not None:
            found[name] = column == value
    if filters.status:
        found["estado"] = Proposal.status.in_([s for s, slug in STATUS_SLUGS.items() if slug == filters.status])
    if filters.approach is not None:
        claimed = sa.select(ProposalApproach.proposal_id).where(ProposalApproach.approach == filters.approach)
        found["enfoque"] = Proposal.id.in_(claimed)
    if filters.sent:
        found["sin"] = sent_by_people()
    return found


def _whose(filters: Filters) -> sa.ColumnElement[bool]:
    if filters.own is None:
        return Proposal.status.not_in(NOT_PUBLIC)
    user_id, marks = filters.own
    mark = sa.func.coalesce(sa.func.substr(Proposal.claim_code_hash, 1, MARK_CHARACTERS), "")
    opened = sa.tuple_(Proposal.id, mark).in_(sorted(marks)) if marks else sa.false()
    return sa.or_(opened, *([Proposal.author_id == user_id] if user_id is not None else []))


def _codes(filters: Filters) -> dict[str, sa.ColumnElement[bool]]:
    """Conditions on referred rows, each by a subquery on its own code (a join would slow the count)."""
    found: dict[str, sa.ColumnElement[bool]] = {}
    if filters.plan:
        found["plan"] = Proposal.plan_id == sa.select(Plan.id).where(Plan.code == filters.plan).scalar_subquery()
    if filters.theme:
        found["tema"] = Proposal.theme_id == sa.select(Theme.id).where(Theme.code == filters.theme).scalar_subquery()
    if filters.event:
        found["mesa"] = Proposal.event_id == sa.select(Event.id).where(Event.slug == filters.event).scalar_subquery()
    if filters.territory:
        below = sa.select(Territory.id).where(Territory.path.startswith(_path(filters.territory), autoescape=True))
        found["provincia"] = Proposal.territory_id.in_(below)
    return found


def _path(code: str) -> str:
    """The path of a place from its INEC code: ``140150`` becomes ``14.1401.140150.``."""
    return "".join(f"{code[:n]}." for n in (2, 4, 6) if n <= len(code)) or f"{code}."
