"""The life of a plan and of a stage's calendar. Whether a stage is open is never a state: it follows from the dates."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Plan, Stage
from models.enums import PlanStatus, StageStatus

PLAN = Lifecycle(
    "plan",
    Plan.status,
    PlanStatus.PREPARING,
    [
        Transition(
            action="begin",
            label=_l("Empezar la cocreación"),
            sources=frozenset({PlanStatus.PREPARING}),
            target=PlanStatus.CO_CREATION,
            permission=Permission.PLAN_MOVE,
            tone="primary",
        ),
        Transition(
            action="formalize",
            label=_l("Formalizar el plan"),
            sources=frozenset({PlanStatus.CO_CREATION}),
            target=PlanStatus.IMPLEMENTATION,
            permission=Permission.PLAN_MOVE,
            needs_reason=True,
            stamp="formalized_at",
            button=False,
            tone="primary",
        ),
        Transition(
            action="close",
            label=_l("Cerrar el plan"),
            sources=frozenset({PlanStatus.IMPLEMENTATION}),
            target=PlanStatus.CLOSED,
            permission=Permission.PLAN_MOVE,
            needs_reason=True,
        ),
    ],
    final=frozenset({PlanStatus.CLOSED}),
)

STAGE = Lifecycle(
    "stage",
    Stage.status,
    StageStatus.PLANNED,
    [
        Transition(
            action="publish",
            label=_l("Publicar las fechas"),
            sources=frozenset({StageStatus.PLANNED}),
            target=StageStatus.PUBLISHED,
            permission=Permission.PLAN_MOVE,
            tone="primary",
        ),
        Transition(
            action="conclude",
            label=_l("Dar por concluida"),
            sources=frozenset({StageStatus.PUBLISHED}),
            target=StageStatus.CONCLUDED,
            permission=Permission.PLAN_MOVE,
            needs_reason=True,
        ),
    ],
    final=frozenset({StageStatus.CONCLUDED}),
)
