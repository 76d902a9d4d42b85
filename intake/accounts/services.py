"""Accounts and posts: made, granted, ended."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from intake.accounts import links, passwords, queries
from intake.accounts.inputs import HoldingEnd, NewPost
from intake.core import audit, clock, mail, outbox
from intake.core.addresses import email_of
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import Principal
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import flush, in_savepoint, lock, transaction
from intake.extensions import db
from models import Actor, Post, PostHolding, User
from models.enums import ReviewSector, Role, TokenPurpose

PARTIES = frozenset({Role.INSTITUTION, Role.COUNTERPART})


def normal_email(text: str) -> str:
    """The address as accounts keep it: normalised, in small letters. Raises `Invalid` on what is none."""
    found = email_of(clean(text))
    if found is None:
        raise Invalid(_l("Escriba un correo como nombre@ejemplo.org."), field="email")
    return found


def create_user(
    email: str,
    name: str,
    *,
    password: str | None = None,
    by: Principal,
    confirmed: bool = False,
    is_demo: bool = False,
) -> User:
    """Make an account; ``confirmed``: its address needs no mail. Raises `Conflict` if the address has one."""
    authorize(by, Permission.POST_MANAGE)
    email = normal_email(email)
    if password is not None:
        passwords.check(password, email)
    stored = passwords.hashed(password) if password is not None else None
    with transaction():
        return add_user(email, name, password_hash=stored, by=by, confirmed=confirmed, is_demo=is_demo)


def add_user(
    email: str,
    name: str,
    *,
    password_hash: str | None,
    by: Principal,
    confirmed: bool,
    is_demo: bool = False,
    locale: str = "es",
) -> User:
    """Save a new account within the caller's transaction. Raises `Conflict` if the address has one."""
    if queries.user_by_email(email) is not None:
        raise Conflict(_l("Ya hay una cuenta con ese correo."))
    person = User(
        email=email,
        name=clean(name)[:120] or email.partition("@")[0],
        password_hash=password_hash,
        email_confirmed_at=clock.now() if confirmed else None,
        session_epoch=0,
        locale=locale,
        created_at=clock.now(),
        is_demo=is_demo,
    )

    def save() -> None:
        audit.record("user.create", person, by=by)

    if in_savepoint(save) is not None:
        raise Conflict(_l("Ya hay una cuenta con ese correo."))
    return person


def create_post(
    title: str, role: Role, *, sector: ReviewSector | None = None, actor_id: int | None = None, by: Principal
) -> Post:
    """Make a post. Reviewers' posts need a sector, those of institutions and counterparts an organisation."""
    authorize(by, Permission.POST_MANAGE)
    asked = NewPost(title=clean(title), role=role, sector=sector, actor_id=actor_id)
    _check_post(asked)
    with transaction():
        post = Post(title=asked.title[:160], role=role, sector=sector, actor_id=actor_id)
        audit.record("post.create", post, by=by)
    return post


def _check_post(asked: NewPost) -> None:
    if not asked.title:
        raise Invalid(_l("Escriba el nombre del puesto."), field="title")
    if asked.role is Role.CITIZEN:
        raise Invalid(_l("La ciudadanía no necesita un puesto: toda cuenta la tiene."), field="role")
    if asked.role is Role.REVIEWER and asked.sector is None:
        raise Invalid(_l("Elija el sector por el que revisa."), field="sector")
    if asked.role is not Role.REVIEWER and asked.sector is not None:
        raise Invalid(_l("Solo los puestos de revisión llevan sector."), field="sector")
    if asked.role in PARTIES and asked.actor_id is None:
        raise Invalid(_l("Elija la organización a la que pertenece el puesto."), field="actor")
    if asked.actor_id is not None and db.session.get(Actor, asked.actor_id) is None:
        raise Invalid(_l("Esa organización no está en el registro."), field="actor")


def grant_post(user: User, post: Post, *, since: date, by: Principal) -> PostHolding:
    """Let a person hold a post from a day on. Raises `Conflict` if the person already does."""
    authorize(by, Permission.POST_MANAGE)
    return add_holding(user, post, since=since, by=by, granted_by_id=by.user_id)


def add_holding(user: User, post: Post, *, since: date, by: Principal, granted_by_id: int | None) -> PostHolding:
    """Save a holding; who accepts an invitation acts, who sent it granted."""
    with transaction():
        flush()
        lock(sa.select(Post.id).where(Post.id == post.id))  # two who grant it at once: the second finds it held
        if queries.holds_now(user.id, post.id):
            raise Conflict(_l("Esa persona ya ocupa este puesto."))
        holding = PostHolding(post_id=post.id, user_id=user.id, since=since, granted_by_id=granted_by_id)
        facts = {"role": post.role, "sector": post.sector, "actor_id": post.actor_id}
        audit.record("post.grant", holding, by=by, extra=facts, reference=post.code)
    return holding


def end_holding(holding: PostHolding, *, until: date, reason: str, by: Principal) -> None:
    """End a holding: today (or a past day) cuts the right off at once, a later day lets it last through that day.

    Raises `Invalid` on a day before it began or without a reason, `Conflict` if it is already over. History stays.
    """
    authorize(by, Permission.POST_MANAGE)
    asked = HoldingEnd(until=until, reason=clean(reason))
    with transaction():
        db.session.refresh(holding, ["since", "until", "ended_at"], with_for_update=True)  # two may have the page open
        _check_end(holding, asked)
        holding.until = asked.until
        holding.end_reason = asked.reason
        holding.ended_at = clock.now() if asked.until <= clock.today() else None
        audit.record("post.end", holding, by=by, reason=asked.reason, reference=queries.code_of_post(holding.post_id))


def _check_end(holding: PostHolding, asked: HoldingEnd) -> None:
    if not asked.reason:
        raise Invalid(_l("Escriba el motivo."), field="reason")
    if asked.until < holding.since:
        raise Invalid(_l("El último día no puede ser anterior al primero."), field="until")
    over = holding.ended_at is not None or (holding.until is not None and holding.until < clock.today())
    if over:
        raise Conflict(_l("Esta persona ya no ocupa el puesto."))


def invite(email: str, post: Post, *, by: Principal) -> str:
    """Send a one-time invitation to a post; a newer one replaces those before it. Returns the path of the link."""
    authorize(by, Permission.POST_MANAGE)
    email = normal_email(email)
    with transaction():
        known = queries.user_by_email(email)
        if known is not None and queries.holds_now(known.id, post.id):
            raise Conflict(_l("Esa persona ya ocupa este puesto."))
        links.void(TokenPurpose.INVITATION, email, post_id=post.id)
        issued = links.issue(TokenPurpose.INVITATION, email, user_id=known.id if known else None, post_id=post.id)
        path = f"/cuenta/invitacion/{issued.token}"
        outbox.enqueue(
            "post_invitation",
            to=email,
            locale=known.locale if known else "es",
            post=post.title,
            role=post.role,
            by=by.name,
            link=mail.url_of(path),
            expires_at=clock.now() + timedelta(days=links.INVITATION_DAYS),
        )
        audit.record("post.invite", post, by=by)
    return path


def open_account(user: User, *, by: Principal) -> str:
    """The path of a one-time link by which a person enters an account made for them and chooses a password."""
    authorize(by, Permission.POST_MANAGE)
    with transaction():
        links.void(TokenPurpose.INVITATION, user.email)
        issued = links.issue(TokenPurpose.INVITATION, user.email, user_id=user.id)
        audit.record("user.invite", user, by=by)
    return f"/cuenta/invitacion/{issued.token}"


def vacant_or_new_post(
    role: Role, *, title: str, sector: ReviewSector | None, actor_id: int | None, by: Principal
) -> Post:
    """A post of this kind that nobody holds, or a new one."""
    found = db.session.scalar(
        sa.select(Post)
        .where(
            Post.role == role,
            Post.sector.is_not_distinct_from(sector),
            Post.actor_id.is_not_distinct_from(actor_id),
            ~sa.exists().where(PostHolding.post_id == Post.id, queries.held_on(clock.today())),
        )
        .order_by(Post.id)
        .limit(1)
    )
    return found or create_post(title, role, sector=sector, actor_id=actor_id, by=by)
