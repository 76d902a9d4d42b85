"""What a telephone without a network relies on: the worker, the form without secrets, and the door for what waited."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import ROOT
from intake.core import altcha, clock, keyed, limits, tokens
from intake.extensions import db
from intake.reception import views_device
from intake.reception.services import crowding
from models import AuditEntry, Hold, Plan, Proposal, ProposalContact, Stage
from models.enums import ProposalStatus, StageKind
from tests import factories

DOOR = "/propuestas/envios.json"
KEY = "k" * 43
WRITTEN = {
    "title": "Agua limpia para las comunidades de Macas",
    "problem": "El agua llega turbia desde enero y nadie publica los análisis que se hacen.",
    "solution": "Que la junta publique cada mes los análisis y los explique en asamblea cada año.",
    "theme": "agua",
    "proposer_kind": "person",
    "public_name": "anonymous",
    "contact_email": "rosa@demo.example",
    "consent": "y",
    "key": KEY,
}


@pytest.fixture
def plan(app):
    made = factories.plan(code="PAGA3")
    factories.theme("agua", name_es="Agua y saneamiento")
    db.session.commit()
    return made


def send(browser, **changes):
    fields = {**WRITTEN, "opened": keyed.stamp("proposal_form"), **changes}
    token = browser.get(DOOR).json["csrf_token"]
    with clock.at(clock.now() + timedelta(minutes=5)):
        return browser.post(DOOR, data={"csrf_token": token, **{k: v for k, v in fields.items() if v is not None}})


def close_reception(plan):
    stage = db.session.scalar(sa.select(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION))
    stage.closes_on = clock.today() - timedelta(days=1)
    stage.opens_on = stage.closes_on - timedelta(days=1)
    db.session.commit()


def count(kind) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind))


def test_what_waited_arrives_with_folio_and_code(plan, client):
    answer = send(client)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    told = answer.json
    assert told["folio"] == "PAGA3-00001"
    kept = db.session.scalars(sa.select(Proposal)).one()
    assert kept.status is ProposalStatus.SUBMITTED
    assert (kept.title, kept.problem, kept.author_id) == (WRITTEN["title"], WRITTEN["problem"], None)
    assert tokens.matches(told["code"], "PAGA3-00001", kept.claim_code_hash)
    assert db.session.scalars(sa.select(ProposalContact.email)).one() == "rosa@demo.example"
    assert count(Hold) == 0
    assert (told["as_written"], told["follow"]) == (True, "/seguimiento/PAGA3-00001")
    receipt = client.get(told["receipt"])
    assert receipt.status_code == 200
    assert told["code"] in receipt.text


def test_sent_again_it_is_the_same_proposal_with_the_same_answer(plan, client, app):
    first = send(client).json
    again = send(client).json
    elsewhere = send(app.test_client()).json
    assert first == again == elsewhere
    assert count(Proposal) == 1
    assert db.session.get(Plan, plan.id).folio_counter == 1


def test_another_text_under_a_key_that_arrived_changes_nothing_and_says_so(plan, client):
    send(client)
    told = send(client, problem=WRITTEN["problem"] + " Y nadie responde.").json
    assert (told["folio"], told["as_written"]) == ("PAGA3-00001", False)
    assert db.session.scalars(sa.select(Proposal.problem)).one() == WRITTEN["problem"]


def test_errors_come_by_field_and_nothing_is_kept(plan, client):
    answer = send(client, solution="Poco.", theme="", contact_email="sin arroba")
    assert answer.status_code == 422
    errors = {e["field"]: e["messages"] for e in answer.json["errors"]}
    assert errors == {
        "solution": ["Escriba al menos 10 palabras; lleva 1."],
        "theme": ["Elija el tema más cercano."],
        "contact_email": ["Escriba un correo como nombre@ejemplo.org, o déjelo vacío."],
    }
    assert (count(Proposal), count(AuditEntry)) == (0, 0)


def test_a_theme_that_no_longer_exists_is_told_at_its_field(plan, client):
    answer = send(client, theme="retirado")
    assert (answer.status_code, [e["field"] for e in answer.json["errors"]]) == (422, ["theme"])
    assert count(Proposal) == 0


def test_errors_are_in_the_language_of_the_reader(plan, client):
    client.get("/?lang=en")
    errors = send(client, theme="").json["errors"]
    assert errors == [{"field": "theme", "id": "theme", "messages": ["Choose the closest theme."]}]


def test_contact_is_not_kept_without_consent(plan, client):
    assert send(client, consent=None).status_code == 422
    assert count(ProposalContact) == 0


def test_after_the_close_nothing_is_kept_and_the_dates_are_told(plan, client):
    close_reception(plan)
    answer = send(client)
    assert (answer.status_code, answer.json["reason"]) == (409, "closed")
    assert answer.json["message"]
    assert any("Recepción" in line for line in answer.json["lines"])
    assert count(Proposal) == 0


def test_the_receipt_is_told_again_after_the_close(plan, client):
    first = send(client).json
    close_reception(plan)
    assert send(client).json == first


@pytest.mark.usefixtures("inside_window")
def test_a_network_that_sent_too_many_is_told_when(plan, client, monkeypatch):
    monkeypatch.setattr(crowding, "FLOODS", limits.Limit("proposal_flood", times=1, minutes=60))
    for n in range(60):
        assert (
            send(client, key=f"{n:043}", contact_email=None, title=f"Agua limpia para el barrio {n}").status_code == 200
        )
    answer = send(client)
    assert (answer.status_code, answer.json["reason"]) == (429, "proof")
    answer = send(client)
    assert (answer.status_code, answer.json["reason"]) == (429, "many")
    assert 0 < answer.json["seconds"] <= 3600
    assert "sigue en este teléfono" in answer.json["message"]  # no draft of it is kept here
    assert count(Proposal) == 60


def test_a_probe_is_set_aside_and_gets_its_folio_as_everybody(plan, client):
    told = send(client, problem=WRITTEN["problem"] + " <script>alert(1)</script>").json
    assert told["folio"] == "PAGA3-00001"
    assert db.session.scalars(sa.select(Proposal.status)).one() is ProposalStatus.HELD


def test_the_trap_is_seen_here_too(plan, client):
    send(client, website="https://spam.example")
    assert db.session.scalars(sa.select(Proposal.status)).one() is ProposalStatus.HELD


def test_without_a_token_nothing_is_taken(plan, client):
    answer = client.post(DOOR, data=WRITTEN)
    assert (answer.status_code, answer.json["code"]) == (400, "forgery")
    assert count(Proposal) == 0


@pytest.mark.parametrize("key", ["", "corta", "x" * 44, "/" * 43])
def test_a_key_that_no_form_makes_is_refused(plan, client, key):
    assert send(client, key=key).status_code == 422
    assert count(Proposal) == 0


def test_whoever_is_signed_in_where_the_telephone_lies_is_not_the_author(plan, sign_in):
    browser = sign_in(factories.user())
    told = send(browser).json
    assert db.session.scalars(sa.select(Proposal.author_id)).one() is None
    assert browser.get(told["receipt"]).status_code == 302  # nor do they get the receipt by it


def test_the_key_of_an_accounts_form_is_refused(plan, sign_in):
    browser = sign_in(factories.user())
    page = browser.get("/propuestas/nueva").text
    fields = {**WRITTEN, "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1], "save": "1"}
    assert browser.post("/propuestas/nueva", data=fields).status_code == 303
    assert send(browser).status_code == 409
    assert db.session.scalars(sa.select(Proposal.status)).one() is ProposalStatus.DRAFT


def test_a_draft_kept_before_is_sent_under_its_key(plan, client):
    page = client.get("/propuestas/nueva").text
    fields = {**WRITTEN, "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1], "save": "1"}
    assert client.post("/propuestas/nueva", data=fields).status_code == 303
    told = send(client, title="Agua limpia y segura para Macas").json
    assert told["folio"] == "PAGA3-00001"
    assert db.session.scalars(sa.select(Proposal.title)).one() == "Agua limpia y segura para Macas"


# -- what the worker keeps


@pytest.mark.parametrize("path", ["/propuestas/sin-conexion", "/propuestas/sin-conexion/formulario"])
@pytest.mark.parametrize("open_still", [True, False])
def test_kept_pages_say_of_nobody_whether_they_are_in(plan, client, sign_in, path, open_still):
    """Who reads them without a network may well be: they were only fetched as nobody."""
    if not open_still:
        close_reception(plan)
    page = client.get(path).text
    header = page[page.index('<div class="account">') : page.index('<nav class="site-nav"')]
    assert "Mi cuenta" in header
    assert "Entrar" not in header
    person = sign_in(factories.user(name="Rosa Campos")).get(path).text
    assert "Rosa Campos" in person and "account__form" in person


def test_what_arrives_is_said_aloud_on_every_page(plan, client):
    for path in ("/", "/propuestas/", "/planes/PAGA3/"):
        assert re.search(
            r'<div class="no-print" aria-live="polite"><a class="device-notice"[^>]*hidden></a></div>',
            client.get(path).text,
        ), path


def test_the_shell_holds_no_token_no_key_and_no_session(plan, client):
    answer = client.get("/propuestas/sin-conexion/formulario")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text
    assert re.search(r'name="key"[^>]*value=""', answer.text)
    assert "no-store" not in answer.headers["Cache-Control"]
    assert 'action="/propuestas/nueva"' in answer.text


@pytest.mark.parametrize("path", ["/propuestas/nueva", "/propuestas/sin-conexion/formulario"])
def test_the_heading_and_its_words_can_follow_what_waits(plan, client, path):
    page = client.get(path).text
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL).group(1)
    assert re.findall(r'<span data-while="(\w+)"( hidden)?>', heading) == [
        ("writing", ""), ("waiting", " hidden"), ("arrived", " hidden"),
    ]  # fmt: skip
    lead = page.split('<div data-while="writing">')[1].split("</div>")[0]
    assert "Solo 4 preguntas" in lead


@pytest.mark.parametrize("path", ["/propuestas/sin-conexion", "/propuestas/sin-conexion/formulario"])
def test_signed_in_pages_say_that_nobody_may_keep_them(plan, sign_in, path):
    answer = sign_in(factories.user()).get(path)
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_with_claims_say_that_nobody_may_keep_them(plan, client):
    told = send(client).json
    for path in (told["follow"], told["receipt"], "/propuestas/nueva", "/propuestas/sin-conexion", "/"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path


def test_the_shell_says_when_reception_is_closed(plan, client):
    close_reception(plan)
    answer = client.get("/propuestas/sin-conexion/formulario")
    assert answer.status_code == 200
    assert "proposal-form" not in answer.text


def test_without_a_plan_there_is_no_shell(app, client):
    assert client.get("/propuestas/sin-conexion/formulario").status_code == 404
    assert client.get("/propuestas/sin-conexion").status_code == 200


def test_the_worker_is_served_from_the_root_and_names_what_it_keeps(plan, client):
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert (answer.headers["Service-Worker-Allowed"], answer.headers["Cache-Control"]) == ("/", "no-cache")
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    told = json.loads(answer.text.split(";\n", 1)[0].removeprefix("self.intake="))
    built = json.loads((ROOT / "static" / "dist" / "manifest.json").read_text())
    assert set(told["files"]) == {f"/static/{f}" for n, f in built.items() if n not in views_device._UNUSED_OFFLINE}
    for page in told["pages"]:
        kept = client.get(page)
        assert (kept.status_code, kept.headers["X-Intake-Build"]) == (200, told["version"])
    assert "import" not in answer.text.split(";\n", 1)[1][:200]


def test_nobody_keeps_the_token_or_the_answer(plan, client):
    assert client.get(DOOR).headers["Cache-Control"] == "no-store"


def module_of(name: str) -> str:
    """The address of a script of the telephone's, as JavaScript writes a text."""
    return json.dumps((ROOT / "frontend" / "js" / "device" / name).as_uri())


def said_by_node(folder: Path, text: str) -> str:
    """What a script prints."""
    script = folder / "ask.mjs"
    script.write_text(text, encoding="utf-8")
    node = shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    assert node is not None
    return subprocess.run([node, str(script)], capture_output=True, text=True, check=True, timeout=60).stdout.strip()


STORABLE = """
import { isStorable } from %s;
const answer = (headers, status = 200) => new Response("x", { status, headers });
console.log(JSON.stringify([
  isStorable(answer({ "Cache-Control": "no-store" })),
  isStorable(answer({ "Cache-Control": "private, No-Store", "X-Intake-Build": "b" }), "b"),
  isStorable(answer({ "Cache-Control": "private, no-cache" }, 404)),
  isStorable(answer({ "X-Intake-Build": "a" }), "b"),
  isStorable(answer({}), "b"),
  isStorable(undefined),
  isStorable(answer({ "Cache-Control": "private, no-cache", "X-Intake-Build": "b" }), "b"),
  isStorable(answer({ "Cache-Control": "public, max-age=31536000" })),
]));
"""


def test_the_worker_never_keeps_what_the_server_marks_no_store(tmp_path):
    assert json.loads(said_by_node(tmp_path, STORABLE % module_of("storable.js"))) == [False] * 6 + [True, True]


DONE = """
globalThis.localStorage = new Map();
localStorage.getItem = (name) => localStorage.get(name) ?? null;
localStorage.setItem = localStorage.set;
localStorage.removeItem = localStorage.delete;
const { done, read, write } = await import(%s);
const after = (key, owner = "") => {
  localStorage.clear();
  write(owner, { key: "mine", pairs: [["title", "Agua"]] });
  done(key);
  return read(owner) !== null;
};
console.log(JSON.stringify([after(null), after("another"), after("mine"), after(null, "a"), after("mine", "a")]));
"""


def test_a_page_of_another_draft_takes_no_text_from_the_device(tmp_path):
    assert json.loads(said_by_node(tmp_path, DONE % module_of("draft.js"))) == [True, True, False, True, False]


def test_a_title_and_a_name_are_one_line_of_our_mail(plan, client):
    said = "Agua limpia para Macas\r\n\r\nSu cuenta fue bloqueada"
    assert send(client, title=said, contact_name="Rosa\nTanguila").json["as_written"] is True
    kept = db.session.scalars(sa.select(Proposal)).one()
    assert kept.title == "Agua limpia para Macas Su cuenta fue bloqueada"
    assert db.session.scalars(sa.select(ProposalContact)).one().name == "Rosa Tanguila"
    assert send(client, title=said, contact_name="Rosa\nTanguila").json["as_written"] is True


OUT = """
globalThis.localStorage = new Map();
localStorage.getItem = (name) => localStorage.get(name) ?? null;
localStorage.setItem = localStorage.set;
localStorage.removeItem = localStorage.delete;
globalThis.sessionStorage = { removeItem: () => {} };
const { inside, note, read, signOut, write } = await import(%s);
write("", { key: "before", pairs: [["title", "De quien no entró"]] });
note("mark");
write("mark", { key: "within", pairs: [["title", "Con la cuenta"]] });
const before = inside();
signOut();
console.log(JSON.stringify([before, read("")?.key ?? null, read("mark"), inside()]));
"""


def test_signing_out_takes_what_the_account_wrote_and_nothing_of_a_guest(tmp_path):
    assert json.loads(said_by_node(tmp_path, OUT % module_of("draft.js"))) == ["mark", "before", None, ""]


def test_what_came_without_the_account_can_be_kept_in_it(plan, sign_in, post):
    user = factories.user()
    browser = sign_in(user)
    told = send(browser).json
    assert told["account"] == "/seguimiento/PAGA3-00001/cuenta"
    page = browser.get(told["account"]).text
    assert 'data-code-of="PAGA3-00001"' in page and "reception." in page
    assert "data-in-account" not in browser.get(told["follow"]).text
    assert post(browser, told["account"], claim_code=told["code"]).status_code == 303
    assert 'data-in-account="PAGA3-00001"' in browser.get(told["follow"]).text
    assert db.session.scalars(sa.select(Proposal.author_id)).one() == user.id


def test_the_page_says_whose_texts_the_telephone_keeps(plan, sign_in, client):
    page = sign_in(factories.user()).get("/propuestas/nueva").text
    mark = re.search(r'data-owner="([0-9a-f]{16})"', page)[1]
    assert f'data-autosave="{mark}"' in page
    assert "data-owner" not in client.get("/propuestas/nueva").text


def test_the_kept_form_warns_that_it_is_sent_without_the_account(plan, client):
    page = client.get("/propuestas/sin-conexion/formulario").text
    assert re.search(r"data-without-account hidden><strong>[^<]*esta propuesta se envía sin ella", page)
    assert "Se envió sin su cuenta" in page


SOLVED = """
const { solve } = await import(%s);
console.log(await solve(%s));
"""


@pytest.mark.parametrize("number", [0, 1999, 2000, 4321])
def test_the_telephone_solves_what_the_server_asks(app, tmp_path, monkeypatch, number):
    """In slices of 2,000, so that the page or the worker goes on answering."""
    monkeypatch.setattr(altcha, "MOST", 5_000)
    monkeypatch.setattr(altcha.secrets, "randbelow", lambda _most: number - 1)
    asked = altcha.challenge("proposal_send", KEY)
    said = said_by_node(tmp_path, SOLVED % (module_of("solver.js"), json.dumps(asked)))
    assert altcha.solved(said, "proposal_send", KEY) is not None
    none = said_by_node(tmp_path, SOLVED % (module_of("solver.js"), json.dumps({**asked, "challenge": "0" * 64})))
    assert none == ""  # nothing was found: it is sent without
