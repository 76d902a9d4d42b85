"""Coming in while somebody else changes the account, on a database of its own: no password is lost or comes back."""

from __future__ import annotations

from intake.accounts import links, own, passwords, queries, services, signing_in
from intake.accounts.inputs import Registration
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.extensions import db
from models import User
from models.enums import TokenPurpose
from tests import factories
from tests.racing import hold_after, together, under

EMAIL, WORD, OTHER = "eva@demo.example", "una-clave-larga-y-rara", "otra-clave-larga-y-rara"
HOME = "192.0.2.7"


def opened(*, confirmed: bool) -> int:
    """The key of an account with the password `WORD`."""
    with transaction():
        stored = passwords.hashed(WORD)
        made = services.add_user(EMAIL, "Eva", password_hash=stored, by=SYSTEM, confirmed=confirmed, locale="es")
    return made.id


def link(purpose: TokenPurpose, key: int) -> str:
    with transaction():
        return links.issue(purpose, EMAIL, user_id=key).token


def account() -> User:
    db.session.rollback()
    found = queries.user_by_email(EMAIL)
    assert found is not None
    return found


def test_signing_in_does_not_bring_back_the_password_that_was_just_changed(own_app, monkeypatch):
    with own_app.app_context():
        key = opened(confirmed=True)
        by = factories.principal(db.session.get_one(User, key))
    monkeypatch.setattr(passwords, "is_outdated", lambda _stored: True)
    change = lambda: own.change_password(current=WORD, new=OTHER, proved=False, by=by)
    enter = lambda: signing_in.by_password(EMAIL, WORD, address=HOME)
    assert under(own_app, change, enter) == ["Invalid", "done"]
    with own_app.app_context():
        assert passwords.matches(account().password_hash, OTHER)


def test_registering_again_takes_no_password_from_an_account_that_is_being_confirmed(own_app):
    with own_app.app_context():
        token = link(TokenPurpose.CONFIRM_EMAIL, opened(confirmed=False))
    asked = Registration(email=EMAIL, name="Otra", password=OTHER)
    again = lambda: signing_in.register(asked, address=HOME)
    assert under(own_app, lambda: signing_in.confirm(token), again) == ["done", "done"]
    with own_app.app_context():
        assert account().email_confirmed_at is not None
        assert passwords.matches(account().password_hash, WORD)


def test_a_link_used_while_an_invitation_is_taken_up_leaves_its_password(own_app, monkeypatch):
    """Both hold the account first and the link after it: neither waits for the other in vain."""
    with own_app.app_context():
        key = opened(confirmed=False)
        token = link(TokenPurpose.SIGN_IN, key)
        invited = services.open_account(db.session.get_one(User, key), by=SYSTEM).rpartition("/")[2]
    used = hold_after(monkeypatch, links, "consume")

    def accept() -> None:
        with used.coming():
            signing_in.accept(invited, name="Eva", password=OTHER, locale="es")

    assert together(own_app, lambda: signing_in.by_link(token), accept) == ["done", "done"]
    with own_app.app_context():
        assert account().email_confirmed_at is not None
        assert passwords.matches(account().password_hash, OTHER)
