"""Two at the same account or post, on a database of their own: what one decided the other does not undo."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from intake.accounts import own, passwords, second_factor, services, signing_in
from intake.core import clock
from intake.core.errors import Conflict, Invalid
from intake.core.identity import SYSTEM
from intake.extensions import db
from models import OneTimeToken, Post, PostHolding, User
from models.enums import Role
from tests import factories
from tests.accounts.test_signin import WORD, person
from tests.racing import meanwhile, under

OTHER, THIRD = "otra-clave-larga-y-rara", "tercera-clave-larga-y-rara"


@pytest.fixture
def who(own_app):
    """Who is signed in: the session has loaded the account, as every request does."""
    with own_app.app_context():
        made = person(Role.ANALYST)
        db.session.commit()
        own.me(factories.principal(made))
        yield made


def test_a_right_that_was_cut_off_does_not_come_back(own_app, who):
    del who
    mine = sa.select(PostHolding)
    holding, today = db.session.scalars(mine).one(), clock.today()

    def cut_off():
        services.end_holding(db.session.scalars(mine).one(), until=today, reason="Renunció.", by=SYSTEM)

    meanwhile(own_app, cut_off)
    with pytest.raises(Conflict):
        services.end_holding(holding, until=today + timedelta(days=30), reason="Fin de contrato.", by=SYSTEM)
    assert (holding.until, holding.end_reason) == (today, "Renunció.")
    assert holding.ended_at is not None


def test_one_of_two_who_grant_a_post_at_once_does(own_app, who):
    post, key = services.create_post("Análisis", Role.ANALYST, by=SYSTEM).id, who.id

    def grant():
        person, granted = db.session.get_one(User, key), db.session.get_one(Post, post)
        services.grant_post(person, granted, since=clock.today(), by=SYSTEM)

    assert under(own_app, grant, grant) == ["Conflict", "done"]


def test_a_second_factor_just_switched_on_keeps_its_secret(own_app, who):
    by = factories.principal(who)
    second_factor.begin(who.id, by=by)
    secret, key = who.totp_secret, who.id
    assert who.totp_enabled_at is None
    with time_machine.travel(clock.now(), tick=False):  # the code holds however long the turn takes
        meanwhile(own_app, lambda: second_factor.enrol(key, pyotp.TOTP(secret).now(), by=by))
    with pytest.raises(Conflict):
        second_factor.begin(key, by=by)
    assert db.session.scalar(sa.select(User.totp_secret).where(User.id == key)) == secret


def test_an_invitation_taken_up_counts_on_from_the_epoch_of_now(own_app, who, monkeypatch):
    """The account was looked at before the password was hashed, and signed out everywhere meanwhile."""
    by, real, seen = factories.principal(who), passwords.hashed, who.session_epoch
    token = services.open_account(who, by=SYSTEM).rpartition("/")[2]

    def slowly(*args):
        meanwhile(own_app, lambda: own.sign_out_everywhere(by=by))
        return real(*args)

    monkeypatch.setattr(passwords, "hashed", slowly)
    assert signing_in.accept(token, name="", password=OTHER, locale="es").session_epoch == seen + 2


def change(by, new):
    own.change_password(current=WORD, new=new, proved=False, by=by)


def ask(by):
    own.request_email_change("otra@demo.example", current=WORD, proved=False, by=by)


@pytest.mark.parametrize("late", [lambda by: change(by, THIRD), ask])
def test_the_password_of_before_decides_nothing_once_another_is_kept(own_app, who, monkeypatch, late):
    """Whoever knew it is faster than the owner by the time of a hash, and comes second."""
    by, real, asked = factories.principal(who), passwords.matches, []

    def slowly(*args):
        found = real(*args)
        asked.append(found)
        if len(asked) == 1:
            meanwhile(own_app, lambda: change(by, OTHER))
        return found

    monkeypatch.setattr(passwords, "matches", slowly)
    with pytest.raises(Invalid) as refused:
        late(by)
    assert (asked, refused.value.field) == ([True, True], "current_password")
    db.session.expire_all()
    assert real(who.password_hash, OTHER)
    assert db.session.scalars(sa.select(OneTimeToken.id)).all() == []
