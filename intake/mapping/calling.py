"""What a call has to say before it is public, and goes on saying afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from intake.core import clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from models.enums import EventKind, EventStatus

if TYPE_CHECKING:
    from collections.abc import Collection

    from intake.core.i18n import Text
    from models import Event


class Missing(NamedTuple):
    """A fact that a call lacks: the field of its form, what to write there."""

    field: str
    words: Text


def missing(event: Event) -> list[Missing]:
    """What keeps the call from being published, in the order of the form."""
    found = []
    if event.starts_at is not None and clock.local(event.starts_at).date() < clock.today():
        found.append(Missing("day", _l("Una fecha que no haya pasado")))
    return found + lacking(event)


def lacking(event: Event) -> list[Missing]:
    """Which facts are not there."""
    somewhere = event.place or event.territory_id or event.online_url
    needs_territory = event.kind is EventKind.TERRITORIAL_TABLE and not event.territory_id
    checked = (
        (event.starts_at is None, Missing("day", _l("La fecha"))),
        (event.starts_at is None or not event.has_time, Missing("starts", _l("La hora de inicio"))),
        (not somewhere, Missing("place", _l("Dónde es: lugar, territorio o enlace"))),
        (needs_territory, Missing("provincia", _l("El territorio: una mesa territorial siempre es de alguno"))),
    )
    return [row for lacks, row in checked if lacks]


def check(event: Event) -> None:
    """Raise `Invalid`, at the first field, where the call cannot be published yet."""
    if found := missing(event):
        raise Invalid(_l("Todavía no se puede publicar la convocatoria: faltan datos."), field=found[0].field)


def check_public(event: Event, before: Collection[Missing]) -> None:
    """People rely on a public call: raise `Invalid` where a change takes from it what it had to say."""
    if event.status is not EventStatus.CALLED:
        return
    lost = [row.field for row in lacking(event) if row.field not in {old.field for old in before}]
    if lost:
        words = _l("La convocatoria ya es pública: tiene que decir el día, la hora y dónde es.")
        raise Invalid(words, field=lost[0])
