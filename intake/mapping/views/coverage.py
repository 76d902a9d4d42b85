"""Whom the plan has reached and whom not: themes by provinces and cantons, as a map, as tables and as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, g, jsonify, render_template, request
from markupsafe import Markup

from intake.core import clock
from intake.core.errors import Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import language, localized
from intake.core.labels import label
from intake.core.permissions import Permission, can
from intake.core.tabular import as_csv
from intake.mapping import grids, queries
from intake.mapping.coverage import PER_INHABITANTS, Cell, Choice, Place
from intake.mapping.queries.actors import NONE as NOWHERE
from intake.mapping.queries.cells import ANY, NO_THEME, Metric
from intake.mapping.queries.reach import State
from intake.mapping.serializers import territory_dict
from intake.mapping.views.blueprint import bp
from intake.mapping.views.coverage_choice import DEFINITIONS, GROUPS, METRICS, PUBLIC_STATES, SHORT, STATES, Page, read
from intake.plans import figures, participation
from intake.web.access import principal, public
from intake.web.filters import numero
from intake.web.kept import kept


@bp.route("/actores/cobertura")
@public(reusable=True)
def coverage() -> str:
    """The whole country: provinces on a map and in a table, themes, and all of them against each other."""
    return _page(read(exact=_is_team()))


@bp.route("/actores/cobertura/<province:province>")
@public(reusable=True)
def coverage_of_province(province: str) -> str:
    """One province: its themes, and its cantons against them."""
    return _page(read(province, exact=_is_team()))


def _is_team() -> bool:
    """Whether the reader may know who was invited and who answered."""
    return can(principal(), Permission.OUTREACH_EDIT)


def _page(page: Page) -> str:
    g.plan = page.plan
    key = ("coverage", page.choice, language(), page.exact, request.script_root)
    body = kept(key, grids.EVERYTHING, lambda: _body(page), seconds=page.seconds)
    back = _address(page.choice, province="")
    return render_template("mapping/coverage.html", area=page.area, body=body, back=back, ignored=page.ignored)


def _address(choice: Choice, **other: str) -> str:
    """The address of the page of a choice, with some of it changed; codes and names that a reader may hand on."""
    values = {**choice.asked, **other}
    province = values.pop("province", choice.province)
    path = f"{request.script_root}/actores/cobertura{f'/{province}' if province else ''}"
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{path}?{query}" if query else path


def _body(page: Page) -> Markup:
    """The content, drawn. Hundreds of numbers and a map take their time, and are the same for many readers."""
    choice = page.choice
    told = STATES if page.exact else {state: STATES[state] for state in PUBLIC_STATES}
    came = participation.of_plan(page.plan.id) if page.plan and choice.metric is Metric.ATTENDANCE else None
    drawn = render_template(
        "mapping/_coverage.html",
        page=page,
        choice=choice,
        table=page.table,
        whole=page.whole,
        team=page.exact,
        at=clock.now(),
        root=request.script_root,
        names={**{theme.code: localized(theme, "name") for theme in page.themes}, NO_THEME: ""},
        metrics=METRICS,
        matrix=_matrix(page) if not choice.theme else [],
        states={state: str(words) for state, words in told.items()},
        short={state: str(SHORT[state]) for state in told},
        State=State,
        definition=DEFINITIONS[choice.metric],
        of_the_plan=figures.attendance_sentence(came) if came else "",
        left_out=figures.left_out(came) if came else "",
        groups=GROUPS,
        sectors=[(one.code, f"{'— ' * one.code.count('.')}{localized(one, 'name')}") for one in page.filters.sectors],
        peoples=page.filters.peoples,
        provinces={place.code: _address(choice, province=place.code) for place in page.words.provinces},
        of_theme={theme.code: _address(choice, tema=theme.code) for theme in page.themes},
        query=urlencode({name: value for name, value in choice.asked.items() if value}),
    )
    return Markup(drawn)  # noqa: S704 -- a template's own output


class Drawn(NamedTuple):
    """A cell of the whole table, ready to be written: hundreds of them make the page."""

    state: str
    url: str
    number: str
    words: str
    theme: str  # of a gap, else ""


def _matrix(page: Page) -> list[tuple[Place, list[Drawn]]]:
    """The rows of the whole table; each number and each word is put into words once."""
    root, short = request.script_root, {state: str(words) for state, words in SHORT.items()}
    known: dict[Any, str] = {}
    rows = []
    for place in page.table.places:
        drawn = []
        for cell in page.table.row(place):
            key = (cell.told, cell.rate if page.choice.per_inhabitants else None)
            if key not in known:
                known[key] = _number(cell, per_inhabitants=page.choice.per_inhabitants)
            url = f"{root}{cell.url}" if cell.url else ""
            gap = cell.theme if cell.is_gap and cell.theme != NO_THEME and place.code != NOWHERE else ""
            drawn.append(Drawn(cell.state.value, url, known[key], short[cell.state], gap))
        rows.append((place, drawn))
    return rows


def _number(cell: Cell, *, per_inhabitants: bool) -> str:
    """The number as the whole table writes it: short."""
    if cell.told.is_withheld:
        return str(_("n. p."))
    if per_inhabitants and cell.rate is None:
        return str(_("sin dato"))
    number = numero(cell.rate, 2) if per_inhabitants and cell.rate is not None else numero(cell.told.value)
    return number if cell.told.is_exact else f"≥ {number}"


@bp.route("/actores/cobertura/datos.<any(csv, json):kind>")
@public()
def coverage_data(kind: str) -> Response:
    """What the page shows with the same address, with what its number counts; ``?provincia=14`` for a province.

    A file says nothing beside its rows: an argument that says nothing is refused.
    """
    page = read(request.args.get("provincia", "")[:20], exact=_is_team())
    if page.ignored:
        raise Invalid(" ".join(page.ignored))
    rows = list(_rows(page))
    if kind == "json":
        return jsonify(definicion=str(DEFINITIONS[page.choice.metric]), por_habitantes=PER_INHABITANTS, filas=rows)
    defined = {"definicion": str(DEFINITIONS[page.choice.metric])}
    table = as_csv([*(rows[0] if rows else ()), *defined], ({**row, **defined} for row in rows))
    answer = Response(b"".join(table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="cobertura-{page.choice.metric}.csv"'
    return answer


def _rows(page: Page) -> Iterator[dict[str, Any]]:
    for place in page.table.places:
        for theme in (ANY, *page.table.themes):
            yield _row(page, place, page.table.cell(theme, place))


def _row(page: Page, place: Place, cell: Cell) -> dict[str, Any]:
    told, reach, choice = cell.told, cell.reach, page.choice
    return {
        "plan": choice.plan,
        "medida": choice.metric.value,
        "sector": choice.sector,
        "pueblo": choice.people,
        "grupo": label(choice.group[1]) if choice.group else "",
        "lugar": place.code,
        "lugar_nombre": place.name,
        "tema": cell.theme,
        "tema_nombre": page.theme_name(cell.theme),
        "valor": None if told.is_withheld else told.value,
        "mesas_sin_sumar": told.left_out,
        "habitantes": place.population,
        "por_10000": None if cell.rate is None or told.is_withheld else round(cell.rate, 4),
        "estado": cell.state.value,
        "actores": reach.actors,
        "en_silencio": reach.silent if page.exact else None,
        "respondieron": reach.responded if page.exact else None,
        "participaron": reach.took_part if page.exact else None,
    }


@bp.route("/actores/territorios.json")
@public()
def territories_json() -> Response:
    """The cantons of a province or the parishes of a canton: ``?padre=14``."""
    places = queries.children(request.args.get("padre", "")[:8])
    answer = jsonify(territorios=[territory_dict(place) for place in places])
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
