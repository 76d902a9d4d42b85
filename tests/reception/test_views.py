"""The citizen's way through the pages: write, review, send, follow, change, take back. And those who must not."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, limits, mail, tokens
from intake.extensions import db
from intake.reception import familyjson, queries, serializers, services
from intake.reception.services import crowding, submission
from models import (
    Admission,
    Assignment,
    Consent,
    Decision,
    OutboxMessage,
    Proposal,
    ProposalContact,
    ProposalVersion,
    Round,
    Rubric,
    SelectionSession,
    Stage,
)
from models.enums import (
    AssignmentStatus,
    Category,
    DecisionStatus,
    ProposalKind,
    ProposalStatus,
    PublicName,
    ReviewSector,
    Role,
    SessionStatus,
    StageKind,
    TerritoryLevel,
)
from tests import factories
from tests.conftest import token_in

SECRETS = ("Zoraida Secreta", "zoraida.secreta@demo.example", "+593987654321", "987654321", "098 765 4321")
WRITTEN = {
    "title": "Agua limpia para las comunidades de Macas",
    "problem": "El agua llega turbia desde enero y nadie publica los análisis que se hacen.",
    "solution": "Que la junta publique cada mes los análisis y los explique en asamblea cada año.",
    "expected_result": "Saber si el agua se puede beber.",
    "theme": "agua",
    "provincia": "14",
    "canton": "1401",
    "parroquia": "140150",
    "approaches": ["genero", "ambiente"],
    "branch": "subnacional",
    "proposer_kind": "organisation",
    "organisation_name": "Comuna Ejemplo",
    "public_name": "organisation",
    "contact_name": SECRETS[0],
    "contact_email": SECRETS[1],
    "contact_phone": SECRETS[4],
    "consent": "y",
}


@pytest.fixture
def plan(app):
    made = factories.plan(code="PAGA3")
    factories.theme("agua", name_es="Agua y saneamiento")
    province = factories.territory("14", name="Morona Santiago")
    canton = factories.territory("1401", TerritoryLevel.CANTON, name="Morona", path="14.1401.", parent_id=province.id)
    factories.territory("140150", TerritoryLevel.PARISH, name="Macas", path="14.1401.140150.", parent_id=canton.id)
    db.session.commit()
    return made


def key_in(page: str) -> str:
    return re.search(r'name="key"[^>]*value="([^"]*)"', page)[1]


def write(browser, *, button="review", path="/propuestas/nueva", **changes):
    page = browser.get(path).text
    fields = {**WRITTEN, "key": key_in(page), "csrf_token": token_in(page), button: "1", **changes}
    return browser.post(path, data={k: v for k, v in fields.items() if v is not None})


def send(browser, review_path):
    page = browser.get(review_path).text
    return browser.post(review_path.replace("/revisar", "/enviar"), data={"csrf_token": token_in(page)})


def submitted(browser, **changes) -> str:
    done = send(browser, write(browser, **changes).location)
    return re.search(r"/propuestas/([A-Z0-9-]+)/comprobante", done.location)[1]


def test_guest_writes_reviews_sends_and_gets_folio_code_and_qr(plan, client):
    answer = write(client)
    assert answer.status_code == 303
    preview = client.get(answer.location)
    assert preview.status_code == 200
    for text in (WRITTEN["title"], WRITTEN["problem"], "Agua y saneamiento", "Macas", SECRETS[1], "+593987654321"):
        assert text in html.unescape(preview.text)
    done = send(client, answer.location)
    assert (done.status_code, done.location) == (303, "/propuestas/PAGA3-00001/comprobante")
    receipt = client.get(done.location).text
    code = re.search(r"receipt__code\">([0-9A-Z]{4}-[0-9A-Z]{4})<", receipt)[1]
    proposal = queries.by_folio("PAGA3-00001")
    assert tokens.matches(code, "PAGA3-00001", proposal.claim_code_hash)
    assert "data:image/svg+xml" in receipt
    assert mail.url_of("/seguimiento/PAGA3-00001") in receipt
    assert code not in client.get(done.location).text
    assert [a.approach.value for a in proposal.approaches] == ["genero", "ambiente"]
    assert (proposal.territory.code, proposal.contact.phone) == ("140150", "+593987654321")


def test_pressing_twice_gives_one_proposal_one_folio_and_the_same_code(plan, client):
    page = client.get("/propuestas/nueva").text
    fields = {**WRITTEN, "key": key_in(page), "csrf_token": token_in(page), "review": "1"}
    first, second = (client.post("/propuestas/nueva", data=fields) for _ in range(2))
    assert first.location == second.location
    token = token_in(client.get(first.location).text)
    path = first.location.replace("/revisar", "/enviar")
    one = client.post(path, data={"csrf_token": token})
    two = client.post(path, data={"csrf_token": token})
    assert one.location == two.location == "/propuestas/PAGA3-00001/comprobante"
    assert re.search(r"receipt__code\">[0-9A-Z]{4}-", client.get(two.location).text)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Proposal)) == 1
    again = client.post("/propuestas/nueva", data=fields)
    assert client.get(again.location).location == "/propuestas/PAGA3-00001/comprobante"


def test_draft_is_found_again_by_its_secret_address_in_another_browser(plan, app, client):
    answer = write(client, button="save", problem="", theme="", consent=None)
    path = answer.location.split("?")[0]
    assert path.startswith("/propuestas/borrador/")
    assert path in client.get(answer.location).text
    other = app.test_client()
    page = other.get(path).text
    assert WRITTEN["title"] in page
    assert SECRETS[1] not in page
    answer = write(other, path=path)
    assert send(other, answer.location).location == "/propuestas/PAGA3-00001/comprobante"


def test_draft_needs_only_a_title_or_some_text(plan, client):
    nothing = {k: "" for k in WRITTEN if k not in {"approaches", "proposer_kind", "public_name", "consent"}}
    empty = write(client, button="save", **nothing, approaches=None, consent=None)
    assert empty.status_code == 422
    assert write(client, button="save", **{**nothing, "solution": "Algo"}, consent=None).status_code == 303


def test_foreign_and_unknown_drafts_stay_closed(plan, app, client, sign_in):
    author, other = factories.user(), factories.user()
    db.session.commit()
    path = write(sign_in(author), button="save").location.split("?")[0]
    assert sign_in(other).get(path).status_code == 403
    assert client.get(path).status_code == 302
    assert client.get("/propuestas/borrador/" + "x" * 43).status_code == 404
    mine = sign_in(author).get("/propuestas/?mias=1").text
    assert path in mine
    assert WRITTEN["title"] not in sign_in(other).get("/propuestas/?mias=1").text
    assert WRITTEN["title"] not in client.get("/propuestas/").text


def test_errors_stand_at_their_fields_and_everything_typed_is_kept(plan, client):
    bad = {
        "title": "CORTO",
        "problem": "muy corto",
        "solution": "",
        "contact_email": "sin arroba",
        "contact_phone": "12",
        "organisation_name": "",
        "consent": None,
        "expected_result": 'Con "comillas" y <b>marcas</b>',
    }
    answer = write(client, **bad)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    for field in ("title", "problem", "solution", "contact_email", "contact_phone", "organisation_name", "consent"):
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
    for name, value in {**WRITTEN, **bad}.items():
        if isinstance(value, str) and value and name not in {"consent", *_CHOICES}:
            assert value in page, name
    for name, value in _CHOICES.items():
        assert re.search(rf'value="{value}"[^>]* (checked|selected)', page), name
    for value in WRITTEN["approaches"]:
        assert re.search(rf'value="{value}" checked', page)
    assert "<b>marcas" not in answer.text


_CHOICES = {
    "theme": "agua",
    "provincia": "14",
    "canton": "1401",
    "parroquia": "140150",
    "branch": "subnacional",
    "proposer_kind": "organisation",
    "public_name": "organisation",
}


def test_shouting_title_is_refused(plan, client):
    assert "mayúsculas" in write(client, title="AGUA LIMPIA PARA TODA LA PARROQUIA").text


def test_old_page_keeps_the_text_and_needs_one_more_press(plan, client):
    page = client.get("/propuestas/nueva").text
    fields = {**WRITTEN, "key": key_in(page), "csrf_token": "viejo", "review": "1"}
    answer = client.post("/propuestas/nueva", data=fields)
    assert answer.status_code == 422
    assert "llevaba mucho tiempo abierta" in answer.text
    assert WRITTEN["solution"] in answer.text
    fields["csrf_token"] = token_in(answer.text)
    assert client.post("/propuestas/nueva", data=fields).status_code == 303


def test_lists_of_places_are_refreshed_without_losing_anything(plan, client):
    page = client.get("/propuestas/nueva").text
    fields = {"title": "A medias", "provincia": "14", "refresh": "territory", "csrf_token": token_in(page)}
    answer = client.post("/propuestas/nueva", data=fields)
    assert answer.status_code == 200
    assert 'value="1401"' in answer.text
    assert 'value="A medias"' in answer.text


def test_closing_while_the_form_is_open_keeps_the_text_as_a_draft(plan, client):
    stages = db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan.id)).all()
    end = clock.end_of(next(s for s in stages if s.kind is StageKind.RECEPTION).closes_on)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        path = write(client).location
        token = token_in(client.get(path).text)
    with time_machine.travel(end, tick=False):
        answer = client.post(path.replace("/revisar", "/enviar"), data={"csrf_token": token})
        assert answer.status_code == 409
        assert "Lo que escribió no se pierde" in answer.text
        assert path.replace("/revisar", "") in answer.text
        assert client.get("/propuestas/nueva").status_code == 200
        assert "Se recibieron propuestas para el PAGA3" in client.get("/propuestas/nueva").text
    assert db.session.scalar(sa.select(Proposal.status)) is ProposalStatus.DRAFT


@pytest.mark.usefixtures("inside_window")
def test_claim_code_opens_the_proposal_in_another_browser_and_guesses_are_limited(plan, app, client):
    folio = submitted(client)
    receipt = re.search(r"receipt__code\">([0-9A-Z-]{9})<", client.get(f"/propuestas/{folio}/comprobante").text)[1]
    other = app.test_client()
    assert "Corregirla" not in other.get(f"/seguimiento/{folio}").text

    def claim(browser, text):
        token = token_in(browser.get("/seguimiento").text)
        return browser.post("/seguimiento", data={"csrf_token": token, "folio": folio.lower(), "claim_code": text})

    wrong = claim(other, "0000-0000")
    assert wrong.status_code == 422
    assert "no es el de esta propuesta" in wrong.text
    assert claim(other, receipt.lower()).location == f"/seguimiento/{folio}"
    assert "Corregirla" in other.get(f"/seguimiento/{folio}").text
    thief = app.test_client()
    seen = [claim(thief, f"{n:08d}").status_code for n in range(services.BY_ADDRESS.times + 1)]
    assert seen == [422] * services.BY_ADDRESS.times + [429]


def test_unknown_folio_is_said_at_its_field(plan, client):
    token = token_in(client.get("/seguimiento").text)
    answer = client.post("/seguimiento", data={"csrf_token": token, "folio": "PAGA9-99999"})
    assert answer.status_code == 422
    assert 'id="folio-error"' in answer.text
    assert client.get("/seguimiento/PAGA9-99999").status_code == 404


def edit_fields(browser, folio, **changes):
    page = browser.get(f"/propuestas/{folio}/editar").text
    kept = {k: v for k, v in WRITTEN.items() if not k.startswith(("contact", "consent"))}
    version = re.search(r'name="lock_version"[^>]*value="(\d+)"', page)[1]
    return {**kept, "csrf_token": token_in(page), "lock_version": version, **changes}


def test_author_edits_and_the_versions_show_the_difference(plan, app, client):
    folio = submitted(client)
    fields = edit_fields(client, folio, problem=WRITTEN["problem"].replace("turbia", "oscura"))
    assert client.post(f"/propuestas/{folio}/editar", data=fields).location == f"/propuestas/{folio}"
    page = app.test_client().get(f"/propuestas/{folio}/versiones").text
    assert re.search(r"<del>.*turbia.*</del><ins>.*oscura.*</ins>", page)
    assert "[añadido:]" in page
    assert "oscura" in app.test_client().get(f"/propuestas/{folio}").text


def test_stale_edit_says_who_and_keeps_the_text(plan, client):
    folio = submitted(client)
    stale = edit_fields(client, folio, problem="La segunda mirada sobre el agua turbia que llega a nuestras casas.")
    first = edit_fields(client, folio, problem="La primera corrección sobre el agua turbia que llega a las casas.")
    assert client.post(f"/propuestas/{folio}/editar", data=first).status_code == 303
    answer = client.post(f"/propuestas/{folio}/editar", data=stale)
    assert answer.status_code == 409
    assert "Último cambio:" in answer.text
    assert "quien la presentó, con el código" in answer.text
    assert stale["problem"] in answer.text
    again = {**stale, "lock_version": re.search(r'name="lock_version"[^>]*value="(\d+)"', answer.text)[1]}
    assert client.post(f"/propuestas/{folio}/editar", data=again).status_code == 303
    assert queries.by_folio(folio).problem == stale["problem"]


def set_status(folio, status):
    db.session.execute(sa.update(Proposal).where(Proposal.folio == folio).values(status=status))
    db.session.commit()


def close_reception(plan):
    reception = sa.update(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    db.session.execute(reception.values(closes_on=clock.today() - timedelta(days=1)))
    db.session.commit()


@pytest.mark.parametrize("status", [ProposalStatus.ADMITTED, ProposalStatus.SUBMITTED])
def test_a_correction_that_comes_too_late_is_given_back(plan, client, status):
    folio = submitted(client)
    fields = edit_fields(client, folio, problem="La segunda mirada sobre el agua turbia que llega a nuestras casas.")
    close_reception(plan) if status is ProposalStatus.SUBMITTED else set_status(folio, status)
    answer = client.post(f"/propuestas/{folio}/editar", data=fields)
    assert (answer.status_code, "Ya no se puede corregir" in answer.text) == (409, True)
    seen = html.unescape(answer.text)
    for name in ("title", "problem", "solution", "expected_result", "organisation_name"):
        assert fields[name] in seen, name
    assert 'id="escrito"' not in client.get(f"/propuestas/{folio}/editar").text


def test_a_reason_that_comes_too_late_is_given_back(plan, client):
    folio = submitted(client)
    token = token_in(client.get(f"/propuestas/{folio}/retirar").text)
    set_status(folio, ProposalStatus.SELECTED)
    sent = {"csrf_token": token, "reason": "Ya lo resolvió la «junta»."}
    answer = client.post(f"/propuestas/{folio}/retirar", data=sent)
    assert (answer.status_code, "ya tiene respuesta" in answer.text) == (409, True)
    assert sent["reason"] in html.unescape(answer.text)


def test_others_can_neither_edit_nor_withdraw_nor_see_the_receipt(plan, app, client, sign_in):
    folio = submitted(client)
    other = factories.user()
    db.session.commit()
    for page in ("editar", "retirar"):
        assert app.test_client().get(f"/propuestas/{folio}/{page}").status_code == 302
        assert sign_in(other).get(f"/propuestas/{folio}/{page}").status_code == 403
    stranger = sign_in(other)
    for browser in (app.test_client(), stranger):
        answer = browser.get(f"/propuestas/{folio}/comprobante")
        assert (answer.status_code, answer.location) == (302, f"/seguimiento/{folio}")
        assert "El comprobante solo lo ve quien presentó la propuesta." in browser.get(answer.location).text
    token = token_in(stranger.get("/seguimiento").text)
    for page in ("editar", "retirar"):
        gone = stranger.post(f"/propuestas/{folio}/{page}", data={"csrf_token": token, "reason": "ajeno"})
        assert gone.status_code == 403
    assert queries.by_folio(folio).status is ProposalStatus.SUBMITTED


def test_withdrawn_page_says_what_when_and_why_under_the_old_address(plan, app, client):
    folio = submitted(client)
    page = client.get(f"/propuestas/{folio}/retirar").text
    empty = client.post(f"/propuestas/{folio}/retirar", data={"csrf_token": token_in(page), "reason": ""})
    assert empty.status_code == 422
    endless = client.post(f"/propuestas/{folio}/retirar", data={"csrf_token": token_in(page), "reason": "a" * 360})
    assert (endless.status_code, "Hay una palabra de 360 letras seguidas." in endless.text) == (422, True)
    fields = {"csrf_token": token_in(page), "reason": "La junta ya publicó todo."}
    assert client.post(f"/propuestas/{folio}/retirar", data=fields).status_code == 303
    public = app.test_client().get(f"/propuestas/{folio}")
    assert public.status_code == 200
    assert "Quien la presentó la retiró el" in public.text
    assert "La junta ya publicó todo." in public.text
    assert folio in app.test_client().get("/propuestas/?estado=retirada").text
    for page in ("retirar", "editar"):
        answer = client.get(f"/propuestas/{folio}/{page}")
        assert answer.status_code == 409
        assert "Usted retiró esta propuesta el" in answer.text
        assert "Código 409" not in answer.text
        assert f'href="/propuestas/{folio}">Volver a la propuesta' in answer.text


def test_no_public_page_carries_contact_data_and_the_team_sees_it_apart(plan, app, client, sign_in):
    folio = submitted(client)
    db.session.execute(sa.update(Proposal).values(public_name=PublicName.ANONYMOUS))
    db.session.commit()
    guest = app.test_client()
    pages = [
        "/propuestas/",
        "/propuestas/?q=agua",
        f"/propuestas/{folio}",
        f"/propuestas/{folio}.json",
        f"/propuestas/{folio}/versiones",
        f"/seguimiento/{folio}",
        "/seguimiento",
        "/propuestas/nueva",
    ]
    for path in pages:
        answer = guest.get(path)
        assert answer.status_code == 200, path
        assert [secret for secret in SECRETS if secret in answer.text] == [], path
    for role, sees in ((Role.ANALYST, True), (Role.DIRECTORATE, True), (Role.OBSERVER, False), (Role.REVIEWER, False)):
        person = factories.user(role)
        db.session.commit()
        assert (SECRETS[1] in sign_in(person).get(f"/propuestas/{folio}").text) is sees, role


def test_name_is_shown_only_when_asked_and_while_consent_holds(plan, client):
    folio = submitted(client, public_name="name")
    assert SECRETS[0] in client.get(f"/propuestas/{folio}").text
    contact = db.session.scalars(sa.select(ProposalContact)).one()
    db.session.execute(sa.update(Consent).values(revoked_at=clock.now()))
    db.session.commit()
    db.session.expire_all()
    assert contact.name == SECRETS[0]
    assert SECRETS[0] not in client.get(f"/propuestas/{folio}").text


def test_json_has_exactly_the_public_fields(plan, client):
    folio = submitted(client)
    answer = client.get(f"/propuestas/{folio}.json").json
    public = (*serializers.PUBLIC_FIELDS, *serializers.BESIDE_FIELDS, *familyjson.FIELDS)
    assert sorted(answer) == sorted(public)
    assert (answer["folio"], answer["parroquia"], answer["enfoques"]) == (folio, "Macas", ["genero", "ambiente"])
    assert answer["proponente"] == "Comuna Ejemplo"


def test_hostile_text_is_shown_and_never_run(plan, client):
    nasty = '<script>alert(1)</script> "><img src=x onerror=alert(2)> \u202eoculto\x00 🌧️ {{ 7*7 }}'
    folio = submitted(client, title=f"Agua {nasty}"[:150], problem=f"{WRITTEN['problem']} {nasty}")
    for path in ("/propuestas/", f"/propuestas/{folio}", f"/seguimiento/{folio}", f"/propuestas/{folio}/versiones"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert "\x00" not in page
    assert "🌧️ {{ 7*7 }}" in client.get(f"/propuestas/{folio}").text


def test_no_page_carries_inline_style_or_script(plan, client):
    answer = write(client)
    pages = [client.get(p).text for p in ("/propuestas/nueva", answer.location, "/propuestas/", "/seguimiento")]
    folio = submitted(client)
    pages += [client.get(f"/propuestas/{folio}{end}").text for end in ("", "/comprobante", "/editar", "/retirar")]
    for page in pages:
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]* src=)", page)


def test_decision_is_shown_with_its_reason_only_once_published(plan, client):
    proposal = factories.proposal(plan, ProposalStatus.EVALUATED)
    session = factories.save(
        SelectionSession(plan_id=plan.id, number=1, title="Sesión 1", held_on=clock.today(), decided_by="Grupo Núcleo")
    )
    decision = Decision(
        session_id=session.id,
        proposal_id=proposal.id,
        category=Category.OUTSIDE_PLAN,
        reason="Ya existe una ley que lo ordena.",
        mean_pct=61,
        decided_at=clock.now(),
    )
    factories.save(decision)
    db.session.commit()
    assert "Ya existe una ley" not in client.get(f"/propuestas/{proposal.folio}").text
    assert client.get(f"/propuestas/{proposal.folio}.json").json["decision"] is None
    db.session.execute(sa.update(Decision).values(status=DecisionStatus.PUBLISHED, published_at=clock.now()))
    db.session.execute(sa.update(SelectionSession).values(status=SessionStatus.PUBLISHED, published_at=clock.now()))
    db.session.commit()
    assert "Ya existe una ley que lo ordena." in client.get(f"/propuestas/{proposal.folio}").text
    assert client.get(f"/propuestas/{proposal.folio}.json").json["decision"] == "fuera_del_plan"


def test_refusal_awaiting_its_second_signature_reads_as_received(plan, client):
    proposal = factories.proposal(plan, ProposalStatus.REFUSAL_PROPOSED)
    factories.save(
        Admission(
            proposal_id=proposal.id,
            is_clear=False,
            is_collaborative=True,
            is_open_government=True,
            is_public_policy=True,
            reason="Motivo todavía sin firmar",
            examined_by_id=factories.user(Role.ANALYST).id,
            examined_at=clock.now(),
        )
    )
    db.session.commit()
    page = client.get(f"/propuestas/{proposal.folio}").text
    assert "Motivo todavía sin firmar" not in page
    assert "Recibida</strong>" in page
    assert client.get(f"/propuestas/{proposal.folio}.json").json["estado"] == "recibida"


def test_reviews_are_counted_and_their_result_waits_for_the_decision(plan, client):
    proposal = factories.proposal(plan, ProposalStatus.IN_EVALUATION)
    rubric = factories.save(Rubric(code="r", version=1, title_es="R", title_en="R"))
    held = factories.save(Round(plan_id=plan.id, number=1, name="1", rubric_id=rubric.id, created_at=clock.now()))
    for sector, status, total in (
        (ReviewSector.ACADEMIA, AssignmentStatus.SUBMITTED, 87),
        (ReviewSector.GOVERNMENT, AssignmentStatus.PENDING, None),
        (ReviewSector.CIVIL_SOCIETY, AssignmentStatus.CONFLICT, None),
    ):
        given = {"status": status, "total_pct": total, "submitted_at": clock.now() if total else None}
        reviewer = factories.user(Role.REVIEWER, sector=sector)
        ids = {"round_id": held.id, "proposal_id": proposal.id, "reviewer_id": reviewer.id}
        factories.save(factories._in_state(Assignment, given, **ids, sector=sector, assigned_at=clock.now()))
    db.session.commit()
    page = client.get(f"/seguimiento/{proposal.folio}").text
    assert "1 de 2 revisiones enviadas." in page
    assert "87" not in re.sub(r"href=\"[^\"]*\"|csrf_token\" value=\"[^\"]*\"", "", page[page.index("<main") :])


def test_integrated_proposal_of_the_past_shows_source_and_category(app, client):
    plan = factories.plan(None, code="PAGA1")
    past = factories.proposal(
        plan,
        ProposalStatus.SELECTED,
        kind=ProposalKind.INTEGRATED,
        problem="",
        solution="",
        source="PAGA I, p. 32",
        historical_number=4,
    )
    db.session.commit()
    page = client.get(f"/propuestas/{past.folio}").text
    assert "Fuente: PAGA I, p. 32 (número 4 de la lista)" in page
    assert "solo se publicó el título" in page
    assert "En el plan" in page


def test_versions_are_kept_in_order(plan, client):
    folio = submitted(client)
    for n in range(3):
        text = f"{WRITTEN['solution']} Cambio {n}."
        client.post(f"/propuestas/{folio}/editar", data=edit_fields(client, folio, solution=text))
    numbers = db.session.scalars(sa.select(ProposalVersion.number).order_by(ProposalVersion.number)).all()
    assert list(numbers) == [1, 2, 3, 4]


def test_small_letters_lead_to_the_one_address(plan, client):
    folio = submitted(client)
    answer = client.get(f"/propuestas/{folio.lower()}")
    assert (answer.status_code, answer.location) == (301, f"/propuestas/{folio}")


def test_contact_is_not_kept_for_the_signed_in_unless_given(plan, sign_in):
    person = factories.user(email="autora@demo.example")
    db.session.commit()
    browser = sign_in(person)
    folio = submitted(browser, contact_name="", contact_email="", contact_phone="", consent=None)
    proposal = queries.by_folio(folio)
    assert (proposal.author_id, proposal.contact) == (person.id, None)
    assert queries.author_of(proposal).email == "autora@demo.example"


def test_a_network_that_sends_without_end_waits_and_its_draft_is_kept(client, plan, monkeypatch):
    for name, limit in (("SENDINGS", "proposal_send"), ("FLOODS", "proposal_flood")):
        monkeypatch.setattr(crowding, name, limits.Limit(limit, times=1, minutes=60))
    with time_machine.travel(clock.now().replace(minute=48, second=30), tick=False):
        submitted(client)
        path = write(client, title="Otra idea para el agua de Macas").location
        assert send(client, path).status_code == 429  # asks for a proof of work
        refused = send(client, path)
    assert refused.status_code == 429
    assert "espere 12 minutos" in html.unescape(refused.text)
    assert "guardado como borrador" in refused.text
    assert db.session.scalar(sa.select(sa.func.count()).where(Proposal.status == ProposalStatus.DRAFT)) == 1
    with time_machine.travel(clock.now() + timedelta(hours=1, minutes=1)):
        assert send(client, path).status_code == 303


def test_an_address_gets_a_bounded_number_of_receipts(client, plan, monkeypatch):
    monkeypatch.setattr(submission, "RECEIPTS", limits.Limit("proposal_receipt", times=2, minutes=60))
    with time_machine.travel(clock.now().replace(minute=5), tick=False):
        for n in range(3):
            submitted(
                client, title=f"Agua limpia número {n}", contact_email=["Ana@demo.example", "ana@demo.example"][n % 2]
            )
    rows = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "proposal_submit")).all()
    assert len(rows) == 2
    assert db.session.scalar(sa.select(sa.func.count()).where(Proposal.folio.is_not(None))) == 3
