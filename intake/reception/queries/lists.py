"""Lists of proposals, and what they and the form can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import MARK_CHARACTERS
from intake.core.pagination import SIZE, Page
from intake.core.search import matches_first, proposals_matching
from intake.extensions import db
from intake.reception.inputs import MOST_SUPPORTED, NEWEST_FIRST, RANDOM, STATUS_SLUGS
from models import Event, Plan, Proposal, ProposalApproach, Territory, Theme
from models.enums import TerritoryLevel
from models.proposal import NOT_PUBLIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.reception.inputs import Filters

EXCERPT_CHARACTERS = 220
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


def page(filters: Filters, number: int, total: int) -> Page[Any]:
    """The rows of one page: which they are first, then what they show, lean columns only. One statement at most.

    A row: ``id folio title language status kind excerpt submitted_at updated_at theme_es theme_en place author_id
    idempotency_key source``.
    """
    number = min(max(1, number), max(1, -(-total // SIZE)))
    if not total:  # to find nothing in the order of a list, all of it would be walked through
        return Page([], number, SIZE, 0)
    shown = keys(filters).limit(SIZE).offset((number - 1) * SIZE).subquery("shown")
    # sorting whole rows, and passing over them, is what made filtered and late pages slow among 100,000 proposals
    query = _ROWS.join(shown, shown.c.id == Proposal.id).order_by(*_order(filters))
    return Page(list(db.session.execute(query)), number, SIZE, total)


def rows_of(keys: Sequence[int]) -> list[Any]:
    """The rows of a list with these ids, in their order. One statement."""
    found = {row.id: row for row in db.session.execute(_ROWS.where(Proposal.id.in_(keys)))}
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
    return {
        "antiguas": (Proposal.submitted_at, Proposal.id),
        "titulo": (Proposal.title, Proposal.id),
        MOST_SUPPORTED: (Proposal.support_count.desc(), Proposal.id.desc()),
        "comentadas": (Proposal.comment_count.desc(), Proposal.id.desc()),
        "folio": (Proposal.plan_id, Proposal.folio_number),
    }.get(filters.order, (Proposal.submitted_at.desc(), Proposal.id.desc()))


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
