"""Forms of co-creation events and of who came to them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from forms.base import Form, choices, chosen, required
from forms.territory import TerritoryFields
from intake.core.clock import ECUADOR, local
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import CATEGORY_LABELS, label
from intake.mapping.inputs import EventInput
from intake.plans.inputs import CATEGORIES, contradictions
from models.enums import Dimension, EventKind

MOST_PEOPLE = 100_000


class EventForm(TerritoryFields, Form):
    """A co-creation event. Times are Ecuador's; without a time only the day is known."""

    plan = SelectField(_l("Plan"), [chosen()], choices=[], validate_choice=False)
    kind = SelectField(_l("Tipo"), [chosen()], choices=[])
    title = StringField(_l("Nombre de la mesa"), [required(), Length(max=200)])
    day = DateField(_l("Fecha"), [required(_l("Escriba la fecha."))])
    starts = TimeField(_l("Hora de inicio"), [Optional()])
    ends = TimeField(_l("Hora de cierre"), [Optional()])
    place = StringField(_l("Lugar"), [Length(max=200)])
    description = TextAreaField(_l("Descripción"), [Length(max=4000)])
    source = StringField(_l("Fuente"), [Length(max=400)])
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
        )

    def show(self, event: Any) -> None:
        """Begin with what the record says."""
        for name in ("title", "place", "description", "source"):
            self[name].data = getattr(event, name)
        self.plan.data, self.kind.data = event.plan.code, event.kind.value
        start = local(event.starts_at) if event.starts_at else None
        self.day.data = start.date() if start else None
        self.starts.data = start.time() if start and event.has_time else None
        self.ends.data = local(event.ends_at).time() if event.ends_at else None
        self.place_at(event.territory.code if event.territory else None)
        self.version.data = str(event.lock_version)


def _instant(day: date | None, at: time | None) -> datetime | None:
    return None if day is None or at is None else datetime.combine(day, at, ECUADOR)


def _people(words: Any) -> IntegerField:
    limits = NumberRange(min=0, max=MOST_PEOPLE, message=_l("Escriba un número de personas, 0 o más."))
    return IntegerField(words, [Optional(), limits], render_kw={"autocomplete": "off"})


class _Attendance(Form):
    total = IntegerField(
        _l("Total de personas"),
        [
            InputRequired(_l("Escriba cuántas personas asistieron.")),
            NumberRange(min=0, max=MOST_PEOPLE, message=_l("Escriba un número de personas, 0 o más.")),
        ],
    )
    source = StringField(_l("Fuente"), [Length(max=400)])

    def fields_of(self, dimension: Dimension) -> list[Any]:
        """The fields of one dimension, in order."""
        return [self[_name(dimension, category)] for category in CATEGORIES[dimension]]

    @property
    def groups(self) -> list[tuple[Dimension, list[Any]]]:
        """Every dimension with its fields."""
        return [(dimension, self.fields_of(dimension)) for dimension in Dimension]

    @property
    def counts(self) -> dict[Dimension, dict[str, int]]:
        """People by category. A dimension left empty is not there; an empty number beside others is 0."""
        found = {}
        for dimension, fields in self.groups:
            if any(field.data is not None for field in fields):
                pairs = zip(CATEGORIES[dimension], fields, strict=True)
                found[dimension] = {category: field.data or 0 for category, field in pairs}
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each number, say which dimensions do not add up to the total, with both numbers."""
        if not super().validate(extra_validators):
            return False
        wrong = contradictions(self.total.data or 0, self.counts)
        for dimension, people in wrong:
            first = self.fields_of(dimension)[0]
            first.errors = [
                *first.errors,
                _l(
                    "%(dimension)s: las partes suman %(sum)d y el total es %(total)d.",
                    dimension=label(dimension),
                    sum=people,
                    total=self.total.data,
                ),
            ]
        return not wrong

    def show(self, participation: Any) -> None:
        """Begin with what was recorded before."""
        self.total.data, self.source.data = participation.total, participation.source
        for count in participation.counts:
            name = _name(count.dimension, count.category)
            if name in self:
                self[name].data = count.people


def _name(dimension: Dimension, category: str) -> str:
    return f"{dimension.value}__{category}"


#: One number for each category of each dimension, beside the total.
AttendanceForm: Any = type(
    "AttendanceForm",
    (_Attendance,),
    {
        _name(dimension, category): _people(CATEGORY_LABELS[category])
        for dimension, categories in CATEGORIES.items()
        for category in categories
    },
)
