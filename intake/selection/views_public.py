"""What anybody may read: published sessions. An open session does not exist here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, g, render_template

from intake.core.tabular import csv_lines
from intake.plans import queries as plans
from intake.selection import queries, serializers
from intake.selection.blueprint import bp
from intake.web.access import public
from models.enums import Category

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/seleccion/publicadas/")
@public(reusable=True)
def published() -> ResponseReturnValue:
    """Every published session."""
    return render_template("selection/published_list.html", sessions=queries.published_sessions())


@bp.route("/seleccion/publicadas/<plan:code>/<int:number>")
@public(reusable=True)
def published_session(code: str, number: int) -> ResponseReturnValue:
    """A published session: the four categories with each proposal and its reason."""
    session = queries.published_session(code, number)
    g.plan = plans.by_code(code)
    groups: dict[Category, list[Any]] = {category: [] for category in Category}
    for row in queries.published_decisions(session):
        groups[row.Decision.category].append(row)
    return render_template("selection/published.html", session=session, plan=g.plan, groups=groups)


@bp.route("/seleccion/publicadas/<plan:code>/<int:number>.csv")
@public(reusable=True)
def published_file(code: str, number: int) -> ResponseReturnValue:
    """The same as a table."""
    session = queries.published_session(code, number)
    rows = (serializers.decision_row(row, session) for row in queries.published_decisions(session))
    headers = {"Content-Disposition": f'attachment; filename="seleccion-{code}-{number}.csv"'}
    return Response("".join(csv_lines(serializers.COLUMNS, rows)), mimetype="text/csv", headers=headers)
