"""Giving a stage or a plan other dates, in public: the old ones stay, with the reason and who decided."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.plans import queries
from intake.plans.calendar import check_dates
from models import Plan, Reschedule, Stage

if TYPE_CHECKING:
    from intake.core.identity import Principal


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
