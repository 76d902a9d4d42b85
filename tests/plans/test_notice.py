"""The two weeks before the first stage: the warning, the publication and its evidence, which rescheduling keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.plans import notice, queries, services
from intake.plans.inputs import PlanInput, StageInput
from models import AuditEntry
from models.enums import PlanStatus, Role, StageKind, StageStatus
from tests import factories as make


def day(offset: int):
    return clock.today() + timedelta(days=offset)


def preparing(first: int | None, **values):
    stages = [StageInput(kind=StageKind.RECEPTION, opens_on=day(60), closes_on=day(90))]
    if first is not None:
        stages.append(StageInput(kind=StageKind.MAPPING, opens_on=day(first), closes_on=day(70)))
    given = {"code": "PAGA4", "number": 4, "title_es": "Cuarto", "title_en": "Fourth", "stages": tuple(stages)}
    return services.create_plan(PlanInput(**given | values), by=SYSTEM)


def publish(plan, by=SYSTEM):
    stage = next(s for s in queries.stages_of(plan.id) if s.kind is StageKind.MAPPING)
    return services.move_stage(stage, "publish", by=by)


def test_the_publication_freezes_the_dates_and_says_who(app, as_principal):
    plan = preparing(14)
    assert notice.publish_by(plan) == day(0) and notice.evidence_of(plan) is None
    publish(plan, as_principal(make.user(Role.DIRECTORATE)))
    found = notice.evidence_of(queries.by_code("PAGA4"))
    assert (found.published_on, found.role, found.days_before, found.in_time) == (day(0), "directorate", 14, True)
    assert [(s.number, s.kind, s.opens_on, s.closes_on) for s in found.stages][:3] == [
        (1, StageKind.MAPPING, day(14), day(70)),
        (2, StageKind.RECEPTION, day(60), day(90)),
        (3, StageKind.EVALUATION, None, None),
    ]
    assert notice.publish_by(queries.by_code("PAGA4")) is None


@pytest.mark.parametrize(("first", "days", "kept"), [(13, 13, False), (0, 0, False), (-3, -3, False), (15, 15, True)])
def test_thirteen_days_are_not_two_weeks(app, first, days, kept):
    plan = preparing(first)
    publish(plan)
    found = notice.evidence_of(plan)
    assert (found.days_before, found.in_time) == (days, kept)


def test_rescheduling_and_publishing_more_stages_keep_the_evidence(app):
    plan = preparing(10)
    publish(plan)
    before = notice.evidence_of(plan)
    stages = {s.kind: s for s in queries.stages_of(plan.id)}
    services.move_stage(stages[StageKind.RECEPTION], "publish", by=SYSTEM)
    services.reschedule_stage(
        stages[StageKind.MAPPING], day(40), day(70), reason="x", decided_by="x", decided_on=day(0), by=SYSTEM
    )
    assert notice.evidence_of(plan) == before
    entries = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == notice.PUBLISH)
    assert db.session.scalar(entries) == 1


def test_a_plan_recorded_with_published_stages_has_its_evidence_and_a_closed_one_none(app):
    stage = StageInput(kind=StageKind.MAPPING, opens_on=day(-30), closes_on=day(-20), status=StageStatus.PUBLISHED)
    with clock.at(clock.now() - timedelta(days=60)):
        plan = preparing(None, status=PlanStatus.CO_CREATION, stages=(stage,))
    assert notice.evidence_of(plan).days_before == 30
    old = preparing(None, code="PAGA0", number=9, status=PlanStatus.CLOSED, stages=(stage,))
    assert notice.evidence_of(old) is None and notice.publish_by(old) is None


def test_a_publication_older_than_the_copies_is_only_dated(app):
    plan = make.plan()
    plan.calendar_published_at = clock.now()
    found = notice.evidence_of(plan)
    assert (found.published_on, found.stages, found.days_before, found.in_time) == (day(0), (), None, False)


def test_the_page_says_plainly_whether_the_rule_was_kept(app, client, sign_in):
    plan = preparing(20)
    boss = sign_in(make.user(Role.DIRECTORATE))
    asked = "Publique las fechas de la primera etapa hasta el"
    assert asked in boss.get("/planes/PAGA4/").text and asked not in client.get("/planes/PAGA4/").text
    publish(plan)
    page = client.get("/planes/PAGA4/").text
    assert "20 días antes de la primera etapa" in page and "Se cumplió el plazo de OGP" in page
    assert "Las fechas como se publicaron ese día" in page


def test_the_page_says_plainly_that_it_was_not_kept(app, client):
    plan = preparing(10)
    assert "No se cumplió el plazo de OGP" in client.get("/planes/PAGA4/").text
    publish(plan)
    page = client.get("/planes/PAGA4/").text
    assert "10 días antes de la primera etapa" in page and "No se cumplió el plazo de OGP" in page


def test_the_page_says_that_it_came_after_the_beginning(app, client):
    publish(preparing(-1))
    assert "1 día después de que empezó la primera etapa" in client.get("/planes/PAGA4/").text
