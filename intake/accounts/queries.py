"""Reading accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.accounts.inputs import PostFilters
from intake.core import clock
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import Principal
from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import Actor, Post, PostHolding, User
from models.enums import ReviewSector, Role


def held_on(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """Whether a holding is in force on a day. One cut off on its last day is over from that instant on."""
    return sa.and_(
        PostHolding.since <= day,
        sa.or_(
            PostHolding.until.is_(None),
            PostHolding.until > day,
            sa.and_(PostHolding.until == day, PostHolding.ended_at.is_(None)),
        ),
    )


#: Parameters: ``user_id``, ``today``. Asked by every request of who is signed in, and built once.
_PRINCIPAL = (
    sa.select(User, Post)
    .outerjoin(PostHolding, sa.and_(PostHolding.user_id == User.id, held_on(sa.bindparam("today", type_=sa.Date()))))
    .outerjoin(Post, Post.id == PostHolding.post_id)
    .where(User.id == sa.bindparam("user_id"), User.disabled_at.is_(None))
    .order_by(PostHolding.id)
)


def principal_of(user_id: int) -> tuple[Principal, int] | None:
    """The person with the posts held today, and the account's session epoch; None if unknown or disabled.

    One statement.
    """
    rows = db.session.execute(_PRINCIPAL, {"user_id": user_id, "today": clock.today()}).all()
    if not rows:
        return None
    held: list[Post | None] = [row[1] for row in rows]
    return _principal(rows[0][0], [post for post in held if post is not None]), rows[0][0].session_epoch


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


def user_by_email(email: str) -> User | None:
    """The account of an address (in small letters), disabled ones included."""
    return db.session.scalar(sa.select(User).where(User.email == email))


def user(user_id: int) -> User:
    """An account. Raises `NotFound`."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound(_l("Esa cuenta no existe."))
    return found


def user_to_change(user_id: int) -> User:
    """An account as it is now, held until the transaction ends: whoever acts has loaded it. Raises `NotFound`."""
    found = db.session.get(User, user_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound(_l("Esa cuenta no existe."))
    return found


def user_by_email_to_change(email: str) -> User | None:
    """The account of an address as it is now, held until the transaction ends: as `user_to_change`."""
    query = sa.select(User).where(User.email == email).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def holdings_of(user_id: int) -> Sequence[PostHolding]:
    """The posts that a person holds or held, latest first, each with its post and organisation."""
    query = (
        sa.select(PostHolding)
        .where(PostHolding.user_id == user_id)
        .options(joinedload(PostHolding.post).joinedload(Post.actor))
        .order_by(PostHolding.since.desc(), PostHolding.id.desc())
    )
    return db.session.scalars(query).all()


def is_current(holding: PostHolding) -> bool:
    """Whether it is in force today (the same rule as `held_on`, on a loaded row)."""
    today = clock.today()
    if holding.since > today:
        return False
    return holding.until is None or holding.until > today or (holding.until == today and holding.ended_at is None)


def holds_now(user_id: int, post_id: int) -> bool:
    """Whether the person holds the post today, or will."""
    query = sa.select(PostHolding.id).where(
        PostHolding.user_id == user_id,
        PostHolding.post_id == post_id,
        sa.or_(held_on(clock.today()), PostHolding.since > clock.today()),
    )
    return db.session.scalar(query.limit(1)) is not None


def current_holdings(user_id: int, role: Role, sector: ReviewSector | None = None) -> Sequence[PostHolding]:
    """The holdings in force that give a role, oldest first, each with its post."""
    query = (
        sa.select(PostHolding)
        .join(PostHolding.post)
        .where(PostHolding.user_id == user_id, Post.role == role, held_on(clock.today()))
        .options(joinedload(PostHolding.post))
        .order_by(PostHolding.id)
    )
    if sector is not None:
        query = query.where(Post.sector == sector)
    return db.session.scalars(query).all()


def code_of_post(post_id: int) -> str | None:
    """The public reference of a post."""
    return db.session.scalar(sa.select(Post.code).where(Post.id == post_id))


def post_by_code(code: str) -> Post:
    """A post with its organisation. Raises `NotFound`."""
    found = db.session.scalar(sa.select(Post).where(Post.code == code).options(joinedload(Post.actor)))
    if found is None:
        raise NotFound(_l("Ese puesto no existe."))
    return found


def holders(post_ids: Iterable[int]) -> dict[int, list[PostHolding]]:
    """Who holds or held each post, latest first; one statement."""
    ids = list(post_ids)
    found: dict[int, list[PostHolding]] = {i: [] for i in ids}
    query = (
        sa.select(PostHolding)
        .where(PostHolding.post_id.in_(ids))
        .options(joinedload(PostHolding.user))
        .order_by(PostHolding.since.desc(), PostHolding.id.desc())
    )
    for holding in db.session.scalars(query):
        found[holding.post_id].append(holding)
    return found


def posts(asked: PostFilters) -> Page[Any]:
    """A page of posts by role and title, each with its organisation. Two statements."""
    query = sa.select(Post).options(joinedload(Post.actor)).order_by(Post.role, Post.title, Post.id)
    if asked.role is not None:
        query = query.where(Post.role == asked.role)
    held = sa.exists().where(PostHolding.post_id == Post.id, held_on(clock.today()))
    if asked.held:
        query = query.where(held if asked.held == "now" else ~held)
    if asked.text:
        query = query.where(_mentions(asked.text))
    return paginate(query, number=asked.page)


def _mentions(text: str) -> sa.ColumnElement[bool]:
    """Posts whose title, organisation or a holder's name or address holds the text."""
    by_person = (
        sa.select(PostHolding.post_id)
        .join(User, User.id == PostHolding.user_id)
        .where(sa.or_(User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True)))
    )
    by_actor = sa.select(Actor.id).where(Actor.name.icontains(text, autoescape=True))
    return sa.or_(Post.title.icontains(text, autoescape=True), Post.actor_id.in_(by_actor), Post.id.in_(by_person))


def organisations() -> Sequence[tuple[int, str]]:
    """Every organisation of the registry as (key, name), by name, for the choice of a post's."""
    return [(i, n) for i, n in db.session.execute(sa.select(Actor.id, Actor.name).order_by(Actor.name_plain, Actor.id))]


def account(email: str) -> User:
    """The account of an address as somebody typed it. Raises `NotFound`."""
    found = user_by_email(email.strip().lower())
    if found is None:
        raise NotFound(_l("No hay ninguna cuenta con ese correo."))
    return found


def actor_by_slug(slug: str) -> Actor:
    """An organisation of the registry. Raises `NotFound`."""
    found = db.session.scalar(sa.select(Actor).where(Actor.slug == slug))
    if found is None:
        raise NotFound(_l("Esa organización no está en el registro."))
    return found


def accounts_with_roles() -> list[dict[str, Any]]:
    """Every account by address with the roles held today, as JSON can hold it. One statement."""
    query = (
        sa.select(User, Post)
        .outerjoin(PostHolding, sa.and_(PostHolding.user_id == User.id, held_on(clock.today())))
        .outerjoin(Post, Post.id == PostHolding.post_id)
        .order_by(User.email, PostHolding.id)
    )
    found: dict[int, dict[str, Any]] = {}
    for person, post in db.session.execute(query):
        row = found.setdefault(
            person.id,
            {
                "email": person.email,
                "name": person.name,
                "confirmed": person.email_confirmed_at is not None,
                "disabled": person.disabled_at is not None,
                "second_factor": person.totp_enabled_at is not None,
                "roles": [],
            },
        )
        if post is not None:
            row["roles"].append({"role": post.role.value, "sector": post.sector, "post": post.title})
    return list(found.values())
