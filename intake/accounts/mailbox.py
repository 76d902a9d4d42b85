"""Looking at the outbox: what was written to whom, and whether it went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2
import sqlalchemy as sa
from markupsafe import Markup

from intake.core import clock, delivery, mail
from intake.core.i18n import HTML_LANG, Text
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from models import OutboxMessage

SENT, DUE, WAITING, RETRY, FAILED = "sent", "due", "waiting", "retry", "failed"
WORDS: dict[str, tuple[Text, str]] = {
    SENT: (_l("Enviado"), "good"),
    DUE: (_l("Por enviar"), "progress"),
    WAITING: (_l("Para más tarde"), "neutral"),
    RETRY: (_l("Se reintentará"), "warning"),
    FAILED: (_l("No se pudo enviar"), "bad"),
}


@dataclass(frozen=True)
class Letter:
    """A message as a page shows it."""

    to: str
    kind: str
    subject: str
    lines: list[list[Markup]]  # paragraphs of lines, escaped, with links
    lang: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    not_before: datetime
    attempts: int
    error: str

    @property
    def label(self) -> Text:
        """Its state in words."""
        return WORDS[self.state][0]

    @property
    def tone(self) -> str:
        """Its state's tone."""
        return WORDS[self.state][1]

    @property
    def leaves_at(self) -> datetime | None:
        """When it goes out at the earliest, None where it has gone or may go at once."""
        return self.not_before if self.state == WAITING else None


def messages(*, number: int, state: str = "", masked: bool = True) -> Page[Any]:
    """A page of messages, newest first. ``masked`` hides what opens something: nobody but the reader may use it."""
    query = sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())
    if state in WORDS:
        query = query.where(_in_state(state))
    return paginate(query, number=number, row=lambda found: _letter(found[0], masked=masked))


def _in_state(state: str) -> sa.ColumnElement[bool]:
    unsent = OutboxMessage.sent_at.is_(None)
    gone = OutboxMessage.attempts >= delivery.MAX_ATTEMPTS
    later = OutboxMessage.not_before > clock.now()
    failing = OutboxMessage.last_error != ""
    return {
        SENT: OutboxMessage.sent_at.is_not(None),
        FAILED: sa.and_(unsent, gone, failing),
        RETRY: sa.and_(unsent, ~gone, failing),
        WAITING: sa.and_(unsent, ~failing, later),
        DUE: sa.and_(unsent, ~failing, ~later),
    }[state]


def state_of(row: OutboxMessage) -> str:
    """The same on a loaded row."""
    if row.sent_at is not None:
        return SENT
    if row.last_error:
        return FAILED if row.attempts >= delivery.MAX_ATTEMPTS else RETRY
    return WAITING if row.not_before > clock.now() else DUE


def _letter(row: OutboxMessage, *, masked: bool) -> Letter:
    context = mail.masked(row.context) if masked else row.context
    try:
        written = mail.render(row.kind, row.locale, context)
        subject, text = written.subject, written.text
    except (jinja2.TemplateError, ValueError, KeyError, TypeError) as error:
        subject, text = row.kind, f"{type(error).__name__}: {error}"  # a page about messages must show a broken one
    return Letter(
        to=row.to_address,
        kind=row.kind,
        subject=subject,
        lines=[[mail.linked(line) for line in block.split("\n")] for block in text.strip().split("\n\n")],
        lang=HTML_LANG.get(row.locale, HTML_LANG["es"]),
        state=state_of(row),
        created_at=row.created_at,
        sent_at=row.sent_at,
        not_before=row.not_before,
        attempts=row.attempts,
        error=row.last_error,
    )
