"""Every column that points at an actor, and what becomes of it when two records are joined.

A test compares this with the tables themselves, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.i18n import lazy_gettext as _l
from models.base import Base

if TYPE_CHECKING:
    from intake.core.i18n import Text

#: Tables that tie an actor to a vocabulary: joined, each tie once. Table → (the other column, words, name of the set).
LINKS: dict[str, tuple[str, Text, str]] = {
    "actor_territory": ("territory_id", _l("Territorios"), "territories"),
    "actor_theme": ("theme_id", _l("Temas"), "themes"),
    "actor_people": ("people_id", _l("Pueblos y nacionalidades"), "peoples"),
    "actor_language": ("language_id", _l("Idiomas"), "languages"),
}
#: Columns whose rows change hands as they are.
PLAIN: dict[str, Text] = {
    "actor_contact.actor_id": _l("Contactos"),
    "post.actor_id": _l("Puestos"),
    "proposal.organisation_id": _l("Propuestas de la organización"),
    "registration.actor_id": _l("Inscripciones en mesas"),
    "progress_report.actor_id": _l("Reportes de avance"),
    "counterpart_response.actor_id": _l("Respuestas de contraparte"),
    "actor.merged_into_id": _l("Registros que ya se habían unido a este"),
}
#: Columns whose rows may collide with one that the record that stays has already (`intake.mapping.collisions`).
RESOLVED: dict[str, Text] = {
    "target.actor_id": _l("Campañas de acercamiento"),
    "commitment_party.actor_id": _l("Compromisos de los que es parte"),
    "signature.actor_id": _l("Firmas de acuerdos"),
    "body_member.actor_id": _l("Asientos en grupos"),
}


def pointing_here() -> frozenset[str]:
    """Every column with a foreign key to an actor, read from the tables."""
    keys = (key for table in Base.metadata.tables.values() for key in table.foreign_keys)
    return frozenset(str(key.parent) for key in keys if key.column.table.name == "actor")


def column_of(name: str) -> tuple[sa.Table, sa.Column[Any]]:
    """The table and the column of ``table.column``."""
    table, column = name.split(".")
    found = Base.metadata.tables[table]
    return found, found.c[column]


def open_columns() -> Iterable[tuple[str, sa.Column[Any], Text]]:
    """Every column but those of history, with words: what a joined record must have none of."""
    for table, (_other, words, _set) in LINKS.items():
        yield f"{table}.actor_id", Base.metadata.tables[table].c.actor_id, words
    for name, words in {**RESOLVED, **PLAIN}.items():
        yield name, column_of(name)[1], words
