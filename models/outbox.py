"""Messages written in the transaction of the change that causes them, and delivered later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import PERSONAL, Base, UtcDateTime


class OutboxMessage(Base):
    """A message to one address. ``dedupe_key`` makes the same event speak once."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.Index("ix_outbox_message_due", "sent_at", "not_before"),
        sa.Index("ix_outbox_message_waiting", "to_address", "sent_at", "id"),  # what else waits for the same address
    )

    kind: Mapped[str] = mapped_column(sa.String(60))
    to_address: Mapped[str] = mapped_column(sa.String(254), info=PERSONAL)
    locale: Mapped[str] = mapped_column(sa.String(8), default="es")
    context: Mapped[dict[str, Any]] = mapped_column(sa.JSON, info=PERSONAL)
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(160), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    not_before: Mapped[datetime] = mapped_column(UtcDateTime())
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_error: Mapped[str] = mapped_column(default="")
