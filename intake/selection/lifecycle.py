"""The life of a decision and of the session that publishes it."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Decision, SelectionSession
from models.enums import Category, DecisionStatus, SessionStatus

DECISION = Lifecycle(
    "decision",
    Decision.status,
    DecisionStatus.PENDING,
    [
        Transition(
            action="publish",
            label=_l("Publicar"),
            sources=frozenset({DecisionStatus.PENDING}),
            target=DecisionStatus.PUBLISHED,
            permission=Permission.DECISION_PUBLISH,
            stamp="published_at",
            button=False,
        ),
    ],
    final=frozenset({DecisionStatus.PUBLISHED}),
)

SESSION = Lifecycle(
    "session",
    SelectionSession.status,
    SessionStatus.OPEN,
    [
        Transition(
            action="publish",
            label=_l("Publicar todas las decisiones"),
            sources=frozenset({SessionStatus.OPEN}),
            target=SessionStatus.PUBLISHED,
            permission=Permission.DECISION_PUBLISH,
            stamp="published_at",
            button=False,
            tone="primary",
        ),
        Transition(
            action="cancel",
            label=_l("Cancelar la sesión"),
            sources=frozenset({SessionStatus.OPEN}),
            target=SessionStatus.CANCELLED,
            permission=Permission.SESSION_MANAGE,
            needs_reason=True,
            button=False,
            tone="warning",
        ),
    ],
    final=frozenset({SessionStatus.PUBLISHED, SessionStatus.CANCELLED}),
)

#: Which move of the proposal a published category makes.
MOVE_OF = {
    Category.IN_PLAN: "select",
    Category.RESERVE: "reserve",
    Category.OUTSIDE_PLAN: "leave_outside",
    Category.NEXT_PLAN: "defer",
}
