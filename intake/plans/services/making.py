"""Making a plan with its five stages, as it begins or as sources tell it of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.plans import notice, queries
from intake.plans.calendar import check_new
from intake.plans.inputs import PlanInput, StageInput
from intake.plans.lifecycle import PLAN, STAGE
from intake.plans.services.moving import retire_current
from models import Plan, PlanApproach, Stage, StageNote
from models.enums import PlanStatus, StageKind, StageStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal


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
            retire_current()
        audit.record("plan.create", plan, by=by)
        stages = _stages(plan, given)
        db.session.add_all(stages)
        db.session.add_all(PlanApproach(plan_id=plan.id, approach=approach) for approach in given.approaches)
        db.session.add_all(_notes(plan, given))
        if given.status is not PlanStatus.CLOSED and any(s.status is not StageStatus.PLANNED for s in stages):
            notice.keep(plan, stages, by=by)
    return queries.by_code(given.code)


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
