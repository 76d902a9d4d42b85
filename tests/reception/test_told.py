"""What people are told: the reserve, the public reason, and days that lie ahead."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, mail
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.reception import queries, services, storyline
from intake.web.filters import fecha
from models import Admission, Assignment, Decision, OutboxMessage, Round, Rubric, SelectionSession, Stage
from models.enums import AssignmentStatus, Category, DecisionStatus, ProposalStatus, ReviewSector, Role, StageKind
from tests import factories

RESERVE = {
    Category.NEXT_PLAN: "Está en reserva: si se libera un lugar, entra al plan; si no, pasa al próximo plan.",
    Category.OUTSIDE_PLAN: "Está en reserva: si se libera un lugar, entra al plan; si no, queda fuera del plan.",
}


def text_of(answer) -> str:
    return html.unescape(answer.text)


def reserved(plan, fallback, status=ProposalStatus.RESERVE, **values):
    proposal = factories.proposal(plan, status, **values)
    session = factories.save(
        SelectionSession(plan_id=plan.id, number=1, title="Sesión 1", held_on=clock.today(), decided_by="Grupo Núcleo")
    )
    given = {"status": DecisionStatus.PUBLISHED, "published_at": clock.now()}
    factories.save(
        factories._in_state(
            Decision,
            given,
            session_id=session.id,
            proposal_id=proposal.id,
            category=Category.RESERVE,
            fallback=fallback,
            reason="Llegó después de otras parecidas.",
            decided_at=clock.now(),
        )
    )
    db.session.commit()
    return proposal


@pytest.mark.parametrize("fallback", [Category.NEXT_PLAN, Category.OUTSIDE_PLAN])
def test_reserve_says_its_reason_and_what_becomes_of_it(plan, client, fallback):
    proposal = reserved(plan, fallback)
    for path in (f"/propuestas/{proposal.folio}", f"/seguimiento/{proposal.folio}"):
        page = text_of(client.get(path))
        assert page.count(RESERVE[fallback]) == 2, path  # the call-out and the story
        assert page.count("Llegó después de otras parecidas.") == 2
        assert '<h2 class="decision__label">En reserva</h2>' in page
        assert "si no se la llama" not in page


def test_reserve_that_was_called_says_so(plan, client):
    proposal = reserved(plan, Category.NEXT_PLAN, ProposalStatus.SELECTED)
    page = text_of(client.get(f"/propuestas/{proposal.folio}"))
    assert "Estuvo en reserva y después entró al plan." in page
    assert RESERVE[Category.NEXT_PLAN] not in page


def test_mail_of_the_reserve_says_what_becomes_of_it(plan):
    author = factories.user(email="autora@demo.example")
    proposal = reserved(plan, Category.OUTSIDE_PLAN, ProposalStatus.EVALUATED, author_id=author.id)
    services.move(proposal, "reserve", by=SYSTEM, reason="Llegó después de otras parecidas.")
    queued = db.session.scalars(sa.select(OutboxMessage)).one()
    written = mail.render(queued.kind, "es", queued.context).text
    assert RESERVE[Category.OUTSIDE_PLAN] in written
    assert "Llegó después de otras parecidas." in written


def test_public_reason_of_a_refusal_is_the_examiners_alone(plan, client):
    proposal = factories.proposal(plan, ProposalStatus.NOT_ADMITTED)
    factories.save(
        Admission(
            proposal_id=proposal.id,
            is_clear=False,
            is_collaborative=True,
            is_open_government=True,
            is_public_policy=True,
            reason="No dice a quién se dirige.",
            examined_by_id=factories.user(Role.ANALYST).id,
            examined_at=clock.now(),
            second_by_id=factories.user(Role.ANALYST).id,
            second_at=clock.now(),
            second_reason="Comparto el motivo y su redacción.",
        )
    )
    db.session.commit()
    for path in (f"/propuestas/{proposal.folio}", f"/seguimiento/{proposal.folio}"):
        page = client.get(path).text
        assert "No dice a quién se dirige." in page
        assert "Comparto el motivo" not in page


def _words(proposal, days: int) -> tuple[str, list[str]]:
    stages = db.session.scalars(sa.select(Stage).where(Stage.plan_id == proposal.plan_id)).all()
    story = queries.story(proposal)
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        details = [s.detail for s in storyline.steps(proposal, story, stages) if s.state != storyline.DONE]
        return storyline.what_next(proposal, stages, story), details


def test_what_comes_next_names_only_days_ahead(plan, client):
    proposal = factories.proposal(plan)
    stages = db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan.id)).all()
    closes = next(s.closes_on for s in stages if s.kind is StageKind.SELECTION)
    decided = f"La decisión se publicará a más tardar el {fecha(closes)}."
    assert _words(proposal, 0)[0] == f"Lo que sigue: la leeremos completa. {decided}"
    page = client.get(f"/propuestas/{proposal.folio}").text
    assert decided in page
    late, details = _words(proposal, 400)
    assert late == "Lo que sigue: la leeremos completa y tendrá una respuesta con sus razones."
    assert [d for d in details if "20" in d] == []  # no year: no day


def test_proposal_in_a_round_says_its_last_day_until_that_day(plan):
    proposal = factories.proposal(plan, ProposalStatus.IN_EVALUATION)
    rubric = factories.save(Rubric(code="r", version=1, title_es="R", title_en="R"))
    due = clock.today() + timedelta(days=9)
    held = factories.save(
        Round(plan_id=plan.id, number=1, name="Ronda de mayo", rubric_id=rubric.id, created_at=clock.now(), due_on=due)
    )
    reviewer = factories.user(Role.REVIEWER, sector=ReviewSector.ACADEMIA)
    factories.save(
        factories._in_state(
            Assignment,
            {"status": AssignmentStatus.PENDING},
            round_id=held.id,
            proposal_id=proposal.id,
            reviewer_id=reviewer.id,
            sector=ReviewSector.ACADEMIA,
            assigned_at=clock.now(),
        )
    )
    db.session.commit()
    said = f"Ronda de mayo: hasta el {fecha(due)}."
    assert said in _words(proposal, 0)[0]
    assert f"0 de 1 revisión enviada. {said}" in _words(proposal, 0)[1]
    assert "Ronda de mayo" not in _words(proposal, 10)[0]
    assert not re.search("Ronda de mayo", " ".join(_words(proposal, 10)[1]))
