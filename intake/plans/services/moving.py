"""Moving plans and stages, and which plan is the one under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from intake.plans import notice, queries
from intake.plans.lifecycle import PLAN, STAGE
from models import Plan, Stage
from models.enums import PlanStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal


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


def _another_is_co_created(plan: Plan) -> bool:
    others = sa.select(Plan.id).where(Plan.is_current, Plan.id != plan.id, Plan.status == PlanStatus.CO_CREATION)
    return db.session.scalar(others.limit(1)) is not None


def _make_current(plan: Plan, by: Principal) -> None:
    """Make a plan the one under way, traced; nothing if it is already."""
    if plan.is_current:
        return
    retire_current(keep=plan)
    plan.is_current = True
    audit.record("plan.make_current", plan, by=by)


def retire_current(keep: Plan | None = None) -> None:
    """No other plan is the one under way any more."""
    others = sa.select(Plan).where(Plan.is_current)
    for plan in db.session.scalars(others):
        if plan is not keep:
            db.session.refresh(plan, ["is_current", "lock_version"], with_for_update=True)  # loaded before it was
            plan.is_current = False
