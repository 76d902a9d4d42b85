"""Registering, confirming and the ways in. Answers are the same whether an address is known or not."""

from __future__ import annotations

from urllib.parse import quote

import sqlalchemy as sa

from intake.accounts import links, passwords, queries, services
from intake.accounts import policy as p
from intake.accounts.inputs import Registration
from intake.core import altcha, audit, clock, limits, mail, outbox
from intake.core.errors import Gone, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import GUEST, Principal
from intake.core.text import clean
from intake.core.transaction import flush, transaction
from intake.extensions import db
from models import OneTimeToken, Post, User
from models.enums import TokenPurpose


def register(asked: Registration, *, address: str, path: str = "") -> None:
    """Open an account and send its confirmation; a known address is told by mail that it has one.

    ``address`` is the IP, ``path`` where the link leads on to. Raises `Invalid` on a weak password and `TooMany`. The
    work done is the same either way.
    """
    email = services.normal_email(asked.email)
    if asked.password is not None:
        passwords.check(asked.password, email)
    limits.hit(p.REGISTER_FROM_ADDRESS, address, words=p.wait)
    limits.hit(p.REGISTER_ACCOUNT, email, words=p.wait)
    stored = passwords.hashed(asked.password or "")
    again = passwords.matches(_stored_password(email), asked.password or "")
    with transaction():
        person = queries.user_by_email_to_change(email)  # whoever confirms it meanwhile keeps the password
        if person is None:
            kept = stored if asked.password is not None else None
            person = services.add_user(
                email, asked.name, password_hash=kept, by=GUEST, confirmed=False, locale=asked.locale
            )
        elif person.email_confirmed_at is None and not again:
            # Two registrations, and nobody has proved to own the mailbox: neither one's password may open the account.
            person.password_hash = None
        if person.email_confirmed_at is None:
            send_confirmation(person, path)
        else:
            _tell_that_it_exists(person)


def _stored_password(email: str) -> str | None:
    with transaction():
        return db.session.scalar(sa.select(User.password_hash).where(User.email == email))


def send_confirmation(person: User, path: str = "") -> None:
    """Send a new confirmation link within the caller's transaction; older ones stop working."""
    flush()
    links.void(TokenPurpose.CONFIRM_EMAIL, person.email)
    issued = links.issue(TokenPurpose.CONFIRM_EMAIL, person.email, user_id=person.id)
    outbox.enqueue(
        "account_confirm",
        to=person.email,
        locale=person.locale,
        name=person.name,
        link=mail.url_of(f"/cuenta/confirmar/{issued.token}" + _going_on(path)),
        minutes=links.MINUTES,
    )


def _tell_that_it_exists(person: User) -> None:
    outbox.enqueue(
        "account_exists",
        to=person.email,
        locale=person.locale,
        name=person.name,
        sign_in_url=mail.url_of("/cuenta/entrar"),
    )


def confirm(token: str) -> User:
    """Confirm the address that a link was sent to. Raises `NotFound` or `Gone`."""
    with transaction():
        return _proved(links.look(TokenPurpose.CONFIRM_EMAIL, token))


def _proved(row: OneTimeToken) -> User:
    """Use up a link; the account whose address is proved by it. Raises `NotFound` or `Gone`."""
    person = queries.user_to_change(row.user_id or 0)  # the account first, then its link, as everywhere
    links.consume(row)
    if person.disabled_at is not None or person.email != row.email:
        raise Gone(_l("Este enlace ya no corresponde a ninguna cuenta."))
    if person.email_confirmed_at is None:
        person.email_confirmed_at = clock.now()
        if row.purpose is not TokenPurpose.CONFIRM_EMAIL:
            person.password_hash = None  # whoever chose it registered an address without proving to own it
        audit.record("user.confirm_email", person, by=GUEST)
    return person


def by_password(email: str, password: str, *, address: str) -> User:
    """The account that the password opens. Raises `Invalid`, the same for every reason, and `TooMany`."""
    try:
        email = services.normal_email(email)
    except Invalid:
        email = clean(email).lower()[:254]
    limits.hit(p.SIGN_IN_FROM_ADDRESS, address, words=p.wait)
    limits.hit(p.PASSWORD_OF_ACCOUNT, email, words=p.wait)
    stored = _stored_password(email)  # a transaction of its own: hashing must not hold SQLite's write lock
    if not passwords.matches(stored, password):
        raise Invalid(_l("El correo o la contraseña no son correctos."))
    fresh = passwords.hashed(password) if stored and passwords.is_outdated(stored) else None
    with transaction():
        person = queries.user_by_email_to_change(email)
        if person is None or person.disabled_at is not None or person.password_hash != stored:
            raise Invalid(_l("El correo o la contraseña no son correctos."))
        if person.email_confirmed_at is not None:
            person.password_hash = fresh or person.password_hash
            limits.clear(p.PASSWORD_OF_ACCOUNT, email)
            return person
        limits.hit(p.LINK_TO_ACCOUNT, email, words=p.wait)
        send_confirmation(person)
    raise Invalid(_l("Falta confirmar su correo. Acabamos de enviarle un enlace nuevo: ábralo y entrará."))


def request_link(email: str, *, address: str, locale: str, path: str = "") -> str:
    """Mail a one-time link and code; an unknown address is told so by mail. Returns the address as accounts keep it."""
    email = services.normal_email(email)
    limits.hit(p.LINK_FROM_ADDRESS, address, words=p.wait)
    limits.hit(p.LINK_TO_ACCOUNT, email, words=p.wait)
    with transaction():
        person = queries.user_by_email(email)
        known = person if person is not None and person.disabled_at is None else None
        links.void(TokenPurpose.SIGN_IN, email)
        issued = links.issue(TokenPurpose.SIGN_IN, email, user_id=known.id if known else None, coded=True)
        if known is None:
            outbox.enqueue("sign_in_unknown", to=email, locale=locale, register_url=mail.url_of("/cuenta/registro"))
        else:
            _send_link(known, issued, path)
    return email


def _going_on(path: str) -> str:
    return f"?siguiente={quote(path, safe='/')}" if path else ""


def _send_link(person: User, issued: links.Issued, path: str) -> None:
    link = mail.url_of(f"/cuenta/enlace/{issued.token}" + _going_on(path))
    outbox.enqueue(
        "sign_in_link",
        to=person.email,
        locale=person.locale,
        name=person.name,
        link=link,
        code=f"{issued.code[:4]}-{issued.code[4:]}",
        minutes=links.MINUTES,
    )


def by_link(token: str) -> User:
    """The account that a mailed link opens, used up. Raises `NotFound` or `Gone`."""
    with transaction():
        return _proved(links.look(TokenPurpose.SIGN_IN, token))


def by_code(email: str, code: str, *, address: str) -> User:
    """The account that a mailed code opens, used up. Raises `Invalid` and `TooMany`."""
    email = services.normal_email(email)
    limits.hit(p.SIGN_IN_FROM_ADDRESS, address, words=p.wait)
    limits.hit(p.CODE_OF_ACCOUNT, email, words=p.wait)
    with transaction():
        row = links.look_by_code(TokenPurpose.SIGN_IN, email, code)
        if row is None or row.user_id is None:
            raise Invalid(_l("El código no es correcto o ya caducó. Revíselo o pida otro."), field="code")
        person = _proved(row)
        limits.clear(p.CODE_OF_ACCOUNT, email)
        return person


def note_sign_in(person: User, how: str) -> None:
    """Write down that somebody came in, and how: password, link, code, demo; with or without second factor."""
    with transaction():
        audit.record("user.sign_in", person, by=_principal(person), extra={"how": how})


def invitation(token: str) -> tuple[OneTimeToken, Post | None, User | None]:
    """What an invitation offers: the row, the post (None: only the account) and the account, if there is one."""
    row = links.look(TokenPurpose.INVITATION, token)
    post = db.session.get(Post, row.post_id) if row.post_id else None
    return row, post, queries.user_by_email(row.email)


def accept(token: str, *, name: str, password: str | None, locale: str) -> User:
    """Take up an invitation: the account is made if needed, its address proved, the post held from today on."""
    _row, _post, known = invitation(token)
    stored = None
    if password is not None:
        passwords.check(password, _row.email)
        stored = passwords.hashed(password)
    with transaction():
        row, post, known = invitation(token)
        if known is not None:
            known = queries.user_to_change(known.id)  # loaded before the hash was made
        links.consume(row)
        if known is None:
            known = services.add_user(row.email, name, password_hash=stored, by=GUEST, confirmed=True, locale=locale)
        elif known.disabled_at is not None:
            raise Gone(_l("Este enlace ya no corresponde a ninguna cuenta."))
        else:
            _open(known, name, stored, alone=post is None)
        if post is not None and not queries.holds_now(known.id, post.id):
            by = _principal(known)
            services.add_holding(known, post, since=clock.today(), by=by, granted_by_id=None)
        return known


def _open(person: User, name: str, stored: str | None, *, alone: bool) -> None:
    """Prove the address of an account that was there; an invitation to it alone also sets name and password."""
    if person.email_confirmed_at is None:
        person.email_confirmed_at = clock.now()
        person.password_hash = None  # whoever registered it had not proved to own the mailbox
    if alone or person.password_hash is None:
        person.name = clean(name)[:120] or person.name
        person.password_hash = stored or person.password_hash
        person.session_epoch += stored is not None  # as with any new password, other sessions end…
    audit.record("user.confirm_email", person, by=GUEST)
    if stored is not None:  # …and so do the links asked for under the old one
        links.void(TokenPurpose.SIGN_IN, person.email)
        links.void_change_of(person.id)


def _principal(person: User) -> Principal:
    flush()
    found = queries.principal_of(person.id)
    if found is None:
        raise Gone(_l("Esta cuenta está cerrada."))
    return found[0]


def tidy() -> int:
    """Delete links and counts of attempts that ended more than a day ago. Returns how many rows went."""
    with transaction():
        return links.purge() + limits.purge() + altcha.purge()
