"""Drafts deleted for good: nothing of them stays, and nothing that was sent goes."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, limits
from intake.core.errors import Conflict, SignInNeeded
from intake.core.files import Upload
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception import services
from intake.reception.services import attachments, drafts, forgetting, inviting
from models import AuditEntry, CoAuthor, Consent, Proposal, ProposalContact, ProposalFile, StoredFile
from models.enums import ProposalStatus
from tests import factories
from tests.conftest import token_in
from tests.reception.kit import PDF
from tests.reception.test_attachments import attach, post
from tests.reception.test_views import WRITTEN, plan, submitted

__all__ = ["plan"]  # a fixture

LEFT = (Proposal, ProposalContact, Consent, ProposalFile, StoredFile, CoAuthor)


def numbers() -> list[int]:
    return [db.session.scalar(sa.select(sa.func.count()).select_from(kind)) for kind in LEFT]


def test_a_draft_goes_with_all_that_is_its_own(plan, client):
    kept = post(client, button="save", upload=("acta.pdf", PDF), person_name="Rosa", person_email="rosa@demo.example")
    path = kept.location.partition("?")[0]
    assert numbers() == [1, 1, 1, 1, 1, 1]
    token = token_in(client.get(path).text)
    assert client.post(f"{path}/borrar", data={"csrf_token": token}).location == "/propuestas/nueva"
    assert numbers() == [0, 0, 0, 0, 0, 0]
    assert client.get(path).status_code == 404
    assert "borrado" in client.get("/propuestas/nueva").text
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.changes) == ("proposal.delete_draft", {})


def test_nobody_else_and_nothing_that_was_sent(plan, app, client):
    draft = factories.proposal(plan, ProposalStatus.DRAFT)
    sent = factories.proposal(plan, ProposalStatus.SUBMITTED)
    db.session.commit()
    with pytest.raises(SignInNeeded):
        forgetting.delete_draft(draft, by=GUEST)
    with pytest.raises(Conflict):
        forgetting.delete_draft(sent, by=services.holding(GUEST, sent))
    assert numbers()[0] == 2


def test_what_nobody_came_back_to_is_forgotten(plan, client):
    folio = submitted(client)
    draft = factories.proposal(plan, ProposalStatus.DRAFT)
    db.session.commit()
    by = services.holding(GUEST, draft)
    attach(draft, "acta.pdf", PDF, by=by)
    inviting.invite(draft, "Rosa", "rosa@demo.example", by=by)
    assert forgetting.forget_drafts() == 0
    with clock.at(clock.now() + timedelta(days=forgetting.KEPT_DAYS + 1)):
        assert forgetting.forget_drafts() == 1
    assert db.session.scalars(sa.select(Proposal.folio)).all() == [folio]
    assert numbers()[3:] == [0, 0, 0]


def test_the_page_asks_before_it_deletes(plan, client):
    path = post(client, button="save").location.partition("?")[0]
    page = client.get(path).text
    assert re.search(rf'action="{path}/borrar"', page)
    assert "Sí, continuar" in page
    assert WRITTEN["title"] in page


@pytest.mark.parametrize(
    "act",
    [
        lambda draft, by: services.submit(draft, by=by),
        lambda draft, by: attachments.attach(draft, Upload("acta.pdf", PDF), "", by=by),
        lambda draft, by: inviting.invite(draft, "Rosa", "rosa@demo.example", by=by),
        lambda draft, by: forgetting.delete_draft(draft, by=by),
    ],
    ids=["submit", "attach", "invite", "delete"],
)
def test_what_another_window_deleted_meanwhile_is_said_and_is_no_failure_of_ours(plan, act):
    draft = factories.proposal(plan, ProposalStatus.DRAFT)
    db.session.commit()
    by = services.holding(GUEST, draft)
    db.session.execute(sa.delete(Proposal.__table__).where(Proposal.__table__.c.id == draft.id))
    with pytest.raises(Conflict, match="se borró mientras"):
        act(draft, by)


# -- how many of them a network may leave


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setattr(drafts, "GUESTS_DRAFTS", limits.Limit("guests_drafts", times=2, minutes=24 * 60))
    with time_machine.travel(clock.now().replace(hour=3, minute=30), tick=False):
        yield


def kept() -> int:
    return db.session.scalar(sa.select(sa.func.count(Proposal.id)))


@pytest.mark.usefixtures("narrow")
def test_a_network_leaves_a_bounded_number_of_guests_drafts_a_day_and_nobody_loses_the_text(plan, client, app):
    for _ in range(2):
        assert post(client, button="save").status_code == 303
    refused = post(app.test_client(), button="save")
    assert refused.status_code == 422
    assert "no se puede guardar otro" in refused.text
    assert "en 21 horas" in refused.text
    assert WRITTEN["problem"] in html.unescape(refused.text)
    assert kept() == 2
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert post(client, button="save").status_code == 303


@pytest.mark.usefixtures("narrow")
def test_the_same_form_sent_again_and_a_draft_that_is_changed_count_once(plan, client):
    fields = {**WRITTEN, "csrf_token": token_in(client.get("/propuestas/nueva").text), "key": "k" * 43, "save": "1"}
    for _ in range(4):
        answer = client.post("/propuestas/nueva", data=fields)
        assert answer.status_code == 303
    path = answer.location.partition("?")[0]
    assert post(client, path, button="save", title="Agua limpia para Macas y Sucúa").status_code == 303
    assert post(client, button="save").status_code == 303
    assert kept() == 2


@pytest.mark.usefixtures("narrow")
def test_an_accounts_drafts_are_not_counted(plan, sign_in):
    browser = sign_in(factories.user())
    for _ in range(3):
        assert post(browser, button="save").status_code == 303
    assert kept() == 3
