"""What officials make of a proposal, and what they and its author say to each other before and after."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import UNTRACED, Base, UtcDateTime, enum_type
from models.enums import HoldReason


class Admission(Base):
    """The analyst's examination against the four criteria of admission (PAGA I, p. 20); refusing takes two people."""

    __tablename__ = "admission"
    __table_args__ = (
        sa.CheckConstraint("second_by_id IS NULL OR second_by_id <> examined_by_id", name="two_people"),
        sa.CheckConstraint("(second_by_id IS NULL) = (second_at IS NULL)", name="second_is_dated"),
    )

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    is_clear: Mapped[bool]
    is_collaborative: Mapped[bool]
    is_open_government: Mapped[bool]
    is_public_policy: Mapped[bool]
    reason: Mapped[str]
    examined_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    examined_at: Mapped[datetime] = mapped_column(UtcDateTime())
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    second_reason: Mapped[str] = mapped_column(default="")


class Hold(Base):
    """Why a proposal was set aside at its arrival, and what an analyst made of it. ``findings``: reason → evidence."""

    __tablename__ = "hold"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    reason: Mapped[HoldReason] = mapped_column(enum_type(HoldReason))  # the weightiest
    findings: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    by_machine: Mapped[bool] = mapped_column(default=True)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    released: Mapped[bool | None]  # None: not settled yet


class InformationRequest(Base):
    """A question to the author with its due date, answered on the page without an account. Public, both sides."""

    __tablename__ = "information_request"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    question: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(default="", info=UNTRACED)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class AuthorReply(Base):
    """The author's right of reply to a decision: one reply within the term, answered by a second official. Public."""

    __tablename__ = "author_reply"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str] = mapped_column(info=UNTRACED)
    replied_at: Mapped[datetime] = mapped_column(UtcDateTime())
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
