"""The demonstration's accounts, its one-click entry and its mail page: only in demo mode."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.accounts import demo, passwords
from intake.core import clock, outbox
from intake.core.transaction import transaction
from intake.extensions import db
from intake.web.filters import fecha_hora
from models import AuditEntry, Post, User
from models.enums import ReviewSector, Role
from tests import factories
from tests.accounts.test_signin import enter, is_in
from tests.conftest import token_in

ADDRESSES = [
    "ciudadania",
    "facilitacion",
    "analisis",
    "revision.estado",
    "revision.sociedad",
    "revision.academia",
    "nucleo",
    "direccion",
    "institucion",
    "contraparte",
    "observacion",
]


@pytest.fixture
def demo_app(app, tmp_path, monkeypatch):
    config = dataclasses.replace(app.config["INTAKE"], demo=True, instance_path=str(tmp_path))
    monkeypatch.setitem(app.config, "INTAKE", config)
    return app


@pytest.fixture
def people(demo_app, tmp_path):
    actors = {"institution": factories.actor().id, "counterpart": factories.actor().id}
    return demo.ensure_demo_accounts(actors, password=demo.shared_password(str(tmp_path))), actors


def test_eleven_accounts_with_their_posts(people, as_principal):
    users, actors = people
    assert [u.email for u in users] == [f"{a}@demo.example" for a in ADDRESSES]
    assert all(u.is_demo and u.email_confirmed_at for u in users)
    seen = {u.email.partition("@")[0]: as_principal(u) for u in users}
    assert seen["ciudadania"].roles == {Role.CITIZEN}
    assert seen["revision.sociedad"].sector is ReviewSector.CIVIL_SOCIETY
    assert seen["institucion"].actor_ids == {actors["institution"]}
    assert seen["contraparte"].actor_ids == {actors["counterpart"]}
    roles = {next(iter(p.roles - {Role.CITIZEN}), Role.CITIZEN) for p in seen.values()}
    assert roles == set(Role) - {Role.ADMIN}


def test_making_them_again_adds_nothing(people):
    users, actors = people
    entries = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    assert demo.ensure_demo_accounts(actors, password="otra contraseña demo") == users
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 11
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == 10
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == entries
    assert passwords.matches(users[0].password_hash, "otra contraseña demo")


def test_password_is_kept_for_each_installation(tmp_path):
    one = demo.shared_password(str(tmp_path / "a"))
    assert demo.shared_password(str(tmp_path / "a")) == one
    assert demo.shared_password(str(tmp_path / "b")) != one
    passwords.check(one, "direccion@demo.example")


def test_sign_in_page_shows_password_and_buttons(people, demo_app, client, post, tmp_path):
    page = client.get("/cuenta/entrar").text
    password = demo.shared_password(str(tmp_path))
    assert password in page
    assert [a for a in ADDRESSES if f'action="/cuenta/demo/{a.replace(".", "-")}"' in page] == ADDRESSES
    assert enter(post, client, "direccion@demo.example", password).status_code == 303


@pytest.mark.parametrize("account", ADDRESSES)
def test_one_click_enters(people, demo_app, client, account):
    token = token_in(client.get("/cuenta/entrar").text)
    path = f"/cuenta/demo/{account.replace('.', '-')}"
    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 400
    answer = client.post(path, data={"csrf_token": token, "siguiente": "/propuestas/"})
    assert (answer.status_code, answer.location) == (303, "/propuestas/")
    assert is_in(client)


def test_real_accounts_have_no_button(demo_app, client, people):
    real = factories.user(email="direccion2@demo.example")
    token = token_in(client.get("/cuenta/entrar").text)
    people[0][7].is_demo = False
    db.session.flush()
    for slug in ("direccion2", "direccion", "nadie"):
        assert client.post(f"/cuenta/demo/{slug}", data={"csrf_token": token}).status_code == 404
    assert real.is_demo is False


def test_outside_the_demonstration_none_of_it_exists(app, client):
    actors = {"institution": factories.actor().id, "counterpart": factories.actor().id}
    demo.ensure_demo_accounts(actors, password="una contraseña demo")
    page = client.get("/cuenta/entrar").text
    assert "demo.example" not in page
    token = token_in(page)
    assert client.post("/cuenta/demo/direccion", data={"csrf_token": token}).status_code == 404
    assert client.get("/correo-demo/").status_code == 404
    assert not is_in(client)


def test_mail_page_shows_messages_newest_first_with_links(demo_app, client):
    with transaction():
        for n in range(25):
            outbox.enqueue(
                "account_confirm",
                to=f"p{n}@demo.example",
                name=f"<b>Persona {n}</b>",
                link=f"http://localhost/cuenta/confirmar/clave{n:02}",
                minutes=60,
            )
    page = client.get("/correo-demo/").text
    assert page.index("clave24") < page.index("clave23")
    assert '<a href="http://localhost/cuenta/confirmar/clave24">' in page
    assert "clave04" not in page
    assert "clave04" in client.get("/correo-demo/?pagina=2").text
    assert "<b>Persona" not in page


def test_a_letter_for_later_says_when_it_leaves(demo_app, client):
    later = clock.now() + timedelta(days=9)
    with transaction():
        for n, not_before in ((1, None), (2, later)):
            link = f"http://localhost/cuenta/confirmar/clave{n}"
            outbox.enqueue(
                "account_confirm",
                to=f"p{n}@demo.example",
                not_before=not_before,
                name="Ana",
                link=link,
                minutes=60,
            )
    page = client.get("/correo-demo/").text
    assert page.count("saldrá el") == 1
    assert f"saldrá el {fecha_hora(later)}" in page
    assert page.index("p2@demo.example") < page.index("saldrá el") < page.index("p1@demo.example")
