"""Pages of joining: choose, write, answer by link and by code, undo; what everybody reads; counts of statements."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import services
from intake.reception.queries import joining as reading
from intake.reception.queries.conversation import family_supports
from intake.reception.services import asking, joining, paper, supporting
from models import Proposal, Sheet
from models.enums import ProposalKind, ProposalStatus, PublicName, Role, StageKind
from tests import factories
from tests.conftest import token_in
from tests.reception.family import (
    LEAD,
    NO,
    NUANCED,
    WHY,
    YES,
    author_of,
    collective_of,
    in_days,
    more,
    plan_of,
    proposals,
    request_of,
    say,
    states,
)
from tests.reception.talk import person, queued, written

WRITTEN = {
    "title": LEAD.title,
    "problem": LEAD.problem,
    "solution": LEAD.solution,
    "expected_result": LEAD.expected_result,
    "reason": WHY,
}


def text_of(answer) -> str:
    return html.unescape(answer.text)


def post(browser, path: str, **fields):
    page = browser.get(path)
    return browser.post(path, data={"csrf_token": token_in(page.text), **fields})


def link_of(number: int) -> str:
    """The path of the link in the letter to the n-th author."""
    (letter,) = [m for m in queued("join_ask") if m.to_address == f"autora{number}@demo.example"]
    return re.search(r"/uniones/[\w-]+", written(letter).text)[0]


def test_from_the_choice_to_the_letters(desk):
    one, two, three = proposals(3)
    first = desk.get(f"/propuestas/{one.folio}/unir")
    assert first.status_code == 200
    assert f'name="con" type="checkbox" value="{two.folio}"' in first.text
    unknown = desk.get(f"/propuestas/{one.folio}/unir?otras=99999")
    assert unknown.status_code == 422 and "99999" in unknown.text
    path = f"/propuestas/{one.folio}/unir?con={two.folio}&otras={three.folio_number}"
    page = desk.get(path)
    assert page.status_code == 200
    assert all(text in page.text for text in (f"{one.folio}: ", f"{two.folio}: ", f"{three.folio}: "))
    sent = {**WRITTEN, "con": [one.folio, two.folio, three.folio], "due_on": in_days(10).isoformat()}
    made = desk.post(
        f"/propuestas/{one.folio}/unir", data={"csrf_token": token_in(page.text), **sent}, follow_redirects=False
    )
    assert made.status_code == 303
    found = db.session.scalars(sa.select(Proposal).where(Proposal.kind == ProposalKind.COLLECTIVE)).one()
    assert made.location.endswith(f"/propuestas/{found.folio}/union")
    assert len(queued("join_ask")) == 3
    page = text_of(desk.get(made.location))
    assert "Faltan las respuestas de 3 autores" in page


def test_as_many_are_offered_as_can_be_joined(desk, analyst):
    """Those past it, refused, or asked elsewhere crowd out none of those that are free."""
    one, free, other, *asked = proposals(5)
    past = [ProposalStatus.NOT_ADMITTED, ProposalStatus.IN_EVALUATION] * 3
    with transaction():
        for n, status in enumerate(past, start=6):
            more(plan_of(one), n, status)
    collective_of(asked, analyst)
    page = desk.get(f"/propuestas/{one.folio}/unir").text
    offered = re.findall(r'name="con" type="checkbox" value="([^"]+)"', page)
    assert sorted(offered) == [free.folio, other.folio]


def test_the_examination_offers_none_that_is_asked_elsewhere(desk, analyst):
    one, free, *asked = proposals(4)
    collective_of(asked, analyst)
    page = desk.get(f"/evaluacion/{one.folio}").text
    assert all(f"/propuestas/{other.folio}" in page for other in (free, *asked))
    assert re.findall(r'name="con" value="([^"]+)"', page) == [free.folio]


def test_what_was_written_is_kept_when_something_is_wrong(desk, analyst):
    one, two, three = proposals(3)
    path = f"/propuestas/{one.folio}/unir?con={two.folio}"
    short = post(desk, path, **{**WRITTEN, "title": "Corto", "con": [one.folio, two.folio], "due_on": "mañana"})
    assert short.status_code == 422
    assert "El título es muy corto" in short.text and LEAD.problem in text_of(short)
    assert short.text.count(f'name="con" value="{two.folio}"') == 1
    soon = post(desk, path, **WRITTEN, con=[one.folio, two.folio], due_on=in_days(1).isoformat())
    assert soon.status_code == 422 and "Dé entre 3 y 60 días." in text_of(soon)
    alone = post(desk, path, **WRITTEN, con=[one.folio], due_on=in_days(9).isoformat())
    assert alone.status_code == 422 and "Elija dos propuestas o más." in text_of(alone)
    collective_of([two, three], analyst)
    taken = post(desk, path, **WRITTEN, con=[one.folio, two.folio], due_on=in_days(9).isoformat())
    assert taken.status_code == 409 and LEAD.problem in text_of(taken)


def test_only_analysts_see_these_pages(client, sign_in, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    director = sign_in(person(Role.DIRECTORATE))
    for path in (
        f"/propuestas/{one.folio}/unir",
        f"/propuestas/{made.folio}/union",
        f"/propuestas/{made.folio}/union/deshacer",
        f"/propuestas/{made.folio}/union/preguntar?parte={one.folio}",
        "/propuestas/uniones",
    ):
        assert director.get(path).status_code == 403
        assert client.get(path).status_code == 302


def test_a_proposal_that_is_none_has_no_such_pages(desk, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    for path in (
        f"/propuestas/{one.folio}/union",
        f"/propuestas/{made.folio}/union/preguntar?parte=PAGA9-00001",
        f"/propuestas/{made.folio}/union/preguntar",
        f"/propuestas/{made.folio}/union/deshacer?parte=nada",
        "/uniones/no-es-un-enlace-de-los-nuestros-00000000000",
    ):
        assert desk.get(path).status_code == 404


def test_the_link_shows_both_texts_and_answers_only_when_pressed(client, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    path = link_of(1)
    page = client.get(path)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert LEAD.problem in text_of(page) and one.problem in text_of(page) and WHY in text_of(page)
    assert states(one) == ["submitted"]
    nothing = post(client, path)
    assert nothing.status_code == 422 and "Elija una respuesta." in text_of(nothing)
    empty = post(client, path, answer="nuanced", nuance="  ")
    assert empty.status_code == 422 and "Escriba su matiz." in text_of(empty)
    odd = post(client, path, answer="undone")
    assert odd.status_code == 422
    done = post(client, path, answer="nuanced", nuance="También en las escuelas.")
    assert done.status_code == 303 and done.location.endswith(f"/seguimiento/{one.folio}")
    assert states(one) == ["joined"]
    again = client.get(path)
    assert "Usted respondió que sí" in text_of(again) and 'name="answer"' not in again.text
    shown = text_of(client.get(f"/propuestas/{made.folio}"))
    assert "También en las escuelas." in shown and one.folio in shown


def test_an_answer_that_comes_too_late_is_told_and_kept_on_the_page(client, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst, due=5)
    path = link_of(1)
    token = token_in(client.get(path).text)
    with time_machine.travel(clock.now() + timedelta(days=6)):
        late = client.post(path, data={"csrf_token": token, "answer": "nuanced", "nuance": "Lo que pensé."})
        assert late.status_code in {409, 422}
        assert "El plazo terminó" in text_of(late)
        assert "Habla de lo mismo que" in text_of(client.get(f"/propuestas/{one.folio}"))
        assert "siguen por separado" in text_of(client.get(f"/propuestas/{made.folio}"))
    assert states(one) == ["submitted"]


def test_with_the_code_alone(client, analyst):
    one = proposals(1, email=None)[0]
    with transaction():
        two = more(plan_of(one), 2)
    made = collective_of([one, two], analyst)
    path = f"/seguimiento/{one.folio}/union"
    assert client.get(path).status_code == 302  # led to where the code is typed
    assert "Puede responder hasta" in text_of(client.get(f"/seguimiento/{one.folio}"))
    with client.session_transaction() as kept:
        kept["claims"] = [one.id]
    assert f'href="{path}"' in client.get(f"/seguimiento/{one.folio}").text
    assert post(client, path, answer="accepted").status_code == 303
    say(made, two, YES)
    left = post(client, f"{path}/salir", reason="Prefiero ir por separado.")
    assert left.status_code == 303
    assert states(one, made) == ["submitted", "withdrawn"]
    assert client.get(f"{path}/salir").status_code == 409


def test_a_part_says_where_it_is_and_stays_readable(client, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    say(made, two, YES)
    for path in (f"/propuestas/{one.folio}", f"/seguimiento/{one.folio}", f"/propuestas/{one.folio}/versiones"):
        assert client.get(path).status_code == 200
    page = text_of(client.get(f"/propuestas/{one.folio}"))
    assert "Unida a una propuesta colectiva" in page and one.problem in page and made.folio in page
    assert f"Unida a la propuesta colectiva {made.folio}" in text_of(client.get(f"/seguimiento/{one.folio}"))
    listed = text_of(client.get("/propuestas/"))
    assert one.title in listed and "Unida a una propuesta colectiva" in listed
    assert one.title in text_of(client.get("/propuestas/?estado=unida"))


def test_the_page_names_who_wants_to_be_named(client, analyst):
    one, two, three = proposals(3)
    with transaction():
        one.public_name, one.organisation_name = PublicName.ORGANISATION, "Comuna Río"
    made = collective_of([one, two, three], analyst)
    for p in (one, two, three):
        say(made, p, YES)
    page = text_of(client.get(f"/propuestas/{made.folio}"))
    assert "Comuna Río y 2 autores sin nombre público" in page
    assert "autora2@demo.example" not in page


def test_supports_are_counted_once_over_the_family(client, analyst, as_principal):
    ana, luis = (as_principal(person(email=f"{name}@demo.example")) for name in ("ana", "luis"))
    one, two = proposals(2)
    supporting.give(one, by=ana)
    supporting.give(two, by=ana)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    say(made, two, YES)
    db.session.refresh(made)
    supporting.give(made, by=ana)
    supporting.give(made, by=luis)
    assert family_supports(made) == 2
    assert "2 personas apoyan esta propuesta o una de sus partes" in text_of(client.get(f"/propuestas/{made.folio}"))
    told = client.get(f"/propuestas/{made.folio}.json").json
    assert (told["apoyos"], told["apoyos_con_partes"], told["tipo"]) == (2, 2, "colectiva")
    assert client.get(f"/propuestas/{one.folio}.json").json["apoyos"] == 1
    with transaction():
        db.session.refresh(plan_of(made))
        plan_of(made).supports_hidden_until = in_days(3)
    assert "apoyan esta propuesta o una" not in text_of(client.get(f"/propuestas/{made.folio}"))
    told = client.get(f"/propuestas/{made.folio}.json").json
    assert (told["apoyos"], told["apoyos_con_partes"]) == (None, None)


def test_open_data_tell_the_family_questions_and_totals(client, analyst):
    one, two, three = proposals(3)
    asked = asking.ask(one, "¿Dónde?", due_on=in_days(7), by=analyst)
    asking.answer(one, asked, "En Macas.", by=author_of(one))
    made = collective_of([one, two, three], analyst)
    say(made, one, NUANCED, "Con escuelas.")
    say(made, two, YES)
    say(made, three, NO)
    told = client.get(f"/propuestas/{made.folio}.json").json
    assert [(p["folio"], p["respuesta"], p["matiz"]) for p in told["partes"]] == [
        (one.folio, "unida_con_matiz", "Con escuelas."),
        (two.folio, "unida", None),
        (three.folio, "por_separado", None),
    ]
    assert (told["autores"], told["autores_sin_nombre"], told["colectiva"]) == ([], 2, None)
    part = client.get(f"/propuestas/{one.folio}.json").json
    assert (part["estado"], part["colectiva"]["folio"], part["colectiva"]["estado"]) == (
        "unida",
        made.folio,
        "recibida",
    )
    assert [(q["pregunta"], q["respuesta"]) for q in part["preguntas"]] == [("¿Dónde?", "En Macas.")]
    assert (part["replica"], part["comentarios"]) == (None, 0)
    assert client.get(f"/propuestas/{three.folio}.json").json["enlazada_con"] == [made.folio]


def test_it_is_examined_when_everybody_has_answered(desk, as_principal):
    one, two, three = proposals(3, stage=StageKind.EVALUATION)
    made = collective_of([one, two, three], as_principal(person(Role.ANALYST)))
    page = text_of(desk.get(f"/evaluacion/{made.folio}"))
    assert "Sus autores todavía pueden responder" in page and 'name="is_clear"' not in page
    for p in (one, two, three):
        say(made, p, YES)
    assert 'name="is_clear"' in desk.get(f"/evaluacion/{made.folio}").text


@pytest.mark.parametrize("said", [None, NO])
def test_a_part_that_is_set_aside_is_named_to_the_team_alone(desk, client, analyst, said):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, YES)
    if said is not None:
        say(made, three, said)
    services.hold_by_hand(three, by=analyst, reason="Es publicidad.")
    pages = [f"/propuestas/{made.folio}", f"/propuestas/{made.folio}.json", link_of(1)]
    for page in map(client.get, pages):
        assert page.status_code == 200
        assert two.title in page.text
        assert three.title not in page.text and three.folio not in page.text
    assert three.title in text_of(desk.get(f"/propuestas/{made.folio}/union"))


def test_a_part_that_is_set_aside_holds_nobody_up(desk, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, YES)
    assert reading.why_not_ready(made) is not None
    services.hold_by_hand(three, by=analyst, reason="Es publicidad.")
    assert reading.why_not_ready(made) is None
    assert "Lista para examinar" in text_of(desk.get(f"/propuestas/{made.folio}/union"))


def test_undoing_asks_for_a_reason_and_says_where_it_stands(desk, client, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    for p in (one, two, three):
        say(made, p, YES)
    path = f"/propuestas/{made.folio}/union/deshacer"
    assert post(desk, f"{path}?parte={one.folio}", reason=" ").status_code == 422
    assert post(desk, f"{path}?parte={one.folio}", reason="Habla de otra cosa.").status_code == 303
    assert states(one) == ["submitted"]
    again = post(desk, f"{path}?parte={one.folio}", reason="Otra vez.")
    assert again.status_code == 409 and "Otra vez." in again.text
    assert post(desk, path, reason="Todo fue un error.").status_code == 303
    page = client.get(f"/propuestas/{made.folio}")
    assert page.status_code == 200
    assert "La unión se deshizo" in text_of(page) and "Todo fue un error." in text_of(page)


def test_a_page_open_for_long_asks_for_one_more_press_and_keeps_what_was_typed(desk, analyst):
    path = f"/propuestas/{collective_of(proposals(2), analyst).folio}/union"
    page = desk.post(path, data={"csrf_token": "viejo", "folio": "777", "due_on": in_days(9).isoformat()})
    assert page.status_code == 422
    assert "pulse el botón otra vez" in text_of(page) and 'value="777"' in page.text


@pytest.mark.parametrize("status", ["printed", ProposalStatus.HELD, ProposalStatus.DISCARDED])
def test_one_more_that_nobody_may_read_is_an_error_at_its_field(desk, as_principal, status):
    clerk = as_principal(person(Role.ANALYST))
    one, two, three = proposals(3)
    made, folio = collective_of([one, two], clerk), three.folio
    if status == "printed":
        paper.create_packet(factories.event(plan_of(one)), 1, by=clerk)
        folio = db.session.scalars(sa.select(Sheet.folio)).one()
    else:
        services.hold_by_hand(three, by=clerk, reason="Es publicidad.")
        if status is ProposalStatus.DISCARDED:
            services.discard(three, by=clerk, reason="Es publicidad.")
    page = post(desk, f"/propuestas/{made.folio}/union", folio=folio, due_on=in_days(9).isoformat())
    assert page.status_code == 422
    assert f'value="{folio}"' in page.text and "No existe una propuesta con ese folio" in text_of(page)
    assert len(reading.parts(made)) == 2


def test_asking_again_and_one_more_from_the_page(desk, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two], analyst)
    path = f"/propuestas/{made.folio}/union"
    wrong = post(desk, path, folio="99999", due_on=in_days(9).isoformat())
    assert wrong.status_code == 422
    assert post(desk, path, folio=one.folio, due_on=in_days(9).isoformat()).status_code == 409
    assert post(desk, path, folio=str(three.folio_number), due_on=in_days(9).isoformat()).status_code == 303
    assert len(reading.family(made).parts) == 3
    again = f"{path}/preguntar?parte={one.folio}"
    assert post(desk, again, due_on=in_days(2).isoformat()).status_code == 422
    assert post(desk, again, due_on=in_days(20).isoformat()).status_code == 303
    say(made, one, YES)
    assert post(desk, again, due_on=in_days(20).isoformat()).status_code == 409


@pytest.mark.parametrize(
    "page", ["/propuestas/{0}", "/seguimiento/{0}", "/propuestas/{0}.json", "/propuestas/{0}/union"]
)
def test_as_many_statements_for_three_parts_as_for_sixty(app, desk, analyst, count_queries, page):
    seen = []
    for number in (3, 60):
        chosen = proposals(number, email=None)
        made = collective_of(chosen, analyst)
        for p in chosen[: number // 2 + 1]:
            say(made, p, YES)
        folio = made.folio
        db.session.expire_all()
        desk.get(page.format(folio))
        with count_queries() as statements:
            assert desk.get(page.format(folio)).status_code == 200
        seen.append(len(statements))
    assert seen[0] == seen[1] <= 15


def test_as_many_statements_for_a_part_of_three_as_of_sixty(app, client, analyst, count_queries):
    proposals(60, email=None)  # of a plan before: related ones are sought among more than are weighed, both times
    seen = []
    for number in (3, 60):
        chosen = proposals(number, email=None)
        made = collective_of(chosen, analyst)
        for p in chosen[:3]:
            say(made, p, YES)
        folio = chosen[0].folio
        db.session.expire_all()
        client.get(f"/propuestas/{folio}")
        with count_queries() as statements:
            assert client.get(f"/propuestas/{folio}").status_code == 200
        seen.append(len(statements))
    assert seen[0] == seen[1]


def test_the_list_of_unions_takes_the_same_statements(app, desk, analyst, count_queries):
    one, two, *rest = proposals(10)
    collective_of([one, two], analyst)
    desk.get("/propuestas/uniones")
    with count_queries() as before:
        assert desk.get("/propuestas/uniones").status_code == 200
    for n in range(0, 8, 2):
        collective_of(rest[n : n + 2], analyst)
    with count_queries() as after:
        page = desk.get("/propuestas/uniones")
    assert len(before) == len(after)
    assert page.text.count("0 de 2") == 5
    assert re.search(r">\s*5 resultados", page.text)  # the collective ones, not those asked for one of them


def test_a_total_of_the_family_that_is_wrong_is_seen(app, analyst, monkeypatch):
    from intake.reports import invariants_joining

    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    assert invariants_joining.family_supports_once() == []
    monkeypatch.setattr(invariants_joining, "family_supports", lambda _lead: 1)
    assert invariants_joining.family_supports_once() == [made.folio]


def test_what_people_sent_is_counted_once_and_nobody_is_left_without_an_answer(app, analyst):
    from intake.accountability import queries as accountability
    from intake.plans import queries as plans
    from intake.reports import desk as order
    from intake.reports.queries import desk as rows
    from intake.reports.queries import home

    one, two, three = proposals(3)
    plan = plan_of(one)

    def told() -> tuple[int, ...]:
        stands = rows.stands(plan.id)
        steps = {step.key: step for step in order.funnel(stands, 0)}
        return (
            home.numbers(plan).proposals,
            plans.numbers([plan.id])[plan.id].proposals,
            steps["received"].reached,
            accountability.unanswered(plan),
        )

    assert told() == (3, 3, 3, 3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, YES)
    say(made, three, NO)
    assert told() == (3, 3, 3, 2)  # the collective one waits for all that were joined to it
    assert dict(order.aside(rows.stands(plan.id)))[ProposalStatus.JOINED] == 2


def test_an_official_answer_reaches_every_author_and_exports_hold_the_family(app, client, analyst):
    from tests.reception.talk import say as comment

    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    for p in (one, two):
        say(made, p, YES)
    db.session.refresh(made)
    comment(made, analyst, "La estamos leyendo.", official=True)
    assert [m.to_address for m in queued("comment_answer")] == ["autora1@demo.example", "autora2@demo.example"]
    rows = client.get("/propuestas/exportar.csv").text
    assert f"{made.folio}," in rows and "colectiva" in rows and f"{one.folio}," in rows and "unida" in rows


def test_a_yes_that_joins_nothing_is_not_thanked_as_if_it_did(client, analyst):
    """The other part was silent: its day was an earlier one."""
    one, two = proposals(2)
    made = collective_of([one, two], analyst, due=5)
    joining.ask_again(request_of(made, two), due_on=in_days(12), by=analyst)
    letter = [m for m in queued("join_ask") if m.to_address == "autora2@demo.example"][-1]
    path = re.search(r"/uniones/[\w-]+", written(letter).text)[0]
    with time_machine.travel(clock.now() + timedelta(days=8)):
        done = post(client, path, answer="accepted")
        assert "no hay propuesta colectiva" in text_of(client.get(done.location))
    assert states(one, two, made) == ["submitted", "submitted", "withdrawn"]


@pytest.mark.parametrize(("day", "said"), [(-1, True), (0, True), (2, True), (61, True), (3650, True), (60, False)])
def test_a_day_out_of_bounds_is_refused_at_its_field(desk, analyst, day, said):
    one, two, three = proposals(3)
    made = collective_of([one, two], analyst)
    due = in_days(day).isoformat()
    begun = f"/propuestas/{three.folio}/unir?con={more(plan_of(three), 4).folio}"
    other = begun.rpartition("=")[2]
    pages = {
        begun: {**WRITTEN, "con": other, **({"title": ""} if said else {})},  # all that is wrong, at once
        f"/propuestas/{made.folio}/union": {"folio": three.folio},
        f"/propuestas/{made.folio}/union/preguntar?parte={one.folio}": {},
    }
    for path, typed in pages.items():
        page = post(desk, path, **typed, due_on=due)
        if not said:
            assert page.status_code == 303, path
            break
        assert page.status_code == 422, path
        assert 'id="due_on-error"' in page.text and "entre 3 y 60 días" in page.text.replace("Entre", "entre")
        assert f'value="{due}"' in page.text


def test_every_error_leads_to_its_field(desk, analyst):
    one, two, three, four = proposals(4)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    pages = {
        f"/propuestas/{three.folio}/unir?con={four.folio}": {"con": four.folio, "reason": "x " * 400},
        f"/propuestas/{made.folio}/union": {},
        f"/propuestas/{made.folio}/union/preguntar?parte={two.folio}": {"due_on": ""},
        f"/propuestas/{made.folio}/union/deshacer": {"reason": "x " * 400},
        f"/propuestas/{made.folio}/union/deshacer?parte={one.folio}": {},
        link_of(2): {},
    }
    for path, typed in pages.items():
        page = post(desk, path, **typed)
        assert page.status_code == 422, path
        links = re.findall(r'<li><a href="#([^"]+)"', page.text)
        assert links, path
        for link in links:
            assert page.text.count(f'id="{link}"') == 1, (path, link)
