"""Pressing at the same moment, on a database of its own: threads cannot share the one transaction of other tests."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import tokens
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.inputs import ProposalInput
from models import Plan, Proposal
from tests.racing import answers

PRESSES = 6


def plan() -> Plan:
    return db.session.scalars(sa.select(Plan)).one()


def test_simultaneous_presses_make_one_draft_one_folio_and_one_code(receiving):
    key = tokens.new_token()
    data = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")

    def keep():
        return services.create_draft(plan(), data, None, by=GUEST, key=key)[1]

    def send():
        proposal = queries.by_draft_key(key)
        return services.submit(proposal, by=services.holding(GUEST, proposal), key=key)

    assert answers(receiving, *[keep] * PRESSES) == [key] * PRESSES
    receipts = answers(receiving, *[send] * PRESSES)
    assert receipts == [receipts[0]] * PRESSES
    assert (receipts[0].folio, len(receipts[0].claim_code)) == ("PAGA3-00001", 8)
    with receiving.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1
        assert db.session.scalar(sa.select(Plan.folio_counter)) == 1


def test_simultaneous_submissions_get_folios_without_gap_or_repetition(receiving):
    data = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")

    def send():
        return services.submit_directly(plan(), data, None, by=GUEST).folio

    assert sorted(answers(receiving, *[send] * PRESSES)) == [f"PAGA3-{n:05d}" for n in range(1, PRESSES + 1)]
