"""The life of a co-creation event, and of a place at it."""

from __future__ import annotations

from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.core.workflow import Lifecycle, Transition
from models import Event, Registration
from models.enums import EventStatus, RegistrationStatus

EVENT = Lifecycle(
    "event",
    Event.status,
    EventStatus.PLANNED,
    [
        Transition(
            action="call",
            label=_l("Publicar la convocatoria"),
            sources=frozenset({EventStatus.PLANNED}),
            target=EventStatus.CALLED,
            permission=Permission.EVENT_EDIT,
            first_stamp="called_at",
            tone="primary",
        ),
        Transition(
            action="hold",
            label=_l("Marcar como realizado"),
            sources=frozenset({EventStatus.PLANNED, EventStatus.CALLED}),
            target=EventStatus.HELD,
            permission=Permission.ATTENDANCE_RECORD,
        ),
        Transition(
            action="redraft",
            label=_l("Volver a prepararlo"),
            sources=frozenset({EventStatus.HELD}),
            target=EventStatus.PLANNED,
            permission=Permission.EVENT_EDIT,
            button=False,
        ),
        Transition(
            action="recall",
            label=_l("Volver a convocarlo"),
            sources=frozenset({EventStatus.HELD}),
            target=EventStatus.CALLED,
            permission=Permission.EVENT_EDIT,
            button=False,
        ),
        Transition(
            action="close",
            label=_l("Cerrar con el acta"),
            sources=frozenset({EventStatus.HELD}),
            target=EventStatus.CLOSED,
            permission=Permission.ATTENDANCE_RECORD,
            button=False,
        ),
        Transition(
            action="cancel",
            label=_l("Cancelar el encuentro"),
            sources=frozenset({EventStatus.PLANNED, EventStatus.CALLED}),
            target=EventStatus.CANCELLED,
            permission=Permission.EVENT_EDIT,
            needs_reason=True,
            notifies=True,
            tone="warning",
        ),
    ],
    final=frozenset({EventStatus.CLOSED, EventStatus.CANCELLED}),
)

_CAME_OR_NOT = frozenset({RegistrationStatus.ATTENDED, RegistrationStatus.ABSENT})

REGISTRATION = Lifecycle(
    "registration",
    Registration.status,
    RegistrationStatus.REGISTERED,
    [
        Transition(
            action="cancel",
            label=_l("Cancelar mi lugar"),
            sources=frozenset({RegistrationStatus.REGISTERED}),
            target=RegistrationStatus.CANCELLED,
            permission=Permission.EVENT_REGISTER,
            stamp="cancelled_at",
            button=False,
        ),
        Transition(
            action="come",
            label=_l("Marcar que asistió"),
            sources=frozenset({RegistrationStatus.REGISTERED, RegistrationStatus.ABSENT}),
            target=RegistrationStatus.ATTENDED,
            permission=Permission.ATTENDANCE_RECORD,
            button=False,
        ),
        Transition(
            action="miss",
            label=_l("Marcar que no asistió"),
            sources=frozenset({RegistrationStatus.REGISTERED}),
            target=RegistrationStatus.ABSENT,
            permission=Permission.ATTENDANCE_RECORD,
            button=False,
        ),
        Transition(
            action="unmark",
            label=_l("Quitar la marca"),
            sources=_CAME_OR_NOT,
            target=RegistrationStatus.REGISTERED,
            permission=Permission.ATTENDANCE_RECORD,
            button=False,
        ),
    ],
    final=frozenset({RegistrationStatus.CANCELLED}),
)
