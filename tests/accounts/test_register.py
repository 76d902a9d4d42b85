"""Opening an account by oneself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.accounts import passwords, policy
from intake.core.errors import Invalid
from intake.extensions import db
from models import AuditEntry, User
from tests import factories
from tests.accounts.test_signin import MOMENT, WORD, enter, is_in, mails, path_of
from tests.conftest import token_in


def register(post, browser, email, password=WORD, name="Ana Ejemplo"):
    return post(browser, "/cuenta/registro", name=name, email=email, password=password)


def account(email):
    db.session.expire_all()
    return db.session.scalar(sa.select(User).where(User.email == email))


def test_registration_waits_for_the_confirmation(client, post):
    answer = register(post, client, "Ana@Demo.example")
    assert answer.status_code == 200
    assert "60 minutos" in answer.text
    who = account("ana@demo.example")
    assert (who.name, who.email_confirmed_at, who.is_demo) == ("Ana Ejemplo", None, False)
    assert passwords.matches(who.password_hash, WORD)
    link = path_of(mails("account_confirm")[0].context["link"])
    for _ in range(2):
        assert client.get(link).status_code == 200
    assert account("ana@demo.example").email_confirmed_at is None
    assert post(client, link).status_code == 303
    assert account("ana@demo.example").email_confirmed_at is not None
    assert is_in(client)
    assert client.get(link).status_code == 410
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["user.create", "user.confirm_email", "user.sign_in"]


def test_who_was_on_the_way_to_a_page_gets_there_after_confirming(client, post):
    page = client.get("/cuenta/registro?siguiente=/seguimiento/PAGA3-00001/cuenta").text
    assert 'name="siguiente" value="/seguimiento/PAGA3-00001/cuenta"' in page
    values = {"name": "Ana Ejemplo", "email": "ana@demo.example", "password": WORD}
    post(client, "/cuenta/registro", **values, siguiente="/seguimiento/PAGA3-00001/cuenta")
    answer = post(client, path_of(mails("account_confirm")[0].context["link"]))
    assert (answer.status_code, answer.location) == (303, "/seguimiento/PAGA3-00001/cuenta")
    post(client, "/cuenta/registro", **(values | {"email": "eva@demo.example"}), siguiente="//elsewhere.example/")
    assert "siguiente" not in mails("account_confirm")[1].context["link"]


def test_confirmation_ends_after_an_hour(client, post):
    with time_machine.travel(MOMENT, tick=False) as travel:
        register(post, client, "ana@demo.example")
        link = path_of(mails("account_confirm")[0].context["link"])
        token = token_in(client.get(link).text)
        travel.shift(timedelta(minutes=61))
        assert client.post(link, data={"csrf_token": token}).status_code == 410
    assert account("ana@demo.example").email_confirmed_at is None


def test_without_password_one_enters_by_mail(client, post):
    register(post, client, "ana@demo.example", password="")
    assert account("ana@demo.example").password_hash is None
    post(client, path_of(mails("account_confirm")[0].context["link"]))
    assert is_in(client)


def test_known_and_unknown_addresses_get_one_answer(client, post, app):
    known = factories.user(email="ana@demo.example", name="Otra Ejemplo", password_hash=passwords.hashed(WORD))
    before = (known.name, known.password_hash)
    pages = [register(post, app.test_client(), email).text for email in ("ana@demo.example", "eva@demo.example")]
    same = [re.sub(r'name="csrf_token"[^>]*', "", p).replace("eva@", "ana@") for p in pages]
    assert same[0] == same[1]
    assert [(m.kind, m.to_address) for m in mails()] == [
        ("account_exists", "ana@demo.example"),
        ("account_confirm", "eva@demo.example"),
    ]
    known = account("ana@demo.example")
    assert (known.name, known.password_hash) == before


def test_the_same_work_is_done_for_known_and_unknown(client, post, monkeypatch):
    factories.user(email="ana@demo.example")
    done = []
    real = passwords.hashed
    monkeypatch.setattr(passwords, "hashed", lambda p: done.append(p) or real(p))
    for email in ("ana@demo.example", "eva@demo.example"):
        register(post, client, email)
    assert done == [WORD, WORD]


def test_nobody_else_s_password_opens_what_the_owner_confirms(client, post, app):
    register(post, app.test_client(), "ana@demo.example", "una frase de intruso")
    register(post, client, "ana@demo.example", WORD)
    post(client, path_of(mails("account_confirm")[-1].context["link"]))
    for tried in ("una frase de intruso", WORD):
        assert enter(post, app.test_client(), "ana@demo.example", tried).status_code == 422
    assert client.get(path_of(mails("account_confirm")[0].context["link"])).status_code == 410


def test_registering_twice_with_one_password_keeps_it(client, post, app):
    for _ in range(2):
        register(post, client, "ana@demo.example", WORD)
    post(client, path_of(mails("account_confirm")[-1].context["link"]))
    assert enter(post, app.test_client(), "ana@demo.example", WORD).status_code == 303


@pytest.mark.parametrize(
    "password",
    [
        "corta",
        "once letras",
        "password1234",
        "Contraseña1234",
        "aaaaaaaaaaaaa",
        "anabelen@demo.example",
        "123456789012",
    ],
)
def test_weak_passwords_are_refused_and_the_rest_is_kept(client, post, password):
    answer = register(post, client, "anabelen@demo.example", password)
    assert answer.status_code == 422
    assert 'value="Ana Ejemplo"' in answer.text
    assert password not in re.sub(r'value="anabelen@demo.example"', "", answer.text)
    assert account("anabelen@demo.example") is None
    assert mails() == []


def test_long_password_is_refused_before_hashing():
    with pytest.raises(Invalid):
        passwords.check("ab" * 101 + "cdefg", "ana@demo.example")
    passwords.check(WORD, "ana@demo.example")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "email": "ana@demo.example"},
        {"name": "Ana", "email": ""},
        {"name": "Ana", "email": "sin arroba"},
        {"name": "Ana", "email": "a@b"},
        {"name": "Ana", "email": "a@@demo.example"},
        {"name": "A" * 121, "email": "ana@demo.example"},
        {"name": "Ana", "email": "a" * 260 + "@demo.example"},
        {"name": "Ana", "email": "ana@demo.example\r\nBcc: x@demo.example"},
    ],
)
def test_bad_input_makes_no_account(client, post, fields):
    answer = post(client, "/cuenta/registro", password="", **fields)
    assert answer.status_code == 422
    assert "Hay algo que corregir" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


@pytest.mark.usefixtures("inside_window")
def test_registration_is_limited_for_each_address(client, post, app):
    answers = [register(post, app.test_client(), "ana@demo.example").status_code for _ in range(6)]
    assert answers == [200] * policy.REGISTER_ACCOUNT.times + [429]


def test_markup_in_a_name_is_text(client, post):
    register(post, client, "ana@demo.example", name="<script>alert(1)</script>")
    page = post(client, path_of(mails("account_confirm")[0].context["link"]))
    assert page.status_code == 303
    text = client.get("/cuenta/").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
