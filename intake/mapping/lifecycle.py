"""The life of an actor's record."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission as P
from intake.core.workflow import Lifecycle, Transition
from models import Actor
from models.enums import ActorStatus as S

ACTOR = Lifecycle(
    "actor",
    Actor.status,
    S.PENDING,
    [
        Transition(
            action="verify",
            label=_l("Verificar"),
            sources=frozenset({S.PENDING, S.REJECTED}),
            target=S.VERIFIED,
            permission=P.ACTOR_VERIFY,
            stamp="verified_at",
            tone="primary",
        ),
        Transition(
            action="reject",
            label=_l("Rechazar"),
            sources=frozenset({S.PENDING}),
            target=S.REJECTED,
            permission=P.ACTOR_VERIFY,
            needs_reason=True,
        ),
    ],
    final=frozenset({S.VERIFIED}),
)
