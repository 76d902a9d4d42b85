"""Two clerks bring the same file at the same moment, and a citizen sends while a file comes in."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reception import services
from intake.reception.inputs import ProposalInput
from intake.reception.services import importing
from intake.reports import invariants
from models import ImportBatch, Plan, Proposal
from tests import factories as make
from tests.transfers import as_file

ROWS = [{"titulo": f"T {n}", "problema": "p", "solucion": "s", "id_externo": f"H-{n}"} for n in range(30)]


@pytest.fixture
def own_app(own_url, tmp_path):
    """An application on a database that nobody else uses, with reception open."""
    app = create_app(Config.for_tests(database_url=own_url, instance_path=str(tmp_path)))
    with app.app_context():
        upgrade()
        make.plan(code="PAGA3")
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


def together(app, *calls):
    """What the simultaneous calls gave back; errors pass as they are."""
    found, start = [], threading.Barrier(len(calls))

    def work(call):
        with app.app_context():
            plan = db.session.scalars(sa.select(Plan)).one()
            db.session.rollback()
            start.wait()
            try:
                found.append(call(db.session.merge(plan)))
            except Exception as error:  # noqa: BLE001 -- the test looks at it
                found.append(error)
            db.session.remove()

    threads = [threading.Thread(target=work, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_the_same_file_at_the_same_moment_comes_in_once(own_app):
    def bring(plan):
        return importing.run(as_file(ROWS), plan, by=SYSTEM).added

    assert sorted(together(own_app, bring, bring)) == [0, 30]
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 30
        assert db.session.scalar(sa.select(sa.func.count(ImportBatch.id))) == 1


def test_folios_stay_whole_while_a_citizen_sends(own_app):
    def bring(plan):
        return importing.run(as_file(ROWS), plan, by=SYSTEM).added

    def send(plan):
        data = ProposalInput(title="Una", problem="p", solution="s")
        return services.submit_directly(plan, data, None, by=GUEST).folio

    found = together(own_app, bring, send, send)
    assert sorted(str(type(one).__name__) for one in found) == ["int", "str", "str"], found
    with own_app.app_context():
        numbers = db.session.scalars(sa.select(Proposal.folio_number).order_by(Proposal.folio_number)).all()
        assert numbers == list(range(1, 33))
        assert invariants.broken()["folios_contiguous"] == []
