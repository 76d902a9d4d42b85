"""Two clerks bring the same file at the same moment, and a citizen sends while a file comes in."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reception import services
from intake.reception.inputs import ProposalInput
from intake.reception.services import importing
from intake.reports import invariants
from models import ImportBatch, Plan, Proposal
from tests.racing import answers
from tests.transfers import as_file

ROWS = [{"titulo": f"T {n}", "problema": "p", "solucion": "s", "id_externo": f"H-{n}"} for n in range(30)]


def plan() -> Plan:
    return db.session.scalars(sa.select(Plan)).one()


def bring() -> int:
    return importing.run(as_file(ROWS), plan(), by=SYSTEM).added


def test_the_same_file_at_the_same_moment_comes_in_once(receiving):
    assert sorted(answers(receiving, bring, bring)) == [0, 30]
    with receiving.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 30
        assert db.session.scalar(sa.select(sa.func.count(ImportBatch.id))) == 1


def test_folios_stay_whole_while_a_citizen_sends(receiving):
    def send():
        data = ProposalInput(title="Una", problem="p", solution="s")
        return services.submit_directly(plan(), data, None, by=GUEST).folio

    found = answers(receiving, bring, send, send)
    assert [type(one) for one in found] == [int, str, str], found
    with receiving.app_context():
        numbers = db.session.scalars(sa.select(Proposal.folio_number).order_by(Proposal.folio_number)).all()
        assert numbers == list(range(1, 33))
        assert invariants.broken()["folios_contiguous"] == []
