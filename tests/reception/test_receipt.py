"""The receipt as a file, and a guest's proposal that finds its way into an account."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
from pypdfium2 import raw

from intake.accounts import passwords
from intake.core import clock, mail
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST, code_mark
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.receiptpdf import PrintedReceipt, render
from models import AuditEntry, Proposal
from models.enums import ProposalStatus, Role
from tests import factories
from tests.reception.test_device import WRITTEN, plan, send  # noqa: F401 -- the fixture

PDF = "/propuestas/PAGA3-00001/comprobante.pdf"


def words(answer) -> str:
    document = pypdfium2.PdfDocument(answer.data)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


@pytest.fixture
def sent(plan, client):  # noqa: F811
    return send(client).json


def test_the_file_says_what_the_page_says_and_is_tagged(sent, client):
    page = client.get(sent["receipt"]).text
    assert f'href="{PDF}"' in page
    answer = client.get(PDF)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="comprobante-PAGA3-00001.pdf"'
    said = words(answer)
    proposal = queries.by_folio("PAGA3-00001")
    for text in (
        "PAGA3-00001",
        sent["code"],
        WRITTEN["title"],
        "Análisis y evaluación: del ",
        "Recibida el",
    ):
        assert text in said, said
    assert mail.url_of(sent["follow"]) in said.replace(" ", "")
    document = pypdfium2.PdfDocument(answer.data)
    assert raw.FPDFCatalog_IsTagged(document)
    assert document.get_metadata_dict()["Title"] == "Comprobante PAGA3-00001"
    assert b"/Lang" in answer.data
    assert b"pdfuaid" in answer.data
    assert proposal.contact.email not in said


def test_the_code_is_in_the_file_once_and_only_soon_after_the_page(sent, client):
    client.get(sent["receipt"])
    assert sent["code"] in words(client.get(PDF))
    assert sent["code"] not in words(client.get(PDF))


def test_the_code_is_not_in_the_file_an_hour_later(sent, client):
    client.get(sent["receipt"])
    with clock.at(clock.now() + timedelta(hours=1)):
        said = words(client.get(PDF))
    assert sent["code"] not in said
    assert "no se guarda aquí" in said


def test_the_page_shows_the_code_once_also_with_the_file_between(sent, client):
    assert sent["code"] in client.get(sent["receipt"]).text
    assert sent["code"] not in client.get(sent["receipt"]).text


def test_another_browser_gets_no_file(sent, app):
    answer = app.test_client().get(PDF)
    assert (answer.status_code, answer.location) == (302, "/seguimiento/PAGA3-00001")


def test_the_file_speaks_the_readers_language(sent, client):
    client.get("/?lang=en")
    assert "Receipt PAGA3-00001" in words(client.get(PDF))


@pytest.mark.parametrize(
    "title", ['#import "x" *fuerte* $x$ <a> \\', "Agua 💧 limpia para Macas", "ñandú ¿qué? — «así»"]
)
def test_what_people_type_is_text_and_never_markup(title):
    values = dict.fromkeys(PrintedReceipt.__dataclass_fields__, "x") | {
        "lang": "es", "proposal_lang": "es", "proposal": title, "code": None, "steps": (("Evaluación", ""),),
    }  # fmt: skip
    page = pypdfium2.PdfDocument(render(PrintedReceipt(**values)))[0].get_textpage().get_text_range()
    expected = title.replace("💧", "")
    seen = " ".join(re.sub(r"[^\w\s#\"*$<>\\¿?—«»]", "", page).split())
    assert " ".join(expected.split()) in seen or "limpia para Macas" in seen


# -- into an account


def test_a_guest_attaches_the_proposal_with_the_code_once(sent, sign_in, post):
    person = factories.user()
    browser = sign_in(person)
    address = "/seguimiento/PAGA3-00001/cuenta"
    wrong = post(browser, address, claim_code="0000-0000")
    assert wrong.status_code == 422
    assert queries.by_folio("PAGA3-00001").author_id is None
    right = post(browser, address, claim_code=sent["code"])
    assert (right.status_code, right.location) == (303, "/seguimiento/PAGA3-00001")
    db.session.expire_all()
    kept = queries.by_folio("PAGA3-00001")
    assert (kept.author_id, kept.contact.email) == (person.id, WRITTEN["contact_email"])
    acts = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.user_id == person.id)).all()
    assert acts == ["proposal.adopt"]
    assert WRITTEN["title"] in browser.get("/propuestas/?mias=1").text
    assert "Su cuenta es la llave" in browser.get(sent["receipt"]).text


def test_an_attached_proposal_is_not_attached_again(sent, as_principal):
    proposal = queries.by_folio("PAGA3-00001")
    services.adopt(proposal, sent["code"], by=as_principal(factories.user()), address="192.0.2.1")
    with pytest.raises((Conflict, Forbidden)):
        services.adopt(proposal, sent["code"], by=as_principal(factories.user()), address="192.0.2.1")


def test_without_an_account_or_the_code_nothing_is_attached(sent, as_principal):
    proposal = queries.by_folio("PAGA3-00001")
    with pytest.raises(SignInNeeded):
        services.adopt(proposal, sent["code"], by=GUEST, address="192.0.2.1")
    with pytest.raises(Invalid):
        services.adopt(proposal, "0000-0000", by=as_principal(factories.user()), address="192.0.2.1")
    assert db.session.scalars(sa.select(Proposal.author_id)).one() is None


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ANALYST, Role.REVIEWER])
def test_the_team_never_becomes_the_author(sent, as_principal, role):
    by, proposal = as_principal(factories.user(role)), queries.by_folio("PAGA3-00001")
    with pytest.raises(Forbidden):
        services.adopt(proposal, sent["code"], by=by, address="192.0.2.1")


@pytest.mark.usefixtures("inside_window")
def test_guesses_are_limited(sent, sign_in, post):
    browser = sign_in(factories.user())
    for _ in range(10):
        assert post(browser, "/seguimiento/PAGA3-00001/cuenta", claim_code="0000-0000").status_code == 422
    assert post(browser, "/seguimiento/PAGA3-00001/cuenta", claim_code=sent["code"]).status_code == 429


def test_the_way_into_the_account_is_offered_to_who_opened_it(sent, sign_in, post):
    browser = sign_in(factories.user())
    post(browser, "/seguimiento/PAGA3-00001", claim_code=sent["code"])
    assert "/seguimiento/PAGA3-00001/cuenta" in browser.get("/seguimiento/PAGA3-00001").text
    assert queries.by_folio("PAGA3-00001").status is ProposalStatus.SUBMITTED


def test_an_account_is_offered_to_a_guest_with_the_code_and_the_code_is_not_asked_again(sent, client, post):
    address = "/seguimiento/PAGA3-00001/cuenta"
    assert "¿Tiene o quiere una cuenta?" in client.get("/seguimiento/PAGA3-00001").text
    assert client.get(address).location == f"/cuenta/entrar?siguiente={address}"
    page = client.get(f"/cuenta/entrar?siguiente={address}").text
    assert f'/cuenta/registro?siguiente={address}"' in page
    person = factories.user(password_hash=passwords.hashed("una frase que solo yo conozco"))
    entered = post(
        client, "/cuenta/entrar", email=person.email, password="una frase que solo yo conozco", siguiente=address
    )
    assert (entered.status_code, entered.location) == (303, address)
    shown = client.get(address).text
    assert 'name="claim_code"' not in shown and person.email in shown
    assert post(client, address).status_code == 303
    db.session.expire_all()
    assert queries.by_folio("PAGA3-00001").author_id == person.id


def test_a_browser_that_showed_another_code_is_asked_for_the_new_one(sent, client, as_principal):
    proposal, person = queries.by_folio("PAGA3-00001"), factories.user()
    marked = dataclasses.replace(
        as_principal(person),
        claims=frozenset({proposal.id}),
        marks=frozenset({(proposal.id, code_mark(proposal.claim_code_hash))}),
    )
    stale = dataclasses.replace(marked, marks=frozenset({(proposal.id, "0" * 16)}))
    unbound = dataclasses.replace(marked, marks=frozenset())
    bare = dataclasses.replace(marked, marks=frozenset({(proposal.id, "")}))
    for by in (stale, unbound, bare):
        with pytest.raises(Invalid):
            services.adopt(proposal, "", by=by, address="192.0.2.1")
    services.adopt(proposal, "", by=marked, address="192.0.2.1")
    assert db.session.scalars(sa.select(Proposal.author_id)).one() == person.id
