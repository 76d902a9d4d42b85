"""The public clock: what was promised by which day, kept or not, and every number the count of its rows."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.plans import queries as plans
from intake.reception import promises, queries
from intake.reception.owed import owed
from intake.reception.promises import Kept, Promise
from intake.reception.queries import promises as reading
from models import (
    Admission,
    AuditEntry,
    AuthorReply,
    Comment,
    Decision,
    InformationRequest,
    Reschedule,
    SelectionSession,
    Stage,
)
from models.enums import AppealStatus, Category, DecisionStatus, ProposalKind, ProposalStatus, SessionStatus, StageKind
from tests import factories

S = ProposalStatus
NOTHING = dict.fromkeys(Kept, 0)


@pytest.fixture
def plan(app):
    made = factories.plan(code="PAGA3")
    db.session.commit()
    return made


def stage(plan, kind=StageKind.EVALUATION):
    return db.session.scalar(sa.select(Stage).where(Stage.plan_id == plan.id, Stage.kind == kind))


def sent(plan, status=S.SUBMITTED, **values):
    return factories.proposal(plan, status, **values)


def admitted(proposal, at, **values):
    person = factories.user()
    given = dict.fromkeys(("is_clear", "is_collaborative", "is_open_government", "is_public_policy"), True)
    fields = {**given, "reason": "Cumple.", "examined_by_id": person.id, "examined_at": at, **values}
    factories.save(Admission(proposal_id=proposal.id, **fields))


def when(plan):
    db.session.expire_all()
    fresh = plans.by_code("PAGA3")
    return fresh, promises.timetables(fresh.stages, plans.reschedules(fresh))


def counted(plan) -> dict[Promise, dict[Kept, int]]:
    db.session.commit()
    return reading.counts(*when(plan))


def after(plan, kind=StageKind.EVALUATION, days=1):
    """The clock some days after the last day of a stage."""
    return clock.at(clock.end_of(stage(plan, kind).closes_on) + timedelta(days=days - 1, hours=12))


def test_what_was_just_sent_is_owed_three_answers(plan):
    sent(plan)
    numbers = counted(plan)
    for promise in promises.STAGED:
        assert numbers[promise] == NOTHING | {Kept.PENDING: 1}, promise
    for promise in (Promise.REPLY, Promise.APPEAL, Promise.QUESTION):
        assert numbers[promise] == NOTHING


def test_an_admission_is_kept_until_the_last_moment_of_its_last_day(plan):
    last = clock.end_of(stage(plan).closes_on)
    for moment in (last - timedelta(days=20), last - timedelta(seconds=1), last, last + timedelta(days=2)):
        admitted(sent(plan, S.ADMITTED), moment)
    assert counted(plan)[Promise.ADMISSION] == NOTHING | {Kept.ON_TIME: 2, Kept.LATE: 2}


def test_what_is_not_answered_is_overdue_from_the_day_after(plan):
    sent(plan)
    db.session.commit()
    with clock.at(clock.end_of(stage(plan).closes_on) - timedelta(seconds=1)):
        assert counted(plan)[Promise.ADMISSION][Kept.PENDING] == 1
    with after(plan):
        assert counted(plan)[Promise.ADMISSION] == NOTHING | {Kept.OVERDUE: 1}


def test_a_refusal_counts_only_with_its_second_signature(plan):
    first, second = factories.user(), factories.user()
    early = clock.now() + timedelta(days=1)
    waiting, refused = sent(plan, S.REFUSAL_PROPOSED), sent(plan, S.NOT_ADMITTED)
    admitted(waiting, early, is_clear=False, examined_by_id=first.id)
    admitted(refused, early, is_clear=False, examined_by_id=first.id, second_by_id=second.id, second_at=early)
    numbers = counted(plan)
    assert numbers[Promise.ADMISSION] == NOTHING | {Kept.PENDING: 1, Kept.ON_TIME: 1}
    assert numbers[Promise.EVALUATION] == NOTHING | {Kept.PENDING: 1, Kept.ENDED: 1}
    assert numbers[Promise.DECISION] == NOTHING | {Kept.PENDING: 1, Kept.ENDED: 1}


def decided(plan, proposal, published_at):
    session = db.session.scalar(sa.select(SelectionSession)) or factories.save(
        factories._in_state(
            SelectionSession,
            {"status": SessionStatus.PUBLISHED, "published_at": published_at},
            plan_id=plan.id, number=1, title="Primera sesión", held_on=clock.today(), decided_by="Grupo Núcleo",
        )
    )  # fmt: skip
    status = DecisionStatus.PUBLISHED if published_at else DecisionStatus.PENDING
    factories.save(
        factories._in_state(
            Decision,
            {"status": status, "published_at": published_at},
            session_id=session.id, proposal_id=proposal.id, category=Category.IN_PLAN, reason="Mejora el servicio.",
            decided_at=clock.now(),
        )
    )  # fmt: skip


def test_a_decision_is_kept_when_it_is_published_and_holds_for_the_joined(plan):
    soon = clock.now() + timedelta(days=3)
    collective = sent(plan, S.SELECTED, kind=ProposalKind.INTEGRATED)
    sent(plan, S.JOINED, joined_to_id=collective.id)
    decided(plan, collective, soon)
    decided(plan, sent(plan, S.EVALUATED), None)
    numbers = counted(plan)
    assert numbers[Promise.DECISION] == NOTHING | {Kept.ON_TIME: 1, Kept.PENDING: 1}
    assert numbers[Promise.ADMISSION] == NOTHING | {Kept.ENDED: 1, Kept.PENDING: 1}


def test_withdrawing_in_time_ends_a_promise_and_later_does_not_undo_the_breach(plan):
    last = clock.end_of(stage(plan).closes_on)
    sent(plan, S.WITHDRAWN, withdrawn_at=last - timedelta(days=1))
    sent(plan, S.WITHDRAWN, withdrawn_at=last + timedelta(days=1))
    db.session.commit()
    with after(plan, days=5):
        assert counted(plan)[Promise.ADMISSION] == NOTHING | {Kept.ENDED: 1, Kept.OVERDUE: 1}


def moved(plan, days: int, kind=StageKind.EVALUATION):
    """Move the end of a stage now."""
    found = stage(plan, kind)
    old = found.closes_on
    factories.save(
        Reschedule(
            plan_id=plan.id, stage_id=found.id, old_opens_on=found.opens_on, old_closes_on=old,
            new_opens_on=found.opens_on, new_closes_on=old + timedelta(days=days), reason="Faltó tiempo.",
            decided_by="Dirección", decided_on=clock.today(), recorded_at=clock.now(),
        )
    )  # fmt: skip
    found.closes_on = old + timedelta(days=days)
    db.session.commit()
    return old


def test_moving_a_stage_does_not_move_what_was_promised_before(plan):
    before = sent(plan, submitted_at=clock.now() - timedelta(days=2))
    old = moved(plan, 30)
    later = sent(plan, submitted_at=clock.now() + timedelta(minutes=1))
    db.session.commit()
    with clock.at(clock.end_of(old) + timedelta(days=1)):
        assert counted(plan)[Promise.ADMISSION] == NOTHING | {Kept.OVERDUE: 1, Kept.PENDING: 1}
        fresh, times = when(plan)
        rows = reading.page(fresh, Promise.ADMISSION, None, times, number=1).items
        assert [(r.folio, r.due) for r in rows] == [(before.folio, old), (later.folio, old + timedelta(days=30))]
        told = owed(queries.by_folio(before.folio))
        assert told == promises.Next(Promise.ADMISSION, old, Kept.OVERDUE, old + timedelta(days=30))
        assert owed(queries.by_folio(later.folio)).moved_to is None


def test_a_stage_without_a_last_day_promises_nothing(plan):
    found = stage(plan, StageKind.SELECTION)
    found.closes_on = None
    sent(plan, S.EVALUATED)
    numbers = counted(plan)
    assert numbers[Promise.DECISION] == NOTHING
    fresh, times = when(plan)
    assert reading.page(fresh, Promise.DECISION, None, times, number=1).total == 0


@pytest.mark.parametrize("status", [S.DRAFT, S.HELD, S.DISCARDED])
def test_drafts_and_what_is_set_aside_never_count(plan, status):
    sent(plan, status)
    assert all(numbers == NOTHING for numbers in counted(plan).values())
    fresh, times = when(plan)
    assert list(reading.every(fresh, times)) == []


def test_the_past_and_what_the_team_made_were_promised_nothing(plan):
    sent(plan, source="Informe del Primer Plan")
    sent(plan, kind=ProposalKind.INTEGRATED)
    sent(factories.plan(code="PAGA4", is_current=False))
    assert all(numbers == NOTHING for numbers in counted(plan).values())


def test_replies_appeals_and_questions_run_by_days(plan):
    now, person = clock.now(), factories.user()
    made = [sent(plan, S.NOT_ADMITTED) for _ in range(3)]
    for proposal, answered in zip(made, (now - timedelta(days=3), now, None), strict=True):
        factories.save(
            AuthorReply(
                proposal_id=proposal.id, text="No.", replied_at=now - timedelta(days=13), answered_at=answered,
                answer="Sí." if answered else "", answered_by_id=person.id if answered else None,
            )
        )  # fmt: skip
    comment = factories.save(
        Comment(
            proposal_id=made[0].id, number=1, author_id=person.id, text="…", created_at=now - timedelta(days=40),
            appeal="No insulté.", appealed_at=now - timedelta(days=2), appeal_status=AppealStatus.OPEN,
        )
    )  # fmt: skip
    open_one = sent(plan)
    late = {"asked_at": now - timedelta(days=20), "due_on": clock.today() - timedelta(days=1), "question": "¿Dónde?"}
    factories.save(InformationRequest(proposal_id=open_one.id, **late))
    numbers = counted(plan)
    assert numbers[Promise.REPLY] == NOTHING | {Kept.ON_TIME: 1, Kept.LATE: 1, Kept.OVERDUE: 1}
    assert numbers[Promise.APPEAL] == NOTHING | {Kept.PENDING: 1}
    assert numbers[Promise.QUESTION] == NOTHING | {Kept.OVERDUE: 1}
    entry = {"subject_type": "comment", "subject_id": comment.id, "action": "comment.grant_appeal", "role": "analyst"}
    factories.save(AuditEntry(at=clock.now(), user_id=person.id, changes={}, **entry))
    assert counted(plan)[Promise.APPEAL] == NOTHING | {Kept.ON_TIME: 1}


# -- pages


def breaches_in(page: str) -> int:
    return int(re.search(r'clock__sum"><strong>(\d+)', page)[1])


def test_the_page_counts_breaches_and_leads_to_their_rows(plan, client):
    last = clock.end_of(stage(plan).closes_on)
    late = sent(plan, S.ADMITTED, title="Agua limpia para las comunidades")
    admitted(late, last + timedelta(hours=1))
    sent(plan)
    db.session.commit()
    with after(plan):
        page = client.get("/plazos/PAGA3/").text
        # one admission kept late, one overdue; both evaluations overdue
        assert breaches_in(page) == 4
        rows = client.get("/plazos/PAGA3/admision?estado=cumplida-tarde").text
        assert late.folio in rows
        assert "Cumplida tarde" in rows
        assert client.get("/plazos/").text.count(late.folio) == 0
        assert breaches_in(client.get("/plazos/").text) == 4


def test_a_question_left_open_is_no_breach(plan, client):
    late = {"asked_at": clock.now(), "due_on": clock.today() - timedelta(days=1), "question": "¿Dónde?"}
    factories.save(InformationRequest(proposal_id=sent(plan).id, **late))
    db.session.commit()
    assert breaches_in(client.get("/plazos/PAGA3/").text) == 0


def test_every_number_is_the_count_of_its_rows_and_of_the_file(plan, client):
    now = clock.now()
    for status in (S.SUBMITTED, S.ADMITTED, S.NOT_ADMITTED, S.IN_EVALUATION, S.EVALUATED, S.SELECTED, S.OUTSIDE_PLAN):
        for n in range(3):
            proposal = sent(plan, status)
            if status is not S.SUBMITTED:
                admitted(proposal, now + timedelta(days=40 * n))
    db.session.commit()
    with after(plan):
        numbers = counted(plan)
        fresh, times = when(plan)
        for promise, states in numbers.items():
            for state, number in states.items():
                assert reading.page(fresh, promise, state, times, number=1).total == number, (promise, state)
        assert client.get("/plazos/PAGA3/plazos.csv").headers["Content-Type"] == "text/csv; charset=utf-8"
        listed = list(csv.DictReader(io.StringIO(client.get("/plazos/PAGA3/plazos.csv").text.lstrip("\ufeff"))))
        told = client.get("/plazos/PAGA3/plazos.json").text
    found = Counter((row["promesa"], row["estado"]) for row in listed)
    assert found == {(p.value, s.value): n for p, states in numbers.items() for s, n in states.items() if n}
    assert len({(row["folio"], row["promesa"]) for row in listed}) == len(listed) == 63  # each promise once
    assert [r["folio"] for r in json.loads(told)] == [r["folio"] for r in listed]


def test_statements_do_not_grow_with_the_proposals(plan, client, count_queries):
    def ask(path):
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    paths = ("/plazos/", "/plazos/PAGA3/", "/plazos/PAGA3/decision", "/plazos/PAGA3/replica")
    for _ in range(3):
        sent(plan)
    db.session.commit()
    few = [ask(path) for path in paths]
    for _ in range(60):
        sent(plan)
    db.session.commit()
    assert [ask(path) for path in paths] == few
    assert max(few) <= 8


def test_hostile_addresses_are_answered(plan, client):
    assert client.get("/plazos/PAGA3/admision?estado=<script>&pagina=-9").status_code == 200
    assert client.get("/plazos/PAGA3/otra").status_code == 404
    assert client.get("/plazos/PAGA9/").status_code == 404


def test_without_a_plan_there_is_no_clock(app, client):
    assert client.get("/plazos/").status_code == 404


def test_the_proposals_page_says_what_is_owed_next(plan, client):
    proposal = sent(plan)
    db.session.commit()
    for path in (f"/propuestas/{proposal.folio}", f"/seguimiento/{proposal.folio}"):
        page = html.unescape(client.get(path).text)
        assert "Próximo paso prometido: decir si se admite, a más tardar el" in page
        assert ">En plazo<" in page
        assert "hasta entonces se dice si la propuesta se admite y, si se admite, se evalúa" in page
    with after(plan):
        assert ">Vencida sin cumplir<" in client.get(f"/propuestas/{proposal.folio}").text


def test_nothing_is_owed_to_the_answered(plan, client):
    proposal = sent(plan, S.OUTSIDE_PLAN)
    db.session.commit()
    assert owed(queries.by_folio(proposal.folio)) is None
    assert "Próximo paso prometido" not in client.get(f"/propuestas/{proposal.folio}").text
