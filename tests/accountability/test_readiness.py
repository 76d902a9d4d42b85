"""What stops a commitment from being confirmed, and what only advises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from intake.accountability import queries, services
from intake.accountability.inputs import CommitmentInput
from intake.core import clock
from intake.core.errors import Conflict, Invalid
from intake.extensions import db
from models import AuditEntry
from models.enums import CommitmentStatus, MilestoneKind
from tests.accountability import kit
from tests.conftest import SignIn

PARTS = {
    "problem": "No dice qué problema aborda.",
    "description": "No dice en qué consiste.",
    "expected_results": "No dice qué resultados se esperan.",
    "transparency": "No dice cómo promueve la transparencia, la participación o la rendición de cuentas.",
}


def texts(lines: Any) -> list[str]:
    return [str(line) for line in lines]


@pytest.mark.parametrize("name", list(PARTS))
def test_each_missing_text_stops_the_confirmation_and_is_named(app: object, name: str) -> None:
    at = kit.scene()
    at.commitment = services.draft(at.plan, kit.content(**{name: " "}), [at.proposal], by=at.team)
    found = texts(services.obstacles(queries.named("PAGA3-1")))
    assert found == [
        PARTS[name],
        "No tiene institución responsable.",
        "No tiene contraparte.",
        "No tiene hitos.",
        "No tiene acuerdo.",
    ]
    with pytest.raises(Conflict) as refused:
        services.confirm(at.commitment, kit.UNASKED, by=at.team)
    assert texts(refused.value.details["lines"]) == found


@pytest.mark.parametrize("name", ["transparency", "participation", "accountability"])
def test_one_value_justified_is_enough(app: object, name: str) -> None:
    at = kit.drafted(transparency="", **{name: "Así."}) if name != "transparency" else kit.drafted()
    assert at.commitment is not None
    assert texts(services.obstacles(queries.named("PAGA3-1"))) == ["No tiene acuerdo."]


def test_an_empty_draft_lists_everything(app: object) -> None:
    at = kit.scene()
    bare = CommitmentInput(title_es="Solo título", starts_on=clock.today(), ends_on=clock.today())
    services.draft(at.plan, bare, [at.proposal], by=at.team)
    checks = services.checklist(queries.named("PAGA3-1"))
    assert [c.done for c in checks] == [False] * 9
    assert [c.needed for c in checks] == [True] * 7 + [False] * 2


def test_only_designing_advises_and_does_not_stop(app: object) -> None:
    at = kit.drafted()
    for m in queries.named("PAGA3-1").milestones:
        services.edit_milestone(m, kit.milestone(kind=MilestoneKind.DESIGN), by=at.team)
    checks = services.checklist(queries.named("PAGA3-1"))
    assert [(str(c.label), c.needed) for c in checks if not c.done] == [
        ("Al menos un hito de implementación", False),
        ("Consulta pública", False),
    ]
    assert texts(services.obstacles(queries.named("PAGA3-1"))) == ["No tiene acuerdo."]


def test_confirming_without_consultation_asks_why_and_keeps_it(app: object) -> None:
    at = kit.signed()
    with pytest.raises(Invalid) as refused:
        services.confirm(at.commitment, "  ", by=at.team)
    assert refused.value.field == "reason"
    services.confirm(at.commitment, "Se acordó en asamblea.", by=at.team)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "commitment.confirm")).one()
    assert entry.reason == "Se acordó en asamblea."


def test_after_a_consultation_no_reason_is_asked(app: object) -> None:
    at = kit.signed()
    today = clock.today()
    services.open_consultation(at.commitment, today, today + timedelta(days=15), by=at.team)
    services.confirm(at.commitment, by=at.team)
    assert queries.named("PAGA3-1").status is CommitmentStatus.CONFIRMED


def test_the_page_shows_the_list_and_the_flash_names_the_new_state(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.signed()
    browser, base = sign_in(at.directorate), "/compromisos/PAGA3-1"
    page = browser.get(base).text
    assert "Lista antes de confirmar" in page and "No hubo consulta pública" in page and 'id="motivo-confirm"' in page
    assert post(browser, f"{base}/mover", page=base, action="confirm").status_code == 422
    assert post(browser, f"{base}/mover", page=base, action="confirm", reason="En asamblea.").status_code == 302
    assert "El cambio quedó registrado. PAGA3-1: Confirmado." in browser.get(base).text
