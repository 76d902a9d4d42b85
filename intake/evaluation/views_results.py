"""Results by proposal, computed from the reviews that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request, url_for

from forms.base import with_rows
from forms.rounds import ResultFilterForm
from intake.core.i18n import gettext as _
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.core.tabular import csv_lines
from intake.evaluation import queries, results, scoring, serializers
from intake.evaluation.blueprint import bp, current_plan, require_nothing_owed
from intake.web.access import requires
from intake.web.listing import Listing, chips
from models.enums import ReviewSector

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def _filters() -> tuple[ResultFilterForm, results.ResultFilters, list[Any]]:
    form = ResultFilterForm(request.args)
    themes = [(t.code, localized(t, "name")) for t in queries.themes()]
    with_rows(form.tema, themes, blank=_("Todos los temas"))
    status = form.estado.data if form.estado.data in results.EVALUATION_STATES else None
    sort = form.orden.data if form.orden.data in results.SORTS else "media"
    filters = results.ResultFilters(status=status, theme=form.tema.data or "", sort=sort)
    active = chips([("estado", label(status) if status else ""), ("tema", dict(themes).get(filters.theme, ""))])
    return form, filters, active


@bp.route("/evaluacion/resultados")
@requires(Permission.RESULTS_READ)
def result_list() -> ResponseReturnValue:
    """Means by sector, spread and disagreement of each proposal."""
    require_nothing_owed()
    plan = current_plan()
    form, filters, active = _filters()
    page = results.results(plan.id, filters, number_from(request.args.get("pagina")))
    return render_template(
        "evaluation/results.html",
        page=Listing(page),
        form=form,
        active=active,
        sectors=list(ReviewSector),
        far=scoring.DISAGREEMENT_POINTS,
        clear=url_for(".result_list"),
        csv_url=f"{url_for('.result_file')}?{request.query_string.decode()}",
    )


@bp.route("/evaluacion/resultados.csv")
@requires(Permission.RESULTS_READ)
def result_file() -> ResponseReturnValue:
    """Every line of the results as a table."""
    require_nothing_owed()
    plan = current_plan()
    _form, filters, _active = _filters()
    rows = (serializers.result_row(r) for r in results.all_results(plan.id, filters))
    name = f"resultados-{plan.code}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(csv_lines(serializers.RESULT_COLUMNS, rows)), mimetype="text/csv", headers=headers)
