"""People who sign in, the posts they hold, and what protects their accounts."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import ReviewSector, Role, TokenPurpose

if TYPE_CHECKING:
    from models.actor import Actor


#: Digits and letters of a post's public reference that nobody confuses on paper (Crockford's).
_CODE_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def _post_code() -> str:
    """A short public reference: eight characters that are no key and cannot be guessed from another."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))


class User(Base):
    """An account. ``session_epoch`` is raised to sign it out everywhere."""

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(sa.String(254), unique=True, info=PERSONAL)  # lower case
    name: Mapped[str] = mapped_column(sa.String(120), info=PERSONAL)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200), info=PERSONAL)  # None: signs in by mail link only
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    session_epoch: Mapped[int] = mapped_column(default=0)
    totp_secret: Mapped[str | None] = mapped_column(sa.String(64), info=PERSONAL)
    totp_enabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger)  # a code is accepted once
    locale: Mapped[str] = mapped_column(sa.String(8), default="es")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    is_demo: Mapped[bool] = mapped_column(default=False)

    holdings: Mapped[list[PostHolding]] = relationship(
        back_populates="user", lazy="raise_on_sql", foreign_keys="PostHolding.user_id"
    )


class Post(Base):
    """A post in an organisation: rights attach to it, not to the person (PAGA I, p. 66)."""

    __tablename__ = "post"
    __table_args__ = (
        sa.CheckConstraint("(role = 'reviewer') = (sector IS NOT NULL)", name="sector_for_reviewers"),
        sa.CheckConstraint(
            "role NOT IN ('institution', 'counterpart') OR actor_id IS NOT NULL", name="organisation_for_parties"
        ),
    )

    code: Mapped[str] = mapped_column(sa.String(12), unique=True, default=_post_code)  # names it in addresses
    title: Mapped[str] = mapped_column(sa.String(160))
    role: Mapped[Role] = mapped_column(enum_type(Role), index=True)
    sector: Mapped[ReviewSector | None] = mapped_column(enum_type(ReviewSector))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("actor.id"), index=True)

    actor: Mapped[Actor | None] = relationship(lazy="raise_on_sql")


class PostHolding(Base):
    """Who held a post, from when to when (both days included; ``until`` None: still holds it).

    ``ended_at`` is the instant at which the right was cut off on the day ``until`` itself; None: it lasts through
    that day.
    """

    __tablename__ = "post_holding"
    __table_args__ = (sa.CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),)

    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    end_reason: Mapped[str] = mapped_column(default="")

    post: Mapped[Post] = relationship(lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[user_id], back_populates="holdings")


class RecoveryCode(Base):
    """A single-use code for the day the telephone is lost; only its hash is kept."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class OneTimeToken(Base):
    """A link sent by mail. GET shows a page, POST consumes it, once (mail scanners follow links)."""

    __tablename__ = "one_time_token"

    purpose: Mapped[TokenPurpose] = mapped_column(enum_type(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    email: Mapped[str] = mapped_column(sa.String(254), index=True, info=PERSONAL)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class AttemptCounter(Base):
    """How often something was tried in a window of time; survives restarts and counts across workers."""

    __tablename__ = "attempt_counter"
    __table_args__ = (sa.UniqueConstraint("bucket", "window_start"),)

    bucket: Mapped[str] = mapped_column(sa.String(120))  # "sign_in:account:<hash>"; no personal data in clear
    window_start: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    count: Mapped[int] = mapped_column(default=0)


class SpentProof(Base):
    """A proof of work that was handed in: each counts once. Kept until its challenge would have run out anyway."""

    __tablename__ = "spent_proof"

    challenge: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)


class Consent(Base):
    """A person's consent for one purpose (LOPDP, art. 8): which text, when, and when it was taken back."""

    __tablename__ = "consent"

    purpose: Mapped[str] = mapped_column(sa.String(60))
    text_version: Mapped[str] = mapped_column(sa.String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
