"""Forms of co-creation events: the record, what it leaves, its files and its closing act."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
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

from forms.base import Form, choices, chosen, optional_text, required
from forms.mapping import Filters, checkboxes, free_select, web_address
from forms.territory import TerritoryFields
from forms.uploads import FILE_LIMIT, upload_of
from intake.core.clock import ECUADOR, local
from intake.core.i18n import lazy_gettext as _l
from intake.mapping.inputs import EventInput
from intake.mapping.inputs_events import STEPS, ActInput, FileInput, MinutesInput
from models.enums import EventFileKind, EventKind

MOST_PEOPLE = 100_000
MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"


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


class _Minutes(Form):
    minutes = TextAreaField(
        _l("Memoria"), [required(_l("Escriba qué se conversó y qué se acordó.")), Length(max=20_000)]
    )
    reason = TextAreaField(_l("Por qué corrige el registro"), [Length(max=1000)])
    version = HiddenField()

    @property
    def steps(self) -> list[tuple[int, Any, Any]]:
        """Each step with its box and its note."""
        return [(n, self[f"step_{n}"], self[f"note_{n}"]) for n in STEPS]

    def to_input(self) -> MinutesInput:
        """What the service takes."""
        done = {n: note.data or "" for n, box, note in self.steps if box.data}
        return MinutesInput(minutes=self.minutes.data or "", steps=done, reason=self.reason.data or "")

    def show(self, event: Any, steps: Any) -> None:
        """Begin with what the record says."""
        self.minutes.data, self.version.data = event.minutes, str(event.lock_version)
        for number, box, note in self.steps:
            box.data = number in steps
            note.data = steps[number].note if number in steps else ""


#: A box and a note for each of the eight steps.
MinutesForm: Any = type(
    "MinutesForm",
    (_Minutes,),
    {f"step_{n}": BooleanField() for n in STEPS}
    | {f"note_{n}": StringField(_l("Nota"), [Length(max=300)]) for n in STEPS},
)


class EventFileForm(Form):
    """A photograph or a document."""

    kind = SelectField(_l("Qué es"), [chosen()], choices=[])
    file = FileField(_l("Archivo"), render_kw={"accept": ".jpg,.jpeg,.png,.pdf,.docx,.odt,.xlsx,.ods", **FILE_LIMIT})
    description = StringField(_l("Qué muestra o qué contiene"), [Length(max=400)])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kinds = (EventFileKind.PHOTO, EventFileKind.MINUTES, EventFileKind.MATERIAL)
        self.kind.choices = choices(EventFileKind, only=kinds, blank=_l("Elija una opción"))

    def validate_file(self, field: Any) -> None:
        """A file must have arrived."""
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Elija un archivo."))

    def validate_description(self, field: Any) -> None:
        """A photograph says in words what it shows."""
        if self.kind.data == EventFileKind.PHOTO and not field.data:
            raise ValidationError(_l("Diga qué muestra la fotografía, para quien no puede verla."))

    def to_input(self) -> FileInput:
        """What the service takes; call once, the file is read here."""
        upload = upload_of(self.file)
        assert upload is not None, "validated"
        return FileInput(kind=EventFileKind(self.kind.data), upload=upload, description=self.description.data or "")


class ActForm(Form):
    """The two signatures under the closing act."""

    facilitator_name = StringField(
        _l("Nombre de quien facilita"), [required(), Length(max=120)], render_kw={"autocomplete": "name"}
    )
    facilitator_confirms = BooleanField(
        _l("Leí el acta y la firmo como facilitación"), [required(_l("Confirme que leyó el acta."))]
    )
    participant_name = StringField(
        _l("Nombre de una persona que participó"), [required(), Length(max=120)], render_kw={"autocomplete": "off"}
    )
    participant_confirms = BooleanField(_l("Estuve en el encuentro, leí el acta y la firmo"))
    participant_consents = BooleanField(_l("Acepto que mi nombre se publique en el acta"))
    unlisted = BooleanField(_l("Sí participó, aunque ese nombre no está marcado en la lista"))
    sheet = FileField(_l("O la hoja firmada en papel"), render_kw={"accept": ".pdf,.jpg,.jpeg,.png", **FILE_LIMIT})
    seen = HiddenField()

    def validate_participant_confirms(self, field: Any) -> None:
        """Either the person confirms here, or their signature is on the sheet."""
        if not field.data and not getattr(self.sheet.data, "filename", ""):
            raise ValidationError(_l("Falta la firma de la persona: confirme aquí o suba la hoja firmada."))

    def to_input(self) -> ActInput:
        """What the service takes; call once, the file is read here."""
        return ActInput(
            facilitator_name=self.facilitator_name.data or "",
            participant_name=self.participant_name.data or "",
            participant_consents=bool(self.participant_consents.data),
            seen=self.seen.data or "",
            sheet=upload_of(self.sheet),
        )
