"""Where something is: province, canton, parish. Works without JavaScript; `territory.js` only saves presses.

A view fills the three lists from the database with `fill`, gives the page `templates/macros/territory.html`, and treats
a POST with a ``refresh`` value as "show the form again with the lists of what is chosen now".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import request

from forms.base import free_select, with_rows
from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from typing import Protocol

    class Place(Protocol):
        """What a list offers: a `models.Territory` will do."""

        code: str
        name: str


#: Name of the button that shows the form again with new lists; its value is "territory".
REFRESH = "refresh"


class TerritoryFields:
    """Mixin of a form: three selects named ``provincia``, ``canton`` and ``parroquia``; values are INEC codes or ""."""

    provincia = free_select(_l("Provincia"))
    canton = free_select(_l("Cantón"))
    parroquia = free_select(_l("Parroquia"))

    def territory_code(self) -> str | None:
        """The deepest place chosen whose code lies below the one above it, None if nothing was chosen."""
        province, canton, parish = (self._chosen(f) for f in (self.provincia, self.canton, self.parroquia))
        if not province:
            return None
        if not canton.startswith(province):
            return province
        return parish if parish.startswith(canton) else canton

    def place_at(self, code: str | None) -> None:
        """Choose a place of any level, as a form that edits begins."""
        code = code or ""
        self.provincia.data = code[:2]
        self.canton.data = code[:4] if len(code) >= 4 else ""
        self.parroquia.data = code if len(code) >= 6 else ""

    @property
    def asks_refresh(self) -> bool:
        """Whether the form was sent only to see the lists of the province or canton chosen."""
        return REFRESH in request.form

    @staticmethod
    def _chosen(field: Any) -> str:
        data = field.data or ""
        return data if data.isascii() and data.isdecimal() else ""


def fill(form: Any, provinces: Iterable[Place], cantons: Iterable[Place] = (), parishes: Iterable[Place] = ()) -> None:
    """Give the three selects their rows: provinces, the cantons of the chosen one, the parishes of the chosen canton.

    A canton or parish that does not belong to the rows given is forgotten, as after another province was chosen.
    """
    lists = (
        (form.provincia, provinces, _l("Elija una provincia")),
        (form.canton, cantons, _l("Todo el territorio de la provincia")),
        (form.parroquia, parishes, _l("Todo el cantón")),
    )
    for field, places, blank in lists:
        rows = [(place.code, place.name) for place in places]
        with_rows(field, rows, blank)
        if field.data not in {code for code, _name in rows}:
            field.data = ""
