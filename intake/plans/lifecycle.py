"""The life of a plan and of a stage's calendar. Whether a stage is open is never a state: it follows from the dates."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission as P
from intake.core.workflow import Lifecycle, Transition
from models import Plan, Stage
from models.enums import PlanStatus as PS
from models.enums import StageStatus as SS

PLAN = Lifecycle(
    "plan",
    Plan.status,
    PS.PREPARING,
    [
        Transition(
            action="begin",
            label=_l("Empezar la cocreación"),
            sources=frozenset({PS.PREPARING}),
            target=PS.CO_CREATION,
            permission=P.PLAN_MOVE,
            tone="primary",
        ),
        Transition(
            action="formalize",
            label=_l("Formalizar el plan"),
            sources=frozenset({PS.CO_CREATION}),
            target=PS.IMPLEMENTATION,
            permission=P.PLAN_MOVE,
            needs_reason=True,
            stamp="formalized_at",
            button=False,
            tone="primary",
        ),
        Transition(
            action="close",
            label=_l("Cerrar el plan"),
            sources=frozenset({PS.IMPLEMENTATION}),
            target=PS.CLOSED,
            permission=P.PLAN_MOVE,
            needs_reason=True,
        ),
    ],
    final=frozenset({PS.CLOSED}),
)

STAGE = Lifecycle(
    "stage",
    Stage.status,
    SS.PLANNED,
    [
        Transition(
            action="publish",
            label=_l("Publicar las fechas"),
            sources=frozenset({SS.PLANNED}),
            target=SS.PUBLISHED,
            permission=P.PLAN_MOVE,
            tone="primary",
        ),
        Transition(
            action="conclude",
            label=_l("Dar por concluida"),
            sources=frozenset({SS.PUBLISHED}),
            target=SS.CONCLUDED,
            permission=P.PLAN_MOVE,
            needs_reason=True,
        ),
    ],
    final=frozenset({SS.CONCLUDED}),
)
