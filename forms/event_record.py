"""Forms of what a co-creation event leaves: its minutes, its files and its closing act."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from forms.base import Form, choices, chosen, required
from forms.uploads import FILE_LIMIT, upload_of
from intake.core.i18n import lazy_gettext as _l
from intake.mapping.inputs_events import STEPS, ActInput, FileInput, MinutesInput
from models.enums import EventFileKind


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
