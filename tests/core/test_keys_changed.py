"""The server's secret is changed while forms stand open, letters lie in mailboxes and addresses are recognised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config import Config, ConfigError
from intake.core import altcha, keyed, tokens
from intake.factory import settings
from intake.mapping import registration_mail
from models import Registration
from models.enums import Role
from tests import factories
from tests.conftest import token_in

NEW = "another-secret-" + "1" * 32
COOKIES = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "WTF_CSRF_SECRET_KEY")


@pytest.fixture
def change(app, monkeypatch):
    """Start anew, as it were, with another secret: ``change(earlier=True)`` keeps what the old one signed."""
    config = app.config["INTAKE"]
    monkeypatch.setattr(keyed, "_signing", keyed._signing)  # set back at the end
    monkeypatch.setattr(keyed, "_hash_key", keyed._hash_key)

    def changed(*, earlier, hash_key=config.secret_key):
        new = replace(config, secret_key=NEW, earlier_keys=(config.secret_key,) if earlier else (), hash_key=hash_key)
        for name in COOKIES:
            monkeypatch.setitem(app.config, name, settings(new)[name])
        keyed.configure(new.secret_key, earlier=new.earlier_keys, hash_key=new.hash_key)

    return changed


@pytest.mark.parametrize("earlier", [True, False])
def test_sessions_and_open_forms_of_an_earlier_key_go_on(sign_in, change, earlier):
    browser = sign_in(factories.user(Role.CITIZEN))
    token = token_in(browser.get("/cuenta/").text)
    change(earlier=earlier)
    assert browser.get("/cuenta/").status_code == (200 if earlier else 302)
    answer = browser.post("/cuenta/salir", data={"csrf_token": token})
    assert answer.status_code == (303 if earlier else 400)


def test_what_is_drawn_now_is_signed_with_the_new_key(sign_in, change):
    change(earlier=True)
    browser = sign_in(factories.user(Role.CITIZEN))
    token = token_in(browser.get("/cuenta/").text)
    change(earlier=False)
    assert browser.post("/cuenta/salir", data={"csrf_token": token}).status_code == 303


@pytest.mark.parametrize("earlier", [True, False])
def test_what_was_signed_before_is_known_where_the_key_is(app, change, earlier):
    row = Registration(reference=tokens.new_code(registration_mail.REFERENCE).lower())
    code, stamp = registration_mail.code_of(row), keyed.stamp("form")
    asked = altcha.challenge("form", "x")
    change(earlier=earlier)
    assert registration_mail.is_code_of(row, code) is earlier
    assert (keyed.seconds_since(stamp, "form") is not None) is earlier
    assert keyed.is_signature(str(asked["signature"]), "altcha", str(asked["challenge"])) is earlier
    assert registration_mail.code_of(row) != code
    assert registration_mail.is_code_of(row, registration_mail.code_of(row))


def test_a_signature_of_another_is_none(app):
    row, other = (Registration(reference=name * registration_mail.REFERENCE) for name in "ab")
    code = registration_mail.code_of(other)
    assert not registration_mail.is_code_of(row, code)
    assert not registration_mail.is_code_of(row, row.reference)
    assert not registration_mail.is_code_of(row, row.reference + code.removeprefix(other.reference))


def test_addresses_stay_known_under_the_key_of_hashes(app, change):
    before = keyed.address_hash("mail_stop", "ana@demo.example")
    change(earlier=False)
    assert keyed.address_hash("mail_stop", "ana@demo.example") == before
    change(earlier=False, hash_key="")
    assert keyed.address_hash("mail_stop", "ana@demo.example") != before


def test_whoever_changes_the_secret_says_which_key_hashes_keep():
    given = {"INTAKE_SECRET_KEY": NEW, "INTAKE_SECRET_KEY_EARLIER": f" {'x' * 40}, {'y' * 40} "}
    with pytest.raises(ConfigError, match="INTAKE_HASH_KEY"):
        Config.from_env(given)
    config = Config.from_env(given | {"INTAKE_HASH_KEY": "y" * 40})
    assert (config.earlier_keys, config.hash_key) == (("x" * 40, "y" * 40), "y" * 40)
    assert "xxxx" not in repr(config) and "yyyy" not in repr(config)
    assert settings(config)["WTF_CSRF_SECRET_KEY"] == ["y" * 40, "x" * 40, NEW]


@pytest.mark.parametrize("name", ["INTAKE_SECRET_KEY_EARLIER", "INTAKE_HASH_KEY"])
@pytest.mark.parametrize("key", ["short", "changeme"])
def test_a_weak_key_beside_is_refused(name, key):
    with pytest.raises(ConfigError, match=name):
        Config.from_env({"INTAKE_SECRET_KEY": NEW, "INTAKE_HASH_KEY": "y" * 40, name: key})
