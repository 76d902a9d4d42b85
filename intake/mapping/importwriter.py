"""Writing the new actors of a file, some hundred at a time, each with all that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import bulk, clock
from intake.core.text import plain, slugify
from intake.core.transaction import one_after_the_other
from intake.extensions import db
from intake.mapping.contacts import CONSENT_PURPOSE
from intake.mapping.importrows import ActorRow
from intake.mapping.records import RESERVED, SLUG_LOCK
from models import (
    Actor,
    ActorContact,
    AuditEntry,
    Consent,
    ImportBatch,
    actor_language,
    actor_people,
    actor_territory,
    actor_theme,
)
from models.enums import ActorStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal

#: Rows that are written at once.
CHUNK_ROWS = 500
#: The consent was given on paper or elsewhere; which text it was, the file does not say.
CONSENT_TEXT = "archivo"
IMPORTED = "actor.import"


class Writer:
    """Writes actors with their ties, contacts, consents and entries of the trace, some hundred at a time."""

    def __init__(self, batch: ImportBatch, place_ids: dict[str, int], by: Principal) -> None:
        self.batch = batch
        self.place_ids = place_ids
        self.by = by
        one_after_the_other(SLUG_LOCK)
        self.slugs = {*RESERVED, *db.session.scalars(sa.select(Actor.slug))}
        self._numbers: dict[str, int] = {}
        self.rows = bulk.Rows()

    def write(self, chunk: Sequence[ActorRow]) -> None:
        keys = bulk.reserve_keys(Actor, len(chunk))
        for key, actor in zip(keys, chunk, strict=True):
            self._actor(key, actor)
        contacts = [(key, actor) for key, actor in zip(keys, chunk, strict=True) if actor.contact]
        for consent, (key, actor) in zip(bulk.reserve_keys(Consent, len(contacts)), contacts, strict=True):
            self._contact(consent, key, actor)
        self.rows.write()

    def _slug(self, name: str) -> str:
        base = slugify(name)
        slug, number = base, self._numbers.get(base, 1)
        while slug in self.slugs:
            number += 1
            slug = f"{base}-{number}"
        self._numbers[base] = number
        self.slugs.add(slug)
        return slug

    def _actor(self, key: int, actor: ActorRow) -> None:
        slug = self._slug(actor.name)
        values = {
            "slug": slug,
            "name": actor.name,
            "kind": actor.kind,
            "status": ActorStatus.PENDING,
            "acronym": actor.acronym,
            "sector_id": actor.sector_id,
            "ruc": actor.ruc,
            "website": actor.website,
            "source": actor.source,
            "source_on": actor.source_on,
            "external_id": actor.external_id,
        }
        rest = {"description": actor.description, "name_plain": plain(actor.name), "created_at": clock.now()}
        self.rows.add(Actor, id=key, batch_id=self.batch.id, created_by_id=self.by.user_id, **values, **rest)
        self._ties(key, actor)
        changes = {name: [None, value] for name, value in values.items() if value is not None and name != "slug"}
        facts = {**changes, "batch": self.batch.name, "line": actor.line, "territories": list(actor.places)}
        self.rows.add(AuditEntry, **bulk.entry(IMPORTED, Actor, key, slug, by=self.by, changes=facts))

    def _ties(self, key: int, actor: ActorRow) -> None:
        for code in actor.places:
            self.rows.add(actor_territory, actor_id=key, territory_id=self.place_ids[code])
        for theme in actor.themes:
            self.rows.add(actor_theme, actor_id=key, theme_id=theme)
        for people in actor.peoples:
            self.rows.add(actor_people, actor_id=key, people_id=people)
        for language in actor.languages:
            self.rows.add(actor_language, actor_id=key, language_id=language)

    def _contact(self, consent: int, key: int, actor: ActorRow) -> None:
        contact = actor.contact
        assert contact is not None
        given = clock.start_of(contact.consent_on)
        details = {"batch": self.batch.name, "public_since": given.isoformat() if contact.is_public else None}
        self.rows.add(
            Consent,
            id=consent,
            purpose=CONSENT_PURPOSE,
            text_version=CONSENT_TEXT,
            given_at=given,
            details=details,
        )
        self.rows.add(
            ActorContact,
            actor_id=key,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            position=contact.position,
            is_public=contact.is_public,
            consent_id=consent,
        )
