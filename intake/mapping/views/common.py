"""What the room's pages share: filling lists, showing a refusal on its form."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import request

from forms.base import with_rows
from forms.territory import REFRESH, fill
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import localized
from intake.mapping import queries
from models import Territory

COUNTRY = "EC"
#: Fields of services that stand under another name in forms.
FIELDS = {"territories": "territorios", "starts_at": "day", "ends_at": "ends"}


def fill_territory(form: Any) -> None:
    """Give the picker its lists for what is chosen now."""
    fill(form, *queries.territory_choices(form.provincia.data or None, form.canton.data or None))


def fill_actor_lists(form: Any, kept: Iterable[Territory] = ()) -> None:
    """Give a form of actors its territories, themes and sectors; ``kept``: further places that the record has."""
    fill_territory(form)
    provinces = queries.provinces()
    places = [(COUNTRY, _l("Todo el país")), *((p.code, p.name) for p in provinces)]
    known = {code for code, _name in places}
    with_rows(form.territorios, [*places, *((p.code, p.name) for p in kept if p.code not in known)])
    with_rows(form.themes, [(theme.code, localized(theme, "name")) for theme in queries.themes()])
    with_rows(form.sector, sector_rows(), _l("Sin indicar"))


def sector_rows() -> list[tuple[str, str]]:
    """Sectors as a select shows them: those below another begin with a dash."""
    return [(s.code, f"{'— ' * s.code.count('.')}{localized(s, 'name')}") for s in queries.sectors()]


def is_refresh() -> bool:
    """Whether the form was sent only to see other lists."""
    return REFRESH in request.form


def put_on_form(error: Invalid, form: Any) -> None:
    """Say a service's refusal at its field, or on top."""
    name = FIELDS.get(error.field or "", error.field or "")
    if name in form:
        form[name].errors = [*form[name].errors, error.message]
    else:
        form.form_errors = [*form.form_errors, error.message]


def put_conflict(error: Conflict, form: Any, version: int) -> None:
    """Say on top who changed the record meanwhile; a second press then saves over it knowingly."""
    last = error.details.get("last")
    words = error.message
    if last is not None:
        changed = ", ".join(sorted(last.entry.changes))  # type: ignore[attr-defined]
        words = _l(
            "%(name)s cambió esto mientras usted lo tenía abierto (%(changed)s). Revise y guarde otra vez.",
            name=last.name,  # type: ignore[attr-defined]
            changed=changed,
        )
    form.form_errors = [*form.form_errors, words]
    form.version.data = str(version)


def status() -> HTTPStatus:
    """How a form that was sent and is shown again answers."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" and not is_refresh() else HTTPStatus.OK


def version_in(form: Any) -> int | None:
    """The lock version that the form was opened with."""
    text = form.version.data or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
