"""Stage 2: who supports a proposal, what people say about it, and how that is moderated."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, UNTRACED, Base, UtcDateTime, enum_type
from models.enums import AppealStatus, ModerationReason, Stance

if TYPE_CHECKING:
    from models.account import User


class Support(Base):
    """One person's support for one proposal; counts once it is confirmed (an account's is at once)."""

    __tablename__ = "support"
    __table_args__ = (
        sa.UniqueConstraint("proposal_id", "user_id"),
        sa.UniqueConstraint("proposal_id", "person_key"),
        sa.CheckConstraint("user_id IS NOT NULL OR person_key IS NOT NULL", name="somebodys"),
    )

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    person_key: Mapped[str | None] = mapped_column(sa.String(64), index=True, info=PERSONAL)  # keyed hash of an address
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class Comment(Base):
    """What somebody says about a proposal, or replies to another comment (one level deep).

    A hidden comment stays in its place with the reason; nothing is hidden by a number of reports.
    """

    __tablename__ = "comment"
    __table_args__ = (
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden_for_a_reason"),
        sa.Index("ix_comment_proposal_created", "proposal_id", "created_at"),
        sa.Index("ix_comment_number", "proposal_id", "number", unique=True),
    )

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(server_default="0")  # within the proposal, from 1: its public address
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    stance: Mapped[Stance] = mapped_column(enum_type(Stance), default=Stance.NEUTRAL)
    text: Mapped[str] = mapped_column(info=UNTRACED)
    is_official: Mapped[bool] = mapped_column(default=False)
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    hidden_reason: Mapped[ModerationReason | None] = mapped_column(enum_type(ModerationReason))
    hidden_note: Mapped[str] = mapped_column(default="", info=UNTRACED)  # told to the author
    hidden_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    hidden_by_machine: Mapped[bool] = mapped_column(default=False)
    appeal: Mapped[str] = mapped_column(default="", info=UNTRACED)
    appealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    appeal_status: Mapped[AppealStatus | None] = mapped_column(enum_type(AppealStatus))
    appeal_answer: Mapped[str] = mapped_column(default="", info=UNTRACED)
    appeal_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    lock_version: Mapped[int] = mapped_column(default=1)

    author: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])

    __mapper_args__ = {"version_id_col": lock_version}


class CommentReport(Base):
    """Somebody thinks that a comment breaks the rules. A person decides, never a number of reports."""

    __tablename__ = "comment_report"
    __table_args__ = (sa.UniqueConstraint("comment_id", "user_id"),)

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    reason: Mapped[ModerationReason] = mapped_column(enum_type(ModerationReason))
    note: Mapped[str] = mapped_column(default="")
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime())
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
