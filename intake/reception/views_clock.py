"""The public clock: every date promised to authors, kept or not, with the rows behind each number."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Response, g, render_template, request, stream_with_context

from intake.core import clock, tabular
from intake.core.i18n import gettext as _
from intake.core.pagination import number_from
from intake.plans import queries as plans
from intake.reception import promises
from intake.reception.blueprint import bp
from intake.reception.promises import BREACHES, OF_THE_AUTHOR, Kept, Promise
from intake.reception.queries import promises as reading
from intake.reception.underway import plan_under_way
from intake.web.access import public
from intake.web.kept import kept
from intake.web.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask.typing import ResponseReturnValue

    from models import Plan

COLUMNS = (
    "plan",
    "folio",
    "promesa",
    "etapa",
    "prometida_el",
    "fecha_prometida",
    "cumplida_el",
    "estado",
    "incumplida",
)
#: What the numbers are computed from, as subjects of the trace; the days of the stages are part of the key.
_COUNTED_FROM = (
    "proposal",
    "import_batch",
    "admission",
    "assignment",
    "decision",
    "author_reply",
    "comment",
    "information_request",
)


def _shown(code: str | None = None) -> tuple[Plan, reading.When]:
    """The plan with its days as they stood. Two statements."""
    plan = g.plan = plans.by_code(code) if code else plan_under_way()
    return plan, promises.timetables(plan.stages, plans.reschedules(plan))


@bp.route("/plazos/")
@public(reusable=True)
def promised() -> str:
    """The clock of the plan under way."""
    return _clock(*_shown())


@bp.route("/plazos/<plan:code>/")
@public(reusable=True)
def promised_of(code: str) -> str:
    """The clock of a plan."""
    return _clock(*_shown(code))


def _clock(plan: Plan, when: reading.When) -> str:
    """Seven statements, however many proposals there are; one more names the other plans."""
    counts = _counts(plan, when)
    owed = {p: n for p, n in counts.items() if p not in OF_THE_AUTHOR}
    return render_template(
        "reception/clock.html",
        plan=plan,
        plans=plans.all_plans(),
        when=when,
        counts=counts,
        breaches=sum(n[state] for n in owed.values() for state in BREACHES),
        kept_on_time=sum(n[Kept.ON_TIME] for n in owed.values()),
        promises=promises,
    )


def _counts(plan: Plan, when: reading.When) -> Mapping[Promise, Mapping[Kept, int]]:
    """See `reading.counts`; counting a hundred thousand proposals takes half a second. A promise breaks with a day."""
    key = ("promises", plan.id, clock.today(), *when.items())
    return kept(key, _COUNTED_FROM, partial(reading.counts, plan, when))


@bp.route("/plazos/<plan:code>/<any(admision, evaluacion, decision, replica, apelacion, pregunta):kind>")
@public(reusable=True)
def promised_rows(code: str, kind: str) -> ResponseReturnValue:
    """The proposals behind a number."""
    plan, when = _shown(code)
    promise, asked = Promise(kind), request.args.get("estado", "")
    state = Kept(asked) if asked in set(Kept) else None
    found = reading.page(plan, promise, state, when, number=number_from(request.args.get("pagina")))
    return render_template(
        "reception/clock_rows.html", plan=plan, promise=promise, state=state, page=Listing(found), promises=promises
    )


@bp.route("/plazos/<plan:code>/plazos.<any(csv, json):kind>")
@public()
def promised_file(code: str, kind: str) -> Response:
    """Every promise of the plan as a file."""
    plan, when = _shown(code)
    rows = stream_with_context(tabular.stream(kind, COLUMNS, _plain(plan, when)))
    answer = Response(rows, content_type=tabular.MEDIA_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="plazos-{plan.code}.{kind}"'
    return answer


def _plain(plan: Plan, when: reading.When) -> Iterator[dict[str, Any]]:
    for row in reading.every(plan, when):
        yield {
            "plan": plan.code,
            "folio": row.folio,
            "promesa": row.promise.value,
            "etapa": promises.STAGE_OF[row.promise].value,
            "prometida_el": row.made_on.isoformat(),
            "fecha_prometida": row.due.isoformat(),
            "cumplida_el": row.met_on.isoformat() if row.met_on else None,
            "estado": row.state.value,
            "incumplida": _("sí") if row.state in BREACHES and row.promise not in OF_THE_AUTHOR else _("no"),
        }
