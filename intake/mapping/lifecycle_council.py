"""The life of a meeting: called, held, its minutes public. Public minutes are corrected, never written over."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Meeting
from models.enums import MeetingStatus

MEETING = Lifecycle(
    "meeting",
    Meeting.status,
    MeetingStatus.CALLED,
    [
        Transition(
            action="hold",
            label=_l("Registrar la asistencia"),
            sources=frozenset({MeetingStatus.CALLED}),
            target=MeetingStatus.HELD,
            permission=Permission.BODY_EDIT,
            button=False,
        ),
        Transition(
            action="publish",
            label=_l("Publicar el acta"),
            sources=frozenset({MeetingStatus.HELD}),
            target=MeetingStatus.PUBLISHED,
            permission=Permission.BODY_EDIT,
            stamp="published_at",
            tone="primary",
        ),
        Transition(
            action="cancel",
            label=_l("Cancelar la reunión"),
            sources=frozenset({MeetingStatus.CALLED}),
            target=MeetingStatus.CANCELLED,
            permission=Permission.BODY_EDIT,
            needs_reason=True,
            notifies=True,
            tone="warning",
        ),
    ],
    final=frozenset({MeetingStatus.PUBLISHED, MeetingStatus.CANCELLED}),
)
