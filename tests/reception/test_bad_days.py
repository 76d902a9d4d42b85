"""What goes wrong for citizens: lost sessions, two windows, wrong codes, personal data in public texts."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from forms import answers, conversation, evaluation, joining, selection
from intake.core import clock
from intake.extensions import db
from intake.reception import personal, queries, services
from intake.reception.personal import Kind
from models import Proposal, Stage
from models.enums import ProposalStatus, StageKind
from tests.conftest import token_in
from tests.reception.test_views import WRITTEN, plan, send, submitted, write  # noqa: F401 -- a fixture


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Llámeme al 099 123 4567 por la tarde", [Kind.PHONE]),
        ("Mi número es +593 99 123 4567.", [Kind.PHONE]),
        ("Oficina: (02) 234-5678", [Kind.PHONE]),
        ("Escriba a rosa.perez@correo.ejemplo.ec", [Kind.MAIL]),
        ("Mi cédula es 1710034065", [Kind.CARD]),
        ("RUC 1710034065001", [Kind.CARD]),
        ("Cédula 1710034065, cel. 0991234567, x@y.ec", [Kind.PHONE, Kind.MAIL, Kind.CARD]),
        ("1710034066 no pasa el dígito verificador", []),
        ("En 2023 y 2024 se gastaron 1.234.567,89 dólares en 10 cantones", []),
        ("Del 01-02-2023 al 03-04-2024 hubo 1200 familias", []),
        ("Síganos en @municipio", []),
        ("", []),
    ],
)
def test_personal_data_is_recognised_by_its_shape(text, kinds):
    assert personal.seen_in(text) == kinds


def test_review_warns_of_personal_data_and_capitals_and_lets_send(plan, client):  # noqa: F811
    shouted = "ESTE TEXTO LARGO ESTÁ ESCRITO ENTERO EN MAYÚSCULAS Y POR ESO CUESTA MUCHO MÁS LEERLO CON CALMA"
    path = write(client, problem=f"{WRITTEN['problem']} Mi número es 0991234567.", solution=shouted).location
    page = html.unescape(client.get(path).text)
    assert "En su texto hay lo que parece un teléfono, correo o cédula." in page
    assert re.search(r"<li>El problema: un teléfono\s*</li>", page)
    assert "casi todo en mayúsculas" in page
    assert send(client, path).status_code == 303


def test_review_of_a_plain_text_warns_of_nothing_and_names_the_place_whole(plan, client):  # noqa: F811
    page = html.unescape(client.get(write(client).location).text)
    assert "lo que parece un teléfono" not in page
    assert "mayúsculas" not in page
    assert "Morona Santiago › Morona › Macas" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "🌧️🌧️🌧️🌧️🌧️🌧️🌧️🌧️ 12345678"}, "Escriba el título con palabras."),
        ({"problem": "a" * 300}, "Hay una palabra de 300 letras seguidas."),
        ({"title": "Agua " + "u" * 60}, "Hay una palabra de 60 letras seguidas."),
    ],
)
def test_titles_without_words_and_words_without_end_are_explained(plan, client, changes, message):  # noqa: F811
    answer = write(client, **changes)
    assert answer.status_code == 422
    assert message in html.unescape(answer.text)
    assert "<title>Error: Presentar una propuesta" in answer.text


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (conversation.CommentForm, "text"),
        (conversation.HideForm, "note"),
        (conversation.AppealForm, "text"),
        (answers.AskForm, "question"),
        (answers.AnswerForm, "text"),
        (answers.ReplyForm, "text"),
        (answers.ReplyAnswerForm, "text"),
        (joining.LeadForm, "title"),
        (joining.LeadForm, "reason"),
        (joining.JoinAnswerForm, "nuance"),
        (joining.UndoForm, "reason"),
        (evaluation.ExaminationForm, "reason"),
        (evaluation.CountersignForm, "reason"),
        (evaluation.ReasonForm, "reason"),
        (selection.DecisionForm, "reason"),
        (selection.DecisionForm, "departure_reason"),
        (selection.ReserveForm, "reason"),
    ],
)
def test_no_published_text_has_a_word_without_end_but_an_address_may_be_long(app, form, name):
    said = []
    for word in ("a" * 51, "https://ejemplo.ec/" + "a" * 60):
        with app.test_request_context(method="POST", data={name: f"Vea {word} por favor, es así"}):
            made = form(meta={"csrf": False})
            made.validate()
            said.append(any("letras seguidas" in str(error) for error in made[name].errors))
    assert said == [True, False]


def test_lost_session_on_the_review_shows_it_again_and_the_next_press_sends(plan, app, client):  # noqa: F811
    path = write(client).location
    other = app.test_client()  # no cookie at all
    answer = other.post(path.replace("/revisar", "/enviar"), data={"csrf_token": "perdido"})
    assert answer.status_code == 422
    assert "Lo que escribió sigue aquí: pulse el botón otra vez." in answer.text
    assert WRITTEN["title"] in answer.text
    assert db.session.scalar(sa.select(Proposal.status)) is ProposalStatus.DRAFT
    done = other.post(path.replace("/revisar", "/enviar"), data={"csrf_token": token_in(answer.text)})
    assert done.location == "/propuestas/PAGA3-00001/comprobante"


def _draft_fields(browser, path, **changes):
    page = browser.get(path).text
    version = re.search(r'name="lock_version"[^>]*value="(\d+)"', page)[1]
    return {**WRITTEN, "csrf_token": token_in(page), "lock_version": version, "save": "1", **changes}


def test_second_window_does_not_overwrite_the_draft_in_silence(plan, client):  # noqa: F811
    path = write(client, button="save").location.split("?")[0]
    first = _draft_fields(client, path, title="Lo que se escribió en la primera ventana")
    second = _draft_fields(client, path, title="Lo que se escribió en la segunda ventana")
    assert client.post(path, data=first).status_code == 303
    answer = client.post(path, data=second)
    assert answer.status_code == 422
    assert "se guardó desde otra ventana" in answer.text
    assert second["title"] in answer.text
    assert db.session.scalar(sa.select(Proposal.title)) == first["title"]
    again = {**second, "lock_version": re.search(r'name="lock_version"[^>]*value="(\d+)"', answer.text)[1]}
    assert client.post(path, data=again).status_code == 303
    db.session.expire_all()
    assert db.session.scalar(sa.select(Proposal.title)) == second["title"]


def test_unsent_draft_is_offered_to_its_browser_alone_until_it_is_sent(plan, app, client):  # noqa: F811
    path = write(client, button="save").location.split("?")[0]
    assert f'href="{path}">seguir escribiéndolo' in client.get("/propuestas/nueva").text
    assert "borrador sin enviar" not in app.test_client().get("/propuestas/nueva").text
    assert send(client, f"{path}/revisar").status_code == 303
    assert "borrador sin enviar" not in client.get("/propuestas/nueva").text


def _claim(browser, folio, code, address):
    token = token_in(browser.get(f"/seguimiento/{folio}").text)
    fields = {"csrf_token": token, "claim_code": code}
    return browser.post(f"/seguimiento/{folio}", data=fields, environ_base={"REMOTE_ADDR": address})


def test_too_many_codes_say_how_long_and_close_neither_other_folios_nor_addresses(plan, app, client):  # noqa: F811
    one, two = submitted(client), submitted(client)
    guesser = app.test_client()
    start = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    with time_machine.travel(start + timedelta(minutes=3), tick=False):
        for n in range(services.BY_ADDRESS.times):
            assert _claim(guesser, one, f"{n:08d}", "192.0.2.7").status_code == 422
        answer = _claim(guesser, one, "00000000", "192.0.2.7")
        assert answer.status_code == 429
        assert "Espere 12 minutos y vuelva a intentarlo." in html.unescape(answer.text)
        assert 'name="claim_code"' in answer.text
        assert _claim(guesser, two, "00000000", "192.0.2.7").status_code == 422
        assert _claim(guesser, one, "00000000", "192.0.2.8").status_code == 422


@pytest.mark.usefixtures("inside_window")
def test_one_address_cannot_guess_at_every_folio(plan, app, client, monkeypatch):  # noqa: F811
    monkeypatch.setattr("intake.reception.services.codes.BY_SHARED_ADDRESS", _few())
    folios = [submitted(client) for _ in range(3)]
    guesser = app.test_client()
    assert [_claim(guesser, f, "00000000", "192.0.2.7").status_code for f in folios] == [422, 422, 429]


def _few():
    from intake.core.limits import Limit

    return Limit("claim_shared", times=2, minutes=15)


def test_form_says_how_little_is_asked(plan, client):  # noqa: F811
    page = client.get("/propuestas/nueva").text
    assert "Solo 4 preguntas son obligatorias" in page
    assert "Toma unos cinco minutos" in page
    assert page.count('aria-required="true"') == 4
    assert '<div class="only-organisation">' in page


def test_unknown_filter_is_said_and_not_applied(plan, client):  # noqa: F811
    folio = submitted(client)
    page = html.unescape(client.get("/propuestas/?estado=zzz").text)
    assert "Filtro desconocido, no se aplicó: zzz" in page
    assert folio in page


def test_editing_after_reception_says_so_to_its_author(plan, client):  # noqa: F811
    folio = submitted(client)
    reception = sa.update(Stage).where(Stage.plan_id == plan.id, Stage.kind == StageKind.RECEPTION)
    db.session.execute(reception.values(closes_on=clock.today() - timedelta(days=1)))
    db.session.commit()
    answer = client.get(f"/propuestas/{folio}/editar")
    assert answer.status_code == 409
    assert "se corrigen mientras la recepción está abierta" in answer.text
    assert "Código 409" not in answer.text
    assert queries.by_folio(folio).title == WRITTEN["title"]
