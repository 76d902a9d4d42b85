"""Every move that notifies has its mail, and the mail says what it must."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from intake.core import mail
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.reception import services
from intake.reception.lifecycle import PROPOSAL
from intake.reception.mail import tell_author
from models import OutboxMessage
from tests import factories

NOTIFYING = [row for row in PROPOSAL.transitions if row.notifies]


def test_the_table_notifies_of_ten_moves():
    assert [row.action for row in NOTIFYING] == [
        "submit",
        "admit",
        "refuse",
        "overrule",
        "select",
        "reserve",
        "leave_outside",
        "defer",
        "call_up",
        "withdraw",
    ]


@pytest.mark.parametrize("row", [r for r in NOTIFYING if r.action != "submit"], ids=lambda row: row.action)
@pytest.mark.parametrize("locale", ["es", "en"])
def test_mail_of_each_move_carries_folio_reason_and_address(app, row, locale):
    plan = factories.plan(code="PAGA3")
    author = factories.user(email="autora@demo.example", locale=locale)
    proposal = factories.proposal(plan, next(iter(row.sources)), author_id=author.id, title="Agua & luz <para> todos")
    reason = "Primera línea.\nSegunda línea, con «comillas» & signos."
    services.move(proposal, row.action, by=SYSTEM, reason=reason)
    queued = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (queued.kind, queued.to_address, queued.locale) == (f"proposal_{row.action}", author.email, locale)
    written = mail.render(queued.kind, queued.locale, queued.context)
    assert written.subject.startswith(f"{proposal.folio}: ")
    assert "Agua & luz <para> todos" in written.text
    assert reason in written.text
    assert mail.url_of(f"/seguimiento/{proposal.folio}") in written.text
    assert "<para>" not in written.html


def test_repeating_a_move_within_its_version_speaks_once(app):
    plan = factories.plan(code="PAGA3")
    author = factories.user(email="autora@demo.example")
    proposal = factories.proposal(plan, author_id=author.id)
    for _ in range(2):
        tell_author(proposal, "admit", reason="Sí.", stages=[])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 1


def test_receipt_by_mail_tells_dates_and_never_the_code(app):
    from intake.core.identity import GUEST
    from intake.reception.inputs import ContactInput, ProposalInput

    plan = factories.plan(code="PAGA3")
    contact = ContactInput(email="rosa@demo.example", consent=True)
    told = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")
    receipt = services.submit_directly(plan, told, contact, by=GUEST)
    queued = db.session.scalars(sa.select(OutboxMessage)).one()
    text = mail.render(queued.kind, queued.locale, queued.context).text
    assert receipt.folio in text
    assert receipt.claim_code not in text
    assert "previstos del" in text
    assert "con el código que vio en su comprobante" in text
