"""Messages that must not be lost: a row with the change, delivered later, at least once and as a rule exactly once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import clock
from intake.core.audit import value_of
from intake.core.transaction import in_savepoint
from intake.extensions import db
from models import OutboxMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Letter:
    """One of many messages of a kind (`enqueue_all`); the fields are the arguments of `enqueue`."""

    to: str | None
    locale: str = "es"
    dedupe_key: str | None = None
    not_before: datetime | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


def enqueue(
    kind: str,
    *,
    to: str | None,
    locale: str = "es",
    dedupe_key: str | None = None,
    not_before: datetime | None = None,
    **context: Any,
) -> OutboxMessage | None:
    """Queue a message of ``kind`` (a template ``templates/mail/<kind>.txt``) within the caller's transaction.

    ``to`` None (a guest who left no address) queues nothing. A second message with the same ``dedupe_key`` is not
    queued; the existing one is returned.
    """
    if not to:
        return None
    if dedupe_key is not None:
        known = db.session.scalar(sa.select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key))
        if known is not None:
            return known
    letter = Letter(to, locale=locale, dedupe_key=dedupe_key, not_before=not_before, context=context)
    message = OutboxMessage(**_values(kind, letter))
    if dedupe_key is None:
        db.session.add(message)
    elif in_savepoint(lambda: db.session.add(message)) is not None:  # queued by somebody else a moment ago
        return db.session.scalar(sa.select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key))
    return message


def enqueue_all(kind: str, letters: Iterable[Letter]) -> int:
    """`enqueue` for many, in a constant number of statements; returns how many were new.

    The caller holds what the ``dedupe_key`` names, so that nobody else queues the same meanwhile.
    """
    asked = [letter for letter in letters if letter.to]
    keys = [letter.dedupe_key for letter in asked if letter.dedupe_key]
    query = sa.select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))
    known = set(db.session.scalars(query)) if keys else set()
    new = {letter.dedupe_key or n: letter for n, letter in enumerate(asked) if letter.dedupe_key not in known}
    if new:
        db.session.execute(sa.insert(OutboxMessage), [_values(kind, letter) for letter in new.values()])
    return len(new)


def _values(kind: str, letter: Letter) -> dict[str, Any]:
    return {
        "kind": kind,
        "to_address": letter.to,
        "locale": letter.locale,
        "context": {name: value_of(value) for name, value in letter.context.items()},
        "dedupe_key": letter.dedupe_key,
        "created_at": clock.now(),
        "not_before": letter.not_before or clock.now(),
    }
