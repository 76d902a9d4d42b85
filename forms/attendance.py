"""Forms of who came: by numbers, at the door, and how people describe themselves."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from forms.addresses import EmailShape, telephone
from forms.base import Form, optional_text, required
from forms.events import MOST_PEOPLE
from intake.core.i18n import lazy_gettext as _l
from intake.core.labels import CATEGORY_LABELS, label, label_later
from intake.mapping.inputs_events import ProfileInput, RegistrationInput
from intake.plans.inputs import CATEGORIES, contradictions
from models.enums import AttendanceMethod, Dimension

NOT_STATED = "not_stated"


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
    switch = BooleanField(_l("Sí: estos números reemplazan a las cifras de la lista"))
    reason = TextAreaField(_l("Por qué corrige el registro"), [Length(max=1000)])

    def fields_of(self, dimension: Dimension) -> list[Any]:
        """The fields of one dimension, in order."""
        return [self[_name(dimension, category)] for category in CATEGORIES[dimension]]

    @property
    def groups(self) -> list[tuple[Dimension, list[Any]]]:
        """Every dimension with its fields."""
        return [(dimension, self.fields_of(dimension)) for dimension in Dimension]

    @property
    def sums(self) -> dict[Dimension, int]:
        """What was typed for each dimension adds up to; empty dimensions are not there."""
        return {dimension: sum(parts.values()) for dimension, parts in self.counts.items()}

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
            first.error_says_where = True  # the whole dimension, not its first number
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
        if participation.method is AttendanceMethod.LIST:
            return  # beside the names of the list, its answers stay counts that nobody reads back
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


class ContactFields:
    """How to reach a person who asks for a place."""

    name = StringField(_l("Su nombre"), [required(), Length(max=120)], render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Correo electrónico"),
        [Optional(), Length(max=254), EmailShape()],
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(_l("Teléfono"), [Length(max=24), telephone], render_kw={"autocomplete": "tel"})


class RegistrationForm(ContactFields, Form):
    """Asking for a place. segundo_apellido is a trap: people never see it; code tells two presses from two forms."""

    organisation = StringField(_l("En nombre de qué organización"), [Length(max=240)])
    actor = RadioField(_l("¿Cuál de estas es?"), [Optional()], choices=[], validate_choice=False)
    needs = TextAreaField(_l("Qué necesita para participar"), [Length(max=1000)])
    consent = BooleanField(
        _l("Acepto que el equipo use estos datos para este encuentro"),
        [required(_l("Para guardar su lugar necesitamos su consentimiento."))],
    )
    segundo_apellido = StringField("")
    code = HiddenField()

    def validate_phone(self, field: Any) -> None:
        """One of the two ways must be there."""
        if not (field.data or self.email.data):
            raise ValidationError(_l("Deje un correo o un teléfono."))

    @property
    def is_trapped(self) -> bool:
        """Whether a machine filled in the field that nobody sees."""
        return bool(self.segundo_apellido.data)

    def to_input(self) -> RegistrationInput:
        """What the service takes."""
        actor = self.actor.data if self.organisation.data else ""
        return RegistrationInput(
            name=self.name.data or "",
            email=optional_text(self.email.data),
            phone=optional_text(self.phone.data),
            actor=actor if actor and actor != NO_ACTOR else None,
            needs=self.needs.data or "",
        )


#: The answer "none of these" to which organisation it is.
NO_ACTOR = "-"


class DoorForm(ContactFields, Form):
    """Somebody who came without having registered; a way to reach them is not needed."""

    name = StringField(_l("Nombre de la persona"), [required(), Length(max=120)], render_kw={"autocomplete": "off"})
    another = BooleanField(_l("Sí, es otra persona con el mismo nombre"))

    def to_input(self) -> RegistrationInput:
        """What the service takes."""
        return RegistrationInput(
            name=self.name.data or "", email=optional_text(self.email.data), phone=optional_text(self.phone.data)
        )


class CloseListForm(Form):
    """Counting the list."""

    switch = BooleanField(_l("Sí: las cifras de la lista reemplazan a las que ya había"))
    reason = TextAreaField(_l("Por qué corrige el registro"), [Length(max=1000)])


#: Categories as one person says them of herself, where that differs from how a count names many.
_OF_ONE = {NOT_STATED: _l("Prefiero no responder"), "man": _l("Hombre"), "woman": _l("Mujer")}


class _Profile(Form):
    @property
    def questions(self) -> list[Any]:
        """The fields, one a dimension."""
        return [self[dimension.value] for dimension in Dimension]

    def to_input(self) -> ProfileInput:
        """What the service takes; an empty answer is one not given."""
        return ProfileInput(answers={d: self[d.value].data or NOT_STATED for d in Dimension})


def _question(dimension: Dimension) -> RadioField:
    offered = [*(c for c in CATEGORIES[dimension] if c != NOT_STATED), NOT_STATED]
    rows = [SelectChoice(category, _OF_ONE.get(category, CATEGORY_LABELS[category])) for category in offered]
    return RadioField(label_later(dimension), [Optional()], choices=rows)


#: Five questions, each with "prefiero no responder".
ProfileForm: Any = type("ProfileForm", (_Profile,), {d.value: _question(d) for d in Dimension})
