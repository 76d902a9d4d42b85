"""What people who registered for an event are told by mail, each in the language in which they registered.

To all at once in as many statements as to one. People who left only a telephone are told nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import clock, outbox
from intake.core.keyed import is_signature, signature
from intake.core.outbox import Letter
from intake.extensions import db
from intake.mapping.zones import in_galapagos
from models import OutboxMessage

if TYPE_CHECKING:
    from models import Event, Registration

REMINDED_BEFORE = timedelta(days=2)
#: Characters of a registration's reference, with which its code begins.
REFERENCE = 10
_SIGNATURE = 33  # hexadecimal: 132 bits


def code_of(row: Registration) -> str:
    """What opens the registration to whoever reads its mailbox: the same in every letter, known to no form."""
    return row.reference + signature("registration_link", row.reference, characters=_SIGNATURE)


def reference_in(code: str) -> str:
    """Which registration a code of a letter would open."""
    return code[:REFERENCE]


def is_code_of(row: Registration, code: str) -> bool:
    """Whether it is, or was before the server's secret changed."""
    signed = code.removeprefix(row.reference)
    return is_signature(signed, "registration_link", row.reference, characters=_SIGNATURE)


def link_of(row: Registration, event: Event) -> str:
    """The address of one's own place."""
    return f"/mesas/{event.slug}/registro/{code_of(row)}"


def confirm(row: Registration, event: Event, waiting: int) -> None:
    """Say whether there is a place, or which number among those ``waiting``, and bring the link."""
    facts = _with_online(row, event)
    outbox.enqueue("registration_confirm", to=row.email, locale=row.locale, waiting=waiting, **facts)


def link_again(row: Registration, event: Event) -> None:
    """Bring the link once more to whoever asked for a place that they had."""
    outbox.enqueue("registration_link", to=row.email, locale=row.locale, **_own(row, event))


def seated(rows: Sequence[Registration], event: Event) -> None:
    """Tell people who waited that they have a place, and remind them."""
    written = [
        Letter(row.email, row.locale, f"registration_seat:{row.reference}", context=_with_online(row, event))
        for row in rows
    ]
    outbox.enqueue_all("registration_seat", written)
    remind(rows, event)


def cancelled(rows: Sequence[Registration], event: Event) -> None:
    """Tell people that the event does not take place, and why."""
    forget_reminders(rows)
    facts = {"reason": event.status_reason, **_facts(event)}
    written = (Letter(row.email, row.locale, f"event_cancel:{row.reference}", context=facts) for row in rows)
    outbox.enqueue_all("event_cancel", written)


def remind(rows: Sequence[Registration], event: Event) -> None:
    """Queue reminders for two days before, where that lies ahead; one that has gone out does not go again."""
    if event.starts_at is None or event.starts_at - REMINDED_BEFORE <= clock.now():
        return
    before = event.starts_at - REMINDED_BEFORE
    facts = {"accessibility": event.accessibility, "online": event.online_url or "", **_facts(event)}
    written = (Letter(row.email, row.locale, _reminder_key(row), before, facts) for row in rows)
    outbox.enqueue_all("registration_reminder", written)


def forget_reminders(rows: Sequence[Registration]) -> None:
    """Take reminders back that have not gone out. One statement, or none."""
    if rows:
        keys = [_reminder_key(row) for row in rows]
        mine = (OutboxMessage.dedupe_key.in_(keys), OutboxMessage.sent_at.is_(None))
        # "fetch": the keys come back with the deletion; comparing in Python would read each known message first
        db.session.execute(sa.delete(OutboxMessage).where(*mine), execution_options={"synchronize_session": "fetch"})


def _reminder_key(row: Registration) -> str:
    return f"registration_reminder:{row.reference}"


def _own(row: Registration, event: Event) -> dict[str, Any]:
    return {"link": link_of(row, event), **_facts(event)}


def _with_online(row: Registration, event: Event) -> dict[str, Any]:
    return {"online": event.online_url or "", **_own(row, event)}


def _facts(event: Event) -> dict[str, Any]:
    return {
        "title": event.title,
        "slug": event.slug,
        "starts_at": event.starts_at,
        "place": event.place,
        "galapagos": in_galapagos(event),
    }
