"""Signatures: the days they may bear, and taking back one that was recorded by mistake."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from intake.accountability import queries, services
from intake.core import clock, mail
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound
from intake.extensions import db
from intake.reports import invariants_commitments
from intake.reports.queries import commitments as desk_rows
from models import AuditEntry, OutboxMessage, Stage
from models.enums import AgreementStatus, StageKind
from tests.accountability import kit
from tests.conftest import SignIn


def signed_on(days_ago: int) -> Any:
    return dataclasses.replace(kit.signature(), signed_on=clock.today() - timedelta(days=days_ago))


def test_signing_date_lies_between_the_opening_of_the_stage_and_today(app: object) -> None:
    at = kit.drafted()
    agreement = services.prepare_agreement(at.commitment, "Texto", by=at.team)
    first, last = clock.today() - timedelta(days=5), clock.today()  # the factory opens the stage five days ago
    assert services.signing_days(queries.named("PAGA3-1")) == (first, last)
    for days in (6, -1, 40_000):
        with pytest.raises(Invalid) as refused:
            services.sign(agreement, at.institution, signed_on(days), by=at.office)
        assert refused.value.field == "signed_on"
        assert str(refused.value.message) == f"La fecha de la firma va del {first:%d/%m/%Y} al {last:%d/%m/%Y}."
    services.sign(agreement, at.institution, signed_on(5), by=at.office)
    services.sign(agreement, at.counterpart, signed_on(0), by=at.citizens)
    assert queries.named("PAGA3-1").agreement.status is AgreementStatus.SIGNED


@pytest.mark.parametrize("opened", [None, 400, -20])
def test_without_a_stage_that_opened_lately_180_days_before_the_agreement_bound_it(
    app: object, opened: int | None
) -> None:
    at = kit.drafted()
    stage = db.session.scalars(sa.select(Stage).where(Stage.kind == StageKind.ACCOUNTABILITY)).one()
    stage.opens_on = None if opened is None else clock.today() - timedelta(days=opened)
    agreement = services.prepare_agreement(at.commitment, "Texto", by=at.team)
    with pytest.raises(Invalid):
        services.sign(agreement, at.institution, signed_on(181), by=at.office)
    assert services.sign(agreement, at.institution, signed_on(180), by=at.office).signer_name == "Firma Ejemplo"


def test_annulled_signature_moves_the_agreement_back_and_may_be_given_again(app: object) -> None:
    at = kit.signed()
    agreement = queries.named("PAGA3-1").agreement
    with pytest.raises(Invalid) as refused:
        services.annul_signature(agreement, at.institution, " ", by=at.team)
    assert refused.value.field == "reason"
    for who in (at.office, at.citizens):
        with pytest.raises(Forbidden):
            services.annul_signature(agreement, at.institution, "No.", by=who)
    services.annul_signature(agreement, at.institution, "Firmó otra persona.", by=at.team)
    found = queries.named("PAGA3-1").agreement
    assert (found.status, [s.actor_id for s in found.signatures]) == (
        AgreementStatus.PARTLY_SIGNED,
        [at.counterpart.id],
    )
    with pytest.raises(NotFound):
        services.annul_signature(agreement, at.institution, "Otra vez.", by=at.team)
    services.annul_signature(agreement, at.counterpart, "También.", by=at.team)
    assert queries.named("PAGA3-1").agreement.status is AgreementStatus.DRAFT
    services.sign(agreement, at.institution, kit.signature("Nueva Firma"), by=at.office)
    services.sign(agreement, at.counterpart, kit.signature(), by=at.citizens)
    assert queries.named("PAGA3-1").agreement.status is AgreementStatus.SIGNED


def test_annulling_is_traced_and_told_to_the_party_only(app: object) -> None:
    at = kit.signed()
    services.annul_signature(queries.named("PAGA3-1").agreement, at.counterpart, "Firmó otra persona.", by=at.team)
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert [(e.action, e.reason, e.subject_ref) for e in entries][1] == (
        "agreement.annul_signature",
        "Firmó otra persona.",
        "PAGA3-1",
    )
    assert (entries[0].action, entries[0].changes["status"]) == (
        "agreement.reopen_in_part",
        ["signed", "partly_signed"],
    )
    sent = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "signature_annulled")).all()
    assert [m.to_address for m in sent] == [at.counterpart_user.email]
    written = mail.render("signature_annulled", "es", sent[0].context)
    assert written.subject == "PAGA3-1: se anuló la firma de su organización"
    assert "Motivo: Firmó otra persona." in written.text and "/compromisos/PAGA3-1/acuerdo" in written.text


def test_nothing_is_annulled_once_confirmed(app: object) -> None:
    at = kit.confirmed()
    with pytest.raises(Conflict, match="ya se confirmó"):
        services.annul_signature(queries.named("PAGA3-1").agreement, at.institution, "Tarde.", by=at.team)
    assert len(queries.named("PAGA3-1").agreement.signatures) == 2


def test_the_directorate_annuls_on_the_page_of_the_agreement(
    sign_in: SignIn, post: Callable[..., Any], client: FlaskClient
) -> None:
    at = kit.signed()
    team, page = sign_in(at.directorate), "/compromisos/PAGA3-1/acuerdo"
    assert "Anular la firma de Ministerio Ejemplo" in team.get(page).text
    assert "Anular la firma" not in sign_in(at.institution_user).get(page).text
    given = {"page": page, "action": "annul:ministerio-ejemplo"}
    answer = post(team, f"{page}/anular", **given, reason="")
    assert (answer.status_code, "Escriba por qué se anula la firma." in answer.text) == (422, True)
    answer = post(team, f"{page}/anular", **given, reason="Firmó otra persona.")
    assert (answer.status_code, answer.location) == (302, page)
    text = sign_in(at.institution_user).get(page).text
    assert "falta su firma" in text and "Registrar la firma" in text and "Entre el " in text


def test_a_signature_counts_for_its_own_agreement_only(app: object) -> None:
    """Of an organisation bound to two commitments: what it signed for one does not stand for the other."""
    at = kit.confirmed()
    kit.drafted(at)
    services.prepare_agreement(at.commitment, "Nos comprometemos otra vez.", by=at.team)
    assert [(row.reference, row.missing) for row in desk_rows.unsigned(at.plan.id)] == [("PAGA3-2", 2)]
    assert list(invariants_commitments.agreements_signed()) == []
