"""``flask users``."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from intake.accounts import passwords, queries
from intake.extensions import db
from models import PostHolding, User
from models.enums import Role
from tests import factories
from tests.accounts.test_signin import WORD, is_in, path_of


@pytest.fixture
def run(app):
    def call(*words, stdin=None):
        done = app.test_cli_runner().invoke(args=["users", *words], input=stdin)
        db.session.expire_all()
        return done

    return call


def roles_of(email):
    found = queries.principal_of(queries.account(email).id)
    return found[0].roles - {Role.CITIZEN}


def test_create_prints_a_link_by_which_the_owner_enters(run, client, post):
    done = run("create", "Ana@demo.example", "--role", "reviewer", "--sector", "academia", "--name", "Ana Ejemplo")
    assert done.exit_code == 0, done.output
    assert roles_of("ana@demo.example") == {Role.REVIEWER}
    link = path_of(done.stdout.strip())
    assert client.get(link).status_code == 200
    assert post(client, link, name="Ana Ejemplo", password=WORD).status_code == 303
    assert is_in(client)
    db.session.expire_all()
    assert passwords.matches(queries.account("ana@demo.example").password_hash, WORD)
    assert client.get(link).status_code == 410


def test_create_takes_a_password_from_standard_input(run):
    done = run("create", "ana@demo.example", "--role", "admin", "--password-stdin", stdin=f"{WORD}\n")
    assert (done.exit_code, done.stdout) == (0, "ana@demo.example can sign in.\n")
    who = queries.account("ana@demo.example")
    assert passwords.matches(who.password_hash, WORD)
    assert who.email_confirmed_at is not None


@pytest.mark.parametrize(
    "words",
    [
        ["create", "no es correo"],
        ["create", "ana@demo.example", "--role", "reviewer"],
        ["create", "ana@demo.example", "--role", "analyst", "--sector", "academia"],
        ["create", "ana@demo.example", "--role", "institution"],
        ["create", "ana@demo.example", "--role", "institution", "--actor", "no-existe"],
        ["create", "ana@demo.example", "--password-stdin"],
        ["grant", "nadie@demo.example", "--role", "analyst"],
        ["revoke", "nadie@demo.example", "--role", "analyst"],
    ],
)
def test_refusals_are_one_line_and_change_nothing(run, words):
    done = run(*words, stdin="corta\n")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_second_account_for_an_address_is_refused(run):
    factories.user(email="ana@demo.example")
    assert run("create", "ANA@demo.example").exit_code == 1


def test_grant_and_revoke_keep_history(run):
    factories.user(email="ana@demo.example")
    assert run("grant", "ana@demo.example", "--role", "analyst").exit_code == 0
    assert roles_of("ana@demo.example") == {Role.ANALYST}
    assert run("grant", "ana@demo.example", "--role", "analyst").exit_code == 1
    assert run("grant", "ana@demo.example", "--role", "citizen").exit_code == 1
    assert run("revoke", "ana@demo.example", "--role", "analyst").exit_code == 0
    assert roles_of("ana@demo.example") == set()
    assert run("revoke", "ana@demo.example", "--role", "analyst").exit_code == 1
    assert run("grant", "ana@demo.example", "--role", "analyst").exit_code == 0
    assert roles_of("ana@demo.example") == {Role.ANALYST}
    holdings = db.session.scalars(sa.select(PostHolding)).all()
    assert len(holdings) == 2
    assert len({h.post_id for h in holdings}) == 1  # the vacant post was taken again


def test_institution_needs_its_organisation(run):
    owner = factories.actor("Ministerio Ejemplo")
    assert run("create", "ana@demo.example", "--role", "institution", "--actor", owner.slug).exit_code == 0
    found = queries.principal_of(queries.account("ana@demo.example").id)
    assert found[0].actor_ids == {owner.id}


def test_list(run):
    factories.user(Role.REVIEWER, email="ana@demo.example", name="Ana")
    factories.user(email="eva@demo.example", name="Eva", email_confirmed_at=None)
    assert (
        run("list").stdout == "ana@demo.example\tAna\treviewer:academia\neva@demo.example\tEva\tcitizen\tunconfirmed\n"
    )
    rows = json.loads(run("list", "--json").stdout)
    assert [(r["email"], [x["role"] for x in r["roles"]]) for r in rows] == [
        ("ana@demo.example", ["reviewer"]),
        ("eva@demo.example", []),
    ]


def test_every_answer_can_be_one_json_document(run):
    made = json.loads(run("create", "uno@demo.example", "--role", "analyst", "--json").stdout)
    assert (made["email"], made["role"], made["link"][:4]) == ("uno@demo.example", "analyst", "http")
    assert json.loads(run("grant", "uno@demo.example", "--role", "directorate", "--json").stdout) == {
        "email": "uno@demo.example",
        "granted": "directorate",
    }
    assert json.loads(run("revoke", "uno@demo.example", "--role", "directorate", "--json").stdout) == {
        "email": "uno@demo.example",
        "revoked": "directorate",
        "holdings": 1,
    }
