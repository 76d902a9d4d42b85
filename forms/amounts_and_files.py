"""Fields that the forms of accountability share: addresses, numbers, dollars (files: `forms.uploads`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import DecimalField
from wtforms.validators import ValidationError

from intake.accountability.inputs import is_address
from intake.core import amounts
from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from wtforms import Field


LONG = 6_000  # characters of a text of the template


class WebAddress:
    """A whole address of the web that people can follow."""

    def __call__(self, _form: Any, field: Field) -> None:
        if not is_address(field.data or ""):
            raise ValidationError(_l("Escriba un enlace completo, que empiece con https://"))


class Number(DecimalField):
    """A number as people here write it: with a decimal comma or point, and no idle zeros."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([v.replace(",", ".") if "." not in v else v for v in valuelist])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}".removesuffix(".00")


class Money(Number):
    """Dollars, with points or commas as people write them."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        self.data = amounts.parse(valuelist[0])
        if self.data is None:
            raise ValueError(_l("Escriba el presupuesto en dólares, por ejemplo 48.000 o 48.000,50."))
