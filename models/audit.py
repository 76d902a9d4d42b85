"""The trace of every change. Append-only: triggers refuse UPDATE and DELETE on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class AuditEntry(Base):
    """Who, in which role, did what to which thing, with old and new values and the reason.

    ``changes`` maps a column's name to ``[old, new]``; personal data are replaced by a mark that says only that they
    changed.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_subject", "subject_type", "subject_id", "id"),)

    at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))  # None: the system, or a guest (see role)
    role: Mapped[str] = mapped_column(sa.String(40))
    action: Mapped[str] = mapped_column(sa.String(80), index=True)  # noun.verb
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int | None]
    subject_ref: Mapped[str | None] = mapped_column(sa.String(120), index=True)  # folio, slug, code
    changes: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    reason: Mapped[str] = mapped_column(default="")
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
