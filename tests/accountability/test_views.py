"""The pages: what each reader sees, what is refused, and that what was typed stays."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from intake.accountability import queries, services
from intake.accountability.inputs import AnswerInput
from intake.core import clock, files
from intake.core.files import Upload
from intake.extensions import db
from models.enums import Approach, CommitmentStatus, MilestoneStatus, PlanStatus, ProposalStatus, Role, Verdict
from tests import factories
from tests.accountability import kit
from tests.conftest import SignIn, token_in
from tests.reception.kit import pdf as pdf_of_a_page

HOSTILE = "<script>alert('x')</script>\u202e\x00 «ñ» 🙂 ' \" %s {{ 7*7 }}"


def test_public_page_shows_both_voices_and_the_whole_story(client: FlaskClient) -> None:
    at = kit.formalized()
    item = kit.evidence(title="Datos", url=None, upload=Upload("datos.csv", b"a,b\n1,2\n"))
    made = services.report(
        queries.named("PAGA3-1").milestones[0], kit.progress(evidence=(item, kit.evidence())), by=at.office
    )
    services.answer(made, AnswerInput(verdict=Verdict.DISPUTED, comment="Falta el kichwa."), by=at.citizens)
    page = client.get("/compromisos/PAGA3-1")
    assert page.status_code == 200
    digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    for words in (
        "Cuentas claras del agua",
        at.proposal.folio,
        f"/propuestas/{at.proposal.folio}",
        "Ministerio Ejemplo",
        "Fundación Ejemplo",
        "Se publicó la primera versión.",
        "Falta el kichwa.",
        "Disputado",
        digest,
        hashlib.sha256(kit.PDF).hexdigest(),
        "Firma Ejemplo",
        "https://ejemplo.ec/ficha",
    ):
        assert words in page.text, words


def test_draft_is_not_public_but_its_people_read_it(client: FlaskClient, sign_in: SignIn) -> None:
    at = kit.drafted()
    for path in ("/compromisos/PAGA3-1", "/compromisos/PAGA3-1.json", "/compromisos/PAGA3-1/acuerdo"):
        answer = client.get(path)
        assert answer.status_code == 404 and "Cuentas claras" not in answer.text
    assert sign_in(factories.user()).get("/compromisos/PAGA3-1").status_code == 404
    for person in (at.directorate, at.institution_user, at.counterpart_user, factories.user(Role.OBSERVER)):
        db.session.flush()
        assert "Cuentas claras del agua" in sign_in(person).get("/compromisos/PAGA3-1").text
    assert "PAGA3-1" not in client.get("/compromisos/").text
    assert "PAGA3-1" in sign_in(at.institution_user).get("/compromisos/").text


def test_unknown_commitment_has_its_page(client: FlaskClient) -> None:
    assert client.get("/compromisos/PAGA3-999").status_code == 404
    assert client.get("/compromisos/PAGA3-999.json").get_json()["code"] == "not_found"


def test_json_lists_only_public_fields(client: FlaskClient) -> None:
    at = kit.formalized()
    services.report(queries.named("PAGA3-1").milestones[0], kit.progress(), by=at.office)
    answer = client.get("/compromisos/PAGA3-1.json", headers={"Host": "otro.example"})
    data = answer.get_json()
    assert data["url"] == "http://localhost/compromisos/PAGA3-1"  # the address of the site, whatever Host claims
    assert data["reference"] == "PAGA3-1"
    assert data["proposals"] == [at.proposal.folio]
    assert data["progress"]["computed_pct"] == "20.00"
    assert data["milestones"][0]["reports"][0]["number"] == 1
    assert data["agreement"]["sha256"] == hashlib.sha256(kit.PDF).hexdigest()
    for hidden in ("demo.example", "Firma Ejemplo", "lock_version", '"id"', "user_id"):
        assert hidden not in answer.text


def test_list_filters_by_each_field(client: FlaskClient) -> None:
    theme = factories.theme("agua")
    at = kit.formalized()
    other = services.draft(
        at.plan, kit.content(title_es="Presupuesto abierto", theme_code="agua"), [at.proposal], by=at.team
    )
    services.add_milestone(other, kit.milestone(), by=at.team)
    services.open_consultation(other, clock.today(), clock.today(), by=at.team)
    services.move(other, "drop", "Sin contraparte.", by=at.team)
    assert theme.id is not None
    cases = {
        "": {"PAGA3-1", "PAGA3-2"},
        "?plan=PAGA3": {"PAGA3-1", "PAGA3-2"},
        "?tema=agua": {"PAGA3-2"},
        "?estado=formalized": {"PAGA3-1"},
        "?institucion=ministerio-ejemplo": {"PAGA3-1"},
        "?q=PRESUPUESTÓ": {"PAGA3-2"},
        "?q=nada-de-esto": set(),
        "?plan=NOPE1&estado=xx&pagina=-3": {"PAGA3-1", "PAGA3-2"},
    }
    for query, wanted in cases.items():
        text = client.get(f"/compromisos/{query}").text
        found = {r for r in ("PAGA3-1", "PAGA3-2") if f'href="/compromisos/{r}"' in text}
        assert found == wanted, query


def test_statements_do_not_grow_with_commitments(client: FlaskClient, count_queries: Any) -> None:
    at = kit.formalized()
    with count_queries() as one:
        client.get("/compromisos/")
    for _n in range(2):
        kit.formalized(kit.Scene(**{**at.__dict__, "commitment": None}))
    with count_queries() as three:
        client.get("/compromisos/")
    for _n in range(22):
        services.draft(at.plan, kit.content(), [at.proposal], by=at.team)
    with count_queries() as many:
        client.get("/compromisos/")
    assert (len(one), len(three), len(many)) == (11, 11, 11)


def test_statements_of_a_page_do_not_grow_with_reports(client: FlaskClient, count_queries: Any) -> None:
    at = kit.formalized()
    first = queries.named("PAGA3-1").milestones[0]
    services.report(first, kit.progress(), by=at.office)
    with count_queries() as one:
        assert client.get("/compromisos/PAGA3-1").status_code == 200
    for pct in (50, 60, 70):
        made = services.report(
            queries.named("PAGA3-1").milestones[1], kit.progress(progress_pct=Decimal(pct)), by=at.office
        )
        services.answer(made, AnswerInput(verdict=Verdict.CONFIRMED, evidence=(kit.evidence(),)), by=at.citizens)
    with count_queries() as many:
        client.get("/compromisos/PAGA3-1")
    assert len(one) == len(many)
    assert len(many) <= 12


def fields_of_a_draft(**values: Any) -> dict[str, Any]:
    today = clock.today()
    given = {
        "title_es": "Agua limpia",
        "problem": "Nadie sabe qué bebe.",
        "description": "Publicar los análisis.",
        "expected_results": "Agua sin turbiedad.",
        "participation": "Se leen en asamblea.",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=99)).isoformat(),
    }
    return {**given, **values}


def test_directorate_drafts_from_selected_proposals(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.scene()
    browser = sign_in(at.directorate)
    path = f"/compromisos/nuevo?plan=PAGA3&propuestas={at.proposal.folio}"
    assert f'value="{at.proposal.folio}" checked' in browser.get(path).text
    answer = post(browser, path, **fields_of_a_draft(proposals=at.proposal.folio))
    assert (answer.status_code, answer.location) == (302, "/compromisos/PAGA3-1")


def test_bad_draft_keeps_what_was_typed(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.scene()
    unselected = factories.proposal(at.plan, ProposalStatus.EVALUATED)
    kit.keep()
    browser = sign_in(at.directorate)
    for wrong in ({"proposals": unselected.folio}, {}, {"proposals": at.proposal.folio, "title_es": ""}):
        answer = post(browser, "/compromisos/nuevo?plan=PAGA3", **fields_of_a_draft(problem="Lo que escribí", **wrong))
        assert answer.status_code == 422
        assert "Lo que escribí" in answer.text and "Hay algo que corregir" in answer.text


def test_only_the_directorate_reaches_its_forms(client: FlaskClient, sign_in: SignIn) -> None:
    at = kit.drafted()
    outsiders = [sign_in(at.institution_user), sign_in(at.counterpart_user), sign_in(factories.user())]
    kit.keep()
    for path in (
        "/compromisos/nuevo",
        "/compromisos/PAGA3-1/editar",
        "/compromisos/PAGA3-1/participantes",
        "/compromisos/PAGA3-1/hitos/nuevo",
        "/compromisos/PAGA3-1/hitos/1/editar",
        "/compromisos/PAGA3-1/consulta",
        "/compromisos/formalizar/PAGA3",
    ):
        assert client.get(path).status_code == 302, path
        assert [b.get(path).status_code for b in outsiders] == [403, 403, 403], path
        assert sign_in(at.directorate).get(path).status_code == 200, path


def test_stale_edit_says_who_changed_what_and_keeps_the_text(sign_in: SignIn) -> None:
    at = kit.drafted()
    browser = sign_in(at.directorate)
    path = "/compromisos/PAGA3-1/editar"
    page = browser.get(path).text
    old = queries.named("PAGA3-1").lock_version
    services.edit(at.commitment, kit.content(title_es="De otra persona"), by=at.team, lock_version=old)
    form = fields_of_a_draft(csrf_token=token_in(page), version=str(old), title_es="Lo mío")
    answer = browser.post(path, data=form)
    assert answer.status_code == 422
    for words in ("Lo mío", "Otra persona cambió", "Dirección de Gobierno Abierto, campos: Título. Revise"):
        assert words in answer.text, words


def test_hostile_text_is_shown_as_text(sign_in: SignIn, post: Callable[..., Any], client: FlaskClient) -> None:
    at = kit.scene()
    browser = sign_in(at.directorate)
    answer = post(
        browser,
        "/compromisos/nuevo?plan=PAGA3",
        **fields_of_a_draft(proposals=at.proposal.folio, title_es=HOSTILE, problem=HOSTILE, budget_usd="1e999"),
    )
    assert answer.status_code == 422
    post(
        browser,
        "/compromisos/nuevo?plan=PAGA3",
        **fields_of_a_draft(proposals=at.proposal.folio, title_es=HOSTILE, problem=HOSTILE),
    )
    page = browser.get("/compromisos/PAGA3-1")
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text and "\u202e" not in page.text
    assert (
        browser.get(
            "/compromisos/", query_string=dict.fromkeys(("q", "plan", "tema", "pagina"), HOSTILE.replace("\x00", ""))
        ).status_code
        == 200
    )


def test_whole_life_through_the_pages(sign_in: SignIn, post: Callable[..., Any], client: FlaskClient) -> None:
    at = kit.scene()
    team, office, citizens = (sign_in(u) for u in (at.directorate, at.institution_user, at.counterpart_user))
    post(team, "/compromisos/nuevo?plan=PAGA3", **fields_of_a_draft(proposals=at.proposal.folio))
    base = "/compromisos/PAGA3-1"
    for slug, role in (("ministerio-ejemplo", "responsible"), ("fundacion-ejemplo", "counterpart")):
        assert post(team, f"{base}/participantes", actor=slug, role=role).status_code == 302
    end = (clock.today() + timedelta(days=30)).isoformat()
    given = {"title_es": "Publicar", "output": "Página", "kind": "design", "ends_on": end}
    assert post(team, f"{base}/hitos/nuevo", **given).status_code == 302
    assert "es de implementación" in team.get(base).text
    pdf = (io.BytesIO(kit.PDF), "acta.pdf")
    assert (
        post(team, f"{base}/acuerdo/preparar", page=f"{base}/acuerdo", text="Acordamos.", file=pdf).status_code == 302
    )
    assert post(team, f"{base}/mover", page=base + "/editar", action="confirm").status_code == 409
    names = {"signer_name": "Nombre", "signer_post": "Cargo", "signed_on": clock.today().isoformat()}
    for browser, slug in ((office, "ministerio-ejemplo"), (citizens, "fundacion-ejemplo")):
        assert post(browser, f"{base}/acuerdo/firmar", page=f"{base}/acuerdo", actor=slug, **names).status_code == 302
    assert post(team, f"{base}/mover", page=base, action="confirm", reason="Se acordó en asamblea.").status_code == 302
    assert post(team, "/compromisos/formalizar/PAGA3", reason="Acuerdo 7").status_code == 302
    evidence = {"evidence-0-title": "Acta", "evidence-0-upload": (io.BytesIO(pdf_of_a_page()), "x.pdf")}
    report = {"status": "completed", "progress_pct": "100", "text": "Hecho.", **evidence}
    assert post(office, f"{base}/hitos/1/reportar", **report).status_code == 302
    answer = post(citizens, f"{base}/reportes/1/responder", verdict="qualified", comment="Falta difundir.")
    assert answer.location == f"{base}#hito-1"
    page = client.get(base).text
    assert "Falta difundir." in page and "Confirmado con reparos" in page and "Formalizado" in page
    db.session.expire_all()
    found = queries.named("PAGA3-1")
    assert (found.status, found.plan.status) == (CommitmentStatus.FORMALIZED, PlanStatus.IMPLEMENTATION)
    assert found.milestones[0].status is MilestoneStatus.COMPLETED


def test_second_signature_is_refused(sign_in: SignIn) -> None:
    at = kit.drafted()
    agreement = services.prepare_agreement(at.commitment, "Texto", by=at.team)
    browser = sign_in(at.counterpart_user)
    page = browser.get("/compromisos/PAGA3-1/acuerdo").text
    services.sign(agreement, at.counterpart, kit.signature(), by=at.citizens)
    fields = {
        "actor": "fundacion-ejemplo",
        "signer_name": "N",
        "signer_post": "C",
        "signed_on": clock.today().isoformat(),
    }
    answer = browser.post("/compromisos/PAGA3-1/acuerdo/firmar", data={"csrf_token": token_in(page), **fields})
    assert answer.status_code == 422
    assert len(queries.named("PAGA3-1").agreement.signatures) == 1


def test_conflict_names_only_what_really_changed_in_the_words_of_the_page(sign_in: SignIn) -> None:
    at = kit.drafted(sdg_numbers=(), causes="Unas")
    browser, path = sign_in(at.directorate), "/compromisos/PAGA3-1/editar"
    page, old = browser.get(path).text, queries.named("PAGA3-1").lock_version
    changed = kit.content(causes="Otras", budget_usd=Decimal(5), approaches=(Approach.GENDER,))
    services.edit(at.commitment, changed, by=at.team, lock_version=old)
    answer = browser.post(path, data=fields_of_a_draft(csrf_token=token_in(page), version=str(old)))
    assert "campos: ¿Cuáles son sus causas?, Presupuesto, Enfoques transversales. Revise" in answer.text


def test_carried_proposals_say_where_and_stand_last(sign_in: SignIn) -> None:
    at = kit.drafted()
    free = factories.proposal(at.plan, ProposalStatus.SELECTED)
    kit.keep()
    browser, path = sign_in(at.directorate), "/compromisos/nuevo?plan=PAGA3"
    page = browser.get(path).text
    assert f"{at.proposal.folio} · {at.proposal.title} (ya en PAGA3-1)" in page
    assert page.index(f'value="{free.folio}"') < page.index(f'value="{at.proposal.folio}"')
    services.move(at.commitment, "drop", "Sin contraparte.", by=at.team)
    assert "(ya en " not in browser.get(path).text


@pytest.mark.parametrize(
    ("typed", "kept"), [("48.000", "48000.00"), ("48.000,50", "48000.50"), ("1,234.56", "1234.56"), ("", None)]
)
def test_budget_is_typed_as_people_write_it(
    sign_in: SignIn, post: Callable[..., Any], typed: str, kept: str | None
) -> None:
    at = kit.scene()
    given = fields_of_a_draft(proposals=at.proposal.folio, budget_usd=typed)
    assert post(sign_in(at.directorate), "/compromisos/nuevo?plan=PAGA3", **given).status_code == 302
    assert queries.named("PAGA3-1").budget_usd == (None if kept is None else Decimal(kept))


def test_bad_budget_says_how_to_write_it_and_stays(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.scene()
    given = fields_of_a_draft(proposals=at.proposal.folio, budget_usd="mucho")
    answer = post(sign_in(at.directorate), "/compromisos/nuevo?plan=PAGA3", **given)
    assert "Escriba el presupuesto en dólares, por ejemplo 48.000 o 48.000,50." in answer.text
    assert (answer.status_code, 'value="mucho"' in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("acta.png", b"\x89PNG\r\n", "El archivo del acuerdo tiene que ser un PDF."), ("acta.pdf", b"", "está vacío")],
)
def test_agreement_takes_only_a_pdf_and_says_so(
    sign_in: SignIn, post: Callable[..., Any], name: str, content: bytes, words: str
) -> None:
    at = kit.drafted()
    page = "/compromisos/PAGA3-1/acuerdo"
    given = {"text": "Acordamos.", "file": (io.BytesIO(content), name)}
    answer = post(sign_in(at.directorate), f"{page}/preparar", page=page, **given)
    assert (answer.status_code, words in answer.text, "Acordamos." in answer.text) == (422, True, True)
    assert 'id="file-error"' in answer.text and queries.named("PAGA3-1").agreement is None


def test_small_files_are_told_in_bytes_and_evidence_asks_nothing_optional(client: FlaskClient, sign_in: SignIn) -> None:
    at = kit.formalized()
    item = kit.evidence(title="Datos", url=None, upload=Upload("datos.csv", b"a,b\n1,2\n"))
    services.report(queries.named("PAGA3-1").milestones[0], kit.progress(evidence=(item,)), by=at.office)
    assert "(8 bytes)" in client.get("/compromisos/PAGA3-1").text
    form = sign_in(at.institution_user).get("/compromisos/PAGA3-1/hitos/1/reportar").text
    evidence = form[form.index("Evidencia 1") :]
    assert "(opcional)" not in evidence and 'data-max-bytes="10485760"' in evidence


def test_refusal_of_a_form_leads_back_only_within_the_site(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.signed()
    browser, base = sign_in(at.directorate), "/compromisos/PAGA3-1"
    token = token_in(browser.get(base).text)
    given = {"csrf_token": token, "action": "formalize"}
    for referrer, leads in (("http://localhost" + base, True), ("https://otro.example/", False)):
        text = browser.post(f"{base}/mover", data=given, headers={"Referer": referrer}).text
        assert (f'href="{referrer}" data-back>Volver</a>' in text) is leads


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("informe.pdf", b"MZ\x90\x00" + b"\x00" * 300, "no se acepta"),
        ("informe.pdf", b"<!doctype html><script>alert(1)</script>", "no se acepta"),
        ("dibujo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no se acepta"),
        ("notas.txt", b"<svg onload='alert(1)'></svg>", "no se acepta"),
        ("grande.txt", b"a" * 2001, "pesa demasiado"),
    ],
)
def test_disguised_and_oversize_files_are_refused_and_text_stays(
    sign_in: SignIn, post: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, words: str
) -> None:
    at = kit.formalized()
    monkeypatch.setattr(files, "LIMIT_BYTES", 2000)
    browser = sign_in(at.institution_user)
    answer = post(
        browser,
        "/compromisos/PAGA3-1/hitos/1/reportar",
        status="execution",
        progress_pct="10",
        text="Mi relato queda aquí",
        **{f"evidence-{i}-title": "" for i in range(2)},  # a browser sends the empty rows too
        **{"evidence-2-title": "Mi prueba", "evidence-2-upload": (io.BytesIO(content), name)},
    )
    assert answer.status_code == 422
    for kept in ("Mi relato queda aquí", "Mi prueba", words, 'id="evidence-2-upload-error"'):
        assert kept in answer.text, kept
    assert queries.by_reference("PAGA3-1").milestones[0].reports == []


def test_foreign_institution_and_counterpart_are_refused(sign_in: SignIn) -> None:
    at = kit.formalized()
    services.report(queries.named("PAGA3-1").milestones[0], kit.progress(), by=at.office)
    other = factories.actor("Otra")
    strangers = [factories.user(Role.INSTITUTION, actor=other), factories.user(Role.COUNTERPART, actor=other)]
    kit.keep()
    for person in (*strangers, at.counterpart_user, at.directorate):
        assert sign_in(person).get("/compromisos/PAGA3-1/hitos/1/reportar").status_code == 403
    for person in (*strangers, at.institution_user, at.directorate):
        assert sign_in(person).get("/compromisos/PAGA3-1/reportes/1/responder").status_code == 403
    assert sign_in(at.institution_user).get("/compromisos/PAGA3-1/hitos/9/reportar").status_code == 404
    assert sign_in(at.counterpart_user).get("/compromisos/PAGA3-1/reportes/9/responder").status_code == 404


def test_download_is_an_attachment_in_a_sandbox(client: FlaskClient, sign_in: SignIn) -> None:
    at = kit.signed()
    key = queries.named("PAGA3-1").agreement.file.key
    assert client.get(f"/archivos/{key}").status_code == 404
    assert sign_in(factories.user()).get(f"/archivos/{key}").status_code == 404
    for role in (Role.OBSERVER, Role.CORE_GROUP):  # they read the draft, not the paper between its parties
        assert sign_in(factories.user(role)).get(f"/archivos/{key}").status_code == 404
    for party in (at.counterpart_user, at.institution_user):
        assert sign_in(party).get(f"/archivos/{key}").data == kit.PDF
    services.confirm(at.commitment, kit.UNASKED, by=at.team)
    answer = client.get(f"/archivos/{key}")
    assert hashlib.sha256(answer.data).hexdigest() == hashlib.sha256(kit.PDF).hexdigest()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"] == "attachment; filename=acta.pdf"
    assert client.get("/archivos/aaaaaaaaaaaaaaaaaaaaaaaaa.pdf").status_code == 404


def test_plan_with_drafts_is_not_formalized_and_says_why(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.drafted()
    answer = post(sign_in(at.directorate), "/compromisos/formalizar/PAGA3", reason="Acuerdo 9")
    assert answer.status_code == 409
    assert "PAGA3-1 todavía no está confirmado" in answer.text and "Acuerdo 9" in answer.text


def test_ratings_form_offers_the_plans_scale(sign_in: SignIn, post: Callable[..., Any], client: FlaskClient) -> None:
    from intake.accountability.inputs import ScaleValueInput
    from models.enums import IrmDimension

    at = kit.formalized()
    steps = [ScaleValueInput(key="pending", label_es="Pendiente de revisión", label_en="Pending review")]
    services.define_scale(at.plan, IrmDimension.COMPLETION, steps, by=at.team)
    browser = sign_in(at.directorate)
    path = "/compromisos/PAGA3-1/valoraciones"
    assert post(browser, path, dimension="completion", value="pending", source_url="javascript:x").status_code == 422
    assert post(browser, path, dimension="completion", value="otro").status_code == 422
    assert post(browser, path, dimension="completion", value="pending").status_code == 302
    assert "Pendiente de revisión" in client.get("/compromisos/PAGA3-1").text


def test_long_lists_of_the_past_fold_and_reports_never_do(client: FlaskClient) -> None:
    from intake.accountability.inputs import HistoricalCommitment, HistoricalMilestone
    from intake.core.identity import SYSTEM

    plan = factories.plan(None, code="PAGA1")
    given = HistoricalCommitment(
        content=kit.content(number=1, problem="x" * 401),
        milestones=tuple(HistoricalMilestone(number=n, title_es="A") for n in range(1, 10)),
    )
    services.record_historical(plan, given, by=SYSTEM)
    page = client.get("/compromisos/PAGA1-1").text
    fold = page.index("Ver 6 hitos más")
    assert page.index('id="hito-3"') < fold < page.index('id="hito-4"')
    assert page.count("Leer el texto") == 1
    kit.formalized()
    assert 'class="fold"' not in client.get("/compromisos/PAGA3-1").text


def test_title_not_found_says_so(client: FlaskClient) -> None:
    from intake.accountability.inputs import CommitmentInput, HistoricalCommitment
    from intake.core.identity import SYSTEM

    plan = factories.plan(None, code="PAGA2")
    words = "No aparece en ninguna fuente."
    content = CommitmentInput(title_es=None, title_note=words, summary_es=words, number=1)
    services.record_historical(plan, HistoricalCommitment(content=content), by=SYSTEM)
    page = client.get("/compromisos/PAGA2-1").text
    assert "Compromiso 1 del PAGA2</h1>" in page and page.count("No aparece en ninguna fuente.") == 1
    assert "El título no se encontró en las fuentes públicas" not in page
    assert "sin dato" in page


@pytest.mark.parametrize(
    "kind",
    ["commitment_formalize", "progress_reported", "progress_to_answer", "progress_answered", "agreement_to_sign"],
)
@pytest.mark.parametrize("locale", ["es", "en", "qu"])
def test_every_message_can_be_written(app: Any, kind: str, locale: str) -> None:
    import sqlalchemy as sa

    from intake.core import mail
    from models import OutboxMessage

    at = kit.formalized()
    made = services.report(queries.named("PAGA3-1").milestones[0], kit.progress(), by=at.office)
    services.answer(made, AnswerInput(verdict=Verdict.DISPUTED, comment="No."), by=at.citizens)
    message = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind)).first()
    written = mail.render(kind, locale, message.context)
    assert "PAGA3-1" in written.subject and "/compromisos/PAGA3-1" in written.text


def test_signed_commitment_offers_no_change_and_says_why(sign_in: SignIn) -> None:
    at = kit.signed()
    browser = sign_in(at.directorate)
    page = browser.get("/compromisos/PAGA3-1").text
    assert "/compromisos/PAGA3-1/editar" not in page and "/hitos/1/editar" not in page
    for path in ("editar", "hitos/nuevo", "hitos/1/editar"):
        answer = browser.get(f"/compromisos/PAGA3-1/{path}")
        assert (answer.status_code, "ya tiene firmas" in answer.text) == (409, True)


@pytest.mark.parametrize(("typed", "pct"), [("12,5", "12.50"), ("12.5", "12.50"), ("0", "0.00")])
def test_progress_is_typed_as_people_write_it(sign_in: SignIn, post: Callable[..., Any], typed: str, pct: str) -> None:
    at = kit.formalized()
    path = "/compromisos/PAGA3-1/hitos/1/reportar"
    answer = post(sign_in(at.institution_user), path, status="execution", progress_pct=typed, text="Avanza.")
    assert answer.status_code == 302
    assert queries.by_reference("PAGA3-1").milestones[0].progress_pct == Decimal(pct)


def test_rescheduling_through_the_page_keeps_the_first_date(sign_in: SignIn, post: Callable[..., Any]) -> None:
    at = kit.formalized()
    browser = sign_in(at.directorate)
    new = clock.today() + timedelta(days=90)
    path = "/compromisos/PAGA3-1/hitos/2/editar"
    assert post(browser, path, ends_on=new.isoformat()).status_code == 422
    version = str(queries.named("PAGA3-1").milestones[1].lock_version)
    given = {"ends_on": new.isoformat(), "reason": "Llegaron tarde los equipos.", "version": version}
    assert post(browser, path, **given).status_code == 302
    assert "Fecha de fin original" in browser.get("/compromisos/PAGA3-1").text
