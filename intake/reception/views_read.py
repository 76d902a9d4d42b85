"""Reading proposals: the list, one proposal, its versions, its open data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import g, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup

from intake.core.i18n import gettext as _
from intake.core.i18n import language, localized
from intake.core.labels import label, tone
from intake.core.pagination import number_from, paginate
from intake.core.permissions import Permission
from intake.core.search import parsed, terms
from intake.plans import queries as plans
from intake.reception import conversation, differences, exporting, queries, serializers, storyline
from intake.reception.blueprint import bp
from intake.reception.folios import folio_of
from intake.reception.inputs import ANY_WORD, ORDERS, STATUS_SLUGS, Filters, public_status
from intake.reception.queries.conversation import newest
from intake.reception.services import draft_reference
from intake.reception.views_author import load, owner_links
from intake.reception.writing import TEXTS
from intake.web.access import principal, public
from intake.web.filters import lang
from intake.web.listing import filters_query
from intake.web.marking import excerpt, marked
from intake.web.templating import may
from models.enums import Approach, Branch, Channel, ProposalStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from intake.core.pagination import Page


#: Filters whose values are known to the code; `Filters.parse` leaves any other value out.
_FIXED = frozenset({"estado", "enfoque", "ambito", "canal"})


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


class Numbered:
    """A page of results that knows the addresses of the others."""

    def __init__(self, page: Page[Any]) -> None:
        self.items, self.number, self.pages, self.total = page.items, page.number, page.pages, page.total
        self.has_prev, self.has_next = page.has_prev, page.has_next

    def url_of(self, number: int) -> str:
        """Where another page of the same list is."""
        return address_with(pagina=str(number) if number > 1 else "")


def address_with(**changes: str) -> str:
    """Where the same list is with some values changed; an empty value takes the name out."""
    kept = {k: v for k, v in request.args.items() if v and k not in {"lang", "pagina", *changes}}
    kept.update({k: v for k, v in changes.items() if v})
    return f"{url_for('reception.index')}?{urlencode(kept)}" if kept else url_for("reception.index")


@bp.route("/propuestas/")
@public(reusable=True, alike=True, unless="mias")
def index() -> ResponseReturnValue:
    """Every proposal that was sent, or with ``?mias=1`` the reader's own with their drafts."""
    who = principal()
    own = (who.user_id, who.claims) if request.args.get("mias") else None
    filters = Filters.parse(request.args, own)
    if own is None and (folio := _folio_searched(filters.query)):
        return redirect(url_for("reception.show", folio=folio))
    number, total = number_from(request.args.get("pagina")), queries.how_many(filters)
    page = paginate(queries.listing(filters), number=number, total=total, row=lambda row: row)
    choices = queries.choices()
    if any(choice.code == filters.plan for choice in choices["plan"]):
        g.plan = plans.by_code(filters.plan)
    options = _options(choices)
    active = _chips(options)
    return render_template(
        "reception/index.html",
        page=Numbered(page),
        filters=filters,
        options=options,
        active=active,
        orders=[(o, words, address_with(orden=o)) for o, words in zip(ORDERS, _order_words(), strict=True)],
        own=own is not None,
        states={s: (label(public_status(s)), tone(public_status(s))) for s in ProposalStatus},
        theme_column="theme_en" if language() == "en" else "theme_es",
        draft_reference=draft_reference,
        filters_query=filters_query(),
        most_exported=exporting.MOST_ROWS,
        any_word=_any_word(filters, page),
        found=_where_found(filters.query, page),
    )


def _where_found(query: str, page: Page[Any]) -> dict[int, tuple[str, str]]:
    """Title and passage of each row with the words of the search marked. No statement without a search."""
    wanted = parsed(query)
    if not wanted or not page.items:
        return {}
    bodies = queries.bodies([row.id for row in page.items])
    return {row.id: (marked(row.title, wanted), excerpt(bodies.get(row.id, []), wanted)) for row in page.items}


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


def _order_words() -> tuple[str, str, str]:
    return _("Más recientes"), _("Más antiguas"), _("Por título")


def _options(choices: dict[str, list[queries.Choice]]) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """The selects of the filter panel: name, words, what is chosen, pairs of value and words."""

    def rows(kind: str) -> list[tuple[str, str]]:
        return [(c.code, localized(c, "name")) for c in choices[kind]]

    def members(kind: Iterable[Any]) -> list[tuple[str, str]]:
        return [(m.value, label(m)) for m in kind]

    states = {slug: label(public_status(state)) for state, slug in STATUS_SLUGS.items()}
    found = [
        ("estado", _("Estado"), list(states.items())),
        ("tema", _("Tema"), rows("theme")),
        ("provincia", _("Provincia"), rows("province")),
        ("plan", _("Plan"), rows("plan")),
        ("enfoque", _("Enfoque"), members(Approach)),
        ("ambito", _("A quién se dirige"), members(Branch)),
        ("canal", _("Cómo llegó"), members(Channel)),
        ("mesa", _("Mesa o encuentro"), rows("event")),
    ]
    return [(name, words, request.args.get(name, ""), pairs) for name, words, pairs in found]


def _chips(options: list[tuple[str, str, str, list[tuple[str, str]]]]) -> list[Chip]:
    found = []
    if text := request.args.get("q", "").strip():
        words = (
            _("«%(text)s» (cualquiera de las palabras)") if request.args.get("modo") == ANY_WORD else _("«%(text)s»")
        )
        found.append(Chip(words % {"text": text[:60]}, address_with(q="", modo="")))
    for name, words, chosen, pairs in options:
        if chosen:
            url = address_with(**{name: ""})
            if name in _FIXED and chosen not in dict(pairs):
                found.append(Chip(_("Filtro desconocido, no se aplicó: %(text)s", text=chosen[:40]), url))
            else:
                value = dict(pairs).get(chosen, chosen[:40])
                found.append(Chip(Markup("{}: {}").format(words, lang(value) if name == "mesa" else value), url))
    return found


@bp.route("/propuestas/<folio:folio>")
@public(reusable=True)
def show(folio: str) -> ResponseReturnValue:
    """A proposal with its whole story."""
    given = str(request.path.rpartition("/")[2])
    if given != folio:
        return redirect(url_for("reception.show", folio=folio), 301)
    proposal = load(folio)
    story = queries.story(proposal)
    mine = may(Permission.PROPOSAL_EDIT, proposal)
    return render_template(
        "reception/show.html",
        proposal=proposal,
        story=story,
        steps=storyline.steps(proposal, story, proposal.plan.stages),
        decision=storyline.callout(proposal, story),
        status=public_status(proposal.status),
        author=serializers.public_author(proposal),
        places=list(serializers.place_names(proposal.territory).values()),
        next_words=storyline.what_next(proposal, proposal.plan.stages, story),
        links=owner_links(proposal) if mine else None,
        contact=proposal.contact if may(Permission.PROPOSAL_CONTACT, proposal) else None,
        newest=newest(proposal),
        is_talked_about=conversation.is_open(proposal, proposal.plan.stages),
        supports_told=conversation.totals_told(proposal.plan),
    )


@bp.route("/propuestas/<folio:folio>.json")
@public(reusable=True)
def show_json(folio: str) -> ResponseReturnValue:
    """A proposal as open data."""
    proposal = load(folio)
    story = queries.story(proposal)
    return jsonify(serializers.public(proposal, story.decision, [c.reference for c in story.commitments]))


@bp.route("/propuestas/<folio:folio>/versiones")
@public(reusable=True)
def versions(folio: str) -> ResponseReturnValue:
    """What changed from each version to the next, word by word, newest first."""
    proposal = load(folio)
    kept = queries.versions(proposal)
    pairs = [
        (new, differences.changed(old.content, new.content, TEXTS), _other_changes(old.content, new.content))
        for old, new in pairwise(kept)
    ]
    words = {"title": _("Título"), "problem": _("Problema"), "solution": _("Solución")}
    words["expected_result"] = _("Resultado esperado")
    return render_template(
        "reception/versions.html", proposal=proposal, pairs=pairs[::-1], first=kept[0] if kept else None, words=words
    )


def _other_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    words = {
        "theme": _("el tema"),
        "territory": _("el lugar"),
        "approaches": _("los enfoques"),
        "branch": _("a quién se dirige"),
        "public_name": _("el nombre que se muestra"),
        "organisation_name": _("la organización"),
    }
    return [text for name, text in words.items() if old.get(name) != new.get(name)]
