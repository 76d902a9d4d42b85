"""The trace as it is read: filtered, in pages, with names only where they may be."""

from datetime import timedelta

import pytest

from intake.accounts import queries
from intake.core import audit, clock
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reports.inputs import TrailFilters
from intake.reports.queries import trail
from models import Assignment, Decision, ProposalContact, Round, Rubric, SelectionSession
from models.enums import Category, ReviewSector, Role
from tests import factories


@pytest.fixture
def browser(sign_in):
    return sign_in(factories.user(Role.DIRECTORATE, name="Ricarda Dirige"))


def entry(action="proposal.note", *, by=SYSTEM, reference="PAGA3-00001", reason="", **extra):
    plan = factories.plan(is_current=False)
    made = audit.record(action, plan, by=by, reference=reference, reason=reason, extra=extra)
    db.session.flush()
    return made


def found(**filters):
    return [
        row.entry.action
        for row in trail.page(TrailFilters(**filters), 1, reader=SYSTEM).items
        if row.entry.action.startswith("t.")
    ]


def test_each_filter_narrows(app, as_principal):
    analyst = as_principal(factories.user(Role.ANALYST))
    with clock.at(clock.now() - timedelta(days=9)):
        entry("t.old")
    entry("t.guest", by=GUEST)
    entry("t.analyst", by=analyst, reference="PAGA1-3")
    assert found() == ["t.analyst", "t.guest", "t.old"]
    assert found(role="guest") == ["t.guest"]
    assert found(action="t.old") == ["t.old"]
    assert found(reference="PAGA1-3") == ["t.analyst"]
    assert found(since=clock.today()) == ["t.analyst", "t.guest"]
    assert found(until=clock.today() - timedelta(days=9)) == ["t.old"]


def test_staff_are_named_and_citizens_are_not(app, as_principal):
    entry("t.staff", by=as_principal(factories.user(Role.ANALYST, name="Inés Analista")))
    entry("t.citizen", by=as_principal(factories.user(name="Rosa Reservada")))
    rows = {row.entry.action: row.who for row in trail.page(TrailFilters(), 1, reader=SYSTEM).items}
    assert (rows["t.staff"], rows["t.citizen"]) == ("Inés Analista", "")


def test_personal_values_never_stand_in_it(browser):
    plan = factories.plan()
    contact = ProposalContact(proposal_id=factories.proposal(plan).id, email="secreta@ejemplo.ec")
    audit.record("contact.keep", contact, by=SYSTEM, reference="PAGA3-00009")
    db.session.flush()
    page = browser.get("/direccion/rastro/?referencia=PAGA3-00009").text
    assert "secreta@ejemplo.ec" not in page
    assert "(dato personal)" in page


def test_old_and_new_are_shown_and_escaped(browser):
    entry("t.move", reason="<i>porque sí</i>", status=["submitted", "admitted"], note="<b>x</b>")
    page = browser.get("/direccion/rastro/?accion=t.move").text
    assert "submitted → admitted" in page
    assert "&lt;i&gt;porque sí&lt;/i&gt;" in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize("query", ["desde=x", "rol=nadie", "pagina=-3", "pagina=99999999999", "accion=%3Cscript%3E"])
def test_hostile_filters_are_harmless(browser, query):
    factories.plan()
    assert browser.get(f"/direccion/rastro/?{query}").status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.OBSERVER, 200), (Role.ANALYST, 403), (Role.CORE_GROUP, 403)])
def test_who_may_read_it(sign_in, role, status):
    factories.plan()
    assert sign_in(factories.user(role)).get("/direccion/rastro/").status_code == status


def test_twenty_a_page_in_a_constant_number_of_statements(browser, count_queries):
    factories.plan()
    entry()
    with count_queries() as one:
        browser.get("/direccion/rastro/")
    for _ in range(25):
        entry()
    with count_queries() as many:
        page = browser.get("/direccion/rastro/?accion=proposal.note").text
    assert page.count('data-label="Acción">proposal.note<') == 20
    assert "página 1 de 2" in page
    assert (len(one), len(many)) == (5, 5)


def judged(plan):
    """The trace of a review that was sent and of a decision that is not published; who sent one and who owes one."""
    proposal = factories.proposal(plan)
    rubric = Rubric(code="r", version=1, title_es="R", title_en="R", source="s", published_at=clock.now())
    made = Round(plan_id=plan.id, number=1, name="R", rubric_id=factories.save(rubric).id, created_at=clock.now())
    factories.save(made)
    other, owing = (factories.user(Role.REVIEWER, Role.OBSERVER) for _ in range(2))
    facts = {"round_id": made.id, "proposal_id": proposal.id, "sector": ReviewSector.ACADEMIA, "proposal_version": 1}
    sent, _open = (
        factories.save(Assignment(reviewer_id=who.id, assigned_at=clock.now(), **facts)) for who in (other, owing)
    )
    audit.record("assignment.submit", sent, by=SYSTEM, extra={"total_pct": [None, "87.5"], "due_on": [None, "x"]})
    session = SelectionSession(plan_id=plan.id, number=1, title="S", held_on=clock.today(), decided_by="Núcleo")
    decision = Decision(
        session_id=factories.save(session).id,
        proposal_id=proposal.id,
        category=Category.RESERVE,
        reason="motivo secreto",
        decided_at=clock.now(),
    )
    audit.record("decision.decide", decision, by=SYSTEM, reason="motivo secreto")
    db.session.flush()
    return other, owing


def told(who):
    """Which facts, and which reason, the trail tells this reader of the review and of the decision."""
    rows = trail.page(TrailFilters(), 1, reader=queries.principal_of(who.id)[0]).items
    names = ("assignment.submit", "decision.decide")
    return {r.entry.action: ({n for n, *_ in r.changes}, r.reason) for r in rows if r.entry.action in names}


def test_who_still_owes_a_review_reads_no_score_and_no_decision_to_come(app):
    _other, owing = judged(factories.plan())
    observer, admin = factories.user(Role.OBSERVER), factories.user(Role.ADMIN)
    db.session.flush()
    seen = told(owing)
    assert seen["assignment.submit"] == ({"due_on"}, "")
    assert not seen["decision.decide"][0] & trail.JUDGEMENTS
    assert seen["decision.decide"][1] == ""
    seen = told(observer)
    assert seen["assignment.submit"][0] == {"due_on", "total_pct"}
    assert {"category", "reason"} <= seen["decision.decide"][0]
    assert seen["decision.decide"][1] == "motivo secreto"
    assert told(admin) == {"assignment.submit": ({"due_on"}, "")}


def test_it_speaks_in_words_and_hides_who_came(browser):
    entry("user.sign_in", reference="T-1")
    entry("proposal.admit", reference="T-1")
    entry("odd.act", reference="T-1")
    path = "/direccion/rastro/?referencia=T-1"
    hidden, shown = browser.get(path).text, browser.get(path + "&entradas=si").text
    rows = [page[page.index("<tbody") : page.index("</tbody>")] for page in (hidden, shown)]
    assert ["Entró" in row for row in rows] == [False, True]
    assert all("Admitió una propuesta" in row and "odd.act" in row for row in rows)
