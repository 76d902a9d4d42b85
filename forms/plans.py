"""Forms of plans: a change of dates, with what must be said about it in public."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from forms.base import Form, required
from intake.core.i18n import lazy_gettext as _l


class RescheduleForm(Form):
    """New dates of a stage, the reason, who decided and when."""

    opens_on = DateField(_l("Abre el"), [Optional()])
    closes_on = DateField(_l("Cierra el"), [Optional()])
    reason = TextAreaField(_l("Motivo"), [required(), Length(max=2000)])
    decided_by = StringField(_l("Quién lo decidió"), [required(), Length(max=240)])
    decided_on = DateField(_l("Fecha de la decisión"), [required(_l("Escriba la fecha de la decisión."))])
    source_url = StringField(
        _l("Enlace al documento"),
        [
            Optional(),
            Length(max=400),
            Regexp(r"https?://\S+\.\S+$", message=_l("Escriba una dirección que empiece por https://")),
        ],
    )
    version = HiddenField()

    def validate_closes_on(self, field: Any) -> None:
        """The last day does not come before the first."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError(_l("La etapa no puede cerrar antes de abrir."))

    def show(self, stage: Any) -> None:
        """Begin with the dates that the stage has."""
        self.opens_on.data, self.closes_on.data = stage.opens_on, stage.closes_on
        self.version.data = str(stage.lock_version)
