"""Reading accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import Principal
from intake.extensions import db
from models import Post, PostHolding, User
from models.enums import Role

if TYPE_CHECKING:
    from collections.abc import Iterable


def principal_of(user_id: int) -> tuple[Principal, int] | None:
    """The person with the posts held today, and the account's session epoch; None if unknown or disabled. One statement."""
    today = clock.today()
    query = (
        sa.select(User, Post)
        .outerjoin(
            PostHolding,
            sa.and_(
                PostHolding.user_id == User.id,
                PostHolding.since <= today,
                sa.or_(PostHolding.until.is_(None), PostHolding.until >= today),
            ),
        )
        .outerjoin(Post, Post.id == PostHolding.post_id)
        .where(User.id == user_id, User.disabled_at.is_(None))
    )
    rows = db.session.execute(query).all()
    if not rows:
        return None
    return _principal(rows[0][0], [post for _user, post in rows if post is not None]), rows[0][0].session_epoch


def _principal(user: User, posts: Iterable[Post]) -> Principal:
    posts = list(posts)
    return Principal(
        user_id=user.id,
        name=user.name,
        email=user.email,
        email_confirmed=user.email_confirmed_at is not None,
        roles=frozenset({Role.CITIZEN, *(post.role for post in posts)}),
        sector=next((post.sector for post in posts if post.sector is not None), None),
        actor_ids=frozenset(post.actor_id for post in posts if post.actor_id is not None),
        locale=user.locale,
        second_factor=user.totp_enabled_at is not None,
    )
