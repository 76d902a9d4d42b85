"""What the demonstration holds, that it is complete, refuses real data and comes out the same every time."""

import json

import pytest
import sqlalchemy as sa

from intake.accounts import queries as accounts
from intake.core import workflow
from intake.core.errors import Conflict
from intake.demo import loader
from intake.demo.source import FOLDER, read
from intake.evaluation import conflicts
from intake.extensions import db
from intake.plans import queries
from intake.reports import sentence
from models import (
    Actor,
    AuditEntry,
    Commitment,
    CommitmentParty,
    Decision,
    Milestone,
    OutboxMessage,
    Plan,
    PostHolding,
    Proposal,
    ReportedFigure,
    Stage,
    User,
)
from models.enums import Category, PartyRole, ProposalKind, ProposalStatus
from tests import factories

#: States that the demonstration has nothing in, and why.
ABSENT = {
    ("campaign", "cancelled"): "nobody has cancelled one",
    ("meeting", "cancelled"): "nobody has cancelled one",
    ("plan", "preparing"): "every plan has begun",
    ("plan", "implementation"): "two plans are over and the third is being made",
    ("stage", "planned"): "the calendar of the plan under way is published",
    ("commitment", "dropped"): "nobody has dropped one",
    ("milestone", "planning"): "no report says so; the journey can",
    ("milestone", "stopped"): "no report says so; the journey can",
    ("agreement", "terminated"): "nobody has ended one",
    ("decision", "pending"): "the second session is for the visitor to open",
    ("session", "open"): "the second session is for the visitor to open",
    ("session", "cancelled"): "nobody has cancelled one",
}


def of_plan(code: str, column):
    return column.in_(sa.select(Plan.id).where(Plan.code == code))


def count(query):
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery()))


def test_the_collective_proposal_waits_for_another_analyst_than_who_led_it(app):
    made = db.session.scalars(sa.select(Proposal).where(Proposal.kind == ProposalKind.COLLECTIVE)).one()
    assert made.status is ProposalStatus.SUBMITTED
    may = {}
    for name in ("analisis", "analisis2"):
        key = db.session.scalars(sa.select(User.id).where(User.email == f"{name}@demo.example")).one()
        may[name] = conflicts.between(made.id, accounts.principal_of(key)[0]) is None
    assert may == {"analisis": True, "analisis2": False}


def test_what_is_noted_about_the_stages_of_the_fictional_plan_is_told_in_english_too(app):
    notes = db.session.execute(
        sa.select(Stage.note_es, Stage.note_en).join(Plan, Plan.id == Stage.plan_id).where(Plan.code == "PAGA3")
    ).all()
    assert sum(bool(spanish) for spanish, _english in notes) == 3
    assert all(bool(spanish) == bool(english) for spanish, english in notes)


def test_first_plan_is_whole(app):
    milestones = (
        sa.select(Milestone.progress_pct)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(of_plan("PAGA1", Commitment.plan_id))
    )
    values = db.session.scalars(milestones).all()
    assert len(values) == 59
    assert round(float(sum(values) / len(values)), 2) == 41.29
    assert count(sa.select(Commitment.id).where(of_plan("PAGA1", Commitment.plan_id))) == 10
    integrated = sa.select(Proposal.id).where(
        of_plan("PAGA1", Proposal.plan_id), Proposal.kind == ProposalKind.INTEGRATED
    )
    assert count(integrated) == 43
    categories = db.session.execute(
        sa.select(Decision.category, sa.func.count())
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(of_plan("PAGA1", Proposal.plan_id))
        .group_by(Decision.category)
    )
    assert dict(categories.all()) == {
        Category.IN_PLAN: 10,
        Category.RESERVE: 6,
        Category.OUTSIDE_PLAN: 8,
        Category.NEXT_PLAN: 19,
    }


def test_published_totals_are_figures_and_not_rows(app):
    figures_of = dict(
        db.session.execute(
            sa.select(ReportedFigure.key, ReportedFigure.value).where(of_plan("PAGA1", ReportedFigure.plan_id))
        ).all()
    )
    assert {key: int(figures_of[key]) for key in ("funnel.received", "funnel.web", "funnel.tables")} == {
        "funnel.received": 335,
        "funnel.web": 297,
        "funnel.tables": 38,
    }
    citizens = sa.select(Proposal.id).where(of_plan("PAGA1", Proposal.plan_id), Proposal.kind == ProposalKind.CITIZEN)
    assert count(citizens) == 0


def test_first_plan_shows_its_twelve_months(app):
    stage = db.session.scalars(sa.select(Stage).where(of_plan("PAGA1", Stage.plan_id), Stage.number == 5)).one()
    plan = queries.by_code("PAGA1")
    assert (stage.closes_on.isoformat(), plan.ends_on.isoformat(), plan.original_ends_on.isoformat()) == (
        "2022-08-31",
        "2022-08-31",
        "2021-08-31",
    )


def test_second_plan_has_its_people_and_commitments(app):
    with app.test_request_context():
        said = sentence.of_latest_counted_plan()
    assert said.code == "PAGA2"
    assert said.text.rstrip(".") == (
        "1.260 personas participaron en el Segundo Plan: "
        "692 hombres, 559 mujeres, 4 personas no binarias y 5 de otro género"
    )
    commitments = db.session.scalars(
        sa.select(Commitment).where(of_plan("PAGA2", Commitment.plan_id)).order_by(Commitment.number)
    ).all()
    assert len(commitments) == 15
    assert [c.number for c in commitments if c.title_es is None] == [1, 2, 9, 10, 13]
    assert all(c.title_note for c in commitments if c.title_es is None)


def test_third_plan_has_the_proposals_of_its_file(app):
    rows = db.session.execute(
        sa.select(Proposal.status, sa.func.count()).where(of_plan("PAGA3", Proposal.plan_id)).group_by(Proposal.status)
    )
    found = dict(rows.all())
    expected: dict[ProposalStatus, int] = {}
    parts = {row["proposal"]: row["answer"] for row in read("paga3_joining")["parts"]}
    expected[ProposalStatus.SUBMITTED] = 1  # the collective one
    expected |= {ProposalStatus.HELD: 2, ProposalStatus.DISCARDED: 1}  # `load_quarantine`
    for row in read("paga3_proposals"):
        state = row["target_state"] if parts.get(row["key"], "declined") == "declined" else "joined"
        name = row["decision"]["category"] if state == "decided" else state
        key = ProposalStatus({"in_plan": "selected"}.get(name, name))
        expected[key] = expected.get(key, 0) + 1
    assert found == expected
    assert sum(found.values()) == 120 + 1 + 3
    titles = db.session.scalars(
        sa.select(Proposal.title)
        .where(of_plan("PAGA3", Proposal.plan_id), Proposal.is_public)
        .order_by(Proposal.folio_number)
    ).all()
    sent = [row["title"] for row in read("paga3_proposals") if row["submitted_offset"] is not None]
    assert titles == [*sent, read("paga3_joining")["title"]]


def test_every_state_is_there_but_those_explained(app):
    absent = set()
    for lifecycle in workflow.lifecycles():
        present = set(db.session.scalars(sa.select(lifecycle.column).distinct()))
        absent |= {(lifecycle.noun, state.value) for state in lifecycle.states if state not in present}
    assert absent == set(ABSENT)


def test_past_acts_bear_past_days_and_their_people(app):
    entry = db.session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.action == "proposal.select", AuditEntry.subject_ref.like("PAGA3-%"))
        .order_by(AuditEntry.id)
    ).first()
    plan = queries.by_code("PAGA3")
    session_day = {row["number"]: row for row in read("paga3")["rounds"]}[1]["selection"]["published_offset"]
    from datetime import timedelta

    from intake.core import clock

    assert clock.local(entry.at).date() == clock.today() + timedelta(days=session_day)
    assert entry.role == "directorate"
    assert entry.reason
    assert plan.is_fictional


def test_the_two_voices_are_bound_to_the_first_commitment(app):
    for email, role in (
        ("institucion@demo.example", PartyRole.RESPONSIBLE),
        ("contraparte@demo.example", PartyRole.COUNTERPART),
    ):
        actor_id = db.session.scalar(
            sa.select(CommitmentParty.actor_id)
            .join(Commitment, Commitment.id == CommitmentParty.commitment_id)
            .where(Commitment.reference == "PAGA3-1", CommitmentParty.role == role)
        )
        from models import Post

        held = db.session.scalar(
            sa.select(Post.actor_id)
            .join(PostHolding, PostHolding.post_id == Post.id)
            .join(User, User.id == PostHolding.user_id)
            .where(User.email == email)
        )
        assert held == actor_id


def test_nobody_outside_is_ever_written_to(app):
    addresses = db.session.scalars(sa.select(OutboxMessage.to_address).distinct()).all()
    assert addresses
    assert [a for a in addresses if not a.endswith("@demo.example")] == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User).where(~User.is_demo)) == 0
    invented = [row["slug"] for row in read("paga3_actors")]
    assert count(sa.select(Actor.id).where(Actor.slug.in_(invented), ~Actor.is_fictional)) == 0


def test_a_second_load_changes_nothing(app):
    before = db.session.scalar(sa.select(sa.func.max(AuditEntry.id)))
    assert loader.load() is False
    assert db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) == before


def test_real_data_are_refused(app):
    factories.user(name="Persona Real", email="real@ejemplo.ec")
    with pytest.raises(Conflict, match="datos reales"):
        loader.load()


def test_a_real_plan_is_refused_with_one_line(app):
    factories.plan(code="PAGA9", is_current=False)
    answer = app.test_cli_runner().invoke(args=["demo", "load"])
    assert answer.exit_code == 1
    assert answer.stderr.strip().count("\n") == 0
    assert "PAGA9" in answer.stderr


def test_files_hold_nothing_that_looks_like_a_person(app):
    people = json.loads((FOLDER / "paga3.json").read_text(encoding="utf-8"))["people"]
    assert all(person["email"].endswith("@demo.example") for person in people)


def test_setup_again_keeps_everything_and_names_the_accounts(demo_app):
    def last_entry() -> int:
        with demo_app.app_context():
            return db.session.scalar(sa.select(sa.func.max(AuditEntry.id)))

    before = last_entry()
    answer = demo_app.test_cli_runner().invoke(args=["setup"])
    assert answer.exit_code == 0, answer.output
    assert "direccion@demo.example" in answer.output
    assert "Loading the demonstration" not in answer.output
    assert last_entry() == before
