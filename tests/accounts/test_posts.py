"""Posts, who holds them, invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.accounts import queries, services
from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.identity import SYSTEM
from intake.extensions import db
from models import AuditEntry, Post, PostHolding, User
from models.enums import ReviewSector, Role
from tests import factories
from tests.accounts.test_signin import WORD, enter, is_in, mails, path_of, person


@pytest.fixture
def office(sign_in):
    return sign_in(factories.user(Role.DIRECTORATE, name="Directora Ejemplo"))


def make(post, office, **fields):
    given = {"title": "Analista de prueba", "role": "analyst", "sector": "", "actor": "", **fields}
    return post(office, "/direccion/puestos/nuevo", **given)


def last_post():
    return db.session.scalars(sa.select(Post).order_by(Post.id.desc())).first()


PATHS = ["/direccion/puestos/", "/direccion/puestos/nuevo", "/direccion/correo/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", [None, Role.ANALYST, Role.CORE_GROUP, Role.INSTITUTION, Role.OBSERVER])
def test_others_may_not(sign_in, path, role):
    who = factories.user(*([role] if role else []), actor=factories.actor())
    assert sign_in(who).get(path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_guests_are_asked_to_sign_in(client, path):
    assert client.get(path).location == f"/cuenta/entrar?siguiente={path}"


def test_post_is_made_and_traced(office, post):
    answer = make(post, office, role="reviewer", sector="academia", title="Revisora por la academia")
    made = last_post()
    assert (answer.status_code, answer.location) == (303, f"/direccion/puestos/{made.code}")
    assert (made.role, made.sector) == (Role.REVIEWER, ReviewSector.ACADEMIA)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "post.create")).one()
    assert (entry.role, entry.subject_ref) == ("directorate", made.code)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"role": ""},
        {"role": "citizen"},
        {"role": "king"},
        {"role": "reviewer"},
        {"role": "analyst", "sector": "academia"},
        {"role": "institution"},
        {"role": "counterpart", "actor": "999999"},
        {"title": "x" * 161},
    ],
)
def test_impossible_posts_are_refused_with_what_was_typed(office, post, fields):
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Post))
    answer = make(post, office, **fields)
    assert answer.status_code == 422
    assert fields.get("title", "Analista de prueba") in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Post)) == before


def test_institution_s_post_binds_to_its_organisation(office, post, as_principal):
    owner = factories.actor("Ministerio Ejemplo")
    make(post, office, role="institution", actor=str(owner.id), title="Punto focal")
    who = factories.user()
    services.grant_post(who, last_post(), since=clock.today(), by=SYSTEM)
    assert as_principal(who).actor_ids == {owner.id}


def invited(post, office, email="nueva@demo.example", **fields):
    make(post, office, **fields)
    made = last_post()
    page = f"/direccion/puestos/{made.code}"
    answer = post(office, f"{page}/invitar", page=page, email=email)
    return made, answer


def test_invitation_makes_the_account_and_grants_the_post(office, post, client):
    made, answer = invited(post, office)
    assert answer.status_code == 303
    letter = mails("post_invitation")[0]
    assert letter.to_address == "nueva@demo.example"
    link = path_of(letter.context["link"])
    for _ in range(2):
        assert "Analista de prueba" in client.get(link).text
    assert db.session.scalar(sa.select(User).where(User.email == "nueva@demo.example")) is None
    assert post(client, link, name="", password="").status_code == 422
    assert post(client, link, name="Nueva Ejemplo", password="corta").status_code == 422
    assert post(client, link, name="Nueva Ejemplo", password=WORD).status_code == 303
    who = db.session.scalars(sa.select(User).where(User.email == "nueva@demo.example")).one()
    assert (who.name, who.email_confirmed_at is not None) == ("Nueva Ejemplo", True)
    found = queries.principal_of(who.id)
    assert found is not None
    assert found[0].roles == {Role.CITIZEN, Role.ANALYST}
    assert is_in(client)
    assert client.get(link).status_code == 410
    assert [h.post_id for h in queries.holdings_of(who.id)] == [made.id]


def test_invited_person_with_an_account_only_presses(office, post, client):
    who = person(email="ana@demo.example", name="Ana Ejemplo")
    before = who.password_hash
    _made, _answer = invited(post, office, "Ana@demo.example")
    link = path_of(mails("post_invitation")[0].context["link"])
    assert 'name="password"' not in client.get(link).text
    assert post(client, link, name="Impostora", password="una frase ajena").status_code == 303
    db.session.expire_all()
    assert (who.name, who.password_hash) == ("Ana Ejemplo", before)
    assert queries.current_holdings(who.id, Role.ANALYST)


def test_invitation_takes_an_unproved_password_away(office, post, client, app):
    who = person(email="ana@demo.example", email_confirmed_at=None)
    invited(post, office, who.email)
    post(client, path_of(mails("post_invitation")[0].context["link"]), name="Ana Ejemplo", password="")
    db.session.expire_all()
    assert who.password_hash is None
    assert enter(post, app.test_client(), who.email).status_code == 422


def test_newer_invitation_replaces_the_older(office, post, client):
    made, _answer = invited(post, office)
    page = f"/direccion/puestos/{made.code}"
    post(office, f"{page}/invitar", page=page, email="nueva@demo.example")
    first, second = (path_of(m.context["link"]) for m in mails("post_invitation"))
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_holder_is_not_invited_again(office, post):
    who = person()
    made, _answer = invited(post, office, "otra@demo.example")
    services.grant_post(who, made, since=clock.today(), by=SYSTEM)
    page = f"/direccion/puestos/{made.code}"
    answer = post(office, f"{page}/invitar", page=page, email=who.email)
    assert answer.status_code == 422
    assert "ya ocupa este puesto" in answer.text
    assert who.email in answer.text


def holding_of(role=Role.ANALYST, since_days=10):
    who = factories.user(role)
    found = db.session.scalars(sa.select(PostHolding).where(PostHolding.user_id == who.id)).one()
    found.since = clock.today() - timedelta(days=since_days)
    db.session.flush()
    return who, found


def end(post, office, holding, **fields):
    page = f"/direccion/puestos/{queries.code_of_post(holding.post_id)}"
    given = {"holding": holding.id, "until": clock.today().isoformat(), "reason": "Cambió de trabajo", **fields}
    return post(office, f"{page}/terminar", page=page, **given)


def test_holding_ends_at_once_and_its_history_stays(office, post, as_principal):
    who, holding = holding_of()
    assert end(post, office, holding).status_code == 303
    db.session.expire_all()
    assert (holding.until, holding.end_reason) == (clock.today(), "Cambió de trabajo")
    assert not as_principal(who).holds(Role.ANALYST)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "post.end")).one()
    assert entry.reason == "Cambió de trabajo"
    text = office.get(f"/direccion/puestos/{queries.code_of_post(holding.post_id)}").text
    assert "Cambió de trabajo" in text
    assert who.name in text
    assert end(post, office, holding).status_code == 422


def test_holding_may_end_later(office, post, as_principal):
    who, holding = holding_of()
    assert end(post, office, holding, until=(clock.today() + timedelta(days=5)).isoformat()).status_code == 303
    db.session.expire_all()
    assert as_principal(who).holds(Role.ANALYST)


@pytest.mark.parametrize(
    "fields", [{"reason": " "}, {"until": ""}, {"until": "mañana"}, {"until": "1990-01-01"}, {"reason": "x" * 1001}]
)
def test_bad_ends_are_refused_with_what_was_typed(office, post, fields):
    _who, holding = holding_of()
    answer = end(post, office, holding, **fields)
    assert answer.status_code == 422
    if "reason" not in fields:
        assert "Cambió de trabajo" in answer.text
    db.session.expire_all()
    assert holding.until is None


def test_holding_of_another_post_is_not_ended(office, post):
    _who, one = holding_of()
    _other, two = holding_of()
    page = f"/direccion/puestos/{queries.code_of_post(one.post_id)}"
    fields = {"until": clock.today().isoformat(), "reason": "x", "page": page}
    for wrong in (two.id, "abc", ""):
        assert post(office, f"{page}/terminar", holding=wrong, **fields).status_code == 404
    db.session.expire_all()
    assert two.until is None


def test_services_refuse_who_may_not(as_principal):
    by = as_principal(factories.user(Role.ANALYST))
    who, holding = holding_of()
    chair = db.session.get(Post, holding.post_id)
    calls = [
        lambda: services.create_user("x@demo.example", "X", by=by),
        lambda: services.create_post("X", Role.ANALYST, by=by),
        lambda: services.grant_post(who, chair, since=clock.today(), by=by),
        lambda: services.end_holding(holding, until=clock.today(), reason="x", by=by),
        lambda: services.invite("x@demo.example", chair, by=by),
        lambda: services.open_account(who, by=by),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            call()


def test_services_for_commands_and_demonstration(app):
    who = services.create_user("Ana@demo.example", "Ana Ejemplo", password=WORD, by=SYSTEM, confirmed=True)
    chair = services.create_post("Analista", Role.ANALYST, by=SYSTEM)
    held = services.grant_post(who, chair, since=clock.today(), by=SYSTEM)
    with pytest.raises(Conflict):
        services.create_user("ana@demo.example", "Otra", by=SYSTEM)
    with pytest.raises(Conflict):
        services.grant_post(who, chair, since=clock.today(), by=SYSTEM)
    with pytest.raises(Invalid):
        services.end_holding(held, until=clock.today() - timedelta(days=1), reason="antes", by=SYSTEM)
    services.end_holding(held, until=clock.today(), reason="fin", by=SYSTEM)
    with pytest.raises(Conflict):
        services.end_holding(held, until=clock.today(), reason="otra vez", by=SYSTEM)
    assert (who.email, held.ended_at is not None) == ("ana@demo.example", True)


@pytest.mark.parametrize("rows", [1, 3, 25])
def test_list_takes_five_statements(office, count_queries, rows):
    for _ in range(rows):
        factories.user(Role.ANALYST, name="Persona Lista")
    with count_queries() as seen:
        text = office.get("/direccion/puestos/").text
    assert len(seen) == 5, seen  # the person, the count, the posts, their holders, the plan bar
    assert text.count("Persona Lista") == min(rows, 20)


def test_list_filters_by_role_person_and_vacancy(office):
    factories.user(Role.ANALYST, name="Ana Única")
    factories.user(Role.FACILITATOR, name="Beto Único")
    factories.save(Post(title="Puesto vacío", role=Role.ANALYST))

    def names(query):
        text = office.get(f"/direccion/puestos/?{query}").text
        return {
            n for n in ("Ana Única", "Beto Único", "Puesto vacío", "Directora Ejemplo") if n in text.split("<main")[1]
        }

    assert names("rol=analyst") == {"Ana Única", "Puesto vacío"}
    assert names("q=beto") == {"Beto Único"}
    assert names("ocupado=vacant") == {"Puesto vacío"}
    assert names("ocupado=now&rol=analyst") == {"Ana Única"}
    assert names("q=%25") == set()
    assert len(names("rol=king&pagina=x")) == 4


def test_unknown_post_has_its_page(office):
    assert office.get("/direccion/puestos/no-existe").status_code == 404
