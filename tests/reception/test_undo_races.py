"""An import is taken back while somebody works on one of its proposals: one of the two is told, whoever came first."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from intake.accounts.queries import principal_of
from intake.core.identity import SYSTEM
from intake.evaluation import services as evaluation
from intake.evaluation.inputs import ExaminationInput
from intake.extensions import db
from intake.mapping import batches
from intake.reception.services import importing, undoing
from models import ImportBatch, Proposal, User
from models.enums import ProposalStatus, Role
from tests import factories as make
from tests.racing import hold_after, together, under
from tests.transfers import as_file

ROWS = [{"titulo": f"T {n}", "problema": "p", "solucion": "s", "id_externo": f"H-{n}"} for n in range(3)]
GIVEN = ExaminationInput(
    is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Sí."
)


@pytest.fixture
def own_app(own_app):
    """An application on a database that nobody else uses, with a batch of three proposals."""
    with own_app.app_context():
        make.user(Role.ANALYST)
        importing.run(as_file(ROWS), make.plan(code="PAGA3"), by=SYSTEM, name="marzo")
        db.session.commit()
    return own_app


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
    looked = hold_after(monkeypatch, batches, "refuse_changed")

    def examine():
        with looked.coming():
            look_at_the_first()

    assert together(own_app, lambda: undoing.undo("marzo", by=SYSTEM), examine) == ["Conflict", "done"]
    assert states(own_app) == (True, [ProposalStatus.WITHDRAWN] * 3)


def test_a_batch_is_not_undone_under_an_examination_that_is_being_kept(own_app):
    assert under(own_app, look_at_the_first, lambda: undoing.undo("marzo", by=SYSTEM)) == ["Conflict", "done"]
    assert states(own_app) == (False, [ProposalStatus.ADMITTED, *[ProposalStatus.SUBMITTED] * 2])
