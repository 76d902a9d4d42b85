"""The list of proposals as a map: those whose authors pointed at a place, under the same filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, request

from intake.core.labels import label, tone
from intake.plans import queries as plans
from intake.reception import filterpanel, queries
from intake.reception.blueprint import bp
from intake.reception.inputs import Filters, public_status
from intake.reception.queries import mapped
from intake.web.access import public
from intake.web.listing import filters_query
from intake.web.reuse import remembered
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/propuestas/mapa")
@public(reusable=True, alike=True)
def proposals_map() -> ResponseReturnValue:
    """Points and, for who shows no name, squares; the same proposals stand below as a list."""
    filters = Filters.parse(request.args)
    choices = remembered("proposal choices", queries.choices)
    if any(choice.code == filters.plan for choice in choices["plan"]):
        g.plan = plans.by_code(filters.plan)
    else:
        g.plan = plans.current()
    options = filterpanel.selects(choices, remembered(f"map facets {filters!r}", lambda: queries.facets(filters)))
    return render_template(
        "reception/map.html",
        marks=mapped.marks(filters),
        most=mapped.MOST_MARKS,
        active=filterpanel.chips(options),
        query=filters.query,
        filters_query=filters_query(),
        states={s: (label(public_status(s)), tone(public_status(s))) for s in ProposalStatus},
    )
