"""The life of a review asked of one person, and of a round."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from intake.evaluation.inputs import PENDING_STATES
from models import Assignment, Round
from models.enums import AssignmentStatus as S
from models.enums import RoundStatus as R

ASSIGNMENT = Lifecycle(
    "assignment",
    Assignment.status,
    S.PENDING,
    [
        Transition(
            action="start",
            label=_l("Empezar"),
            sources=frozenset({S.PENDING}),
            target=S.IN_PROGRESS,
            permission=Permission.REVIEW_WRITE,
            button=False,
        ),
        Transition(
            action="submit",
            label=_l("Enviar la evaluación"),
            sources=PENDING_STATES,
            target=S.SUBMITTED,
            permission=Permission.REVIEW_WRITE,
            stamp="submitted_at",
            button=False,
            tone="primary",
        ),
        Transition(
            action="declare_conflict",
            label=_l("Tengo un conflicto de interés"),
            sources=PENDING_STATES,
            target=S.CONFLICT,
            permission=Permission.REVIEW_WRITE,
            needs_reason=True,
        ),
        Transition(
            action="decline",
            label=_l("No es de mi competencia"),
            sources=PENDING_STATES,
            target=S.NOT_COMPETENT,
            permission=Permission.REVIEW_WRITE,
            needs_reason=True,
        ),
        Transition(
            action="cancel",
            label=_l("Cancelar la asignación"),
            sources=PENDING_STATES,
            target=S.CANCELLED,
            permission=Permission.ASSIGNMENT_MANAGE,
            needs_reason=True,
        ),
    ],
    final=frozenset({S.SUBMITTED, S.CONFLICT, S.NOT_COMPETENT, S.CANCELLED}),
)

ROUND = Lifecycle(
    "round",
    Round.status,
    R.OPEN,
    [
        Transition(
            action="close",
            label=_l("Cerrar la ronda"),
            sources=frozenset({R.OPEN}),
            target=R.CLOSED,
            permission=Permission.ROUND_MANAGE,
            stamp="closed_at",
            needs_reason=True,
        ),
    ],
    final=frozenset({R.CLOSED}),
)
