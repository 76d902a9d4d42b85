"""Forms of plans: a change of dates, with what must be said about it in public."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, Regexp, ValidationError

from forms.base import Form, required
from intake.core.i18n import lazy_gettext as _l
from intake.plans.inputs import CODE, PlanInput


class PlanForm(Form):
    """A new plan: what names it, and when it will be implemented if that is known."""

    code = StringField(
        _l("Código"),
        [required(), Regexp(CODE, message=_l("Escriba de 2 a 8 letras y un número, sin espacios: PAGA4."))],
        filters=[lambda text: text.upper() if text else text],
    )
    number = IntegerField(
        _l("Número del plan"),
        [
            required(_l("Escriba un número, por ejemplo 4.")),
            NumberRange(1, 999, message=_l("Escriba un número del 1 al 999.")),
        ],
    )
    title_es = StringField(_l("Título en castellano"), [required(), Length(max=200)])
    title_en = StringField(_l("Título en inglés"), [required(), Length(max=200)])
    starts_on = DateField(_l("La implementación empieza el"), [Optional()])
    ends_on = DateField(_l("La implementación termina el"), [Optional()])

    def validate_ends_on(self, field: Any) -> None:
        """The last day does not come before the first."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("El plan no puede terminar antes de empezar."))

    def to_input(self) -> PlanInput:
        """What the service takes; the form has been validated."""
        return PlanInput(
            code=self.code.data or "",
            number=self.number.data or 0,
            title_es=self.title_es.data or "",
            title_en=self.title_en.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
        )


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
