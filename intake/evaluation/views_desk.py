"""``/evaluacion/``: one address, three kinds of people: who reviews, who admits, who directs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for

from forms.base import with_rows
from forms.evaluation import QueueFilterForm
from intake.core import clock
from intake.core.i18n import gettext as _
from intake.core.i18n import localized
from intake.core.labels import label
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.evaluation import boards, queries
from intake.evaluation.blueprint import bp, current_plan
from intake.evaluation.inputs import LIVE_STATES, PENDING_STATES
from intake.evaluation.queries import QueueFilters
from intake.web.access import principal, requires
from intake.web.listing import Listing, chips, url_with
from models.enums import AssignmentStatus, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

#: What each tab of the reviewer's queue shows.
QUEUES = {
    "": PENDING_STATES,
    "pendientes": frozenset({AssignmentStatus.PENDING}),
    "empezadas": frozenset({AssignmentStatus.IN_PROGRESS}),
    "enviadas": frozenset({AssignmentStatus.SUBMITTED}),
    "devueltas": frozenset({AssignmentStatus.CONFLICT, AssignmentStatus.NOT_COMPETENT, AssignmentStatus.CANCELLED}),
}


@bp.route("/evaluacion/")
@requires(Permission.REVIEW_LIST)
def index() -> ResponseReturnValue:
    """What waits for the reader. Whoever has several roles chooses with ``?vista=``."""
    pages: dict[str, tuple[tuple[Role, ...], Callable[[], dict[str, Any]]]] = {
        "revision": ((Role.REVIEWER,), review_queue),
        "admision": ((Role.ANALYST, Role.DIRECTORATE), admission_queue),  # the Directorate gives second signatures
        "direccion": ((Role.DIRECTORATE,), direction),
    }
    mine = [name for name, (roles, _view) in pages.items() if principal().holds(*roles)]
    first = next(name for name in mine if principal().holds(pages[name][0][0]))
    asked = request.args.get("vista", "")
    shown = asked if asked in mine else first
    words = {"revision": _("Mis evaluaciones"), "admision": _("Admisión"), "direccion": _("Rondas")}
    tabs = [(words[name], url_for(".index", vista=name), name == shown) for name in mine]
    return render_template(f"evaluation/{shown}.html", tabs=tabs if len(tabs) > 1 else [], **pages[shown][1]())


def review_queue() -> dict[str, Any]:
    """The reader's own reviews, what is next first."""
    user_id = principal().user_id or 0
    chosen = request.args.get("estado", "")
    chosen = chosen if chosen in QUEUES else ""
    counts = queries.review_counts(user_id)
    totals = {name: sum(counts.get(state, 0) for state in states) for name, states in QUEUES.items()}
    page = queries.review_queue(user_id, QUEUES[chosen], number_from(request.args.get("pagina")), totals[chosen])
    words = {
        "": _("Por hacer"),
        "pendientes": _("Sin empezar"),
        "empezadas": _("Empezadas"),
        "enviadas": _("Enviadas"),
        "devueltas": _("Devueltas o canceladas"),
    }
    return {
        "page": Listing(page),
        "today": clock.today(),
        "chosen": chosen,
        "done": counts.get(AssignmentStatus.SUBMITTED, 0),
        "whole": sum(counts.get(s, 0) for s in LIVE_STATES),
        "states": [(words[n], url_with(estado=n), totals[n], n == chosen) for n in QUEUES],
    }


def admission_queue() -> dict[str, Any]:
    """Proposals that wait for an analyst, oldest first."""
    plan = current_plan()
    form = QueueFilterForm(request.args)
    themes = [(t.code, localized(t, "name")) for t in queries.themes()]
    with_rows(form.tema, themes, blank=_("Todos los temas"))
    filters = QueueFilters(
        state=form.estado.data if form.estado.data in queries.QUEUE_STATES else None,
        theme=form.tema.data or "",
        q=form.q.data or "",
    )
    active = chips(
        [
            ("q", filters.q and f"«{filters.q[:60]}»"),
            ("estado", label(filters.state) if filters.state else ""),
            ("tema", dict(themes).get(filters.theme, "")),
        ]
    )
    page = queries.admission_queue(plan, filters, number_from(request.args.get("pagina")))
    return {
        "page": Listing(page),
        "form": form,
        "active": active,
        "clear": url_for(".index", vista="admision"),
        "waiting_days": queries.waiting_days,
        "me": principal().user_id,
    }


def direction() -> dict[str, Any]:
    """The rounds and what waits."""
    plan = current_plan()
    return {"rounds": boards.rounds(plan), "waiting": queries.waiting(plan), "today": clock.today()}
