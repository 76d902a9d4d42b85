"""The list of proposals: its orders, its pages, what a search found."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request, url_for

from intake.core import calendar, clock
from intake.core.i18n import gettext as _
from intake.core.i18n import language
from intake.core.labels import label, tone
from intake.core.pagination import Page, number_from
from intake.core.search import parsed, terms
from intake.plans import queries as plans
from intake.reception import conversation, exporting, filterpanel, queries
from intake.reception.blueprint import bp
from intake.reception.filterpanel import address_with
from intake.reception.folios import folio_of
from intake.reception.inputs import (
    ANY_WORD,
    MOST_SUPPORTED,
    NEWEST_FIRST,
    ORDERS,
    RANDOM,
    RELEVANT_FIRST,
    SEEDS,
    Filters,
    public_status,
)
from intake.reception.services import draft_reference
from intake.web.access import principal, public
from intake.web.listing import filters_query
from intake.web.marking import excerpt, marked
from intake.web.reuse import ENDLESS, remembered
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from intake.core.search import Term
    from models import Plan


class Numbered:
    """A page of results that knows the addresses of the others, which keep the order that this one has."""

    def __init__(self, page: Page[Any], filters: Filters) -> None:
        self.items, self.number, self.pages, self.total = page.items, page.number, page.pages, page.total
        self.has_prev, self.has_next = page.has_prev, page.has_next
        self._order = _order_values(filters) if filters.order == RANDOM else {}

    def url_of(self, number: int) -> str:
        """Where another page of the same list is."""
        return address_with(pagina=str(number) if number > 1 else "", **self._order)


@bp.route("/propuestas/")
@public(reusable=True, alike=True, unless="mias")
def index() -> ResponseReturnValue:
    """Every proposal that was sent, or with ``?mias=1`` the reader's own with their drafts."""
    who = principal()
    own = (who.user_id, who.marks) if request.args.get("mias") else None
    filters = Filters.parse(request.args, own)
    if own is None and (folio := _folio_searched(filters.query)):
        return redirect(url_for("reception.show", folio=folio))
    choices = remembered("proposal choices", queries.choices)
    filters = _ordered(filters, choices)
    numbers = None if own else _numbers(filters)
    page = _page(filters, numbers)
    beside = _beside(filters, page)
    options = [] if numbers is None else filterpanel.selects(choices, numbers)
    active = filterpanel.chips(options)
    return render_template(
        "reception/index.html",
        page=Numbered(page, filters),
        filters=filters,
        searched=bool(terms(filters.query)),
        options=options,
        active=active,
        orders=_orders(filters, choices),
        own=own is not None,
        states={s: (label(public_status(s)), tone(public_status(s))) for s in ProposalStatus},
        theme_column="theme_en" if language() == "en" else "theme_es",
        draft_reference=draft_reference,
        filters_query=filters_query(),
        most_exported=exporting.MOST_ROWS,
        feed_url=filterpanel.feed_url(),
        any_word=_any_word(filters, page),
        beside=beside.rows,
        found=_where_found((page.items, parsed(filters.query)), (beside.rows, beside.words)),
    )


def _numbers(filters: Filters) -> Any:
    """How many each choice of the filters would leave."""
    return remembered(f"proposal facets {_same(filters)}", lambda: queries.facets(filters), shelf=ENDLESS)


def _same(filters: Filters) -> str:
    """What two lists of the same proposals share, in whatever order."""
    return repr(replace(filters, order=NEWEST_FIRST, seed=0))


# -- orders ---------------------------------------------------------------------------------------


def _ordered(filters: Filters, choices: dict[str, list[queries.Choice]]) -> Filters:
    """The filters with the order that applies: the one asked for if it may be told, else the usual one."""
    if any(choice.code == filters.plan for choice in choices["plan"]):
        g.plan = plans.by_code(filters.plan)
    elif "plan" not in g:
        g.plan = plans.current()
    if filters.own is not None:
        return filters
    if request.args.get("orden") not in ORDERS or not _may(filters, choices):
        filters = replace(filters, order=_usual(filters))
    if filters.order == RANDOM and not request.args.get("semilla"):
        filters = replace(filters, seed=int(f"{clock.today():%Y%m%d}"))
    return filters


def _may(filters: Filters, choices: dict[str, list[queries.Choice]]) -> bool:
    """Whether the order that was asked for can be had: by supports where they are told, by relevance with words."""
    if filters.order == MOST_SUPPORTED:
        return _told(filters, choices)
    return filters.order != RELEVANT_FIRST or bool(terms(filters.query))


def _usual(filters: Filters) -> str:
    """The order of who chose none."""
    if terms(filters.query):
        return RELEVANT_FIRST
    return RANDOM if g.plan is not None and not filters.query and _is_talked_about(g.plan) else NEWEST_FIRST


def _is_talked_about(plan: Plan) -> bool:
    """Whether supports are open: a fixed order would favour whoever stands first."""
    return any(v.is_open for v in calendar.views(plan.stages) if v.kind in conversation.STAGES)


def _told(filters: Filters, choices: dict[str, list[queries.Choice]]) -> bool:
    """Whether the totals of supports of all plans of the list are told."""
    return not any(filters.plan in {"", choice.code} for choice in choices["hiding"])


def _order_values(filters: Filters) -> dict[str, str]:
    return {"orden": filters.order, "semilla": str(filters.seed) if filters.order == RANDOM else ""}


def _orders(filters: Filters, choices: dict[str, list[queries.Choice]]) -> list[tuple[str, str, str]]:
    """The orders offered: name, words, address. The random one leads to another shuffle."""
    words = {
        RELEVANT_FIRST: _("Más parecidas a su búsqueda"),
        RANDOM: _("Barajar de nuevo") if filters.order == RANDOM else _("Al azar"),
        NEWEST_FIRST: _("Más recientes"),
        "antiguas": _("Más antiguas"),
        MOST_SUPPORTED: _("Más apoyadas"),
        "comentadas": _("Más comentadas"),
        "titulo": _("Por título"),
    }
    if not _told(filters, choices):
        del words[MOST_SUPPORTED]
    if not terms(filters.query):
        del words[RELEVANT_FIRST]
    another = (filters.seed * 48_271 + 11) % SEEDS
    return [
        (name, text, address_with(**_order_values(replace(filters, order=name, seed=another))))
        for name, text in words.items()
    ]


def _page(filters: Filters, numbers: dict[str, dict[str, int]] | None) -> Page[Any]:
    number = number_from(request.args.get("pagina"))
    if numbers is None:
        return queries.page(filters, number, queries.how_many(filters))
    known = None
    if filters.order == RANDOM or filters.query:  # all that are found are put in order, for whatever page
        name, make = f"proposal order {filters}", partial(queries.first, filters)
        known = partial(remembered, name, make, shelf=ENDLESS)
    return queries.page(filters, number, queries.total(filters, numbers), known)


# -- the search -----------------------------------------------------------------------------------


def _beside(filters: Filters, page: Page[Any]) -> queries.Meaning:
    """What has not all the words of a search but its meaning, after the last of those that do. Never in the total."""
    if not filters.query or filters.own is not None or page.has_next:
        return queries.Meaning([], [])
    return queries.of_the_meaning(filters)


def _where_found(*lists: tuple[Sequence[Any], list[Term]]) -> dict[int, tuple[str, str]]:
    """Title and passage of each row with the words that it was found by marked. No statement without a search."""
    found = [(row, wanted) for rows, wanted in lists for row in rows if wanted]
    if not found:
        return {}
    bodies = queries.bodies([row.id for row, _wanted in found])
    return {row.id: (marked(row.title, wanted), excerpt(bodies.get(row.id, []), wanted)) for row, wanted in found}


def _any_word(filters: Filters, page: Page[Any]) -> str:
    """Where the same search is with one of its words being enough; "" unless every word together found nothing."""
    alone = page.total or filters.any_word or len(terms(filters.query)) < 2
    return "" if alone else address_with(modo=ANY_WORD)


def _folio_searched(query: str) -> str | None:
    """The folio of a proposal that the search words are, if they are one. No statement for words without digits."""
    if not any(c.isdigit() for c in query):
        return None
    g.plan = plans.current()
    folio = folio_of(query, g.plan.code if g.plan else "")
    return folio if folio and queries.is_public(folio) else None
