"""Doing things to plans: make them, move them, change their calendar in public, keep what sources published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.plans import notice, queries
from intake.plans.calendar import check_dates, check_new
from intake.plans.inputs import PlanInput, StageInput
from intake.plans.lifecycle import PLAN, STAGE
from intake.plans.recording import add_reported_figure, check_counts, record_participation
from models import Plan, PlanApproach, Reschedule, Stage, StageNote
from models.enums import PlanStatus, StageKind, StageStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

__all__ = [
    "add_reported_figure",
    "check_counts",
    "create_plan",
    "move_plan",
    "move_stage",
    "record_participation",
    "reschedule_plan",
    "reschedule_stage",
]


def create_plan(given: PlanInput, *, by: Principal) -> Plan:
    """Make a plan with its five stages, all of them loaded.

    Raises `Invalid` (``code``, ``number``, ``title_es``, ``title_en``, ``ends_on``), also if the code is taken.
    """
    authorize(by, Permission.PLAN_CREATE)
    check_new(given)
    with transaction():
        if db.session.scalar(sa.select(Plan.id).where(Plan.code == given.code)) is not None:
            raise Invalid(_l("Ya existe un plan con ese código."), field="code")
        plan = _new_plan(given)
        if given.is_current:
            _retire_current()
        audit.record("plan.create", plan, by=by)
        stages = _stages(plan, given)
        db.session.add_all(stages)
        db.session.add_all(PlanApproach(plan_id=plan.id, approach=approach) for approach in given.approaches)
        db.session.add_all(_notes(plan, given))
        if given.status is not PlanStatus.CLOSED and any(s.status is not StageStatus.PLANNED for s in stages):
            notice.keep(plan, stages, by=by)
    return queries.by_code(given.code)


def reschedule_stage(  # noqa: PLR0913 -- what a public change of dates must carry
    stage: Stage,
    opens_on: date | None,
    closes_on: date | None,
    *,
    reason: str,
    decided_by: str,
    decided_on: date,
    by: Principal,
    source_url: str | None = None,
    version: int | None = None,
) -> Reschedule:
    """Give a stage other dates; the old ones stay, public, with the reason and who decided.

    ``version`` is the stage's lock version as the person saw it. Raises `Invalid` with the field at fault, `Conflict`
    if somebody changed the stage meanwhile.
    """
    authorize(by, Permission.PLAN_RESCHEDULE, stage)
    with transaction():
        plan = db.session.get_one(Plan, stage.plan_id)
        if version is not None and version != stage.lock_version:
            raise _overtaken(stage)
        check_dates(plan, queries.stages_of(plan.id), stage, opens_on, closes_on)
        row = Reschedule(
            plan_id=plan.id,
            stage_id=stage.id,
            old_opens_on=stage.opens_on,
            old_closes_on=stage.closes_on,
            new_opens_on=opens_on,
            new_closes_on=closes_on,
            **_grounds(reason, decided_by, decided_on, source_url, by),
        )
        stage.opens_on, stage.closes_on = opens_on, closes_on
        facts = {"decided_by": row.decided_by, "decided_on": decided_on}
        name = f"{plan.code}/{stage.number}"
        audit.record("stage.reschedule", stage, by=by, reason=row.reason, extra=facts, reference=name)
        db.session.add(row)
    return row


def reschedule_plan(  # noqa: PLR0913 -- what a public change of dates must carry
    plan: Plan,
    ends_on: date,
    *,
    reason: str,
    decided_by: str,
    decided_on: date,
    by: Principal,
    starts_on: date | None = None,
    source_url: str | None = None,
) -> Reschedule:
    """Move the end (and, if given, the start) of the plan's implementation. The first end stays as the original."""
    authorize(by, Permission.PLAN_RESCHEDULE, plan)
    with transaction():
        start = starts_on or plan.starts_on
        if start and ends_on < start:
            raise Invalid(_l("El plan no puede terminar antes de empezar."), field="ends_on")
        if (start, ends_on) == (plan.starts_on, plan.ends_on):
            raise Invalid(_l("Las fechas son las mismas que ya tiene el plan."), field="ends_on")
        row = Reschedule(
            plan_id=plan.id,
            stage_id=None,
            old_opens_on=plan.starts_on,
            old_closes_on=plan.ends_on,
            new_opens_on=start,
            new_closes_on=ends_on,
            **_grounds(reason, decided_by, decided_on, source_url, by),
        )
        plan.original_ends_on = plan.original_ends_on or plan.ends_on
        plan.starts_on, plan.ends_on = start, ends_on
        facts = {"decided_by": row.decided_by, "decided_on": decided_on}
        audit.record("plan.reschedule", plan, by=by, reason=row.reason, extra=facts)
        db.session.add(row)
    return row


def move_stage(stage: Stage, action: str, *, by: Principal, reason: str = "") -> Stage:
    """Publish or conclude a stage.

    The first publication dates the plan's calendar, and makes a plan in preparation the one under way, unless people
    are still co-creating another: that one stays until the new one begins.
    """
    with transaction():
        if action == "publish" and stage.opens_on is None:
            authorize(by, Permission.PLAN_MOVE, stage)
            raise Invalid(_l("Ponga primero las fechas de la etapa; después podrá publicarlas."))
        STAGE.fire(stage, action, by=by, reason=reason)
        plan = db.session.get_one(Plan, stage.plan_id)
        if action == "publish" and plan.calendar_published_at is None:
            notice.keep(plan, queries.stages_of(plan.id), by=by)
            if plan.status is PlanStatus.PREPARING and not _another_is_co_created(plan):
                _make_current(plan, by)
    return stage


def move_plan(plan: Plan, action: str, *, by: Principal, reason: str = "") -> Plan:
    """Make one of the plan's moves. A plan that begins becomes the one under way."""
    with transaction():
        PLAN.fire(plan, action, by=by, reason=reason)
        if action == "begin":
            _make_current(plan, by)
    return plan


def _new_plan(given: PlanInput) -> Plan:
    plan = Plan(
        code=given.code,
        number=given.number,
        title_es=clean(given.title_es),
        title_en=clean(given.title_en),
        vision_es=given.vision_es,
        vision_en=given.vision_en,
        summary_es=given.summary_es,
        summary_en=given.summary_en,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        original_ends_on=given.original_ends_on,
        is_current=given.is_current,
        is_fictional=given.is_fictional,
        folio_counter=0,
    )
    PLAN.establish(plan, given.status)
    return plan


def _stages(plan: Plan, given: PlanInput) -> list[Stage]:
    known = {stage.kind: stage for stage in given.stages}
    made = []
    for number, kind in enumerate(StageKind, 1):
        words = known.get(kind, StageInput(kind=kind))
        stage = Stage(
            plan_id=plan.id,
            kind=kind,
            number=number,
            opens_on=words.opens_on,
            closes_on=words.closes_on,
            note_es=words.note_es,
            note_en=words.note_en,
        )
        STAGE.establish(stage, words.status)
        made.append(stage)
    return made


def _notes(plan: Plan, given: PlanInput) -> list[StageNote]:
    return [
        StageNote(
            plan_id=plan.id, position=n.position, title_es=n.title_es, title_en=n.title_en, details=dict(n.details)
        )
        for n in given.history
    ]


def _another_is_co_created(plan: Plan) -> bool:
    others = sa.select(Plan.id).where(Plan.is_current, Plan.id != plan.id, Plan.status == PlanStatus.CO_CREATION)
    return db.session.scalar(others.limit(1)) is not None


def _make_current(plan: Plan, by: Principal) -> None:
    """Make a plan the one under way, traced; nothing if it is already."""
    if plan.is_current:
        return
    _retire_current(keep=plan)
    plan.is_current = True
    audit.record("plan.make_current", plan, by=by)


def _retire_current(keep: Plan | None = None) -> None:
    """No other plan is the one under way any more."""
    others = sa.select(Plan).where(Plan.is_current)
    for plan in db.session.scalars(others):
        if plan is not keep:
            plan.is_current = False


def _grounds(
    reason: str, decided_by: str, decided_on: date, source_url: str | None, by: Principal
) -> dict[str, object]:
    """Why, who and when: what every change of dates must carry."""
    if not clean(reason):
        raise Invalid(_l("Escriba el motivo: se publicará junto a las fechas."), field="reason")
    if not clean(decided_by):
        raise Invalid(_l("Diga quién lo decidió: se publicará junto a las fechas."), field="decided_by")
    if decided_on > clock.today():
        raise Invalid(_l("La decisión no puede tener una fecha futura."), field="decided_on")
    return {
        "reason": clean(reason),
        "decided_by": clean(decided_by),
        "decided_on": decided_on,
        "source_url": source_url or None,
        "recorded_at": clock.now(),
        "recorded_by_id": by.user_id,
    }


def _overtaken(stage: Stage) -> Conflict:
    last = queries.last_change(stage)
    lines = [f"{last.name}: {last.entry.reason}"] if last else []
    return Conflict(_l("Otra persona cambió esta etapa mientras usted la tenía abierta."), lines=lines, last=last)
