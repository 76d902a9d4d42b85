"""The filters of the list of proposals: what they offer, how many each choice would leave, and which are on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from flask import request, url_for
from markupsafe import Markup

from intake.core.i18n import gettext as _
from intake.core.i18n import localized
from intake.core.labels import label
from intake.reception.inputs import ANY_WORD, STATUS_SLUGS, WITHOUT_COLLECTIVE, public_status
from intake.web.filters import lang, numero
from models.enums import Approach, Branch, Channel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.reception import queries
    from models.enums import ProposalStatus

#: What makes a list another list, beside its order and its page.
NAMES = ("q", "modo", "estado", "tema", "provincia", "plan", "enfoque", "ambito", "canal", "mesa", "sin")
#: Filters whose values are known to the code; `Filters.parse` leaves any other value out.
_FIXED = frozenset({"estado", "enfoque", "ambito", "canal"})


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


class Offered(NamedTuple):
    """A choice of a filter, and how many proposals it would leave."""

    value: str
    words: str
    number: str


class Select(NamedTuple):
    """A filter of the panel."""

    name: str
    words: str
    chosen: str
    choices: list[Offered]


def address_with(**changes: str) -> str:
    """Where the same list is with some values changed; an empty value takes the name out."""
    kept = {k: v for k, v in request.args.items() if v and k not in {"lang", "pagina", *changes}}
    kept.update({k: v for k, v in changes.items() if v})
    return f"{url_for('reception.index')}?{urlencode(kept)}" if kept else url_for("reception.index")


def selects(choices: dict[str, list[queries.Choice]], numbers: dict[str, dict[str, int]]) -> list[Select]:
    """The selects of the filter panel. What would leave nothing says 0."""

    def rows(kind: str) -> list[tuple[str, str]]:
        return [(c.code, localized(c, "name")) for c in choices[kind]]

    def members(kind: Iterable[Any]) -> list[tuple[str, str]]:
        return [(m.value, label(m)) for m in kind]

    found = {
        "estado": (_("Estado"), [(slug, label(public_status(state))) for state, slug in _slugs()]),
        "tema": (_("Tema"), rows("theme")),
        "provincia": (_("Provincia"), rows("province")),
        "plan": (_("Plan"), rows("plan")),
        "enfoque": (_("Enfoque"), members(Approach)),
        "ambito": (_("A quién se dirige"), members(Branch)),
        "canal": (_("Cómo llegó"), members(Channel)),
        "mesa": (_("Mesa o encuentro"), rows("event")),
    }
    return [
        Select(
            name,
            words,
            request.args.get(name, ""),
            [Offered(value, text, numero(numbers[name].get(value, 0))) for value, text in pairs],
        )
        for name, (words, pairs) in found.items()
    ]


def _slugs() -> list[tuple[ProposalStatus, str]]:
    """Each state as the public knows it, once."""
    return [(state, slug) for state, slug in STATUS_SLUGS.items() if state is public_status(state)]


def chips(options: list[Select]) -> list[Chip]:
    """The filters that are on, the search among them."""
    found = []
    if text := request.args.get("q", "").strip():
        words = (
            _("«%(text)s» (cualquiera de las palabras)") if request.args.get("modo") == ANY_WORD else _("«%(text)s»")
        )
        found.append(Chip(words % {"text": text[:60]}, address_with(q="", modo="")))
    if request.args.get("sin", "").strip() == WITHOUT_COLLECTIVE:
        found.append(Chip(_("Sin las colectivas, que unen a otras"), address_with(sin="")))
    return found + [_chip(select) for select in options if select.chosen]


def _chip(select: Select) -> Chip:
    url = address_with(**{select.name: ""})
    known = {offered.value: offered.words for offered in select.choices}
    if select.name in _FIXED and select.chosen not in known:
        return Chip(_("Filtro desconocido, no se aplicó: %(text)s", text=select.chosen[:40]), url)
    value = known.get(select.chosen, select.chosen[:40])
    return Chip(Markup("{}: {}").format(select.words, lang(value) if select.name == "mesa" else value), url)


def feed_url() -> str:
    """Where the news of this list are."""
    return url_for("reception.feed", **_same_list())


def list_url() -> str:
    """Where the list of these news is."""
    return url_for("reception.index", **_same_list())


def _same_list() -> dict[str, Any]:
    return {name: request.args[name] for name in NAMES if request.args.get(name)}
