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
from intake.core.labels import label
from intake.core.text import number_of
from intake.mapping import duplicates, queries
from models import Actor, Territory

CONFLICT = HTTPStatus.CONFLICT
COUNTRY = "EC"
ADD_PLACE = "place"  # value of the button that adds another place to an actor
#: Fields of services that stand under another name in forms.
FIELDS = {
    "territories": "territorios",
    "territory": "provincia",
    "starts_at": "day",
    "ends_at": "ends",
    "has_time": "starts",
}


def cantons_asked(code: str) -> list[tuple[str, str]]:
    """The canton of an address as a row for a list of provinces, so that numbers by canton lead to their rows.

    One statement where it looks like a canton's code, else none.
    """
    canton = queries.territory_by_code(code) if len(code) == 4 and code.isdecimal() else None
    return [(canton.code, _place_name(canton))] if canton else []


def fill_territory(form: Any) -> None:
    """Give the picker its lists for what is chosen now."""
    fill(form, *queries.territory_choices(form.provincia.data or None, form.canton.data or None))


def fill_actor_lists(form: Any, kept: Iterable[Territory] = ()) -> None:
    """Give a form of actors its territories, themes and sectors; ``kept``: further places that the record has."""
    if request.form.get(REFRESH) == ADD_PLACE:
        _add_place(form)
    fill_territory(form)
    provinces = queries.provinces()
    places = [(COUNTRY, _l("Todo el país")), *((p.code, p.name) for p in provinces)]
    known = {code for code, _name in places} | {p.code for p in kept}
    added = [code for code in form.territorios.data or [] if code not in known]
    further = [*kept, *(queries.territories(added) if added else ())]
    offered = {code for code, _name in places}
    with_rows(form.territorios, [*places, *((p.code, _place_name(p)) for p in further if p.code not in offered)])
    with_rows(form.peoples, [(people.name, people.name) for people in queries.peoples()])
    with_rows(form.languages, [(one.code, localized(one, "name")) for one in queries.languages()])
    with_rows(form.themes, [(theme.code, localized(theme, "name")) for theme in queries.themes()])
    with_rows(form.sector, sector_rows(), _l("Sin indicar"))


def _add_place(form: Any) -> None:
    """Put the place of the picker among the boxes, and free the picker for the next one."""
    if code := form.territory_code():
        form.territorios.data = list(dict.fromkeys([*(form.territorios.data or []), code]))
    form.place_at(None)


def _place_name(place: Territory) -> str:
    return f"{place.name} ({label(place.level).lower()})"


def sector_rows() -> list[tuple[str, str]]:
    """Sectors as a select shows them: those below another begin with a dash."""
    return [(s.code, f"{'— ' * s.code.count('.')}{localized(s, 'name')}") for s in queries.sectors()]


def probe_of(form: Any, *, email: str = "", ids: frozenset[int] = frozenset()) -> duplicates.Probe:
    """What a form of actors says, for comparing with those that are known."""
    digits = "".join(c for c in form.ruc.data or "" if c.isdigit())
    return duplicates.Probe(
        name=form.name.data or "",
        ruc=digits,
        website=form.website.data or "",
        emails=(email,) if email else (),
        ids=ids,
    )


def ask_about_alike(form: Any, actor: Actor | None = None) -> list[duplicates.Suggestion]:
    """Records like the one written, unless the person has just seen them, or nothing telling of ``actor`` changed."""
    probe = probe_of(form, ids=frozenset({actor.id}) if actor else frozenset())
    if actor and (probe.name, probe.ruc, probe.website) == (actor.name, actor.ruc or "", actor.website or ""):
        return []
    found = duplicates.suggestions(probe, public=False)
    seen = ",".join(sorted(one.actor.slug for one in found))
    if form.seen.data == seen:
        return []
    form.seen.data = seen
    return found


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
        changed = _labels(last.entry.changes, form)  # type: ignore[attr-defined]
        name = last.name  # type: ignore[attr-defined]
        if changed:
            words = _l(
                "%(name)s cambió esto mientras usted lo tenía abierto (%(changed)s). Revise y guarde otra vez.",
                name=name,
                changed=changed,
            )
        else:
            words = _l("%(name)s cambió esto mientras usted lo tenía abierto. Revise y guarde otra vez.", name=name)
    form.form_errors = [*form.form_errors, words]
    form.version.data = str(version)


def _labels(changes: Iterable[str], form: Any) -> str:
    """What changed, as the form calls it and in its order; what the form does not show is left out."""
    names = {name.removesuffix("_id") for name in changes}
    fields = names | {FIELDS[name] for name in names if name in FIELDS}
    return ", ".join(str(field.label.text) for field in form if field.name in fields)


def status() -> HTTPStatus:
    """How a form that was sent and is shown again answers."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" and not is_refresh() else HTTPStatus.OK


def version_in(form: Any) -> int | None:
    """The lock version that the form was opened with."""
    return number_of(form.version.data)
