"""The life of an actor's record."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Actor
from models.enums import ActorStatus

ACTOR = Lifecycle(
    "actor",
    Actor.status,
    ActorStatus.PENDING,
    [
        Transition(
            action="verify",
            label=_l("Verificar"),
            sources=frozenset({ActorStatus.PENDING, ActorStatus.REJECTED}),
            target=ActorStatus.VERIFIED,
            permission=Permission.ACTOR_VERIFY,
            stamp="verified_at",
            notifies=True,
            tone="primary",
        ),
        Transition(
            action="reject",
            label=_l("Rechazar"),
            sources=frozenset({ActorStatus.PENDING}),
            target=ActorStatus.REJECTED,
            permission=Permission.ACTOR_VERIFY,
            needs_reason=True,
            notifies=True,
        ),
        Transition(
            action="merge",
            label=_l("Unir a otro registro"),
            sources=frozenset({ActorStatus.PENDING, ActorStatus.VERIFIED, ActorStatus.REJECTED}),
            target=ActorStatus.MERGED,
            permission=Permission.ACTOR_VERIFY,
            needs_reason=True,
            stamp="merged_at",
            button=False,
        ),
    ],
    final=frozenset({ActorStatus.VERIFIED, ActorStatus.MERGED}),
)
