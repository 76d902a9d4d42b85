"""Doing the same at the same moment, on a database of its own: a refusal in words, never an error of the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.accountability import services as accountability
from intake.core import clock, outbox
from intake.core.identity import SYSTEM
from intake.core.transaction import transaction
from intake.evaluation import services as evaluation
from intake.evaluation.inputs import PENDING_STATES, RoundInput
from intake.extensions import db
from intake.mapping import services as mapping
from intake.plans.services import moving
from intake.selection import services as selection
from intake.selection.inputs import SessionInput
from models import (
    Assignment,
    Body,
    Commitment,
    IrmRating,
    OutboxMessage,
    Plan,
    Proposal,
    Round,
    Rubric,
    SelectionSession,
    User,
)
from models.enums import BodyKind, IrmDimension, ProposalStatus, ReviewSector, Role, RoundStatus, StageKind
from tests import factories
from tests.accountability import kit as accountability_kit
from tests.racing import meanwhile, together

TIMES = 4


@pytest.fixture
def own_app(own_app):
    """An application on a database that nobody else uses, with a plan in evaluation."""
    with own_app.app_context():
        factories.plan(StageKind.EVALUATION, code="PAGA3")
        db.session.commit()
    return own_app


def one(model):
    return db.session.scalars(sa.select(model).order_by(model.id)).first()


def count(app, model):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def to_assign(app):
    with app.app_context():
        evaluation.create_round(one(Plan), RoundInput(name="R", reviews_per_proposal=1), by=SYSTEM)
        factories.proposal(one(Plan), ProposalStatus.ADMITTED)
        factories.user(Role.REVIEWER, sector=ReviewSector.ACADEMIA)
        db.session.commit()


def assign():
    evaluation.assign(one(Round), one(Proposal), one(User), by=SYSTEM)


def test_a_review_is_asked_once(own_app):
    to_assign(own_app)
    assert together(own_app, *[assign] * TIMES) == ["Conflict"] * (TIMES - 1) + ["done"]
    assert count(own_app, Assignment) == 1


def test_a_request_follows_its_round_to_the_day_that_the_round_has_now(own_app):
    """Two change the day: whoever comes second has the round of before the first change."""
    to_assign(own_app)
    days = [clock.today() + timedelta(days=n) for n in (10, 20, 30)]
    with own_app.app_context():
        evaluation.change_due(one(Round), days[0], by=SYSTEM)
        assign()
        seen = one(Round)
        assert seen.due_on == days[0]
        meanwhile(own_app, lambda: evaluation.change_due(one(Round), days[1], by=SYSTEM))
        assert evaluation.change_due(seen, days[2], by=SYSTEM) == 1
        assert one(Assignment).due_on == days[2]


def test_a_rating_that_somebody_else_changed_is_changed_back(own_app):
    with own_app.app_context():
        commitment = accountability_kit.drafted(accountability_kit.scene(code="PAGA8")).commitment
        db.session.commit()
        rate(commitment, "De antes.")
        seen = one(IrmRating)
        assert seen.note == "De antes."
        meanwhile(own_app, lambda: rate(one(Commitment), "De otra persona."))
        rate(commitment, "De antes.")
        db.session.expire_all()
        assert one(IrmRating).note == "De antes."


def rate(commitment, note):
    accountability.rate(commitment, IrmDimension.AMBITION, None, note, None, by=SYSTEM)


def test_one_plan_is_the_one_under_way(own_app):
    with own_app.app_context():
        factories.plan(code="PAGA4", is_current=False)
        factories.plan(code="PAGA5", is_current=False)
        db.session.commit()
        seen = db.session.scalars(sa.select(Plan).order_by(Plan.id)).all()
        meanwhile(own_app, lambda: make_current("PAGA4"))
        make_current("PAGA5")
        assert [plan.code for plan in seen if plan.is_current] == ["PAGA5"]
        db.session.expire_all()
        assert [plan.code for plan in seen if plan.is_current] == ["PAGA5"]


def make_current(code):
    with transaction():
        moving._make_current(db.session.scalars(sa.select(Plan).where(Plan.code == code)).one(), SYSTEM)


def test_a_closed_round_has_no_open_review(own_app):
    to_assign(own_app)
    done = together(own_app, assign, lambda: evaluation.close_round(one(Round), "Terminó.", by=SYSTEM))
    assert done in (["done", "done"], ["Conflict", "done"])
    with own_app.app_context():
        assert one(Round).status is RoundStatus.CLOSED
        left = sa.select(sa.func.count()).where(Assignment.status.in_(PENDING_STATES))
        assert db.session.scalar(left) == 0


def test_rounds_and_the_rubric_are_numbered_one_after_the_other(own_app):
    given = RoundInput(name="R", reviews_per_proposal=1)
    calls = [lambda: evaluation.create_round(one(Plan), given, by=SYSTEM)] * TIMES
    assert together(own_app, *calls) == ["done"] * TIMES
    with own_app.app_context():
        assert list(db.session.scalars(sa.select(Round.number).order_by(Round.number))) == [1, 2, 3, 4]
    assert count(own_app, Rubric) == 1


def test_one_session_at_a_time_is_open_on_a_plan(own_app):
    given = SessionInput(title="S", held_on=clock.today(), decided_by="Núcleo")
    calls = [lambda: selection.open_session(one(Plan), given, by=SYSTEM)] * TIMES
    assert together(own_app, *calls) == ["Conflict"] * (TIMES - 1) + ["done"]
    assert count(own_app, SelectionSession) == 1


def test_a_message_is_queued_once_and_a_body_set_up_once(own_app):
    def tell():
        with transaction():
            assert outbox.enqueue("account_exists", to="a@demo.example", dedupe_key="k") is not None

    assert together(own_app, *[tell] * TIMES) == ["done"] * TIMES
    assert count(own_app, OutboxMessage) == 1
    calls = [lambda: mapping.create_body(one(Plan), BodyKind.CORE_GROUP, [], by=SYSTEM)] * TIMES
    assert together(own_app, *calls) == ["Conflict"] * (TIMES - 1) + ["done"]
    assert count(own_app, Body) == 1


def test_a_rating_recorded_twice_is_one_rating(own_app):
    with own_app.app_context():
        factories.save(
            Commitment(plan_id=one(Plan).id, number=1, reference="PAGA3-1", title_es="C", created_at=clock.now())
        )
        db.session.commit()
    dimension = next(iter(IrmDimension))
    calls = [lambda: accountability.rate(one(Commitment), dimension, None, "No hay.", None, by=SYSTEM)] * TIMES
    assert together(own_app, *calls) == ["done"] * TIMES
    assert count(own_app, IrmRating) == 1
