"""Alike records that are two organisations: that somebody said so, and the one likeness that is refused until then.

The tax number of a verified actor is refused where the team does not say why this is another. What was said is kept in
the trace (``actor.distinct``), which no pair comes back from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from models import Actor, AuditEntry
from models.enums import ActorStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

DISTINCT = "actor.distinct"


def twins_of(ruc: str | None, *, but: int | None = None) -> Sequence[Actor]:
    """Verified actors with this tax number. One statement, none without a number."""
    if not ruc:
        return []
    query = sa.select(Actor).where(Actor.ruc == ruc, Actor.status == ActorStatus.VERIFIED, Actor.id != (but or 0))
    return db.session.scalars(query.order_by(Actor.id)).all()


def explained_twins(ruc: str | None, reason: str, actor: Actor | None = None) -> Sequence[Actor]:
    """Verified actors with the number of the one being written. Raises `Invalid` unless it is said why they differ."""
    with db.session.no_autoflush:
        twins = twins_of(ruc, but=actor.id if actor else None)
    if twins and not clean(reason):
        words = _l(
            "«%(name)s» ya está verificado con este RUC. Si es otra organización, escriba por qué.", name=twins[0].name
        )
        raise Invalid(words, field="distinct_reason")
    return twins


def refuse_unexplained_twin(actor: Actor) -> None:
    """Raise `Invalid` if a verified actor has this one's number and nobody said that they are two."""
    apart = {one for pair in told_apart(actor.slug) for one in pair}
    for twin in twins_of(actor.ruc, but=actor.id):
        if twin.slug not in apart:
            words = _l(
                "«%(name)s» ya está verificado con este RUC. Únalos, o diga antes por qué son distintos.",
                name=twin.name,
            )
            raise Invalid(words, field="reason")


def mark_distinct(one: Actor, other: Actor, reason: str, *, by: Principal) -> None:
    """Record that two alike records are two organisations, and why. Raises `Invalid` without a reason."""
    authorize(by, Permission.ACTOR_VERIFY, one)
    if not clean(reason):
        raise Invalid(_l("Escriba el motivo."), field="reason")
    with transaction():
        tell_apart(one, [other], reason, by)


def tell_apart(actor: Actor, others: Iterable[Actor], reason: str, by: Principal) -> None:
    """Within the caller's transaction: write into the trace that these are others."""
    for other in others:
        audit.record("actor.distinct", actor, by=by, reason=clean(reason), extra={"other": other.slug})


def told_apart(slug: str | None = None) -> set[frozenset[str]]:
    """The pairs of addresses that somebody said are two organisations: all, or one's own. One statement."""
    query = sa.select(AuditEntry.subject_ref, AuditEntry.changes).where(AuditEntry.action == DISTINCT)
    if slug is not None:
        query = query.where(sa.or_(AuditEntry.subject_ref == slug, AuditEntry.changes["other"].as_string() == slug))
    return {frozenset((str(ref), str(changes["other"]))) for ref, changes in db.session.execute(query)}
