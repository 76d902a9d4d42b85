"""The ways in: password, mailed link and code, second factor, demonstration; and out."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine

from intake.accounts import passwords, policy, second_factor
from intake.core import clock
from intake.extensions import db
from models import AuditEntry, OutboxMessage
from models.enums import Role
from tests import factories
from tests.conftest import token_in

WORD = "caballo correcto grapa"
MOMENT = datetime(2026, 11, 20, 15, 0, 5, tzinfo=UTC)


def person(*roles, **values):
    return factories.user(*roles, password_hash=passwords.hashed(WORD), **values)


def enter(post, browser, email, password=WORD, **more):
    return post(browser, "/cuenta/entrar", email=email, password=password, **more)


def is_in(browser):
    return browser.get("/cuenta/").status_code == 200


def mails(kind=None):
    query = sa.select(OutboxMessage).order_by(OutboxMessage.id)
    return [m for m in db.session.scalars(query) if kind in (None, m.kind)]


def path_of(link):
    return link.removeprefix("http://localhost")


def with_totp(**values):
    who = person(**values)
    who.totp_secret = pyotp.random_base32()
    who.totp_enabled_at = clock.now()
    db.session.flush()
    return who


def code_of(who, moment=MOMENT):
    return pyotp.TOTP(who.totp_secret).at(moment)


def test_password_opens_the_account(client, post):
    who = person(email="ana@demo.example")
    answer = enter(post, client, "ANA@demo.example ")
    assert (answer.status_code, answer.location) == (303, "/cuenta/")
    assert is_in(client)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "user.sign_in")).one()
    assert (entry.user_id, entry.changes["how"]) == (who.id, "password")


@pytest.mark.parametrize("email", ["ana@demo.example", "nadie@demo.example"])
def test_wrong_password_and_unknown_address_read_the_same(client, post, email):
    person(email="ana@demo.example")
    answer = enter(post, client, email, "otra cosa distinta")
    assert answer.status_code == 422
    assert "El correo o la contraseña no son correctos." in answer.text
    assert f'value="{email}"' in answer.text
    assert "otra cosa distinta" not in answer.text
    assert not is_in(client)


@pytest.mark.parametrize("values", [{"disabled_at": MOMENT}, {"email_confirmed_at": None}])
def test_closed_and_unconfirmed_accounts_stay_out(client, post, values):
    who = person(**values)
    assert enter(post, client, who.email).status_code == 422
    assert not is_in(client)
    assert len(mails("account_confirm")) == (1 if "email_confirmed_at" in values else 0)


def test_account_without_password_is_not_opened_by_an_empty_one(client, post):
    who = factories.user()
    for tried in ("", " ", "None"):
        assert enter(post, client, who.email, tried).status_code == 422
    assert not is_in(client)


def test_lockout_is_said_in_words_and_ends(client, post):
    who = person()
    with time_machine.travel(MOMENT, tick=False) as travel:
        for _ in range(policy.PASSWORD_OF_ACCOUNT.times):
            assert enter(post, client, who.email, "equivocada del todo").status_code == 422
        locked = enter(post, client, who.email)
        assert locked.status_code == 429
        assert "Espere 15 minutos" in locked.text
        assert enter(post, client, person().email).status_code == 303
        client.post("/cuenta/salir", data={"csrf_token": token_in(client.get("/cuenta/").text)})
        travel.shift(timedelta(minutes=15))
        assert enter(post, client, who.email).status_code == 303


def test_success_forgets_the_failures(client, post, app):
    who = person()
    for _ in range(3):
        for _ in range(policy.PASSWORD_OF_ACCOUNT.times - 1):
            enter(post, app.test_client(), who.email, "equivocada del todo")
        assert enter(post, app.test_client(), who.email).status_code == 303


@pytest.mark.usefixtures("inside_window")
def test_many_tries_from_one_address_are_stopped(client, post, monkeypatch):
    monkeypatch.setattr(policy, "SIGN_IN_FROM_ADDRESS", policy.Limit("few", times=2, minutes=15))
    for i in range(2):
        assert enter(post, client, f"nadie{i}@demo.example").status_code == 422
    assert enter(post, client, person().email).status_code == 429


def test_hash_is_made_anew_when_the_cost_changed(client, post, app):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(WORD)
    who = factories.user(password_hash=old)
    assert enter(post, client, who.email).status_code == 303
    db.session.expire_all()
    assert who.password_hash != old
    assert passwords.matches(who.password_hash, WORD)
    assert not passwords.is_outdated(who.password_hash)


GOOD = ["/propuestas/?mias=1", "/direccion/", "/propuestas/PAGA3-00042?x=//a"]
BAD = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    "/a\r\nSet-Cookie: x=1",
    " /propuestas/",
    "/" + "a" * 3000,
    "//[",
]


@pytest.mark.parametrize("path", GOOD)
def test_goes_where_the_person_was_going(client, post, path):
    assert enter(post, client, person().email, siguiente=path).location == path


@pytest.mark.parametrize("path", BAD)
def test_never_goes_elsewhere(client, post, path):
    who = person()
    assert enter(post, client, who.email, siguiente=path).location == "/cuenta/"
    assert client.get("/cuenta/entrar", query_string={"siguiente": path}).location == "/cuenta/"


def test_forged_sign_in_is_refused_and_keeps_the_address(client):
    who = person()
    answer = client.post("/cuenta/entrar", data={"email": who.email, "password": WORD})
    assert answer.status_code == 422
    assert who.email in answer.text
    assert not is_in(client)


def test_session_begins_anew_and_keeps_only_the_claims(client, post):
    with client.session_transaction() as kept:
        kept["claims"] = [41]
        kept["left_by_somebody"] = "x"
    enter(post, client, person().email)
    with client.session_transaction() as kept:
        assert kept["claims"] == [41]
        assert "left_by_somebody" not in kept
        assert kept.permanent


def test_sign_out_needs_a_post_and_forgets_everything(client, post):
    enter(post, client, person().email)
    assert client.get("/cuenta/salir").status_code == 405
    token = token_in(client.get("/cuenta/").text)
    assert client.post("/cuenta/salir").status_code == 400
    assert client.post("/cuenta/salir", data={"csrf_token": token}).status_code == 303
    assert not is_in(client)
    with client.session_transaction() as kept:
        assert not kept.get("_user_id")


def test_link_and_code_are_mailed_only_to_accounts_and_the_answer_is_one(client, post, app):
    who = person(email="ana@demo.example")
    pages = [
        post(app.test_client(), "/cuenta/entrar/enlace", email=e).text for e in ("ana@demo.example", "eva@demo.example")
    ]
    same = [
        re.sub(r'name="csrf_token" value="[^"]+"', "", p).replace("eva@", "ana@").replace("eva%40", "ana%40")
        for p in pages
    ]
    assert same[0] == same[1]
    assert [(m.kind, m.to_address) for m in mails()] == [
        ("sign_in_link", who.email),
        ("sign_in_unknown", "eva@demo.example"),
    ]


def test_link_is_looked_at_by_get_and_used_once_by_post(client, post, app):
    who = person()
    post(client, "/cuenta/entrar/enlace", email=who.email, siguiente="/propuestas/?mias=1")
    link = path_of(mails("sign_in_link")[0].context["link"])
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert not is_in(client)
    answer = post(client, link)
    assert (answer.status_code, answer.location) == (303, "/propuestas/?mias=1")
    assert is_in(client)
    other = app.test_client()
    assert other.get(link).status_code == 410
    token = token_in(other.get("/cuenta/entrar").text)
    assert other.post(link, data={"csrf_token": token}).status_code == 410
    assert not is_in(other)


def test_link_dies_after_an_hour_and_by_a_newer_one(client, post):
    who = person()
    with time_machine.travel(MOMENT, tick=False) as travel:
        post(client, "/cuenta/entrar/enlace", email=who.email)
        post(client, "/cuenta/entrar/enlace", email=who.email)
        first, second = (path_of(m.context["link"]) for m in mails("sign_in_link"))
        assert client.get(first).status_code == 410
        travel.shift(timedelta(minutes=59))
        assert client.get(second).status_code == 200
        travel.shift(timedelta(minutes=2))
        assert client.get(second).status_code == 410
    assert client.get("/cuenta/enlace/" + "x" * 43).status_code == 404


def test_link_without_forgery_token_is_not_used(client, post):
    who = person()
    post(client, "/cuenta/entrar/enlace", email=who.email)
    link = path_of(mails("sign_in_link")[0].context["link"])
    assert client.post(link).status_code == 422
    assert client.get(link).status_code == 200


@pytest.mark.usefixtures("inside_window")
def test_typed_code_opens_once_and_guessing_is_bounded(client, post, app):
    who = person()
    post(client, "/cuenta/entrar/enlace", email=who.email)
    code = mails("sign_in_link")[0].context["code"]

    def use(browser, typed):
        return post(browser, "/cuenta/entrar/codigo", page="/cuenta/entrar", email=who.email, code=typed)

    assert use(client, "AAAA-AAAA").status_code == 422
    assert use(client, code.lower().replace("-", " ")).status_code == 303
    assert is_in(client)
    other = app.test_client()
    assert use(other, code).status_code == 422
    answers = [use(other, "AAAA-AAAA").status_code for _ in range(policy.CODE_OF_ACCOUNT.times)]
    assert answers[-1] == 429
    assert not is_in(other)


def test_code_of_one_address_does_not_open_another(client, post):
    one, two = person(), person()
    for who in (one, two):
        post(client, "/cuenta/entrar/enlace", email=who.email)
    code = mails("sign_in_link")[0].context["code"]
    answer = post(client, "/cuenta/entrar/codigo", page="/cuenta/entrar", email=two.email, code=code)
    assert answer.status_code == 422
    assert not is_in(client)


def test_second_factor_is_asked_and_each_code_works_once(client, post, app):
    who = with_totp()
    with time_machine.travel(MOMENT, tick=False) as travel:
        answer = enter(post, client, who.email, siguiente="/direccion/")
        assert answer.location == "/cuenta/codigo?siguiente=/direccion/"
        assert not is_in(client)
        code = code_of(who)
        assert post(client, "/cuenta/codigo", code="000000").status_code == 422
        done = post(client, "/cuenta/codigo", code=f"{code[:3]} {code[3:]}", siguiente="/direccion/")
        assert done.location == "/direccion/"
        assert is_in(client)
        other = app.test_client()
        enter(post, other, who.email)
        assert post(other, "/cuenta/codigo", code=code).status_code == 422
        travel.shift(30)
        assert post(other, "/cuenta/codigo", code=code).status_code == 422  # the last half minute's, but used
        assert post(other, "/cuenta/codigo", code=code_of(who, clock.now())).status_code == 303


def test_second_factor_also_stands_behind_the_mailed_link(client, post):
    who = with_totp()
    post(client, "/cuenta/entrar/enlace", email=who.email)
    assert post(client, path_of(mails("sign_in_link")[0].context["link"])).location == "/cuenta/codigo"
    assert not is_in(client)


def test_second_factor_page_needs_a_first_factor_in_time(client, post):
    assert client.get("/cuenta/codigo").location == "/cuenta/entrar"
    who = with_totp()
    with time_machine.travel(MOMENT, tick=False) as travel:
        enter(post, client, who.email)
        travel.shift(timedelta(minutes=16))
        assert client.get("/cuenta/codigo").location == "/cuenta/entrar"


def test_guessing_the_second_factor_is_bounded(client, post):
    who = with_totp()
    with time_machine.travel(MOMENT, tick=False):
        enter(post, client, who.email)
        answers = [post(client, "/cuenta/codigo", code="000000").status_code for _ in range(7)]
        assert answers == [422] * 6 + [429]
        assert post(client, "/cuenta/codigo", code=code_of(who)).status_code == 429


def test_recovery_code_works_once_and_is_told(client, post, app, as_principal):
    who = person()
    with time_machine.travel(MOMENT, tick=False):
        second_factor.begin(who.id, by=as_principal(who))
        codes = second_factor.enrol(who.id, code_of(who), by=as_principal(who))
        assert len(set(codes)) == 10
        enter(post, client, who.email)
        assert post(client, "/cuenta/codigo", recovery_code=codes[3].lower()).status_code == 303
        assert is_in(client)
        other = app.test_client()
        enter(post, other, who.email)
        assert post(other, "/cuenta/codigo", recovery_code=codes[3]).status_code == 422
        assert mails("recovery_code_used")[0].context["left"] == 9


def test_signing_out_everywhere_ends_every_session(client, post, app):
    who = person()
    other = app.test_client()
    for browser in (client, other):
        enter(post, browser, who.email)
        assert is_in(browser)
    post(client, "/cuenta/salir-en-todas-partes", page="/cuenta/")
    assert not is_in(client)
    assert not is_in(other)


def test_staff_sessions_end_after_twelve_idle_hours(client, post, app):
    other = app.test_client()
    with time_machine.travel(MOMENT, tick=False) as travel:
        staff, citizen = person(Role.ANALYST), person()  # a post of today is none then
        enter(post, client, staff.email)
        enter(post, other, citizen.email)
        travel.shift(timedelta(hours=11))
        assert is_in(client)
        travel.shift(timedelta(hours=12, minutes=6))
        assert not is_in(client)
        assert is_in(other)


def test_rights_follow_the_days_of_the_post(app, as_principal):
    who = factories.user(Role.ANALYST)
    from models import PostHolding

    holding = db.session.scalars(sa.select(PostHolding)).one()
    today = clock.today()
    cases = [
        (today - timedelta(days=9), None, None, True),
        (today, None, None, True),
        (today + timedelta(days=1), None, None, False),
        (today - timedelta(days=9), today, None, True),
        (today - timedelta(days=9), today - timedelta(days=1), None, False),
        (today - timedelta(days=9), today, clock.now(), False),
        (today - timedelta(days=9), today + timedelta(days=3), None, True),
    ]
    for since, until, ended_at, expected in cases:
        holding.since, holding.until, holding.ended_at = since, until, ended_at
        assert as_principal(who).holds(Role.ANALYST) is expected


TYPED = [["title", "Agua <b>limpia</b>"], ["problem", "Dos  líneas\nde «texto»"], ["tags", "a"], ["tags", "b"]]


def kept_fields(page):
    form = page[page.index('action="/propuestas/nueva"') :]
    pairs = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', form, re.DOTALL)
    from html import unescape

    return [[name, unescape(value)] for name, value in pairs]


def test_what_was_typed_survives_signing_in(client, post):
    who = person()
    page = client.get("/cuenta/entrar").text
    began = client.post(
        "/cuenta/entrar",
        data={"csrf_token": token_in(page), "siguiente": "/propuestas/nueva", "replay": json.dumps(TYPED)},
    )
    assert began.status_code == 200
    assert "Lo que había escrito sigue aquí" in began.text
    wrong = enter(post, client, who.email, "mala mala mala", siguiente="/propuestas/nueva", replay=json.dumps(TYPED))
    assert wrong.status_code == 422
    assert "Lo que había escrito sigue aquí" in wrong.text
    done = enter(post, client, who.email, siguiente="/propuestas/nueva", replay=json.dumps(TYPED))
    assert done.status_code == 200
    assert kept_fields(done.text) == TYPED
    assert "<b>limpia</b>" not in done.text
    assert is_in(client)
    token = token_in(done.text[done.text.index('action="/propuestas/nueva"') :])
    # the token belongs to the new session
    assert client.post("/cuenta/salir", data={"csrf_token": token}).status_code == 303


def test_what_was_typed_survives_the_second_factor(client, post):
    who = with_totp()
    with time_machine.travel(MOMENT, tick=False):
        step = enter(post, client, who.email, siguiente="/propuestas/nueva", replay=json.dumps(TYPED))
        assert step.status_code == 200
        assert not is_in(client)
        more = {"siguiente": "/propuestas/nueva", "replay": json.dumps(TYPED)}
        again = post(client, "/cuenta/codigo", code="000000", **more)
        assert "Lo que había escrito sigue aquí" in again.text
        assert kept_fields(post(client, "/cuenta/codigo", code=code_of(who), **more).text) == TYPED


@pytest.mark.parametrize(
    "replay",
    [
        "no es json",
        "[" * 5000,
        json.dumps({"title": "x"}),
        json.dumps([["title"]]),
        json.dumps([["title", 3]]),
        json.dumps([['"><script>', "x"]]),
        json.dumps([["x", "y"]] * 401),
        json.dumps([["x", "y" * 500_001]]),
    ],
)
def test_misshapen_kept_texts_are_dropped(client, post, replay):
    answer = enter(post, client, person().email, siguiente="/propuestas/nueva", replay=replay)
    assert (answer.status_code, answer.location) == (303, "/propuestas/nueva")


def test_secrets_and_foreign_pages_add_nothing_to_what_is_sent(client, post):
    who = person()
    typed = json.dumps([["csrf_token", "x"], ["password", "y"], ["title", "Hola"]])
    token = token_in(client.get("/cuenta/entrar").text)
    kept = {"siguiente": "/propuestas/nueva", "replay": typed}
    data = {"email": who.email, "password": WORD, "csrf_token": token, **kept}
    foreign = client.post("/cuenta/entrar", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.location) == (303, "/propuestas/nueva")
    client.post("/cuenta/salir", data={"csrf_token": token_in(client.get("/cuenta/").text)})
    mine = enter(post, client, who.email, siguiente="/propuestas/nueva", replay=typed)
    assert kept_fields(mine.text) == [["title", "Hola"]]
    forged = client.post("/cuenta/entrar", data={"siguiente": "/propuestas/nueva", "replay": typed})
    assert "Hola" not in forged.text


def hidden_values(page):
    from html import unescape

    form = page[page.index('action="/cuenta/entrar"') :].split("</form>")[0]
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input ([^>]+)>", form)]
    return {i["name"]: unescape(i["value"]) for i in inputs if i["type"] == "hidden"}


def test_a_form_sent_after_the_session_ended_reaches_its_page_after_all(client, post, app):
    who = person(name="Ana Ejemplo")
    enter(post, client, who.email)
    form = client.get("/cuenta/datos").text
    other = app.test_client()
    enter(post, other, who.email)
    post(other, "/cuenta/salir-en-todas-partes", page="/cuenta/")
    ended = client.post("/cuenta/datos", data={"csrf_token": token_in(form), "name": 'Eva "Ñ" Ejemplo', "locale": "es"})
    assert ended.status_code == 401
    began = client.post("/cuenta/entrar", data=hidden_values(ended.text))
    kept = hidden_values(began.text)
    done = client.post("/cuenta/entrar", data={**kept, "email": who.email, "password": WORD})
    assert 'action="/cuenta/datos"' in done.text
    assert who.name == "Ana Ejemplo"
    token = token_in(done.text[done.text.index('action="/cuenta/datos"') :])
    sent = client.post("/cuenta/datos", data={"csrf_token": token, "name": 'Eva "Ñ" Ejemplo', "locale": "es"})
    assert sent.status_code == 303
    db.session.expire_all()
    assert who.name == 'Eva "Ñ" Ejemplo'


def test_browsers_may_tell_our_own_pages_where_they_come_from_and_no_others(client):
    """Over HTTPS the forgery check demands a referrer; one-time links must not travel to other sites in it."""
    assert client.get("/cuenta/entrar").headers["Referrer-Policy"] == "same-origin"


def test_signs_in_over_https(client):
    who = person()
    site = {"base_url": "https://localhost"}
    token = token_in(client.get("/cuenta/entrar", **site).text)
    data = {"email": who.email, "password": WORD, "csrf_token": token}
    answer = client.post("/cuenta/entrar", data=data, headers={"Referer": "https://localhost/cuenta/entrar"}, **site)
    assert answer.status_code == 303


@pytest.mark.parametrize("way", ["link", "code"])
def test_an_owner_who_enters_by_mail_ends_the_password_of_whoever_registered_the_address(client, post, app, way):
    who = person(email="ana@demo.example", email_confirmed_at=None)  # an intruder chose WORD and never confirmed
    post(client, "/cuenta/entrar/enlace", email=who.email)
    context = mails("sign_in_link")[0].context
    if way == "link":
        answer = post(client, path_of(context["link"]))
    else:
        answer = post(
            client, "/cuenta/entrar/codigo", page="/cuenta/entrar/enlace", email=who.email, code=context["code"]
        )
    assert answer.status_code == 303
    assert is_in(client)
    assert enter(post, app.test_client(), who.email).status_code == 422


def test_the_demonstration_s_people_stay_out_of_an_installation_that_is_none(client, post):
    who = person(email="direccion@demo.example", is_demo=True)
    assert enter(post, client, who.email).status_code == 403
    assert not is_in(client)
