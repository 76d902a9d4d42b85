"""Pages of plans: what everybody reads, what the Directorate does, what a page costs."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.plans import queries, services
from intake.plans.inputs import FigureInput
from models import Stage
from models.enums import BodyKind, Dimension, Role, StageKind, StageStatus
from tests import factories as make

HOSTILE = '<script>alert("x")</script>\u202e\u0000'


def reception(plan):
    return next(s for s in queries.stages_of(plan.id) if s.kind is StageKind.RECEPTION)


def test_all_plans_are_listed(client):
    make.plan(code="PAGA8").title_es = "Octavo Plan"
    db.session.flush()
    page = client.get("/planes/")
    assert page.status_code == 200
    assert "Octavo Plan" in page.text and 'href="/planes/PAGA8/"' in page.text


def test_a_plan_shows_its_five_stages_with_their_state_in_words(client):
    plan = make.plan(StageKind.RECEPTION)
    page = client.get(f"/planes/{plan.code}/").text
    assert [f'id="etapa-{n}"' in page for n in range(1, 6)] == [True] * 5
    body = page[page.index('id="etapa-1"') :]
    states = re.findall(r'<strong class="tag[^>]*>([^<]+)</strong>', body)
    assert states[:5] == ["concluida", "en curso", "próxima", "pendiente", "pendiente"]


def test_an_unknown_plan_is_not_found(client):
    assert client.get("/planes/PAGA99/").status_code == 404


def test_everybody_reads_what_was_rescheduled(client, app):
    plan = make.plan()
    stage = reception(plan)
    old = stage.closes_on
    services.reschedule_stage(
        stage,
        stage.opens_on,
        old + timedelta(days=20),
        reason=f"Lluvias {HOSTILE}",
        decided_by="Grupo Núcleo",
        decided_on=clock.today(),
        by=SYSTEM,
        source_url="https://ejemplo.ec/acta.pdf",
    )
    page = client.get(f"/planes/{plan.code}/").text
    struck = re.search(r"<del>(.*?)</del>.*?<ins>(.*?)</ins>", page, re.DOTALL)
    assert str(old.year) in struck[1] and struck[1] != struck[2]
    assert "Grupo Núcleo" in page and "https://ejemplo.ec/acta.pdf" in page
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_published_figures_say_that_no_rows_stand_behind_them(client, app):
    plan = make.plan()
    given = FigureInput(
        key="r", label_es="Recibidas", label_en="Received", value=Decimal(335), unit="proposals", source="PAGA I"
    )
    services.add_reported_figure(plan, given, by=SYSTEM)
    page = client.get(f"/planes/{plan.code}/").text
    assert "cifra publicada, sin registros detrás" in page and "335" in page and "PAGA I" in page


def test_a_published_total_is_shown_whole_even_where_it_is_small(client, app):
    plan = make.plan(code="PAGA2")
    counts = {Dimension.GENDER: {"man": 692, "woman": 559, "non_binary": 4, "other": 5}}
    services.record_participation(plan, counts, total=1260, by=SYSTEM)
    page = client.get("/planes/PAGA2/").text
    assert "692 hombres, 559 mujeres, 4 personas no binarias y 5 de otro género" in page
    assert "menos de 5" not in page


def change(stage, **values):
    return {
        "opens_on": stage.opens_on.isoformat(),
        "closes_on": (stage.closes_on + timedelta(days=5)).isoformat(),
        "reason": "Lluvias",
        "decided_by": "Grupo Núcleo",
        "decided_on": clock.today().isoformat(),
        "version": str(stage.lock_version),
        **values,
    }


def test_the_directorate_reschedules(app, sign_in, post):
    plan = make.plan()
    stage = reception(plan)
    boss = sign_in(make.user(Role.DIRECTORATE))
    wanted = stage.closes_on + timedelta(days=5)
    answer = post(boss, f"/planes/{plan.code}/etapas/2/reprogramar", **change(stage))
    assert (answer.status_code, answer.location) == (302, f"/planes/{plan.code}/#etapa-2")
    db.session.expire_all()
    assert db.session.get(Stage, stage.id).closes_on == wanted


def test_a_refused_change_keeps_what_was_typed(app, sign_in, post):
    plan = make.plan()
    stage = reception(plan)
    boss = sign_in(make.user(Role.DIRECTORATE))
    too_late = (stage.closes_on + timedelta(days=300)).isoformat()
    answer = post(boss, f"/planes/{plan.code}/etapas/2/reprogramar", **change(stage, closes_on=too_late))
    assert answer.status_code == 422
    assert too_late in answer.text and "Lluvias" in answer.text and "No puede cerrar después" in answer.text


def test_a_stale_change_says_who_was_first(app, sign_in, post):
    plan = make.plan()
    stage = reception(plan)
    typed = change(stage, reason="Otra razón")
    services.reschedule_stage(
        stage,
        stage.opens_on,
        stage.closes_on + timedelta(days=1),
        reason="La primera",
        decided_by="Ana",
        decided_on=clock.today(),
        by=SYSTEM,
    )
    boss = sign_in(make.user(Role.DIRECTORATE))
    answer = post(boss, f"/planes/{plan.code}/etapas/2/reprogramar", **typed)
    assert answer.status_code == 409
    assert "La primera" in answer.text and "Otra razón" in answer.text


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.ANALYST, Role.REVIEWER, Role.OBSERVER])
def test_others_neither_see_nor_make_moves(app, sign_in, post, role):
    plan = make.plan()
    browser = sign_in(make.user(role))
    page = browser.get(f"/planes/{plan.code}/").text
    assert "reprogramar" not in page
    assert browser.get(f"/planes/{plan.code}/etapas/2/reprogramar").status_code == 403
    answer = post(browser, f"/planes/{plan.code}/movimientos", page="/planes/", action="close", reason="x")
    assert answer.status_code == 403


def test_a_guest_is_sent_to_sign_in(client):
    plan = make.plan()
    answer = client.get(f"/planes/{plan.code}/etapas/2/reprogramar")
    assert answer.status_code == 302 and "/cuenta/entrar" in answer.location


def test_the_directorate_concludes_a_stage_with_a_reason(app, sign_in, post):
    plan = make.plan()
    boss = sign_in(make.user(Role.DIRECTORATE))
    path = f"/planes/{plan.code}/"
    refused = post(boss, f"{path}etapas/1/movimientos", page=path, action="conclude")
    assert refused.status_code == 422 and "Escriba el motivo" in refused.text
    done = post(boss, f"{path}etapas/1/movimientos", page=path, action="conclude", reason="Terminó el mapeo")
    assert done.status_code == 302
    db.session.expire_all()
    assert queries.stages_of(plan.id)[0].status is StageStatus.CONCLUDED


def test_a_plan_is_not_formalized_by_a_generic_button(app, sign_in, post):
    plan = make.plan()
    boss = sign_in(make.user(Role.DIRECTORATE))
    answer = post(boss, f"/planes/{plan.code}/movimientos", page="/planes/", action="formalize", reason="x")
    assert answer.status_code == 422


def _fill(plan, rows):
    from intake.mapping import services as mapping
    from intake.mapping.inputs import MemberInput

    for _ in range(rows):
        services.record_participation(plan, {Dimension.GENDER: {"woman": 5}}, total=5, by=SYSTEM)
        event = make.event(plan)
        services.record_participation(plan, {Dimension.GENDER: {"woman": 5}}, total=5, event=event, by=SYSTEM)
        make.proposal(plan)
        stage = reception(plan)
        services.reschedule_stage(
            stage,
            stage.opens_on,
            stage.closes_on + timedelta(days=1),
            reason="x",
            decided_by="x",
            decided_on=clock.today(),
            by=SYSTEM,
        )
    members = [MemberInput(actor=make.actor()) for _ in range(rows)]
    mapping.create_body(plan, BodyKind.CORE_GROUP, members, by=SYSTEM)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plan_page_takes_the_same_statements_for_any_number_of_rows(app, client, count_queries, rows):
    plan = make.plan()
    _fill(plan, rows)
    db.session.expire_all()
    with count_queries() as seen:
        assert client.get(f"/planes/{plan.code}/").status_code == 200
    assert len(seen) == 12


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_plans_takes_the_same_statements(app, client, count_queries, rows):
    for _ in range(rows):
        make.plan()
    db.session.expire_all()
    with count_queries() as seen:
        assert client.get("/planes/").status_code == 200
    assert len(seen) == 3


NEW = {"code": "paga4", "number": "4", "title_es": "Cuarto Plan", "title_en": "Fourth Plan"}


@pytest.mark.parametrize("role", [Role.DIRECTORATE, Role.ADMIN])
def test_a_plan_is_made_on_its_page(sign_in, post, role):
    browser = sign_in(make.user(role))
    assert 'href="/planes/nuevo"' in browser.get("/planes/").text
    done = post(browser, "/planes/nuevo", **NEW, starts_on="2027-06-01")
    assert done.status_code == 302 and done.headers["Location"].endswith("/planes/PAGA4/")
    plan = queries.by_code("PAGA4")
    assert (plan.number, plan.title_es, plan.title_en) == (4, "Cuarto Plan", "Fourth Plan")
    assert [(s.number, s.status, s.opens_on) for s in plan.stages] == [
        (n, StageStatus.PLANNED, None) for n in range(1, 6)
    ]
    page = browser.get("/planes/PAGA4/")
    assert page.status_code == 200
    assert ("/planes/PAGA4/etapas/1/reprogramar" in page.text) is (role is Role.DIRECTORATE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", "Plan cuatro"),
        ("code", "PAGA8"),
        ("number", "cuatro"),
        ("number", "0"),
        ("title_es", ""),
        ("title_en", ""),
        ("ends_on", "2026-01-01"),
    ],
)
def test_a_bad_plan_keeps_what_was_typed(sign_in, post, name, value):
    make.plan(code="PAGA8")
    sent = NEW | {"starts_on": "2027-06-01", "title_en": HOSTILE, name: value}
    answer = post(sign_in(make.user(Role.DIRECTORATE)), "/planes/nuevo", **sent)
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text and f'href="#{name}"' in answer.text
    assert 'value="2027-06-01"' in answer.text and "<script>alert" not in answer.text
    assert [plan.code for plan in queries.all_plans()] == ["PAGA8"]


def test_the_page_of_new_plans_is_closed_to_others(client, sign_in):
    assert client.get("/planes/nuevo").status_code in (302, 303, 401)
    assert sign_in(make.user(Role.ANALYST)).get("/planes/nuevo").status_code == 403
    assert "/planes/nuevo" not in client.get("/planes/").text
