"""Forms of assisted entry: packets, what stands on a sheet, what became of it, a third look."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from forms.base import Form, choices, chosen, enum_or_none, required
from forms.reception_common import ContactFields, ProposalFields
from forms.uploads import FILE_LIMIT
from intake.core.files import Upload
from intake.core.i18n import lazy_gettext as _l
from intake.reception.inputs import SheetInput
from intake.reception.sheets import FIELDS, MOST_SHEETS
from models.enums import Branch, ProposerKind, PublicName, SpoiltReason

_OFF = {"autocomplete": "off"}
_MOST_CHARACTERS = 20_000


def _not_endless(_form: Any, field: Any) -> None:
    """A limit that brings no counter: nobody reaches it with a pen."""
    if len(field.data or "") > _MOST_CHARACTERS:
        raise ValidationError(_l("El texto es demasiado largo."))


def _text(words: Any, *, missing: Any = None, rows: int = 4) -> TextAreaField:
    checks = [required(missing), _not_endless] if missing else [_not_endless]
    return TextAreaField(words, validators=checks, render_kw={"rows": rows, **_OFF})


class PacketForm(Form):
    """How many sheets are printed for an event."""

    count = IntegerField(
        _l("¿Cuántas hojas?"),
        description=_l(
            "Entre 1 y %(most)s. Imprima algunas de más: las que sobren se anulan con su motivo.", most=MOST_SHEETS
        ),
        validators=[
            InputRequired(_l("Escriba cuántas hojas.")),
            NumberRange(min=1, max=MOST_SHEETS, message=_l("Escriba un número entre %(min)s y %(max)s.")),
        ],
        render_kw=_OFF,
    )


class ScansForm(Form):
    """Pictures of sheets, several at once."""

    files = MultipleFileField(
        _l("Imágenes JPG o PNG, o PDF"),
        description=_l(
            "Varias a la vez, o un PDF con una hoja por página. Hasta 10 MB por archivo y 12 MB en cada envío."
        ),
        render_kw={"accept": "image/jpeg,image/png,application/pdf", **FILE_LIMIT},
    )

    def uploads(self) -> list[Upload]:
        """What arrived, in the order chosen."""
        given = [f for f in self.files.data or () if getattr(f, "filename", "")]
        return [Upload(name=f.filename, content=f.read()) for f in given]


class SheetForm(ProposalFields, ContactFields, Form):
    """What stands on a sheet, in its order. What the citizen left out may stay empty: nobody invents words."""

    reviewing = True  # a sheet is keyed whole: no draft is kept of it

    title = StringField(
        _l("Título"),
        description=_l("Si la hoja no lo tiene, las primeras palabras de la propuesta."),
        validators=[required(_l("Escriba un título.")), Length(max=300)],
        render_kw=_OFF,
    )
    problem = _text(_l("Problema"), missing=_l("Copie el problema."))
    solution = _text(_l("Propuesta"), missing=_l("Copie la propuesta."))
    expected_result = _text(_l("Qué cambiaría"), rows=2)
    theme = SelectField(_l("Tema"), choices=[], validate_choice=False, default="")
    branch = SelectField(_l("A quién se dirige"), coerce=enum_or_none(Branch), validate_choice=False, default="")
    proposer_kind = RadioField(
        _l("Quién propone"), coerce=enum_or_none(ProposerKind), validate_choice=False, default=ProposerKind.PERSON
    )
    organisation_name = StringField(_l("Nombre de la organización"), validators=[Length(max=200)], render_kw=_OFF)
    public_name = RadioField(
        _l("Nombre que verá el público"),
        coerce=enum_or_none(PublicName),
        validate_choice=False,
        default=PublicName.ANONYMOUS,
    )
    contact_name = StringField(_l("Nombre de la persona"), validators=[Length(max=120)], render_kw=_OFF)
    contact_email = StringField(
        _l("Correo"), validators=[Length(max=254)], render_kw={"inputmode": "email", "spellcheck": "false", **_OFF}
    )
    contact_phone = StringField(_l("Teléfono"), validators=[Length(max=24)], render_kw={"inputmode": "tel", **_OFF})
    consent = BooleanField(
        _l("La persona marcó que acepta que se guarden sus datos para responderle"),
        description=_l("Sin la marca en la hoja, los datos no se guardan."),
    )
    dated_on = DateField(
        _l("Fecha escrita en la hoja"), validators=[InputRequired(_l("Escriba la fecha de la hoja."))], render_kw=_OFF
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.offer_vocabularies(before=[SelectChoice("", _l("No lo dice"))])

    def validate_organisation_name(self, field: Any) -> None:
        """Demand a name where an organisation is to be shown."""
        if self.public_name.data is PublicName.ORGANISATION and not field.data:
            raise ValidationError(_l("Escriba el nombre de la organización."))

    def validate_contact_name(self, field: Any) -> None:
        """A name is shown only if it stands there and its owner agreed that it is kept."""
        if self.public_name.data is PublicName.NAME and not (field.data and self.consent.data):
            raise ValidationError(_l("Para mostrar el nombre, la hoja debe tenerlo y aceptar que se guarde."))

    def validate_consent(self, field: Any) -> None:
        """Nothing typed is dropped in silence: how to reach a person is kept with consent or not typed."""
        typed = (self.contact_name.data, self.contact_email.data, self.contact_phone.data)
        if not field.data and any((words or "").strip() for words in typed):
            raise ValidationError(_l("Marque el consentimiento o borre el contacto."))

    def to_input(self) -> SheetInput:
        """All of it."""
        if self.dated_on.data is None:
            raise ValueError("to_input is for a form that was checked")
        return SheetInput(data=self.to_proposal(), dated_on=self.dated_on.data, contact=self.to_contact())


class WindowForm(SheetForm):
    """A proposal that somebody says or brings, at a window or a table. ``key``: random, one for each page."""

    key = HiddenField()
    event = SelectField(_l("Encuentro"), choices=[], validate_choice=False, default="")
    how = RadioField(
        _l("¿Cómo llega?"),
        choices=[
            SelectChoice("said", _l("La persona la dice y usted la escribe")),
            SelectChoice("paper", _l("La trae escrita en papel")),
        ],
        default="said",
    )


class NoteForm(Form):
    """What cannot be read."""

    note = StringField(
        _l("Qué no se puede leer"),
        validators=[required(_l("Diga qué no se puede leer.")), Length(max=400)],
        render_kw=_OFF,
    )


class SpoilForm(Form):
    """Why a sheet brings no proposal."""

    reason = RadioField(
        _l("¿Qué pasó con la hoja?"),
        coerce=enum_or_none(SpoiltReason),
        validate_choice=False,
        validators=[chosen(_l("Elija qué pasó con la hoja."))],
    )
    note = StringField(_l("Más detalle"), validators=[Optional(), Length(max=400)], render_kw=_OFF)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = choices(SpoiltReason)


class SettleForm(Form):
    """One choice, and where it applies some words, for each field in which two keyings differ."""


def settle_form(names: list[str]) -> Any:
    """The form for the fields that differ."""
    fields: dict[str, Any] = {}
    for name in FIELDS:
        if name in names:
            fields[name] = RadioField(name, validate_choice=False, choices=[])
            fields[f"{name}_words"] = TextAreaField(
                _l("Lo que dice la hoja"), validators=[_not_endless], render_kw={"rows": 3, **_OFF}
            )
    return type("SettleForm", (SettleForm,), fields)()
