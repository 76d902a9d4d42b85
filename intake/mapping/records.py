"""What registering actors and events have in common: codes to rows, free addresses, stale edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import slugify
from intake.core.transaction import lock, one_after_the_other
from intake.extensions import db
from intake.plans import queries as plans
from models import Actor, Campaign, Event
from models.enums import CampaignStatus

#: Words of addresses that are pages of their own.
RESERVED = frozenset(
    {
        "calendario",
        "registro",
        "nuevo",
        "nueva",
        "cobertura",
        "duplicados",
        "pendientes",
        "respuesta",
        "importar",
        "exportar",
    }
)
GONE = _l("Este registro ya no existe: se deshizo la importación que lo trajo.")
#: Why nothing more is done for a campaign.
NOT_OPEN = _l("Esta campaña ya no está en marcha.")
_OF_EVENT = [column.key for column in sa.inspect(Event).column_attrs]
_OF_CAMPAIGN = [column.key for column in sa.inspect(Campaign).column_attrs]
SLUG_LOCK = 41_002  # key of PostgreSQL's advisory lock: two records of one name are made one after the other

_STOPS_LOCK = 41_004  # another: letters are queued and stopped one after the other


def hold_stops() -> None:
    """Let no address be stopped, and no bulk letter be queued, until this transaction ends (on SQLite none can)."""
    one_after_the_other(_STOPS_LOCK)


def check_version(subject: Any, version: int | None) -> None:
    """Raise `Conflict`, with who changed the subject last, if it is not the version that the person saw."""
    if version is None or version == subject.lock_version:
        return
    last = plans.last_change(subject)
    raise Conflict(
        _l("Otra persona cambió esto mientras usted lo tenía abierto. Revise lo nuevo y guarde otra vez."),
        last=last,
        lines=[last.name] if last else [],
    )


def take_hold(actor: Actor) -> None:
    """Lock the row and read where it stands: nobody takes it out or joins it meanwhile. Raises `Conflict` if gone."""
    key = sa.inspect(actor).identity or ()  # its own attributes cannot be read any more where the row is gone
    if db.session.scalar(sa.select(Actor.id).where(Actor.id.in_(key)).with_for_update()) is None:
        raise Conflict(GONE)
    db.session.refresh(actor, ["status", "merged_into_id", "lock_version"])


def hold_event(event: Event) -> None:
    """One after the other, on what the event says now: nobody registers, marks, signs or changes it meanwhile.

    Two people never take the last place, and nobody goes by a day that the event no longer has.
    """
    lock(sa.select(Event.id).where(Event.id == event.id))
    db.session.refresh(event, _OF_EVENT)


def require_open(campaign: Campaign) -> None:
    """Read what the campaign says now. Raises `Conflict` unless it is open."""
    db.session.refresh(campaign, _OF_CAMPAIGN)
    if campaign.status is not CampaignStatus.OPEN:
        raise Conflict(NOT_OPEN)


def refuse_merged(actor: Actor) -> None:
    """Raise `Conflict`, with the name of the record that stayed, if this one was joined to another."""
    if actor.merged_into_id is None:
        return
    name = db.session.scalar(sa.select(Actor.name).where(Actor.id == actor.merged_into_id))
    raise Conflict(_l("Este registro se unió a «%(name)s». Trabaje con ese.", name=name))


def all_found(read: Callable[[Iterable[str]], Sequence[Any]], codes: Sequence[str], field: str) -> list[Any]:
    """The rows with these codes. Raises `Invalid` at the field that names an unknown one."""
    wanted = set(codes)
    rows = list(read(wanted)) if wanted else []
    if len(rows) != len(wanted):
        unknown = sorted(wanted - {row.code for row in rows})
        raise Invalid(_l("No se reconoce: %(codes)s.", codes=", ".join(unknown)), field=field)
    return rows


def free_slug(model: type[Actor | Campaign | Event], text: str) -> str:
    """An address that nothing of the kind has: the text's words, with a number if they are taken."""
    one_after_the_other(SLUG_LOCK)
    base = slugify(text)
    with db.session.no_autoflush:
        taken = RESERVED | set(
            db.session.scalars(sa.select(model.slug).where(model.slug.startswith(base, autoescape=True)))
        )
    numbers = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbers if slug not in taken)
