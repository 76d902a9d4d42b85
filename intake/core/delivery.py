"""Delivering what is queued. Safe from many machines: a message is claimed for a while before it is sent.

At least once: who dies between sending and marking leaves a claim that lapses, and the message goes out again under the
same Message-ID, by which mail programs recognise it. As a rule exactly once. What one address is sent arrives in the
order in which it was queued: a message waits while an older one to the same address is being tried (`PATIENCE`).
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import aliased

from intake.core import clock, mail
from intake.core.i18n import HTML_LANG
from intake.core.transaction import dialect, transaction
from intake.core.transport import Send, Settings, transport
from intake.extensions import db
from models import OutboxMessage

log = structlog.get_logger()

LEASE = timedelta(minutes=5)  # longer than the slowest answer of a mail server (`intake.core.transport`)
MAX_ATTEMPTS = 12  # with the waits below, about twenty hours
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = 8  # attempts, about two hours; a message that fails for longer no longer holds up what came after it


@dataclass(frozen=True)
class Claimed:
    """A message that this process may send until ``leased_until``."""

    id: int
    kind: str
    to_address: str
    locale: str
    context: dict[str, object]
    attempts: int
    created_at: datetime
    leased_until: datetime


_settings = Settings(url="", sender="no-responder@localhost", folder=Path("instance/mail"), keep_secrets=False)


def configure(*, url: str, sender: str, instance_path: str, demo: bool) -> None:
    """Choose the mail server (``smtp://``, ``smtp+starttls://``, ``smtps://``) or, if empty, the folder."""
    global _settings  # noqa: PLW0603 -- one transport per process, chosen at start
    _settings = Settings(url=url, sender=sender, folder=Path(instance_path) / "mail", keep_secrets=demo)


def deliver_due(limit: int = 100) -> int:
    """Send at most ``limit`` messages that are due; returns how many went out. Failures are tried again later.

    Where no connection can be had the run ends: each further message would wait for it, and be put off for nothing.
    """
    sent = 0
    stack = ExitStack()
    send: Send | None = None
    try:
        for _ in range(limit):
            claimed = claim()
            if claimed is None:
                break
            try:
                send = send or stack.enter_context(transport(_settings))
                send(compose(claimed))
            except Exception as error:  # noqa: BLE001 -- whatever a server or a template does, the message must stay
                put_off(claimed, error)
                if send is None:
                    break
                _hang_up(stack)
                send = None
            else:
                sent += mark_sent(claimed)
    finally:
        _hang_up(stack)
    return sent


def _hang_up(stack: ExitStack) -> None:
    """Close the connection; one that is already broken must not end the run, nor hide why it broke."""
    try:
        stack.close()
    except Exception as error:  # noqa: BLE001 -- QUIT on a dead connection; what was sent is already marked
        log.warning("mail server not left in good order", error=type(error).__name__)


def claim() -> Claimed | None:
    """Take the message that has waited longest, for `LEASE`; None if nothing is due."""
    now = clock.now()
    due = (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.sent_at.is_(None),
            OutboxMessage.not_before <= now,
            OutboxMessage.attempts < MAX_ATTEMPTS,
            sa.or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until < now),
            ~_waits_for_an_older_one(now),
        )
        .order_by(OutboxMessage.not_before, OutboxMessage.id)
        .limit(1)
    )
    with transaction():  # BEGIN IMMEDIATE on SQLite: claims queue
        row = db.session.scalar(due.with_for_update(skip_locked=True) if dialect() == "postgresql" else due)
        if row is None:
            return None
        row.attempts += 1
        row.leased_until = now + LEASE
        return Claimed(
            id=row.id,
            kind=row.kind,
            to_address=row.to_address,
            locale=row.locale,
            context=dict(row.context),
            attempts=row.attempts,
            created_at=row.created_at,
            leased_until=row.leased_until,
        )


def _waits_for_an_older_one(now: datetime) -> sa.ColumnElement[bool]:
    """Whether an older message to the same address is due, or was tried already, and is not out yet."""
    older = aliased(OutboxMessage)
    return sa.exists().where(
        older.to_address == OutboxMessage.to_address,
        older.sent_at.is_(None),
        older.id < OutboxMessage.id,
        older.attempts < PATIENCE,
        sa.or_(older.attempts > 0, older.not_before <= now),
    )


def _mine(claimed: Claimed) -> sa.Update:
    """An update of the message, unless another process has taken it over meanwhile."""
    return sa.update(OutboxMessage).where(
        OutboxMessage.id == claimed.id,
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.leased_until == claimed.leased_until,
    )


def mark_sent(claimed: Claimed) -> int:
    """Write down that it went out, and forget what its links open. Returns 1 (0 if another process marked it first)."""
    kept = claimed.context if _settings.keep_secrets else mail.masked(claimed.context)
    with transaction():
        done = db.session.execute(
            _mine(claimed).values(sent_at=clock.now(), leased_until=None, last_error="", context=kept)
        )
    return int(done.rowcount)  # type: ignore[attr-defined]


def put_off(claimed: Claimed, error: Exception) -> None:
    """Write down why it did not go out, and when to try again: one minute, doubled each time, six hours at most."""
    wait = min(FIRST_WAIT * 2 ** (claimed.attempts - 1), LONGEST_WAIT)
    words = f"{type(error).__name__}: {error}".replace(claimed.to_address, "…")[:300]
    log.warning("message not sent", message=claimed.id, kind=claimed.kind, attempts=claimed.attempts, error=words)
    with transaction():
        db.session.execute(_mine(claimed).values(leased_until=None, not_before=clock.now() + wait, last_error=words))


def compose(claimed: Claimed) -> EmailMessage:
    """The message as mail servers take it: text and HTML, and an identity that stays the same when it is sent again."""
    written = mail.render(claimed.kind, claimed.locale, claimed.context)
    message = EmailMessage()
    message["Subject"] = written.subject
    message["From"] = _settings.sender
    message["To"] = claimed.to_address
    message["Date"] = format_datetime(clock.local(clock.now()))
    host = _settings.sender.rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<intake-{claimed.id}-{int(claimed.created_at.timestamp() * 1_000_000)}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if isinstance(leave := claimed.context.get("unsubscribe"), str):
        # RFC 2369 and, where the address is reached by TLS, one press in the mail program (RFC 8058)
        message["List-Unsubscribe"] = f"<{leave}>"
        if leave.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Content-Language"] = HTML_LANG.get(claimed.locale, HTML_LANG["es"])
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message


def waiting_after_failure() -> int:
    """How many messages have failed at least once and are not out yet."""
    query = sa.select(sa.func.count()).where(OutboxMessage.sent_at.is_(None), OutboxMessage.last_error != "")
    return int(db.session.scalar(query) or 0)
