"""One's own account: data, address, password, second factor, copy."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from intake.accounts import links, passwords, queries, signing_in
from intake.core import clock
from intake.core.transaction import transaction
from intake.extensions import db
from models import AuditEntry, CoAuthor, ProposalContact, RecoveryCode, Registration, User
from models.enums import ProposalStatus, Role, TokenPurpose
from tests import factories
from tests.accounts.test_signin import MOMENT, WORD, code_of, enter, is_in, mails, path_of, person, with_totp


def again(who):
    db.session.expire_all()
    return db.session.get(User, who.id)


@pytest.mark.parametrize(
    "path",
    [
        "/cuenta/",
        "/cuenta/datos",
        "/cuenta/correo",
        "/cuenta/contrasena",
        "/cuenta/segundo-paso",
        "/cuenta/mis-datos.json",
    ],
)
def test_guests_are_sent_to_sign_in(client, path):
    answer = client.get(path)
    if path.endswith(".json"):
        assert answer.status_code == 401
    else:
        assert answer.location == f"/cuenta/entrar?siguiente={path}"


def test_own_page_shows_data_and_posts(sign_in):
    who = factories.user(Role.ANALYST, name="Ana Ejemplo")
    answer = sign_in(who).get("/cuenta/")
    assert answer.headers["Cache-Control"] == "no-store"
    for words in ("Ana Ejemplo", who.email, "Análisis", "/propuestas/?mias=1", "Salir en todos los dispositivos"):
        assert words in answer.text


@pytest.mark.parametrize("posts", [1, 3])
def test_own_page_takes_four_statements(sign_in, count_queries, posts):
    browser = sign_in(factories.user(*[Role.ANALYST] * posts))
    with count_queries() as seen:
        assert browser.get("/cuenta/").status_code == 200
    assert len(seen) == 4, seen  # the person, the account, the posts, the plan bar


def test_name_and_language_change(sign_in, post):
    who = person()
    browser = sign_in(who)
    answer = post(browser, "/cuenta/datos", name=" Eva  Ejemplo ", locale="en")
    assert (answer.status_code, answer.location) == (303, "/cuenta/?lang=en")
    assert (again(who).name, who.locale) == ("Eva Ejemplo", "en")
    assert post(browser, "/cuenta/datos", name="", locale="en").status_code == 422
    assert post(browser, "/cuenta/datos", name="Eva", locale="xx").status_code == 422
    assert again(who).name == "Eva Ejemplo"


def test_password_changes_with_the_present_one_and_ends_other_sessions(client, post, app):
    who = person()
    other = app.test_client()
    for browser in (client, other):
        enter(post, browser, who.email)
    fields = {"new_password": "una frase nueva"}
    assert post(client, "/cuenta/contrasena", current_password="no es esta", **fields).status_code == 422
    assert post(client, "/cuenta/contrasena", **fields).status_code == 422
    assert post(client, "/cuenta/contrasena", current_password=WORD, new_password="corta").status_code == 422
    assert passwords.matches(again(who).password_hash, WORD)
    assert post(client, "/cuenta/contrasena", current_password=WORD, **fields).status_code == 303
    assert passwords.matches(again(who).password_hash, "una frase nueva")
    assert is_in(client)
    assert not is_in(other)
    assert [m.to_address for m in mails("password_changed")] == [who.email]


def test_a_mailed_link_stands_for_a_forgotten_password_for_a_while(client, post):
    who = person()
    with time_machine.travel(MOMENT, tick=False) as travel:
        post(client, "/cuenta/entrar/enlace", email=who.email)
        post(client, path_of(mails("sign_in_link")[0].context["link"]))
        travel.shift(timedelta(minutes=14))
        assert post(client, "/cuenta/contrasena", new_password="una frase nueva").status_code == 303
        travel.shift(timedelta(minutes=10))
        assert post(client, "/cuenta/contrasena", new_password="otra frase nueva").status_code == 422
    assert passwords.matches(again(who).password_hash, "una frase nueva")


def test_a_session_alone_cannot_put_a_password(sign_in, post):
    who = factories.user()
    assert post(sign_in(who), "/cuenta/contrasena", new_password="una frase nueva").status_code == 422
    assert again(who).password_hash is None


def test_a_session_alone_cannot_ask_for_another_address(client, sign_in, post):
    who = factories.user()
    answer = post(sign_in(who), "/cuenta/correo", email="eva@demo.example")
    assert (answer.status_code, mails("email_change")) == (422, [])
    assert 'id="email-error"' in answer.text
    post(client, "/cuenta/entrar/enlace", email=who.email)
    post(client, path_of(mails("sign_in_link")[0].context["link"]))
    assert post(client, "/cuenta/correo", email="eva@demo.example").status_code == 303
    assert [m.to_address for m in mails("email_change")] == ["eva@demo.example"]


def test_address_changes_once_the_new_one_is_confirmed(client, post):
    who = person(email="ana@demo.example")
    enter(post, client, who.email)
    assert post(client, "/cuenta/correo", email="eva@demo.example").status_code == 422
    fields = {"email": "Eva@demo.example", "current_password": WORD}
    assert post(client, "/cuenta/correo", **fields).status_code == 303
    assert again(who).email == "ana@demo.example"
    assert [m.to_address for m in mails("email_change_notice")] == ["ana@demo.example"]
    letter = mails("email_change")[0]
    assert letter.to_address == "eva@demo.example"
    link = path_of(letter.context["link"])
    assert client.get(link).status_code == 200
    assert again(who).email == "ana@demo.example"
    assert post(client, link).status_code == 303
    assert again(who).email == "eva@demo.example"
    assert client.get(link).status_code == 410
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "user.change_email")).one()
    assert "demo.example" not in json.dumps(entry.changes)


def test_taken_address_gets_the_same_answer_and_stays_taken(client, post):
    who, owner = person(), person(email="eva@demo.example")
    enter(post, client, who.email)
    answer = post(client, "/cuenta/correo", email="eva@demo.example", current_password=WORD)
    assert answer.status_code == 303
    assert [m.to_address for m in mails("account_exists")] == [owner.email]
    assert mails("email_change") == []


def test_link_for_a_new_address_works_only_for_who_asked(client, post, app):
    who, thief = person(), person()
    enter(post, client, who.email)
    post(client, "/cuenta/correo", email="nuevo@demo.example", current_password=WORD)
    link = path_of(mails("email_change")[0].context["link"])
    other = app.test_client()
    enter(post, other, thief.email)
    assert post(other, link).status_code == 410
    assert again(thief).email == thief.email
    assert post(client, link).status_code == 303


def test_a_new_password_ends_the_links_that_would_take_another_address(client, post):
    who = person()
    enter(post, client, who.email)
    post(client, "/cuenta/correo", email="ladrona@demo.example", current_password=WORD)
    link = path_of(mails("email_change")[0].context["link"])
    fields = {"current_password": WORD, "new_password": "una frase nueva"}
    assert post(client, "/cuenta/contrasena", **fields).status_code == 303
    assert client.get(link).status_code == 410
    assert again(who).email != "ladrona@demo.example"


def test_an_invitation_to_set_the_password_anew_ends_other_sessions(client, post, app, sign_in):
    who = person()
    stolen = sign_in(who)
    assert is_in(stolen)
    with transaction():
        token = links.issue(TokenPurpose.INVITATION, who.email).token
    signing_in.accept(token, name="", password="una frase nueva", locale="es")
    assert passwords.matches(again(who).password_hash, "una frase nueva")
    assert not is_in(stolen)


def test_an_address_taken_at_the_same_moment_is_refused_in_words(client, post, monkeypatch):
    who, _owner = person(), person(email="eva@demo.example")
    enter(post, client, who.email)
    with transaction():
        token = links.issue(TokenPurpose.CHANGE_EMAIL, "eva@demo.example", user_id=who.id).token
    monkeypatch.setattr(queries, "user_by_email", lambda _email: None)  # it looked free a moment ago
    assert post(client, f"/cuenta/correo/{token}").status_code == 422
    assert again(who).email != "eva@demo.example"


def test_second_factor_is_enrolled_with_a_code_and_shown_once(client, post):
    who = person()
    with time_machine.travel(MOMENT, tick=False):
        enter(post, client, who.email)
        assert "<svg" not in client.get("/cuenta/segundo-paso").text.split("<main")[1]
        post(client, "/cuenta/segundo-paso/empezar", page="/cuenta/segundo-paso")
        page = client.get("/cuenta/segundo-paso").text.split("<main")[1]
        assert "<svg" in page
        assert " style=" not in page
        secret = again(who).totp_secret
        assert secret in page.replace(" ", "")
        fields = {"page": "/cuenta/segundo-paso"}
        assert post(client, "/cuenta/segundo-paso/activar", code="000000", **fields).status_code == 422
        assert again(who).totp_enabled_at is None
        done = post(client, "/cuenta/segundo-paso/activar", code=code_of(who), **fields)
        codes = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", done.text)
        assert len(set(codes)) == 10
        assert again(who).totp_enabled_at is not None
        page = client.get("/cuenta/segundo-paso").text
        assert secret not in page.replace(" ", "")
        assert not any(code in page for code in codes)
    kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert not {c.replace("-", "") for c in codes} & set(kept)


def test_second_factor_goes_only_with_a_code(sign_in, post):
    who = with_totp()
    with time_machine.travel(MOMENT, tick=False):
        browser = sign_in(who)
        fields = {"page": "/cuenta/segundo-paso"}
        assert post(browser, "/cuenta/segundo-paso/desactivar", code="000000", **fields).status_code == 422
        assert post(browser, "/cuenta/segundo-paso/desactivar", code="", **fields).status_code == 422
        assert again(who).totp_enabled_at is not None
        assert post(browser, "/cuenta/segundo-paso/desactivar", code=code_of(who), **fields).status_code == 303
    assert (again(who).totp_enabled_at, who.totp_secret) == (None, None)
    assert [m.kind for m in mails()] == ["second_factor_off"]


def test_secret_is_not_replaced_while_enrolled(sign_in, post):
    who = with_totp()
    secret = who.totp_secret
    answer = post(sign_in(who), "/cuenta/segundo-paso/empezar", page="/cuenta/segundo-paso")
    assert answer.status_code == 409
    assert again(who).totp_secret == secret


def test_new_recovery_codes_replace_the_old_ones(sign_in, post):
    who = with_totp()
    factories.save(RecoveryCode(user_id=who.id, code_hash="x" * 64))
    with time_machine.travel(MOMENT, tick=False):
        answer = post(sign_in(who), "/cuenta/segundo-paso/codigos", page="/cuenta/segundo-paso", code=code_of(who))
    assert answer.status_code == 200
    kept = db.session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert len(kept) == 10
    assert "x" * 64 not in kept


def test_staff_must_enrol_where_it_is_demanded(app, sign_in, post, monkeypatch):
    import dataclasses

    demanding = dataclasses.replace(app.config["INTAKE"], staff_totp_required=True)
    monkeypatch.setitem(app.config, "INTAKE", demanding)
    staff, citizen = sign_in(factories.user(Role.DIRECTORATE)), sign_in(factories.user())
    assert staff.get("/direccion/puestos/").location == "/cuenta/segundo-paso"
    assert staff.get("/cuenta/").status_code == 200
    assert post(staff, "/direccion/puestos/nuevo", page="/cuenta/").status_code == 403
    assert citizen.get("/cuenta/registro").status_code == 200
    ready = factories.user(Role.DIRECTORATE, totp_secret=pyotp.random_base32(), totp_enabled_at=clock.now())
    assert sign_in(ready).get("/direccion/puestos/").status_code == 200


def test_own_data_can_be_taken_away(sign_in):
    who = factories.user(Role.ANALYST, name="Ana Ejemplo")
    other = factories.user(name="Otra Persona")
    mine = factories.proposal(author_id=who.id, title="Agua limpia")
    factories.proposal(author_id=other.id, title="Ajena")
    answer = sign_in(who).get("/cuenta/mis-datos.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mis-datos.json"'
    data = json.loads(answer.text)
    assert data["account"]["email"] == who.email
    assert [p["folio"] for p in data["proposals"]] == [mine.folio]
    assert [p["role"] for p in data["posts"]] == ["analyst"]
    assert "Ajena" not in answer.text
    assert "password" not in answer.text


def test_the_copy_holds_what_goes_with_proposals_and_events_and_nothing_of_others(sign_in):
    who, other = factories.user(name="Ana Ejemplo"), factories.user(name="Otra Persona")
    mine = factories.proposal(author_id=who.id, latitude=-2.3, longitude=-78.1)
    theirs = factories.proposal(author_id=other.id)
    event = factories.event()
    contact = {"name": "Ana E.", "email": "ana.contacto@demo.example", "phone": "+593987654321"}
    factories.save(ProposalContact(proposal_id=mine.id, **contact))
    factories.save(ProposalContact(proposal_id=theirs.id, name="Otra", email="ajena@demo.example"))
    asked = {"position": 1, "invited_at": clock.now()}
    factories.save(CoAuthor(proposal_id=theirs.id, name="Ana", email=who.email.upper(), **asked))
    factories.save(CoAuthor(proposal_id=mine.id, name="Otra", email="invitada@demo.example", **asked))
    for n, (address, account) in enumerate(
        [(who.email.upper(), None), (None, who), (other.email, other), ("vecina@demo.example", who)]
    ):
        factories.save(
            Registration(
                event_id=event.id,
                reference=f"reg{n}",
                name=f"Persona {n}",
                email=address,
                user_id=account.id if account else None,
                created_at=clock.now(),
            )
        )
    for token in (None, "h" * 64):  # nobody was asked yet; asked
        hidden = factories.proposal(status=ProposalStatus.HELD)
        factories.save(CoAuthor(proposal_id=hidden.id, name="Ana", email=who.email, token_hash=token, **asked))
    answer = sign_in(who).get("/cuenta/mis-datos.json")
    data = json.loads(answer.text)
    (told,) = data["proposals"]
    assert (told["contact"], told["latitude"], told["files"]) == (contact, -2.3, [])
    assert [(row["folio"], row["status"]) for row in data["proposes_with"]] == [
        (theirs.folio, "invited"),
        (hidden.folio, "invited"),
    ]
    assert [(row["event"], row["reference"]) for row in data["events"]] == [(event.slug, "reg0"), (event.slug, "reg1")]
    assert [{"phone", "needs"} & row.keys() for row in data["events"]] == [set(), {"phone", "needs"}]
    for foreign in ("ajena@", "invitada@", "vecina@", other.email):
        assert foreign not in answer.text


def test_erasure_is_asked_once_a_day(sign_in, post):
    who = person()
    browser = sign_in(who)
    for _ in range(2):
        assert post(browser, "/cuenta/eliminar", page="/cuenta/").status_code == 303
    assert [m.to_address for m in mails("erasure_asked")] == [who.email]


def test_the_copy_does_not_tell_of_a_refusal_that_waits_for_its_second_signature(sign_in):
    who = person()
    factories.proposal(author_id=who.id, status=ProposalStatus.REFUSAL_PROPOSED)
    data = json.loads(sign_in(who).get("/cuenta/mis-datos.json").text)
    assert [p["status"] for p in data["proposals"]] == ["submitted"]
