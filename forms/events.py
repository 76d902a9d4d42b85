"""Forms of co-creation events: the record and the filters of the list (what an event leaves: `forms.event_record`)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    URLField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from forms.addresses import web_address
from forms.base import Filters, Form, checkboxes, choices, chosen, free_select, optional_text, required
from forms.territory import TerritoryFields
from intake.core.clock import ECUADOR, local
from intake.core.i18n import lazy_gettext as _l
from intake.mapping.inputs import EventInput
from models.enums import EventKind

MOST_PEOPLE = 100_000


class EventFilterForm(Filters):
    """Filters of the list and of the calendar of events."""

    plan = free_select(_l("Plan"))
    tipo = free_select(_l("Tipo"))
    provincia = free_select(_l("Provincia"))
    tema = free_select(_l("Tema"))
    cuando = free_select(_l("Cuándo"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tipo.choices = choices(EventKind, blank=_l("Todos"))
        self.cuando.choices = [
            SelectChoice("", _l("Todas las fechas")),
            SelectChoice("proximas", _l("Próximas")),
            SelectChoice("pasadas", _l("Ya realizadas")),
        ]


class EventForm(TerritoryFields, Form):
    """A co-creation event. Times are Ecuador's; without a time only the day is known."""

    plan = SelectField(_l("Plan"), [chosen()], choices=[], validate_choice=False)
    kind = SelectField(_l("Tipo"), [chosen()], choices=[])
    title = StringField(_l("Nombre de la mesa"), [required(), Length(max=200)])
    day = DateField(_l("Fecha"), [required(_l("Escriba la fecha."))])
    already_held = BooleanField(_l("Sí, ya se realizó"))
    starts = TimeField(_l("Hora de inicio"), [Optional()])
    ends = TimeField(_l("Hora de cierre"), [Optional()])
    place = StringField(_l("Lugar"), [Length(max=200)])
    online_url = URLField(_l("Enlace para conectarse"), [Length(max=400), web_address])
    facilitator = StringField(_l("Quién facilita"), [Length(max=160)])
    themes = checkboxes(_l("Temas"))
    description = TextAreaField(_l("Descripción"), [Length(max=4000)])
    agenda = TextAreaField(_l("Agenda"), [Length(max=4000)])
    accessibility = TextAreaField(_l("Para que todas las personas puedan venir"), [Length(max=2000)])
    takes_registrations = BooleanField(_l("Las personas se inscriben antes"))
    capacity = IntegerField(
        _l("Cuántas personas caben"),
        [Optional(), NumberRange(min=1, max=MOST_PEOPLE, message=_l("Escriba un número de personas, 1 o más."))],
    )
    registration_closes_on = DateField(_l("Último día para inscribirse"), [Optional()])
    counted_in = free_select(_l("Son las mismas personas que en…"))
    source = StringField(_l("Fuente"), [Length(max=400)])
    reason = TextAreaField(_l("Por qué corrige el registro"), [Length(max=1000)])
    version = HiddenField()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kind.choices = choices(EventKind, blank=_l("Elija un tipo"))

    def validate_ends(self, field: Any) -> None:
        """An end needs a beginning, and comes after it."""
        if field.data is None:
            return
        if self.starts.data is None:
            raise ValidationError(_l("Escriba también la hora de inicio."))
        if field.data < self.starts.data:
            raise ValidationError(_l("La mesa no puede terminar antes de empezar."))

    def validate_registration_closes_on(self, field: Any) -> None:
        """Nobody registers after the event."""
        if field.data is not None and self.day.data is not None and field.data > self.day.data:
            raise ValidationError(_l("El último día para inscribirse no puede ser después del encuentro."))

    def to_input(self) -> EventInput:
        """What the service takes."""
        return EventInput(
            plan_code=self.plan.data or "",
            kind=EventKind(self.kind.data),
            title=self.title.data or "",
            place=self.place.data or "",
            territory=self.territory_code(),
            starts_at=_instant(self.day.data, self.starts.data or time.min),
            ends_at=_instant(self.day.data, self.ends.data),
            has_time=self.starts.data is not None,
            description=self.description.data or "",
            source=self.source.data or "",
            themes=tuple(self.themes.data or []),
            agenda=self.agenda.data or "",
            accessibility=self.accessibility.data or "",
            online_url=optional_text(self.online_url.data),
            facilitator=self.facilitator.data or "",
            takes_registrations=bool(self.takes_registrations.data),
            registration_closes_on=self.registration_closes_on.data,
            capacity=self.capacity.data,
            counted_in=optional_text(self.counted_in.data),
            confirmed=bool(self.already_held.data),
        )

    def show(self, event: Any) -> None:
        """Begin with what the record says."""
        for name in _SHOWN:
            self[name].data = getattr(event, name)
        self.plan.data, self.kind.data = event.plan.code, event.kind.value
        self.themes.data = [theme.code for theme in event.themes]
        self.counted_in.data = event.counted_in.slug if event.counted_in else ""
        start = local(event.starts_at) if event.starts_at else None
        self.day.data = start.date() if start else None
        self.starts.data = start.time() if start and event.has_time else None
        self.ends.data = local(event.ends_at).time() if event.ends_at else None
        self.place_at(event.territory.code if event.territory else None)
        self.version.data = str(event.lock_version)


_SHOWN = (
    "title",
    "place",
    "online_url",
    "facilitator",
    "description",
    "agenda",
    "accessibility",
    "takes_registrations",
    "capacity",
    "registration_closes_on",
    "source",
)


def _instant(day: date | None, at: time | None) -> datetime | None:
    return None if day is None or at is None else datetime.combine(day, at, ECUADOR)
