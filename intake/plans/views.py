"""Pages of plans: all of them, one with its five stages, and what the Directorate does to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.plans import PlanForm, RescheduleForm
from intake.core import calendar, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import label
from intake.core.permissions import Permission, can
from intake.core.text import number_of
from intake.core.workflow import Transition
from intake.plans import figures, notice, participation, queries, services
from intake.plans.lifecycle import PLAN, STAGE
from intake.web.access import principal, public, requires
from models import Plan, Reschedule, Stage
from models.enums import Dimension, ProposalKind

bp = Blueprint("plans", __name__)


@bp.route("/planes/")
@public(reusable=True)
def index() -> str:
    """Every plan with its period, state and numbers."""
    plans = queries.all_plans()
    return render_template("plans/index.html", plans=plans, numbers=queries.numbers([plan.id for plan in plans]))


@bp.route("/planes/nuevo", methods=["GET", "POST"])
@requires(Permission.PLAN_CREATE, form=True)
def new() -> ResponseReturnValue:
    """Make a plan; its five stages get their dates on its page."""
    form = PlanForm()
    if form.validate_on_submit():
        try:
            plan = services.create_plan(form.to_input(), by=principal())
        except Invalid as error:
            _put(error, form)
        else:
            flash(
                str(_l("El plan está en preparación. Ponga ahora las fechas de sus etapas y publíquelas.")), "success"
            )
            return redirect(url_for("plans.show", code=plan.code))
    body = render_template("plans/new.html", form=form)
    return (body, HTTPStatus.UNPROCESSABLE_ENTITY) if form.errors else body


@bp.route("/planes/<plan:code>/")
@public(reusable=True)
def show(code: str) -> str:
    """One plan: its stages with every change of dates, who took part, who accompanies it, what came of it."""
    return _page(queries.by_code(code))


@dataclass(frozen=True)
class StageCard:
    """A stage as the page shows it."""

    stage: Stage
    view: calendar.StageView
    changes: list[Reschedule]
    moves: list[Transition]


def _page(plan: Plan, failed: dict[str, Any] | None = None) -> str:
    g.plan = plan
    changes = queries.reschedules(plan)
    published = queries.published_participation(plan)
    who_came = participation.of_plan(plan.id)
    parts = participation.breakdowns(plan.id) if who_came.counted else []
    exact = bool(parts) and can(principal(), Permission.ATTENDANCE_RECORD, plan)
    funnel = queries.funnel(plan)
    kinds = (ProposalKind.CITIZEN, ProposalKind.INTEGRATED)
    return render_template(
        "plans/show.html",
        plan=plan,
        stages=_cards(plan, changes),
        plan_changes=[change for change in changes if change.stage_id is None],
        history=queries.history(plan),
        participation=published,
        sentence=figures.sentence_of(plan, published[0]) if published else "",
        who_came=who_came,
        breakdowns=parts,
        exact=participation.breakdowns(plan.id, exact=True) if exact else [],
        attendance_sentence=figures.attendance_sentence(
            who_came, next((part for part in parts if part.dimension is Dimension.GENDER), None)
        ),
        figure_notes=[words for words in (figures.events_definition(who_came), figures.left_out(who_came)) if words],
        topics=figures.by_topic(queries.reported_figures(plan)),
        bodies=queries.bodies(plan),
        evidence=notice.evidence_of(plan),
        publish_by=notice.publish_by(plan),
        notice_days=notice.NOTICE_DAYS,
        today=clock.today(),
        funnels=[(kind, steps) for kind in kinds if (steps := figures.funnel_steps(funnel, kind))],
        numbers=queries.numbers([plan.id])[plan.id],
        moves=[move for move in PLAN.open_to(principal(), plan) if move.button],
        failed=failed,
    )


def _cards(plan: Plan, changes: Any) -> list[StageCard]:
    by_stage = defaultdict(list)
    for change in changes:
        by_stage[change.stage_id].append(change)
    stages = {stage.kind: stage for stage in plan.stages}
    return [
        StageCard(stages[v.kind], v, by_stage[stages[v.kind].id], STAGE.open_to(principal(), stages[v.kind]))
        for v in calendar.views(plan.stages)
    ]


def _stage(code: str, number: int) -> Stage:
    stage = queries.stage(code, number)
    g.plan = stage.plan
    return stage


@bp.route("/planes/<plan:code>/etapas/<int:number>/reprogramar", methods=["GET", "POST"])
@requires(Permission.PLAN_RESCHEDULE, load=_stage, form=True)
def reschedule(stage: Stage) -> ResponseReturnValue:
    """Give a stage other dates; the old ones, the reason and who decided are published."""
    form = RescheduleForm()
    code, number, current = stage.plan.code, stage.number, stage.lock_version
    status = HTTPStatus.OK
    if request.method == "GET":
        form.show(stage)
    else:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.validate():
            try:
                _reschedule(stage, form)
            except Conflict as error:
                status = HTTPStatus.CONFLICT
                form.form_errors = [*form.form_errors, _about_conflict(error)]
                form.version.data = str(current)
            except Invalid as error:
                _put(error, form)
            else:
                flash(str(_l("Fechas cambiadas y publicadas con su motivo.")), "success")
                return redirect(f"{url_for('plans.show', code=code)}#etapa-{number}")
            stage = _stage(code, number)
    return render_template("plans/reschedule.html", form=form, stage=stage, plan=stage.plan), status


def _reschedule(stage: Stage, form: RescheduleForm) -> None:
    decided_on = form.decided_on.data
    assert decided_on is not None  # the form demands it
    services.reschedule_stage(
        stage,
        form.opens_on.data,
        form.closes_on.data,
        reason=form.reason.data or "",
        decided_by=form.decided_by.data or "",
        decided_on=decided_on,
        by=principal(),
        source_url=form.source_url.data or None,
        version=number_of(form.version.data),
    )


def _put(error: Invalid, form: Any) -> None:
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.message]
    else:
        form.form_errors = [*form.form_errors, error.message]


def _about_conflict(error: Conflict) -> Any:
    last: Any = error.details.get("last")
    if last is None:
        return error.message
    return _l(
        "%(name)s cambió esta etapa mientras usted la tenía abierta: %(reason)s Revise y guarde otra vez.",
        name=last.name,
        reason=last.entry.reason,
    )


@bp.route("/planes/<plan:code>/movimientos", methods=["POST"])
@requires(Permission.PLAN_MOVE)
def move_plan(code: str) -> ResponseReturnValue:
    """Begin or close a plan (formalizing it belongs to the last stage)."""
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    if not PLAN[action].button:
        raise Invalid(_l("Esta acción tiene su propia página."))
    try:
        plan = services.move_plan(queries.by_code(code), action, by=principal(), reason=reason)
    except Invalid as error:
        failed = {"action": action, "reason": reason, "error": error.message}
        return _page(queries.by_code(code), failed), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(str(_l("Listo: el plan está %(state)s.", state=label(plan.status).lower())), "success")
    return redirect(url_for("plans.show", code=code))


@bp.route("/planes/<plan:code>/etapas/<int:number>/movimientos", methods=["POST"])
@requires(Permission.PLAN_MOVE)
def move_stage(code: str, number: int) -> ResponseReturnValue:
    """Publish the dates of a stage, or conclude it."""
    action, reason = request.form.get("action", ""), request.form.get("reason", "")
    try:
        services.move_stage(queries.stage(code, number), action, by=principal(), reason=reason)
    except Invalid as error:
        failed = {"action": action, "reason": reason, "error": error.message, "number": number}
        return _page(queries.by_code(code), failed), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(str(_l("Listo.")), "success")
    return redirect(f"{url_for('plans.show', code=code)}#etapa-{number}")
