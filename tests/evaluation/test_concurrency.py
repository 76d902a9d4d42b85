"""Two people acting at the same moment, on a database of its own."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from intake.accounts import queries as accounts
from intake.evaluation import services
from intake.evaluation.inputs import ExaminationInput
from intake.extensions import db
from models import Admission, Proposal
from models.enums import Role
from tests import factories
from tests.racing import together

TIMES = 4
ALL_MET = ExaminationInput(
    is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Cumple los cuatro."
)


def test_analysts_who_press_together_examine_once_and_the_others_are_told(own_app):
    with own_app.app_context():
        key = factories.proposal(factories.plan()).id
        people = [factories.user(Role.ANALYST).id for _ in range(TIMES)]
        db.session.commit()

    def press(user_id):
        services.examine(db.session.get_one(Proposal, key), ALL_MET, by=accounts.principal_of(user_id)[0])

    done = together(own_app, *(partial(press, user_id) for user_id in people))
    assert done == ["Conflict"] * (TIMES - 1) + ["done"]
    with own_app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Admission)) == 1
