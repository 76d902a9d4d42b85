"""What waits for institutions and counterparts: each line with its link, nobody else's lines, the late first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from intake.accountability import queries, services
from intake.accountability.inputs import AnswerInput
from intake.core import clock
from intake.core.identity import Principal
from intake.extensions import db
from models.enums import MilestoneStatus, Role, Verdict
from tests import factories
from tests.accountability import kit
from tests.conftest import CountQueries, SignIn


def lines(who: Principal) -> list[tuple[str, str, int | None]]:
    db.session.expire_all()
    return [(row.what, row.reference, row.number) for row in queries.owed(who).items]


def said(at: kit.Scene, number: int = 1, **values: Any) -> Any:
    commitment = queries.named(f"PAGA3-{at.commitment.number}")
    return services.report(queries.milestone_of(commitment, number), kit.progress(**values), by=at.office)


def later(days: int) -> Any:
    return clock.at(clock.now() + timedelta(days=days))


def test_agreements_wait_for_whoever_has_not_signed(app: object) -> None:
    at = kit.drafted()
    assert lines(at.office) == lines(at.citizens) == []
    agreement = services.prepare_agreement(at.commitment, "Nos comprometemos.", by=at.team)
    assert lines(at.office) == lines(at.citizens) == [("sign", "PAGA3-1", None)]
    services.sign(agreement, at.institution, kit.signature(), by=at.office)
    assert lines(at.office) == [] and lines(at.citizens) == [("sign", "PAGA3-1", None)]
    assert not queries.owed(at.citizens).items[0].late
    with later(queries.SIGN_DAYS + 1):
        assert queries.owed(at.citizens).items[0].late
    services.move(at.commitment, "drop", "Se unió con otro.", by=at.team)
    assert lines(at.citizens) == []


def test_milestones_wait_when_near_late_or_silent(app: object) -> None:
    at = kit.formalized()  # both milestones end in sixty days
    assert lines(at.office) == []
    with later(60 - queries.NEAR_DAYS):
        assert lines(at.office) == [("report", "PAGA3-1", 1), ("report", "PAGA3-1", 2)]
        assert not any(row.late for row in queries.owed(at.office).items)
    with later(61):
        found = queries.owed(at.office).items
        assert [row.late for row in found] == [1, 1] and found[0].due == clock.today() - timedelta(days=1)
        item = kit.evidence()
        done = kit.progress(status=MilestoneStatus.COMPLETED, progress_pct=100, evidence=(item,))
        services.report(queries.named("PAGA3-1").milestones[0], done, by=at.office)
        assert lines(at.office) == [("report", "PAGA3-1", 2)]


def test_silence_is_counted_from_the_last_report(app: object) -> None:
    at = kit.formalized()
    far = clock.today() + timedelta(days=280)
    for milestone in queries.named("PAGA3-1").milestones:
        given = kit.milestone(title_es=milestone.title_es, ends_on=far, reason="Más plazo.")
        services.edit_milestone(milestone, given, by=at.team, lock_version=milestone.lock_version)
    with later(50):
        said(at)
    with later(queries.SILENCE_DAYS + 2):
        assert lines(at.office) == [("report", "PAGA3-1", 2)]


def test_reports_wait_for_the_counterpart_and_disputes_for_the_institution(app: object) -> None:
    at = kit.formalized()
    said(at, 2)
    made = said(at, 1)
    assert [(r.ordinal, r.number) for r in queries.owed(at.citizens).items] == [(1, 2), (2, 1)]
    services.answer(made, AnswerInput(verdict=Verdict.DISPUTED, comment="No se publicó."), by=at.citizens)
    assert lines(at.citizens) == [("answer", "PAGA3-1", 2)]
    assert lines(at.office) == [("dispute", "PAGA3-1", 1)]
    with later(queries.ANSWER_DAYS + 1):
        assert [row.late for row in queries.owed(at.office).items] == [1]
        assert [row.late for row in queries.owed(at.citizens).items] == [1]
    said(at, 1, text="Ahora sí se publicó.")
    assert lines(at.office) == []
    assert [(r.ordinal, r.number) for r in queries.owed(at.citizens).items] == [(1, 2), (3, 1)]


def test_nobody_sees_what_waits_for_others(app: object) -> None:
    at = kit.formalized()
    said(at)
    other = factories.actor("Otra Fundación")
    stranger = kit.principal(factories.user(Role.COUNTERPART, actor=other))
    assert lines(stranger) == []
    with later(61):
        assert lines(stranger) == []
    wrong_role = kit.principal(factories.user(Role.INSTITUTION, actor=at.counterpart))
    assert lines(wrong_role) == []
    services.end_party(queries.for_change(at.commitment.id), at.counterpart, kit.PartyRole.COUNTERPART, by=at.team)
    assert lines(at.citizens) == []


def test_page_leads_to_each_act(sign_in: SignIn) -> None:
    at = kit.formalized()
    said(at)
    kit.drafted(at)
    services.prepare_agreement(at.commitment, "Nos comprometemos.", by=at.team)
    page = sign_in(at.counterpart_user).get("/pendientes/").text
    for address in ("/compromisos/PAGA3-1/reportes/1/responder", "/compromisos/PAGA3-2/acuerdo"):
        assert f'href="{address}"' in page
        assert sign_in(at.counterpart_user).get(address).status_code == 200
    with later(61):
        page = sign_in(at.institution_user).get("/pendientes/").text
    assert 'href="/compromisos/PAGA3-1/hitos/1/reportar"' in page and "Atrasado" in page
    assert 'href="/compromisos/PAGA3-2/acuerdo"' in page


def test_nothing_waiting_is_said_in_words(sign_in: SignIn) -> None:
    at = kit.scene()
    page = sign_in(at.institution_user).get("/pendientes/")
    assert page.status_code == 200 and "Nada le espera ahora" in page.text
    assert 'href="/pendientes/" aria-current="page"' in page.text


@pytest.mark.parametrize("role", [None, Role.DIRECTORATE, Role.ANALYST, Role.OBSERVER])
def test_only_those_who_are_bound_have_the_page(client: FlaskClient, sign_in: SignIn, role: Role | None) -> None:
    browser = sign_in(factories.user(role)) if role else sign_in(factories.user())
    assert browser.get("/pendientes/").status_code == 403
    assert "/pendientes/" not in browser.get("/").text
    assert client.get("/pendientes/").status_code in (302, 303, 401)


def test_statements_do_not_grow_and_twenty_stand_on_a_page(sign_in: SignIn, count_queries: CountQueries) -> None:
    at = kit.formalized()
    browser = sign_in(at.counterpart_user)
    counts, said_so_far = [], 0
    for wanted in (1, 3, 23):
        while said_so_far < wanted:
            said(at, 1 + said_so_far % 2)
            said_so_far += 1
        db.session.expire_all()
        with count_queries() as seen:
            page = browser.get("/pendientes/").text
        counts.append(len(seen))
        assert page.count("/responder") == min(wanted, 20)
    assert counts[0] == counts[1] == counts[2] <= 6
    assert browser.get("/pendientes/?pagina=2").text.count("/responder") == 3
