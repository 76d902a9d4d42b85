"""An import is taken back while somebody works on one of its proposals: one of the two is told, whoever came first."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.accounts.queries import principal_of
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.evaluation import services as evaluation
from intake.evaluation.inputs import ExaminationInput
from intake.extensions import db
from intake.mapping import batches
from intake.reception.services import importing, undoing
from models import ImportBatch, Proposal, User
from models.enums import ProposalStatus, Role
from tests import factories as make
from tests.racing import together
from tests.transfers import as_file

ROWS = [{"titulo": f"T {n}", "problema": "p", "solucion": "s", "id_externo": f"H-{n}"} for n in range(3)]
GIVEN = ExaminationInput(
    is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Sí."
)
#: How long the first keeps its rows once the second was let go, in seconds.
HELD = 0.5


@pytest.fixture
def own_app(own_url, tmp_path):
    """An application on a database that nobody else uses, with a batch of three proposals."""
    app = create_app(Config.for_tests(database_url=own_url, instance_path=str(tmp_path)))
    with app.app_context():
        upgrade()
        make.user(Role.ANALYST)
        importing.run(as_file(ROWS), make.plan(code="PAGA3"), by=SYSTEM, name="marzo")
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


def look_at_the_first():
    """Admit the first proposal of the batch, as an analyst."""
    found = principal_of(db.session.scalars(sa.select(User.id)).one())
    proposal = db.session.scalars(sa.select(Proposal).order_by(Proposal.id)).first()
    evaluation.examine(proposal, GIVEN, by=found[0])


def states(app):
    with app.app_context():
        undone = db.session.scalars(sa.select(ImportBatch.undone_at)).one() is not None
        return undone, list(db.session.scalars(sa.select(Proposal.status).order_by(Proposal.id)))


def test_what_is_examined_while_the_batch_is_looked_at_is_refused(own_app, monkeypatch):
    looked, refuse = threading.Event(), batches.refuse_changed

    def slowly(found):
        refuse(found)
        looked.set()
        time.sleep(HELD)

    def examine():
        looked.wait(10)
        look_at_the_first()

    monkeypatch.setattr(batches, "refuse_changed", slowly)
    assert together(own_app, lambda: undoing.undo("marzo", by=SYSTEM), examine) == ["Conflict", "done"]
    assert states(own_app) == (True, [ProposalStatus.WITHDRAWN] * 3)


def test_a_batch_is_not_undone_under_an_examination_that_is_being_kept(own_app):
    examined = threading.Event()

    def examine():
        with transaction():
            look_at_the_first()
            examined.set()
            time.sleep(HELD)

    def undo():
        examined.wait(10)
        undoing.undo("marzo", by=SYSTEM)

    assert together(own_app, undo, examine) == ["Conflict", "done"]
    assert states(own_app) == (False, [ProposalStatus.ADMITTED, *[ProposalStatus.SUBMITTED] * 2])
