"""Forms of imports: the file, the confirmation of what was shown, the undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, FileField, HiddenField, StringField
from wtforms.validators import Length, ValidationError

from forms.base import Form, required
from intake.core.files import LIMIT_BYTES
from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular import Source

if TYPE_CHECKING:
    from wtforms import Field

_FILE = {
    "accept": ".csv,.xlsx,text/csv",
    "data-max-bytes": LIMIT_BYTES,
    "data-too-large": _l("El archivo pesa más de 10 MB: elija otro más liviano."),
}


class UploadForm(Form):
    """The file that is to be looked at."""

    file = FileField(_l("Archivo CSV o XLSX"), render_kw=_FILE)
    batch = StringField(_l("Nombre del lote"), [Length(max=80)])

    def validate_file(self, field: Field) -> None:
        """A file must have been chosen."""
        if not field.data or not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Elija un archivo."))

    def source(self) -> Source:
        """The file with what it was called."""
        return Source.of(self.file.data.filename or "archivo", self.file.data.read())


class ConfirmForm(Form):
    """Exactly the file that was shown, known by its hash."""

    sha256 = HiddenField()
    file_name = HiddenField()
    batch = HiddenField()


class ConfirmProposalsForm(ConfirmForm):
    """As for every file; who is in it has agreed to be written to."""

    consented = BooleanField(
        _l("Las personas de este archivo dejaron sus datos para que les respondamos y aceptaron que los guardemos"),
        [required(_l("Sin su consentimiento no podemos guardar nombres ni contactos: quite esas columnas."))],
    )
    notify = BooleanField(_l("Enviar a cada persona con correo el folio de su propuesta"))


class UndoForm(Form):
    """Which batch is taken back, and why."""

    batch = HiddenField(validators=[required()])
    reason = StringField(_l("Motivo"), [required(_l("Escriba el motivo, aunque sea breve.")), Length(max=400)])
