"""Actors into a file: what the filters show, for everybody without contacts, for the team with them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import audit, clock
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping.importrows import CONTACT, KINDS, PUBLIC
from intake.mapping.places import COUNTRY
from intake.mapping.queries.actors import selection
from models import Actor, Consent
from models.enums import ActorStatus, TerritoryLevel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.core.identity import Principal
    from intake.mapping.queries.actors import ActorFilters
    from models import ActorContact, Territory

#: What a page hands out at most; more goes by command.
MOST_ROWS = 50_000
CHUNK_ROWS = 500
PUBLIC_FIELDS: tuple[str, ...] = ("identificador", *PUBLIC)
#: The names are those of the import, so that an export can be read back. Other contacts than the first are left out.
INTERNAL_FIELDS: tuple[str, ...] = (*PUBLIC_FIELDS, "ruc", "estado", "registrado", *CONTACT, "id_externo")
_STATES = {
    ActorStatus.PENDING: "pendiente",
    ActorStatus.VERIFIED: "verificado",
    ActorStatus.REJECTED: "rechazado",
    ActorStatus.MERGED: "unido",
}


def fields(*, internal: bool) -> tuple[str, ...]:
    """The columns, in order."""
    return INTERNAL_FIELDS if internal else PUBLIC_FIELDS


def rows(filters: ActorFilters, *, internal: bool = False, most: int | None = None) -> Iterator[dict[str, Any]]:
    """The actors that the filters let through, some hundred at a time. Internal rows name a contact.

    The caller has authorized and traced. Memory does not grow with their number.
    """
    names = provinces_and_cantons()
    load = [joinedload(Actor.sector), *(selectinload(c) for c in _SETS)]
    query = selection(filters).options(*load, *([selectinload(Actor.contacts)] if internal else []))
    if most is not None:
        query = query.limit(most)
    consents: dict[int, Consent] = {}
    found = db.session.scalars(query.execution_options(yield_per=CHUNK_ROWS))
    with contextlib.closing(found):  # also where the reader leaves in the middle
        for part in found.partitions():
            if internal:
                consents = _consents(part)
            for actor in part:
                row = public(actor, names)
                yield {**row, **_internal(actor, consents)} if internal else row


def for_everybody(filters: ActorFilters) -> ActorFilters:
    """The same filters as the public has them: verified actors only, and nothing of contacts."""
    return replace(filters, status=ActorStatus.VERIFIED, contact="")


def number(filters: ActorFilters) -> int:
    """How many the filters let through. One statement."""
    found = selection(filters).order_by(None).with_only_columns(sa.func.count(Actor.id))
    return int(db.session.scalar(found) or 0)


_SETS = (Actor.territories, Actor.themes, Actor.peoples, Actor.languages)


def provinces_and_cantons() -> dict[str, str]:
    """Names by code of the places that stand above others. One statement."""
    from models import Territory  # noqa: PLC0415 -- beside its one use

    above = Territory.level.in_((TerritoryLevel.COUNTRY, TerritoryLevel.PROVINCE, TerritoryLevel.CANTON))
    return dict(db.session.execute(sa.select(Territory.code, Territory.name).where(above)).all())


def public(actor: Actor, names: dict[str, str]) -> dict[str, Any]:
    """An actor as everybody may have it: exactly `PUBLIC_FIELDS`. Its first place is told by name."""
    places = sorted(actor.territories, key=lambda place: place.code)
    return {
        "identificador": actor.slug,
        "nombre": actor.name,
        "siglas": actor.acronym,
        "tipo": KINDS[actor.kind],
        "sector": actor.sector.code if actor.sector else None,
        **_named(places[0] if places else None, names),
        "territorios": [place.code for place in places[1:]],
        "temas": sorted(theme.code for theme in actor.themes),
        "pueblos": sorted(people.name for people in actor.peoples),
        "idiomas": sorted(language.code for language in actor.languages),
        "sitio_web": actor.website,
        "descripcion": actor.description,
        "fuente": actor.source,
        "fecha_fuente": actor.source_on.isoformat() if actor.source_on else None,
    }


def _named(place: Territory | None, names: dict[str, str]) -> dict[str, str | None]:
    code = place.code if place else ""
    whole = code == COUNTRY
    return {
        "provincia": COUNTRY if whole else names.get(code[:2]),
        "canton": names.get(code[:4]) if len(code) >= 4 else None,
        "parroquia": place.name if place and len(code) == 6 else None,
    }


def _consents(actors: Sequence[Actor]) -> dict[int, Consent]:
    """The consents in force of the contacts of some actors. One statement."""
    keys = [contact.consent_id for actor in actors for contact in actor.contacts]
    query = sa.select(Consent).where(Consent.id.in_(keys), Consent.revoked_at.is_(None))
    return {consent.id: consent for consent in db.session.scalars(query)} if keys else {}


def _internal(actor: Actor, consents: dict[int, Consent]) -> dict[str, Any]:
    contact = next((c for c in sorted(actor.contacts, key=lambda c: c.id) if c.consent_id in consents), None)
    told = _contact(contact, consents[contact.consent_id]) if contact else dict.fromkeys(CONTACT)
    return {
        "ruc": actor.ruc,
        "estado": _STATES[actor.status],
        "registrado": clock.local(actor.created_at).date().isoformat(),
        **told,
        "id_externo": actor.external_id,
    }


def _contact(contact: ActorContact, consent: Consent) -> dict[str, str | None]:
    return {
        "contacto_nombre": contact.name,
        "contacto_cargo": contact.position,
        "contacto_correo": contact.email,
        "contacto_telefono": contact.phone,
        "contacto_publico": "sí" if contact.is_public else "no",
        "consentimiento_fecha": clock.local(consent.given_at).date().isoformat(),
    }


def record_download(kind: str, rows_given: int, *, by: Principal) -> None:
    """Write down that somebody took the registry out of the house with its contacts."""
    with transaction():
        audit.note("actor.export", Actor.__tablename__, by=by, extra={"format": kind, "rows": rows_given})
