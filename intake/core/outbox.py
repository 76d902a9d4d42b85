"""Messages that must not be lost: a row with the change, delivered later, at least once and as a rule exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import clock
from intake.core.audit import value_of
from intake.core.transaction import in_savepoint
from intake.extensions import db
from models import OutboxMessage

if TYPE_CHECKING:
    from datetime import datetime


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
    message = OutboxMessage(
        kind=kind,
        to_address=to,
        locale=locale,
        context={name: value_of(value) for name, value in context.items()},
        dedupe_key=dedupe_key,
        created_at=clock.now(),
        not_before=not_before or clock.now(),
    )
    if dedupe_key is None:
        db.session.add(message)
    elif in_savepoint(lambda: db.session.add(message)) is not None:  # queued by somebody else a moment ago
        return db.session.scalar(sa.select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key))
    return message
