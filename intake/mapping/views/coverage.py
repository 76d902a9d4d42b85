"""Whom the plan has reached and whom not: themes by provinces and cantons, as a map, as tables and as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, g, jsonify, render_template, request

from intake.core.i18n import localized
from intake.core.labels import label
from intake.mapping import queries
from intake.mapping.coverage import GAPS, PER_INHABITANTS, Cell, Place
from intake.mapping.queries.reach import ANY, NO_THEME, Metric, State
from intake.mapping.serializers import territory_dict
from intake.mapping.views import common
from intake.mapping.views.blueprint import bp
from intake.mapping.views.coverage_choice import DEFINITIONS, GROUPS, METRICS, SHORT, STATES, Page, read
from intake.plans import figures, participation
from intake.web.access import public
from intake.web.listing import url_with


@bp.route("/actores/cobertura")
@public(reusable=True)
def coverage() -> str:
    """The whole country: provinces on a map and in a table, themes, and all of them against each other."""
    return _page(read())


@bp.route("/actores/cobertura/<string(length=2):province>")
@public(reusable=True)
def coverage_of_province(province: str) -> str:
    """One province: its themes, and its cantons against them."""
    return _page(read(province))


def _page(page: Page) -> str:
    g.plan = page.plan
    actors = page.choice.metric is Metric.ACTORS
    came = participation.of_plan(page.plan.id) if page.plan and page.choice.metric is Metric.ATTENDANCE else None
    return render_template(
        "mapping/coverage.html",
        page=page,
        choice=page.choice,
        table=page.table,
        whole=page.whole,
        names={**{theme.code: localized(theme, "name") for theme in page.themes}, NO_THEME: ""},
        metrics=METRICS,
        states=STATES,
        short=SHORT,
        gaps=GAPS,
        State=State,
        definition=DEFINITIONS[page.choice.metric],
        of_the_plan=figures.attendance_sentence(came) if came else "",
        left_out=figures.left_out(came) if came else "",
        groups=GROUPS,
        sectors=common.sector_rows() if actors else [],
        peoples=[people.name for people in queries.peoples()] if actors else [],
        here=url_with,
        query=request.query_string.decode("ascii", "ignore"),
    )


@bp.route("/actores/cobertura/datos.<any(csv, json):kind>")
@public()
def coverage_data(kind: str) -> Response:
    """What the page shows with the same address, with what its number counts; ``?provincia=14`` for a province."""
    page = read(request.args.get("provincia", "")[:2])
    rows = list(_rows(page))
    if kind == "json":
        return jsonify(definicion=str(DEFINITIONS[page.choice.metric]), por_habitantes=PER_INHABITANTS, filas=rows)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*rows[0], "definicion"] if rows else ["definicion"])
    writer.writeheader()
    writer.writerows({**row, "definicion": str(DEFINITIONS[page.choice.metric])} for row in rows)
    answer = Response("\ufeff" + buffer.getvalue(), mimetype="text/csv")
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
        "en_silencio": reach.silent,
        "respondieron": reach.responded,
        "participaron": reach.took_part,
    }


@bp.route("/actores/territorios.json")
@public()
def territories_json() -> Response:
    """The cantons of a province or the parishes of a canton: ``?padre=14``."""
    places = queries.children(request.args.get("padre", "")[:8])
    answer = jsonify(territorios=[territory_dict(place) for place in places])
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
