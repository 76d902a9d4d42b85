"""The whole life of a commitment, and what is refused on the way."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from intake.accountability import queries, services
from intake.accountability.inputs import AnswerInput, ScaleValueInput
from intake.core import clock, files
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from intake.core.files import Upload
from intake.core.identity import GUEST
from intake.core.transaction import is_open
from intake.extensions import db
from models import AuditEntry, OutboxMessage
from models.enums import (
    ActorStatus,
    AgreementStatus,
    CommitmentStatus,
    IrmDimension,
    MilestoneStatus,
    PartyRole,
    PlanStatus,
    ProposalStatus,
    Role,
    Verdict,
)
from tests import factories
from tests.accountability import kit
from tests.reception.kit import picture, word


def mails(kind: str) -> list[str]:
    query = sa.select(OutboxMessage.to_address).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return list(db.session.scalars(query))


def test_whole_life(app: object) -> None:
    at = kit.formalized()
    made = services.report(queries.named("PAGA3-1").milestones[0], kit.progress(), by=at.office)
    services.answer(made, AnswerInput(verdict=Verdict.DISPUTED, comment="No está en kichwa."), by=at.citizens)
    found = queries.by_reference("PAGA3-1")
    assert found.status is CommitmentStatus.FORMALIZED
    assert found.agreement.status is AgreementStatus.SIGNED
    assert found.milestones[0].progress_pct == Decimal(40)
    assert found.milestones[0].status is MilestoneStatus.EXECUTION
    report = found.milestones[0].reports[0]
    assert [e.url for e in report.evidence] == ["https://ejemplo.ec/ficha"]
    assert (report.actor.id, report.response.actor.id) == (at.institution.id, at.counterpart.id)
    assert report.response.verdict is Verdict.DISPUTED
    assert mails("commitment_formalize") == [at.author.email]
    assert mails("progress_reported") == [at.author.email]
    assert mails("progress_to_answer") == [at.counterpart_user.email]
    assert sorted(mails("progress_answered")) == sorted([at.author.email, at.institution_user.email])


def test_trace_of_the_moves(app: object) -> None:
    kit.formalized()
    actions = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
    wanted = [a for a in actions if a.startswith(("commitment.", "agreement."))]
    assert wanted == [
        "commitment.draft",
        "commitment.set_party",
        "commitment.set_party",
        "agreement.prepare",
        "agreement.signature",
        "agreement.sign_in_part",
        "agreement.signature",
        "agreement.sign",
        "commitment.confirm",
        "commitment.formalize",
    ]


def test_drafting_needs_selected_proposals_of_the_plan(app: object) -> None:
    at = kit.scene()
    other = factories.proposal(at.plan, ProposalStatus.EVALUATED)
    foreign = factories.proposal(factories.plan(code="PAGA9"), ProposalStatus.SELECTED)
    kit.keep()
    for wrong in ([], [other], [at.proposal, foreign]):
        with pytest.raises(Invalid) as refused:
            services.draft(at.plan, kit.content(), wrong, by=at.team)
        assert refused.value.field == "proposals"


def test_only_the_directorate_drafts(app: object) -> None:
    at = kit.scene()
    with pytest.raises(Forbidden):
        services.draft(at.plan, kit.content(), [at.proposal], by=at.office)
    with pytest.raises(SignInNeeded):
        services.draft(at.plan, kit.content(), [at.proposal], by=GUEST)


def test_number_is_next_or_given_once(app: object) -> None:
    at = kit.scene()
    first = services.draft(at.plan, kit.content(number=4), [at.proposal], by=at.team)
    second = services.draft(at.plan, kit.content(), [at.proposal], by=at.team)
    assert (first.reference, second.reference) == ("PAGA3-4", "PAGA3-5")
    with pytest.raises(Invalid, match="ese número"):
        services.draft(at.plan, kit.content(number=4), [at.proposal], by=at.team)


def test_stale_edit_is_refused_and_traced_edit_names_old_and_new(app: object) -> None:
    at = kit.drafted()
    version = queries.named("PAGA3-1").lock_version
    services.edit(at.commitment, kit.content(title_es="Otro título"), by=at.team, lock_version=version)
    with pytest.raises(Conflict):
        services.edit(at.commitment, kit.content(), by=at.team, lock_version=version)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "commitment.edit")).one()
    assert entry.changes["title_es"] == ["Cuentas claras del agua", "Otro título"]


def test_period_must_hold_the_milestones(app: object) -> None:
    at = kit.drafted()
    late = clock.today() + timedelta(days=400)
    with pytest.raises(Invalid) as refused:
        services.add_milestone(at.commitment, kit.milestone(ends_on=late), by=at.team)
    assert refused.value.field == "ends_on"
    found = queries.named("PAGA3-1")
    short = kit.content(ends_on=clock.today() + timedelta(days=10))
    with pytest.raises(Invalid, match="hito 1"):
        services.edit(found, short, by=at.team, lock_version=found.lock_version)


@pytest.mark.parametrize(("name", "value"), [("title_es", " "), ("output", " ")])
def test_milestone_needs_its_texts(app: object, name: str, value: str) -> None:
    at = kit.drafted()
    with pytest.raises(Invalid) as refused:
        services.add_milestone(at.commitment, kit.milestone(**{name: value}), by=at.team)
    assert refused.value.field == name


def test_parties_are_verified_and_speak_with_one_voice(app: object) -> None:
    at = kit.drafted()
    unknown = factories.actor("Sin verificar", status=ActorStatus.PENDING)
    with pytest.raises(Invalid, match="verificada"):
        services.set_party(at.commitment, unknown, PartyRole.COUNTERPART, by=at.team)
    with pytest.raises(Invalid, match="a la vez"):
        services.set_party(at.commitment, at.institution, PartyRole.COUNTERPART, by=at.team)


def test_lead_passes_on_and_parties_end_without_vanishing(app: object) -> None:
    at = kit.drafted()
    heir = factories.actor("Ministerio Heredero")
    services.set_party(at.commitment, heir, PartyRole.RESPONSIBLE, is_lead=True, by=at.team)
    services.end_party(at.commitment, at.institution, PartyRole.RESPONSIBLE, by=at.team)
    parties = queries.named("PAGA3-1").parties
    assert [(p.actor.name, p.is_lead, p.until) for p in parties if p.role is PartyRole.RESPONSIBLE] == [
        ("Ministerio Ejemplo", False, clock.today()),
        ("Ministerio Heredero", True, None),
    ]
    lost = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "commitment.lose_lead")).one()
    assert (lost.subject_ref, lost.changes) == ("PAGA3-1", {"is_lead": [True, False]})


def test_agreement_is_signed_once_by_each_and_by_nobody_else(app: object) -> None:
    at = kit.drafted()
    agreement = services.prepare_agreement(at.commitment, "Texto", by=at.team)
    with pytest.raises(Forbidden):
        services.sign(agreement, at.institution, kit.signature(), by=at.citizens)
    with pytest.raises(Forbidden):
        services.sign(agreement, at.institution, kit.signature(), by=at.team)
    services.sign(agreement, at.counterpart, kit.signature(), by=at.citizens)
    with pytest.raises(Conflict, match="ya firmó"):
        services.sign(agreement, at.counterpart, kit.signature(), by=at.citizens)
    assert queries.named("PAGA3-1").agreement.status is AgreementStatus.PARTLY_SIGNED
    with pytest.raises(Conflict, match="firmas"):
        services.prepare_agreement(at.commitment, "Otro texto", by=at.team)
    with pytest.raises(Conflict) as refused:
        services.confirm(at.commitment, kit.UNASKED, by=at.team)
    assert [str(line) for line in refused.value.details["lines"]] == ["Falta la firma de Ministerio Ejemplo."]


def test_signature_in_the_future_is_refused(app: object) -> None:
    at = kit.drafted()
    agreement = services.prepare_agreement(at.commitment, "Texto", by=at.team)
    tomorrow = dataclasses.replace(kit.signature(), signed_on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        services.sign(agreement, at.institution, tomorrow, by=at.office)
    assert refused.value.field == "signed_on"


def test_agreement_file_is_a_pdf_and_its_hash_is_of_its_bytes(app: object) -> None:
    at = kit.signed()
    file = queries.named("PAGA3-1").agreement.file
    assert file.sha256 == hashlib.sha256(kit.PDF).hexdigest() == hashlib.sha256(files.read(file)).hexdigest()
    assert file.is_public is False
    services.confirm(at.commitment, kit.UNASKED, by=at.team)
    assert queries.named("PAGA3-1").agreement.file.is_public is True


def test_formalize_without_agreement_is_refused(app: object) -> None:
    at = kit.drafted()
    for call in (services.confirm, services.formalize):
        with pytest.raises(Conflict):
            call(at.commitment, by=at.team)
    assert queries.named("PAGA3-1").status is CommitmentStatus.DRAFT


def test_signed_text_is_frozen(app: object) -> None:
    at = kit.signed()
    found = queries.named("PAGA3-1")
    with pytest.raises(Conflict, match="firmas"):
        services.edit(found, kit.content(), by=at.team, lock_version=found.lock_version)
    with pytest.raises(Conflict, match="firmas"):
        services.add_milestone(found, kit.milestone(), by=at.team)


def test_consultation_then_confirmation(app: object) -> None:
    at = kit.drafted()
    today = clock.today()
    with pytest.raises(Invalid):
        services.open_consultation(at.commitment, today, today - timedelta(days=1), by=at.team)
    services.open_consultation(at.commitment, today, today + timedelta(days=15), by=at.team)
    found = queries.named("PAGA3-1")
    assert (found.status, found.consultation_opens_on) == (CommitmentStatus.CONSULTATION, today)


def test_plan_is_formalized_whole_or_not_at_all(app: object) -> None:
    at = kit.signed()
    services.confirm(at.commitment, kit.UNASKED, by=at.team)
    second = services.draft(at.plan, kit.content(), [at.proposal], by=at.team)
    with pytest.raises(Conflict) as refused:
        services.formalize_plan(at.plan, "Acuerdo 1", by=at.team)
    assert [str(x) for x in refused.value.details["lines"]] == [
        "PAGA3-2 todavía no está confirmado: confírmelo o retírelo con su motivo."
    ]
    assert queries.named("PAGA3-1").status is CommitmentStatus.CONFIRMED
    services.move(second, "drop", "No hubo contraparte.", by=at.team)
    assert services.formalize_plan(at.plan, "Acuerdo 1", by=at.team) == 1
    assert at.plan.status is PlanStatus.IMPLEMENTATION
    assert queries.named("PAGA3-1").status is CommitmentStatus.FORMALIZED
    assert at.plan.formalized_at is not None


def test_formalized_milestone_moves_only_its_dates_and_keeps_the_first(app: object) -> None:
    at = kit.formalized()
    first = queries.named("PAGA3-1").milestones[0]
    end = first.ends_on
    with pytest.raises(Invalid) as refused:
        services.edit_milestone(first, kit.milestone(ends_on=end + timedelta(days=9)), by=at.team)
    assert refused.value.field == "reason"
    moved = kit.milestone(title_es="Otro", ends_on=end + timedelta(days=9), reason="Lluvias")
    services.edit_milestone(first, moved, by=at.team)
    found = queries.named("PAGA3-1").milestones[0]
    assert (found.title_es, found.original_ends_on, found.ends_on) == ("Diseñar la ficha", end, end + timedelta(days=9))


def test_report_only_by_its_institution_and_once_formalized(app: object) -> None:
    at = kit.formalized()
    stranger = factories.user(Role.INSTITUTION, actor=factories.actor("Otra institución"))
    milestone = queries.named("PAGA3-1").milestones[0]
    for who in (kit.principal(stranger), at.citizens, at.team):
        with pytest.raises(Forbidden):
            services.report(milestone, kit.progress(), by=who)
    draft = kit.drafted(dataclasses.replace(at, commitment=None))
    with pytest.raises(Conflict):
        services.report(queries.for_change(draft.commitment.id).milestones[0], kit.progress(), by=at.office)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " "}, "text"),
        ({"progress_pct": Decimal(101)}, "progress_pct"),
        ({"progress_pct": Decimal(-1)}, "progress_pct"),
        ({"status": MilestoneStatus.COMPLETED, "progress_pct": Decimal(90)}, "progress_pct"),
        ({"status": MilestoneStatus.COMPLETED, "progress_pct": Decimal(100), "evidence": ()}, "evidence"),
        ({"progress_pct": Decimal(100)}, "status"),
        ({"evidence": (kit.evidence(url="javascript:alert(1)"),)}, "evidence-0-url"),
        ({"evidence": (kit.evidence(), kit.evidence(url=None))}, "evidence-1-url"),
        ({"evidence": (kit.evidence(title=" "),)}, "evidence-0-title"),
        ({"evidence": (kit.evidence(url=None, upload=Upload("a.pdf", b"MZ" + b"\0" * 200)),)}, "evidence-0-upload"),
        ({"evidence": (kit.evidence(url=None, upload=Upload("a.pdf", b"<html><script>")),)}, "evidence-0-upload"),
        ({"evidence": (kit.evidence(url=None, upload=Upload("a.svg", b"<svg onload='x'/>")),)}, "evidence-0-upload"),
        ({"evidence": (kit.evidence(url=None, upload=Upload("a.txt", b"")),)}, "evidence-0-upload"),
        (
            {"evidence": (kit.evidence(url=None, upload=Upload("a.txt", b"a" * (10 * 1024 * 1024 + 1))),)},
            "evidence-0-upload",
        ),
    ],
)
def test_bad_reports_are_refused_and_change_nothing(app: object, values: dict[str, object], field: str) -> None:
    at = kit.formalized()
    with pytest.raises(Invalid) as refused:
        services.report(queries.named("PAGA3-1").milestones[0], kit.progress(**values), by=at.office)
    assert refused.value.field == field
    found = queries.by_reference("PAGA3-1")
    assert (found.milestones[0].progress_pct, found.milestones[0].reports) == (Decimal(0), [])


def test_progress_goes_down_only_with_a_reason_that_is_public(app: object) -> None:
    at = kit.formalized()
    milestone = queries.named("PAGA3-1").milestones[0]
    services.report(milestone, kit.progress(), by=at.office)
    with pytest.raises(Invalid) as refused:
        services.report(milestone, kit.progress(progress_pct=Decimal(30)), by=at.office)
    assert refused.value.field == "lowering_reason"
    lower = kit.progress(progress_pct=Decimal(30), lowering_reason="Se contó dos veces.")
    services.report(milestone, lower, by=at.office)
    reports = queries.by_reference("PAGA3-1").milestones[0].reports
    assert [r.progress_pct for r in reports] == [Decimal(40), Decimal(30)]
    assert reports[1].text.endswith("Por qué baja el avance: Se contó dos veces.")


def test_evidence_file_keeps_its_bytes_and_hash(app: object) -> None:
    at = kit.formalized()
    content = b"sitio,avance\nMacas,1\n"
    item = kit.evidence(url=None, upload=Upload("datos.csv", content))
    services.report(queries.named("PAGA3-1").milestones[0], kit.progress(evidence=(item,)), by=at.office)
    file = queries.by_reference("PAGA3-1").milestones[0].reports[0].evidence[0].file
    assert (file.sha256, files.read(file)) == (hashlib.sha256(content).hexdigest(), content)
    assert (file.name, file.is_public) == ("datos.csv", True)


WRITTEN = b"<cp:coreProperties><dc:creator>Rosa Quishpe</dc:creator></cp:coreProperties>"


def test_a_document_of_evidence_tells_nobody_who_wrote_it(app: object) -> None:
    at = kit.formalized()
    item = kit.evidence(url=None, upload=Upload("acta.docx", word(**{"docProps__core.xml": WRITTEN})))
    services.report(queries.named("PAGA3-1").milestones[0], kit.progress(evidence=(item,)), by=at.office)
    kept = files.read(queries.by_reference("PAGA3-1").milestones[0].reports[0].evidence[0].file)
    with zipfile.ZipFile(io.BytesIO(kept)) as package:
        assert b"coreProperties" in package.read("docProps/core.xml")
        assert b"Quishpe" not in package.read("docProps/core.xml")


def test_evidence_that_cannot_be_cleaned_is_refused_before_the_turn(
    app: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = kit.formalized()
    whole = picture()
    broken = Upload("foto.jpg", whole[: len(whole) // 2])
    assert files.judge(broken) == "image/jpeg"  # only writing it anew finds out
    real, turns = files.cleaned, []

    def cleaned(upload: Upload, **how: bool) -> files.Clean:
        turns.append(is_open())
        return real(upload, **how)

    monkeypatch.setattr(files, "cleaned", cleaned)
    items = (kit.evidence(), kit.evidence(url=None, upload=broken))
    with pytest.raises(Invalid, match="dañada") as refused:
        services.report(queries.named("PAGA3-1").milestones[0], kit.progress(evidence=items), by=at.office)
    assert refused.value.field == "evidence-1-upload"
    assert turns == [False]
    given = kit.progress(evidence=items, text=" ")
    with pytest.raises(Invalid) as refused:  # what is asked first is said first
        services.report(queries.named("PAGA3-1").milestones[0], given, by=at.office)
    assert refused.value.field == "text"


def test_answer_once_by_the_counterpart_with_a_reason(app: object) -> None:
    at = kit.formalized()
    made = services.report(queries.named("PAGA3-1").milestones[0], kit.progress(), by=at.office)
    stranger = factories.user(Role.COUNTERPART, actor=factories.actor("Otra organización"))
    for who in (kit.principal(stranger), at.office, at.team):
        with pytest.raises(Forbidden):
            services.answer(made, AnswerInput(verdict=Verdict.CONFIRMED), by=who)
    for verdict in (Verdict.QUALIFIED, Verdict.DISPUTED):
        with pytest.raises(Invalid) as refused:
            services.answer(made, AnswerInput(verdict=verdict), by=at.citizens)
        assert refused.value.field == "comment"
    services.answer(made, AnswerInput(verdict=Verdict.CONFIRMED), by=at.citizens)
    with pytest.raises(Conflict, match="ya respondió"):
        services.answer(made, AnswerInput(verdict=Verdict.CONFIRMED), by=at.citizens)


def test_ratings_come_from_the_plans_own_scale(app: object) -> None:
    at = kit.drafted()
    steps = [
        ScaleValueInput(key="low", label_es="Baja", label_en="Low"),
        ScaleValueInput(key="high", label_es="Alta", label_en="High"),
    ]
    for _again in range(2):
        services.define_scale(at.plan, IrmDimension.AMBITION, steps, by=at.team)
    assert [v.key for v in queries.scale_of(at.plan)[IrmDimension.AMBITION]] == ["low", "high"]
    services.rate(at.commitment, IrmDimension.AMBITION, "low", "", None, by=at.team, rated_on=date(2022, 1, 1))
    services.rate(at.commitment, IrmDimension.AMBITION, "high", "", "https://ejemplo.ec", by=at.team)
    with pytest.raises(Invalid):
        services.rate(at.commitment, IrmDimension.AMBITION, "transformative", "", None, by=at.team)
    with pytest.raises(Invalid):
        services.rate(at.commitment, IrmDimension.COMPLETION, None, "", None, by=at.team)
    ratings = queries.by_reference("PAGA3-1").ratings
    assert [(r.dimension, r.value.key) for r in ratings] == [(IrmDimension.AMBITION, "high")]


def test_author_who_took_back_consent_gets_no_mail(app: object) -> None:
    at = kit.scene()
    from models import ProposalContact

    for folio_email, revoked in (("uno@demo.example", None), ("dos@demo.example", clock.now())):
        consent = factories.consent()
        consent.revoked_at = revoked
        other = factories.proposal(at.plan, ProposalStatus.SELECTED)
        factories.save(ProposalContact(proposal_id=other.id, email=folio_email, consent_id=consent.id))
        at.extra[folio_email] = other
    at.commitment = services.draft(at.plan, kit.content(), [at.proposal, *at.extra.values()], by=at.team)
    from intake.accountability.services import messages

    found = messages.authors(queries.for_change(at.commitment.id))
    assert [r.email for r in found] == [at.author.email, "uno@demo.example"]


def test_a_new_agreement_file_replaces_the_old_one(app: object) -> None:
    at = kit.drafted()
    services.prepare_agreement(at.commitment, "Texto", Upload("uno.pdf", kit.PDF), by=at.team)
    old = queries.named("PAGA3-1").agreement.file
    key = old.key
    services.prepare_agreement(at.commitment, "Texto", Upload("dos.pdf", kit.PDF + b"\n"), by=at.team)
    assert queries.named("PAGA3-1").agreement.file.name == "dos.pdf"
    with pytest.raises(NotFound):
        queries.file_by_key(key)
    with pytest.raises(Invalid, match="PDF"):
        services.prepare_agreement(at.commitment, "Texto", Upload("tres.txt", b"hola"), by=at.team)


@pytest.mark.parametrize("status", [ProposalStatus.SUBMITTED, ProposalStatus.ADMITTED, ProposalStatus.EVALUATED])
def test_plan_is_not_formalized_over_a_proposal_without_answer(app: object, status: ProposalStatus) -> None:
    at = kit.signed()
    services.confirm(at.commitment, kit.UNASKED, by=at.team)
    factories.proposal(at.plan, status)
    with pytest.raises(Conflict) as refused:
        services.formalize_plan(at.plan, "Acuerdo 1", by=at.team)
    assert [str(x) for x in refused.value.details["lines"]] == ["1 propuesta recibida no tiene todavía su respuesta."]
