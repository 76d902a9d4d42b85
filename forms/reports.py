"""Filters of the audit trail."""

from __future__ import annotations

from wtforms import DateField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, Optional

from forms.base import Filters, choices
from intake.core.i18n import lazy_gettext as _l
from intake.reports.inputs import TrailFilters
from models.enums import Role

#: Acts that no account made.
OTHER_ROLES = {"guest": _l("Sin cuenta"), "system": _l("El sistema")}


class TrailForm(Filters):
    """A value that is not offered filters nothing."""

    referencia = StringField(_l("Referencia (folio, compromiso, código)"), validators=[Optional(), Length(max=120)])
    accion = SelectField(_l("Acción"), choices=[], validators=[Optional()])
    rol = SelectField(
        _l("Rol de quien actuó"),
        choices=[
            *choices(Role, blank=_l("Todos")),
            *(SelectChoice(code, words) for code, words in OTHER_ROLES.items()),
        ],
        validators=[Optional()],
    )
    desde = DateField(_l("Desde"), validators=[Optional()])
    hasta = DateField(_l("Hasta"), validators=[Optional()])
    entradas = SelectField(
        _l("Entradas de personas al sitio"),
        choices=[SelectChoice("", _l("Ocultas")), SelectChoice("si", _l("A la vista"))],
        validators=[Optional()],
    )

    def to_input(self) -> TrailFilters:
        """The filters that hold; those in error are left out, and the form says so."""

        def valid(name: str) -> object:
            return self[name].data if name not in self.errors and self[name].data else None

        return TrailFilters(
            reference=str(valid("referencia") or "").strip(),
            action=str(valid("accion") or ""),
            role=str(valid("rol") or ""),
            since=self.desde.data if "desde" not in self.errors else None,
            until=self.hasta.data if "hasta" not in self.errors else None,
            sign_ins=valid("entradas") == "si",
        )
