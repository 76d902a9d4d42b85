"""Where there are actors and where not; and the places of the country for the picker."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Response, g, jsonify, render_template, request

from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain
from intake.mapping import queries
from intake.mapping.queries import Metric, ProvinceFigure
from intake.mapping.serializers import territory_dict
from intake.mapping.views.blueprint import bp
from intake.plans import queries as plans
from intake.web.access import public
from models import Plan

METRICS = {
    Metric.ACTORS: _l("Actores"),
    Metric.EVENTS: _l("Mesas"),
    Metric.ATTENDANCE: _l("Asistentes a las mesas"),
    Metric.PROPOSALS: _l("Propuestas"),
}
PATHS = {
    Metric.ACTORS: "/actores/",
    Metric.EVENTS: "/mesas/",
    Metric.ATTENDANCE: "/mesas/",
    Metric.PROPOSALS: "/propuestas/",
}


@bp.route("/actores/cobertura")
@public(reusable=True)
def coverage() -> str:
    """Themes by provinces with the gaps marked, and the map of the provinces with its table."""
    metric = next((m for m in Metric if m.value == request.args.get("medida")), Metric.ACTORS)
    per_inhabitants = request.args.get("por") == "habitantes"
    plan = g.plan = plans.current()
    figures = queries.province_figures(metric, plan)
    rows = [_row(figure, metric, plan, per_inhabitants=per_inhabitants) for figure in figures]
    return render_template(
        "mapping/coverage.html",
        coverage=queries.actor_coverage(),
        elsewhere=queries.actors_elsewhere(),
        rows=sorted(rows, key=lambda row: (-(row.value or 0), plain(row.label))),
        values={row.code: row.value for row in rows if row.value},
        urls={row.code: row.url for row in rows},
        metric=metric,
        metrics=METRICS,
        per_inhabitants=per_inhabitants,
        plan=plan,
    )


def _row(figure: ProvinceFigure, metric: Metric, plan: Plan | None, *, per_inhabitants: bool) -> SimpleNamespace:
    values = {"provincia": figure.code}
    if plan is not None and metric is not Metric.ACTORS:
        values["plan"] = plan.code
    query = "&".join(f"{name}={value}" for name, value in values.items())
    value = figure.rate if per_inhabitants else figure.count
    return SimpleNamespace(
        code=figure.code,
        label=figure.name,
        value=round(value, 2) if value is not None else None,
        url=f"{request.script_root}{PATHS[metric]}?{query}",
        tone="progress",
        note="" if figure.count else _l("sin registros"),
    )


@bp.route("/actores/territorios.json")
@public()
def territories_json() -> Response:
    """The cantons of a province or the parishes of a canton: ``?padre=14``."""
    places = queries.children(request.args.get("padre", "")[:8])
    answer = jsonify(territorios=[territory_dict(place) for place in places])
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
