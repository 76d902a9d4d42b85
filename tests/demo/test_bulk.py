"""The many proposals made for measuring: as many as asked, the same every time, and as sound as the others."""

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.demo import bulk, load_people
from intake.demo.world import World
from intake.extensions import db
from intake.reports import invariants
from models import Assignment, AuditEntry, Plan, Proposal, Round, User
from models.enums import ProposalStatus

NUMBER = 60


def world() -> World:
    found = World(clock.today())
    found.plans = {plan.code: plan for plan in db.session.scalars(sa.select(Plan))}
    found.rounds = {round_.number: round_ for round_ in db.session.scalars(sa.select(Round))}
    found.users = {user.email.partition("@")[0]: user for user in db.session.scalars(sa.select(User))}
    return found


def made(seed: int) -> list[tuple[str, str, ProposalStatus, str | None]]:
    """Folio, title, state and trace of what one run makes; the run is taken back."""
    attempt = db.session.begin_nested()
    first = db.session.scalar(sa.select(sa.func.max(Proposal.id)))
    bulk.proposals(world(), NUMBER, seed)
    rows = db.session.execute(
        sa.select(Proposal.folio, Proposal.title, Proposal.status, sa.func.count(AuditEntry.id))
        .join(AuditEntry, (AuditEntry.subject_id == Proposal.id) & (AuditEntry.subject_type == "proposal"))
        .where(Proposal.id > first)
        .group_by(Proposal.id, Proposal.folio, Proposal.title, Proposal.status)
        .order_by(Proposal.folio_number)
    ).all()
    attempt.rollback()
    return [tuple(row) for row in rows]


def test_the_same_seed_makes_the_same_and_another_seed_does_not(app):
    given = db.session.scalar(sa.select(Plan.folio_counter).where(Plan.code == "PAGA3"))  # also to sheets of paper
    first = made(5)
    assert len(first) == NUMBER
    assert [row[0] for row in first] == [f"PAGA3-{given + n:05d}" for n in range(1, NUMBER + 1)]
    assert made(5) == first
    assert made(6) != first


def test_each_has_as_many_entries_as_moves(app):
    moves = {
        ProposalStatus.SUBMITTED: 1,
        ProposalStatus.ADMITTED: 2,
        ProposalStatus.IN_EVALUATION: 3,
        ProposalStatus.EVALUATED: 4,
    }
    assert [(state, entries) for _f, _t, state, entries in made(5)] == [
        (state, moves[state]) for _f, _t, state, _e in made(5)
    ]


@pytest.mark.once
def test_no_invariant_breaks(app):
    bulk.proposals(world(), NUMBER, 5)
    db.session.expire_all()
    assert {name: found for name, found in invariants.broken().items() if found} == {}


def test_more_reviewers_are_asked_for_reviews(app):
    here = world()
    load_people.reviewers(here, 9)
    assert sum(key.startswith("revision.") for key in here.users) == 9
    bulk.proposals(here, NUMBER, 5)
    asked = set(db.session.scalars(sa.select(Assignment.reviewer_id)))
    new = [user.id for key, user in here.users.items() if key.startswith("revision.0")]
    assert len(new) == 3
    assert set(new) <= asked


def test_as_many_reviews_as_asked_for_stand_on_proposals_under_evaluation(app):
    here = world()
    load_people.reviewers(here, 9)
    first = db.session.scalar(sa.select(sa.func.max(Proposal.id)))
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Assignment))
    bulk.proposals(here, NUMBER, 5, before + 3 * NUMBER + 7)
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == before + 3 * NUMBER + 7
    states = set(db.session.scalars(sa.select(Proposal.status).where(Proposal.id > first)))
    assert states == {ProposalStatus.IN_EVALUATION, ProposalStatus.EVALUATED}
    assert {name: found for name, found in invariants.broken().items() if found} == {}


def test_more_reviews_than_reviewers_can_give_are_refused(app):
    with pytest.raises(ValueError, match="reviewers"):
        bulk.proposals(world(), NUMBER, 5, 100 * NUMBER)


def test_none_more_makes_none(app):
    before = db.session.scalar(sa.select(sa.func.max(Proposal.id)))
    bulk.proposals(world(), 0, 5)
    assert db.session.scalar(sa.select(sa.func.max(Proposal.id))) == before
