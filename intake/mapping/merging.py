"""Joining two records that are one organisation: which stays, what it takes, what moves, and the trace of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import attributes

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import flush, lock, transaction
from intake.extensions import db
from intake.mapping import collisions
from intake.mapping.inputs import MergeInput
from intake.mapping.lifecycle import ACTOR
from intake.mapping.merge_refusals import refuse
from intake.mapping.records import GONE, check_version
from intake.mapping.references import LINKS, PLAIN, RESOLVED, column_of, open_columns
from models import Actor, ActorMerge, Body, BodyMember
from models.base import Base

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

#: What may be taken from either record: a name for the choice, and the columns that go together.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_plain"),
    "acronym": ("acronym",),
    "kind": ("kind", "function", "level"),
    "sector": ("sector_id",),
    "ruc": ("ruc",),
    "website": ("website",),
    "description": ("description",),
    "source": ("source", "source_on"),
}
KEPT, OTHER, BOTH = "kept", "other", "both"
_RESOLVERS = {
    "target.actor_id": collisions.targets,
    "commitment_party.actor_id": collisions.parties,
    "signature.actor_id": collisions.signatures,
    "body_member.actor_id": collisions.seats,
}


@dataclass(frozen=True)
class Moving:
    """How many rows of a kind would change hands."""

    words: Text
    number: int


def merge(kept: Actor, other: Actor, given: MergeInput, *, by: Principal) -> ActorMerge:
    """Join ``other`` to ``kept``: all or nothing, with the trace on both.

    Raises `Conflict` where one of them was joined already or changed since it was seen, `Invalid` where the wrong one
    would stay or a reason is missing.
    """
    authorize(by, Permission.ACTOR_VERIFY, other)
    with transaction():
        _take_hold(kept, other)
        refuse(kept, other)
        check_version(kept, given.kept_version)
        check_version(other, given.other_version)
        if not clean(given.reason):
            raise Invalid(_l("Escriba el motivo."), field="reason")
        moved = _move_everything(kept.id, other.id, given.take)
        ended = moved["given_up"].get("body_member", [])
        if never := collisions.end_seats(ended, by=by, reason=clean(given.reason)):
            moved["given_up"]["delegate"] = never
        return _trace(kept, other, given, moved, by)


def _take_hold(kept: Actor, other: Actor) -> None:
    """Lock the bodies where they sit and then both, in one order, whoever presses first; read them as they are now.

    Raises `Conflict` if one of them is gone.
    """
    seated = sa.select(BodyMember.body_id).where(BodyMember.actor_id.in_((kept.id, other.id)))
    lock(sa.select(Body.id).where(Body.id.in_(seated)).order_by(Body.id))
    both = sa.select(Actor.id).where(Actor.id.in_((kept.id, other.id))).order_by(Actor.id)
    lock(both)
    again = sa.select(Actor).where(Actor.id.in_((kept.id, other.id)))
    if len(db.session.scalars(again.execution_options(populate_existing=True)).all()) < len({kept.id, other.id}):
        raise Conflict(GONE)


def _move_everything(kept: int, other: int, take: Mapping[str, str]) -> dict[str, Any]:
    """Every row that points at ``other``, to ``kept``. Table → keys that moved; ``given_up``: table → rows dropped."""
    moved: dict[str, Any] = {}
    given_up: dict[str, Any] = {}
    for table, (column, _words, name) in LINKS.items():
        moved[table], given_up[table] = _move_links(table, column, kept, other, take.get(name, BOTH))
    for name, resolve in _RESOLVERS.items():
        given_up[name.partition(".")[0]] = resolve(kept, other)
    for name in (*RESOLVED, *PLAIN):
        moved[name.partition(".")[0]] = _move_rows(name, kept, other)
    found = {table: keys for table, keys in moved.items() if keys}
    return {**found, "given_up": {table: rows for table, rows in given_up.items() if rows}}


def _move_links(name: str, column: str, kept: int, other: int, take: str) -> tuple[list[int], list[int]]:
    """The ties of a set as chosen: those that the record gained, and those that it gave up."""
    table = Base.metadata.tables[name]
    mine, theirs = (
        set(db.session.scalars(sa.select(table.c[column]).where(table.c.actor_id == key))) for key in (kept, other)
    )
    wanted = {KEPT: mine, OTHER: theirs}.get(take, mine | theirs)
    db.session.execute(sa.delete(table).where(table.c.actor_id == other))
    if lost := mine - wanted:
        db.session.execute(sa.delete(table).where(table.c.actor_id == kept, table.c[column].in_(lost)))
    if gained := sorted(wanted - mine):
        db.session.execute(sa.insert(table), [{"actor_id": kept, column: key} for key in gained])
    return gained, sorted((mine | theirs) - wanted)


def _move_rows(name: str, kept: int, other: int) -> list[int]:
    table, column = column_of(name)
    keys = list(db.session.scalars(sa.select(table.c.id).where(column == other).order_by(table.c.id)))
    if keys:
        db.session.execute(sa.update(table).where(column == other).values({column.key: kept}))
    return keys


def _trace(kept: Actor, other: Actor, given: MergeInput, moved: dict[str, Any], by: Principal) -> ActorMerge:
    reason, slugs = clean(given.reason), (kept.slug, other.slug)
    _take_fields(kept, other, given.take)
    numbers = {table: len(keys) for table, keys in moved.items() if table != "given_up"}
    audit.record("actor.absorb", kept, by=by, reason=reason, extra={"joined": slugs[1], "moved": numbers})
    attributes.flag_modified(kept, "status_reason")  # its sets changed: whoever has it open must look again
    other.merged_into_id, other.status_reason = kept.id, reason
    ACTOR.fire(other, "merge", by=by, reason=reason, into=slugs[0])
    row = ActorMerge(
        kept_id=kept.id,
        merged_id=other.id,
        reason=reason,
        merged_at=clock.now(),
        merged_by_id=by.user_id,
        moved=moved,
    )
    db.session.add(row)
    flush()
    return row


def _take_fields(kept: Actor, other: Actor, take: Mapping[str, str]) -> None:
    for name, columns in FIELDS.items():
        if take.get(name) == OTHER:
            for column in columns:
                setattr(kept, column, getattr(other, column))


def preview(other: Actor) -> list[Moving]:
    """What would change hands, each kind with its number; nothing for kinds without rows. One statement."""
    counts = [
        sa.select(sa.literal(place), sa.func.count()).where(column == other.id)
        for place, (_name, column, _words) in enumerate(open_columns())
    ]
    numbers = dict(db.session.execute(sa.union_all(*counts)).all())
    found = [Moving(words, numbers[place]) for place, (_name, _column, words) in enumerate(open_columns())]
    return [one for one in found if one.number]


def story_of(merged: Actor) -> tuple[ActorMerge, Actor]:
    """How a record was joined, and the record that lives on today. One statement."""
    query = (
        sa.select(ActorMerge, Actor)
        .join(Actor, Actor.id == merged.merged_into_id)
        .where(ActorMerge.merged_id == merged.id)
    )
    row = db.session.execute(query).one()
    return row[0], row[1]


def joined_to(kept: Actor) -> list[tuple[Actor, ActorMerge]]:
    """The records that were joined to this one, the latest first. One statement."""
    query = (
        sa.select(Actor, ActorMerge)
        .join(ActorMerge, ActorMerge.merged_id == Actor.id)
        .where(Actor.merged_into_id == kept.id)
        .order_by(ActorMerge.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
