"""The first page: its one call by the calendar, numbers that are counts of rows, a constant number of statements."""

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.reports import home, sentence
from intake.reports.queries import home as rows
from models import Commitment, Decision, JoinRequest, Participation, ParticipationCount, SelectionSession, Stage
from models.enums import (
    ActorStatus,
    Category,
    CommitmentStatus,
    DecisionStatus,
    Dimension,
    ProposalStatus,
    Role,
    SessionStatus,
    StageKind,
)
from tests import factories

CALLS = [
    (StageKind.MAPPING, home.TAKE_PART, "/actores/registro"),
    (StageKind.RECEPTION, home.PROPOSE, "/propuestas/nueva"),
    (StageKind.EVALUATION, home.FOLLOW, "/seguimiento"),
    (StageKind.SELECTION, home.RESULTS, "Leer los resultados"),
    (StageKind.ACCOUNTABILITY, home.COMMITMENTS, "Ver los compromisos"),
]


def decision(proposal, reason: str) -> Decision:
    """A published decision of a published session."""
    session = SelectionSession(
        plan_id=proposal.plan_id,
        number=proposal.folio_number,
        title="Sesión",
        held_on=clock.today(),
        decided_by="Grupo Núcleo",
        published_at=clock.now(),
    )
    from intake.selection.lifecycle import DECISION, SESSION

    SESSION.establish(session, SessionStatus.PUBLISHED)
    factories.save(session)
    made = Decision(
        session_id=session.id,
        proposal_id=proposal.id,
        category=Category.IN_PLAN,
        reason=reason,
        decided_at=clock.now(),
        published_at=clock.now(),
    )
    DECISION.establish(made, DecisionStatus.PUBLISHED)
    return factories.save(made)


@pytest.mark.parametrize(("open_stage", "call", "leads_to"), CALLS)
def test_the_call_follows_the_open_stage(client, open_stage, call, leads_to):
    plan = factories.plan(open_stage)
    stages = db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan.id)).all()
    assert home.call_for(stages).kind == call
    page = client.get("/").text
    hero = page[page.index('class="hero"') : page.index("</section>", page.index('class="hero"'))]
    assert leads_to in hero
    assert hero.count("govuk-button") == 1


def test_reception_comes_first_where_stages_overlap(app):
    plan = factories.plan(StageKind.RECEPTION)
    stages = db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan.id).order_by(Stage.number)).all()
    for stage in stages:
        stage.opens_on, stage.closes_on = clock.today(), clock.today() + timedelta(days=1)
    call = home.call_for(stages)
    assert call.kind == home.PROPOSE
    assert [view.kind for view in call.others] == [
        StageKind.MAPPING,
        StageKind.EVALUATION,
        StageKind.SELECTION,
        StageKind.ACCOUNTABILITY,
    ]


def test_before_the_first_stage_the_page_says_when(client):
    plan = factories.plan(None)
    for stage in db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan.id)):
        stage.opens_on = clock.today() + timedelta(days=10 + stage.number)
        stage.closes_on = stage.opens_on + timedelta(days=5)
    db.session.flush()
    page = client.get("/").text
    assert "Mapeo de actores" in page
    assert "se abre el" in page


def test_an_empty_installation_has_a_page(client):
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Todavía no hay un plan" in answer.text


def test_numbers_are_counts_of_rows(app):
    plan = factories.plan()
    other = factories.plan(is_current=False)
    factories.proposal(plan)
    factories.proposal(plan, ProposalStatus.WITHDRAWN)
    factories.proposal(plan, ProposalStatus.DRAFT)
    factories.proposal(other)
    factories.actor()
    factories.actor(status=ActorStatus.PENDING)
    for number in (1, 2):
        factories.save(
            Commitment(
                plan_id=plan.id,
                number=number,
                reference=f"{plan.code}-{number}",
                title_es="Uno",
                created_at=clock.now(),
            )
        )
    from intake.accountability.lifecycle import COMMITMENT

    public = Commitment(plan_id=plan.id, number=3, reference=f"{plan.code}-3", title_es="Dos", created_at=clock.now())
    COMMITMENT.establish(public, CommitmentStatus.CONSULTATION)
    factories.save(public)
    assert rows.numbers(plan) == rows.Numbers(proposals=2, actors=1, commitments=1)


def test_each_number_of_proposals_leads_to_as_many_rows(client, sign_in):
    plan, place = factories.plan(), factories.territory("14")
    lead, *parts = (factories.proposal(plan, territory_id=place.id) for _ in range(3))
    for part in parts:
        asked = {"collective_id": lead.id, "proposal_id": part.id, "position": part.id}
        factories.save(JoinRequest(**asked, asked_at=clock.now(), due_on=clock.today()))
    factories.proposal(plan)
    director = sign_in(factories.user(Role.DIRECTORATE))
    db.session.commit()
    linked = re.compile(r'href="(/propuestas/\?plan=[^"]*)">\s*(?:<span class="figure__value">)?(\d+)<')
    said = [m for path in ("/", f"/planes/{plan.code}/") for m in linked.findall(client.get(path).text)]
    said += [m for m in linked.findall(director.get("/direccion/").text) if "provincia" in m[0]]
    assert [number for _path, number in said] == ["3", "3", "2"]
    for path, number in said:
        page = client.get(html.unescape(path)).text
        assert f'role="status">{number} resultados<' in page
        assert "Sin las colectivas, que unen a otras" in page
        assert lead.folio not in page
    assert lead.folio in client.get(f"/propuestas/?plan={plan.code}").text


def test_provinces_count_what_lies_below_them(app):
    plan = factories.plan()
    province = factories.territory("14")
    parish = factories.territory("140150", path="14.1401.140150.", level="parish")
    factories.territory("20")
    factories.proposal(plan, territory_id=province.id)
    factories.proposal(plan, territory_id=parish.id)
    factories.proposal(plan)
    factories.proposal(plan, ProposalStatus.DRAFT, territory_id=parish.id)
    assert {p.code: p.proposals for p in rows.provinces(plan.id)} == {"14": 2, "20": 0}


def test_sentence_is_made_from_rows(client):
    plan = factories.plan(code="PAGA2", is_current=True)
    plan.number = 2
    row = factories.save(Participation(plan_id=plan.id, total=1260, label_es="Cocreación", source="Prueba"))
    for category, people in {"man": 692, "woman": 559, "non_binary": 4, "other": 5}.items():
        factories.save(
            ParticipationCount(participation_id=row.id, dimension=Dimension.GENDER, category=category, people=people)
        )
    db.session.expire_all()
    assert (
        "1.260 personas participaron en el Segundo Plan: "
        "692 hombres, 559 mujeres, 4 personas no binarias y 5 de otro género."
    ) in client.get("/").text


def test_without_counted_people_there_is_no_sentence(app):
    factories.plan()
    assert sentence.of_latest_counted_plan() is None


def test_answers_give_their_reason_and_escape_it(client):
    plan = factories.plan()
    proposal = factories.proposal(plan, ProposalStatus.SELECTED, title="<b>Agua</b> limpia")
    decision(proposal, "Porque <script>alert(1)</script> sí.")
    page = client.get("/").text
    assert "&lt;b&gt;Agua&lt;/b&gt; limpia" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def fill(plan, times: int) -> None:
    for _ in range(times):
        place = factories.territory()
        proposal = factories.proposal(plan, ProposalStatus.SELECTED, territory_id=place.id)
        decision(proposal, "Por su alcance.")
        factories.event(plan, starts_at=clock.now() + timedelta(days=2))
    db.session.flush()


def test_statements_are_few_and_do_not_grow(client, count_queries):
    plan = factories.plan()
    factories.save(Participation(plan_id=plan.id, total=3))
    fill(plan, 1)
    db.session.expire_all()
    with count_queries() as one:
        assert client.get("/").status_code == 200
    fill(plan, 2)
    db.session.expire_all()
    with count_queries() as three:
        assert client.get("/").status_code == 200
    assert (len(one), len(three)) == (8, 8)
