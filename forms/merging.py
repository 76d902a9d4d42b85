"""Forms of the registry's housekeeping: joining two records, telling two apart, looking for the other one."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length

from forms.base import Filters, Form, required
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import number_of
from intake.mapping.inputs import MergeInput


def _either(words: Any, *, joined: bool = False) -> RadioField:
    rows = [SelectChoice("kept", _l("El del registro que queda")), SelectChoice("other", _l("El del otro registro"))]
    both = [SelectChoice("both", _l("Los de los dos"))]
    return RadioField(words, choices=[*both, *rows] if joined else rows, default="both" if joined else "kept")


class FindForm(Filters):
    """Looking for the record that may be the same."""

    q = StringField(_l("Nombre o sigla"), [Length(max=120)])


class DistinctForm(Form):
    """Why two alike records are two organisations."""

    reason = TextAreaField(_l("Por qué son dos organizaciones"), [required(), Length(max=1000)])


class MergeForm(Form):
    """What the record that stays takes of the other, and why they are one. The reason is public."""

    name = _either(_l("Nombre"))
    acronym = _either(_l("Sigla"))
    kind = _either(_l("Tipo"))
    sector = _either(_l("Sector"))
    ruc = _either(_l("RUC"))
    website = _either(_l("Sitio web"))
    description = _either(_l("Qué hace"))
    source = _either(_l("Fuente"))
    territories = _either(_l("Territorios"), joined=True)
    themes = _either(_l("Temas"), joined=True)
    peoples = _either(_l("Pueblos y nacionalidades"), joined=True)
    languages = _either(_l("Idiomas"), joined=True)
    reason = TextAreaField(_l("Por qué son la misma organización"), [required(), Length(max=1000)])
    kept_version = HiddenField()
    other_version = HiddenField()

    def choices_offered(self) -> list[Any]:
        """The fields that choose, in order."""
        return [field for field in self if isinstance(field, RadioField)]

    def to_input(self) -> MergeInput:
        """What the service takes."""
        return MergeInput(
            reason=self.reason.data or "",
            take={field.short_name: field.data for field in self.choices_offered() if field.data},
            kept_version=number_of(self.kept_version.data),
            other_version=number_of(self.other_version.data),
        )
