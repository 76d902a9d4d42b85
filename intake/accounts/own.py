"""What people do with their own account."""

from __future__ import annotations

from intake.accounts import links, passwords, queries, services
from intake.accounts import policy as p
from intake.core import audit, clock, limits, mail, outbox
from intake.core.errors import Gone, Invalid
from intake.core.i18n import LANGUAGES
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import Principal
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import in_savepoint, transaction
from models import User
from models.enums import TokenPurpose

#: Signing in by a mail link proves the mailbox; for this long it stands for the present password.
LINK_PROVES_MINUTES = 15


def me(by: Principal) -> User:
    """The account of whoever asks."""
    authorize(by, Permission.ACCOUNT_OWN)
    return queries.user(by.user_id or 0)


def _mine(by: Principal) -> User:
    """The account of whoever asks, as it is now, for the caller's transaction to change."""
    authorize(by, Permission.ACCOUNT_OWN)
    return queries.user_to_change(by.user_id or 0)


def edit(*, name: str, locale: str, by: Principal) -> None:
    """Change one's name and language."""
    name = clean(name)[:120]
    if not name:
        raise Invalid(_l("Escriba su nombre."), field="name")
    if locale not in LANGUAGES:
        raise Invalid(_l("Elija un idioma."), field="locale")
    with transaction():
        person = _mine(by)
        person.name, person.locale = name, locale
        audit.record("user.edit", person, by=by)


def change_password(*, current: str, new: str, proved: bool, by: Principal) -> User:
    """Set a password and sign out everywhere else.

    ``proved``: came in by mail link a moment ago, so ``current`` is not asked. Raises `Invalid` on field
    current_password or new_password, and `TooMany`.
    """
    authorize(by, Permission.ACCOUNT_OWN)
    limits.hit(p.OWN_PASSWORD, str(by.user_id), words=p.wait)
    with transaction():
        stored = _mine(by).password_hash
    _demand_current(stored, current, proved=proved, field="new_password")
    passwords.check(new, by.email, field="new_password")
    fresh = passwords.hashed(new)
    with transaction():
        person = _mine(by)
        _refuse_if_other(person, stored, proved=proved)
        person.password_hash = fresh
        person.session_epoch += 1
        audit.record("user.change_password", person, by=by)
        links.void(TokenPurpose.SIGN_IN, person.email)
        links.void_change_of(person.id)  # whoever knew the old password may have asked for another address
        outbox.enqueue("password_changed", to=person.email, locale=person.locale, name=person.name, at=clock.now())
    return person


def _demand_current(stored: str | None, current: str, *, proved: bool, field: str) -> None:
    """Raise `Invalid` unless whoever acts has shown a moment ago that the account is theirs.

    With the present password, or by a mailed link (``proved``). Where there is no password the error stands at
    ``field``.
    """
    if proved:
        return
    if stored is None:
        raise Invalid(
            _l("Por seguridad, salga y entre otra vez con un enlace por correo; después podrá hacer este cambio."),
            field=field,
        )
    if not passwords.matches(stored, current):
        raise Invalid(_l("Esa no es su contraseña actual."), field="current_password")


def _refuse_if_other(person: User, stored: str | None, *, proved: bool) -> None:
    """Raise `Invalid` where the password was changed since ``current`` was compared with it."""
    if not proved and person.password_hash != stored:
        raise Invalid(_l("Esa no es su contraseña actual."), field="current_password")


def request_email_change(new_email: str, *, current: str, proved: bool, by: Principal) -> None:
    """Send a confirmation link to the new address and a warning to the old one.

    The answer does not say whether it is taken.
    """
    authorize(by, Permission.ACCOUNT_OWN)
    new_email = services.normal_email(new_email)
    limits.hit(p.OWN_PASSWORD, str(by.user_id), words=p.wait)
    limits.hit(p.LINK_TO_ACCOUNT, new_email, words=p.wait)
    with transaction():
        stored = _mine(by).password_hash
    _demand_current(stored, current, proved=proved, field="email")
    if new_email == by.email:
        raise Invalid(_l("Ese ya es su correo."), field="email")
    with transaction():
        person = _mine(by)
        _refuse_if_other(person, stored, proved=proved)
        audit.record("user.ask_email_change", person, by=by)
        outbox.enqueue("email_change_notice", to=person.email, locale=person.locale, name=person.name, at=clock.now())
        _write_to_new_address(person, new_email)


def _write_to_new_address(person: User, new_email: str) -> None:
    taken = queries.user_by_email(new_email)
    if taken is not None:
        outbox.enqueue(
            "account_exists",
            to=new_email,
            locale=taken.locale,
            name=taken.name,
            sign_in_url=mail.url_of("/cuenta/entrar"),
        )
        return
    issued = links.issue(TokenPurpose.CHANGE_EMAIL, new_email, user_id=person.id)
    outbox.enqueue(
        "email_change",
        to=new_email,
        locale=person.locale,
        name=person.name,
        link=mail.url_of(f"/cuenta/correo/{issued.token}"),
        minutes=links.MINUTES,
    )


def change_email(token: str, *, by: Principal) -> None:
    """Take the address that the link was sent to. Only for the person who asked.

    Raises `Gone`, `NotFound`, `Invalid`.
    """
    with transaction():
        person = _mine(by)  # first, as everywhere: whoever changes the password waits for it here, too
        row = links.look(TokenPurpose.CHANGE_EMAIL, token)
        if row.user_id != person.id:
            raise Gone(_l("Este enlace pertenece a otra cuenta. Salga, entre con la suya y ábralo otra vez."))
        links.consume(row)
        if queries.user_by_email(row.email) is not None:
            raise Invalid(_l("Ese correo ya no está disponible."))
        for purpose in (TokenPurpose.SIGN_IN, TokenPurpose.CONFIRM_EMAIL):
            links.void(purpose, person.email)

        def take() -> None:
            person.email = row.email
            person.email_confirmed_at = clock.now()
            audit.record("user.change_email", person, by=by)

        if in_savepoint(take) is not None:  # somebody registered it a moment ago
            raise Invalid(_l("Ese correo ya no está disponible."))


def sign_out_everywhere(*, by: Principal) -> User:
    """End every session of the account, this one included."""
    with transaction():
        person = _mine(by)
        person.session_epoch += 1
        audit.record("user.sign_out_everywhere", person, by=by)
        links.void(TokenPurpose.SIGN_IN, person.email)
    return person


def ask_erasure(*, by: Principal) -> None:
    """Ask for the account to be erased (LOPDP, art. 15): written down, and answered by mail with what happens next."""
    with transaction():
        person = me(by)
        audit.record("user.ask_erasure", person, by=by)
        outbox.enqueue(
            "erasure_asked",
            to=person.email,
            locale=person.locale,
            name=person.name,
            at=clock.now(),
            dedupe_key=f"erasure_asked:{person.id}:{clock.today()}",
        )
