"""Two people acting at the same moment, on a database of its own."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from config import Config
from intake import create_app
from intake.accounts import queries as accounts
from intake.core.errors import Conflict
from intake.engine import writing
from intake.evaluation import services
from intake.evaluation.inputs import ExaminationInput
from intake.extensions import db
from models import Admission, Proposal
from models.enums import Role
from tests import factories

TIMES = 4
ALL_MET = ExaminationInput(
    is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Cumple los cuatro."
)


@pytest.fixture
def own_app(own_url, tmp_path):
    """An application on an empty database that nobody else uses."""
    app = create_app(Config.for_tests(database_url=own_url, instance_path=str(tmp_path)))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_analysts_who_press_together_examine_once_and_the_others_are_told(own_app):
    with own_app.app_context():
        key = factories.proposal(factories.plan()).id
        people = [factories.user(Role.ANALYST).id for _ in range(TIMES)]
        db.session.commit()
    outcomes, start = [], threading.Barrier(TIMES)

    def press(user_id):
        with own_app.app_context():
            writing.set(True)  # as intake.web.hooks does for every request that may write
            start.wait()
            try:
                proposal = db.session.get_one(Proposal, key)
                by = accounts.principal_of(user_id)[0]
                services.examine(proposal, ALL_MET, by=by)
                outcomes.append("examined")
            except Exception as error:  # noqa: BLE001 -- the test compares it
                outcomes.append(type(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(user_id,)) for user_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == sorted(map(str, ["examined", *[Conflict] * (TIMES - 1)]))
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Admission)) == 1
