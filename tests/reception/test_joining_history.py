"""What pages say of unions that stand open or were undone: history adds lines, and nobody is told what is not so."""

from __future__ import annotations

import html

import pytest

from intake.core.errors import Invalid
from intake.core.transaction import transaction
from intake.reception import families, queries
from intake.reception.inputs import ProposalInput
from intake.reception.queries import unions
from intake.reception.services import join_answers
from intake.web.filters import fecha
from models.enums import PublicName, Role, StageKind
from tests.reception.family import (
    LEAD,
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
from tests.reception.talk import person
from tests.reception.test_joining_pages import post


def read(browser, path: str) -> str:
    page = browser.get(path)
    assert page.status_code == 200, path
    return html.unescape(page.text)


def opened(client, *own) -> None:
    """As whoever typed the codes of these."""
    with client.session_transaction() as kept:
        kept["claims"] = [p.id for p in own]


def test_an_undone_union_stays_in_the_story_of_all(client, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    say(made, one, YES)
    say(made, two, YES)
    join_answers.leave(request_of(made, one), reason="Prefiero ir sola.", by=author_of(one))
    part = read(client, f"/propuestas/{one.folio}")
    assert f"Unida a la propuesta colectiva {made.folio}" in part
    assert f"La unión con {made.folio} se deshizo" in part and "Prefiero ir sola." in part
    assert "vale también para esta" not in part
    join_answers.dissolve(made, reason="Todo fue un error.", by=analyst)
    whole = read(client, f"/propuestas/{made.folio}")
    assert "Se unieron 2 propuestas." in whole
    assert "Respondieron sus autores" not in whole and "Se preguntó a sus autores" in whole  # the third never did
    assert whole.count("Estuvo unida hasta el") == 2
    assert f"Salió de ella {one.folio}" in whole and f"Salió de ella {two.folio}" not in whole
    asked = read(client, f"/propuestas/{three.folio}")
    assert "Se dejó de preguntar el" in asked and f"Unida a la propuesta colectiva {made.folio}" not in asked


def test_the_author_reads_why_it_was_undone(client, analyst):
    one, two = proposals(2)
    made = collective_of([one, two], analyst)
    say(made, one, YES)
    opened(client, one, two)
    assert "Lo que respondió sobre la unión" in read(client, f"/seguimiento/{one.folio}")
    assert "La unión con la propuesta colectiva" in read(client, f"/seguimiento/{one.folio}/union")
    join_answers.dissolve(made, reason="Hablan de ríos distintos.", by=analyst)
    for own, words in ((one, "sigue su propio camino"), (two, "antes de que usted respondiera")):
        follow = read(client, f"/seguimiento/{own.folio}")
        assert "Lo que pasó con la unión" in follow and "Lo que respondió sobre la unión" not in follow
        assert "Hablan de ríos distintos." in follow
        page = read(client, f"/seguimiento/{own.folio}/union")
        assert f"La unión con {made.folio} se deshizo" in page and words in page
        assert "Hablan de ríos distintos." in page
        assert "¿Une su propuesta" not in page and "ya no espera respuesta" not in page


def test_whoever_examines_is_told_of_the_open_question(desk, as_principal):
    one, two, three = proposals(3, stage=StageKind.EVALUATION)
    before = read(desk, f"/evaluacion/{one.folio}")
    assert "Proponer unirla" in before and f'value="{two.folio}"' in before
    made = collective_of([one, two], as_principal(person(Role.ANALYST)))
    page = read(desk, f"/evaluacion/{one.folio}")
    assert f"si la une a la propuesta colectiva {made.folio}" in page and fecha(in_days(10)) in page
    assert "Proponer unirla" not in page and f'href="/propuestas/{made.folio}"' not in page
    assert three.folio in page and 'name="is_clear"' in page
    assert "Proponer unirla" not in read(desk, f"/propuestas/{one.folio}")
    assert "Proponer unirla" in read(desk, f"/propuestas/{three.folio}")


def test_the_team_sees_whom_no_letter_finds(desk, analyst):
    one = proposals(1)[0]
    with transaction():
        two = more(plan_of(one), 2, email=None)
    made = collective_of([one, two], analyst)
    words = "No dejó contacto: solo lo verá si entra con su código."
    assert read(desk, f"/propuestas/{made.folio}/union").count(words) == 1
    again = f"/propuestas/{made.folio}/union/preguntar?parte="
    assert words in read(desk, again + two.folio) and "carta completa" not in read(desk, again + two.folio)
    assert words not in read(desk, again + one.folio) and "carta completa" in read(desk, again + one.folio)


def test_while_answers_are_open_only_who_accepted_is_named(client, analyst):
    one, two, three = proposals(3)
    with transaction():
        one.public_name, one.organisation_name = PublicName.ORGANISATION, "Comuna Río"
    made = collective_of([one, two, three], analyst)
    path = f"/propuestas/{made.folio}"
    assert "Nadie la ha aceptado todavía; faltan 3 autores por responder" in read(client, path)
    say(made, one, YES)
    assert "Aceptada por Comuna Río; faltan 2 autores por responder" in read(client, path)
    say(made, two, YES)
    say(made, three, YES)
    page = read(client, path)
    assert "Comuna Río y 2 autores sin nombre público" in page and "Aceptada por" not in page


def test_what_was_undone_and_the_own_family_are_not_alike(app, analyst):
    one, two, three = proposals(3)
    plan = plan_of(one)
    made = collective_of([one, two], analyst)

    def alike(title: str, body: str = "", **own) -> set[str]:
        return {found.folio for found in queries.similar_to(title, body, plan.id, **own)}

    assert made.folio in alike(LEAD.title, LEAD.problem)
    assert alike(one.title, without=made.id) == {three.folio}
    assert made.folio not in alike(LEAD.title, without=one.id) and two.folio in alike(one.title, without=one.id)
    join_answers.dissolve(made, reason="Fue un error.", by=analyst)
    assert states(made) == ["withdrawn"]
    assert made.folio not in alike(LEAD.title, LEAD.problem)
    assert one.folio in alike(one.title)


def test_a_lead_text_is_not_published_as_it_began(desk, analyst):
    one, two = proposals(2)
    begun = families.lead(unions.chosen([one.folio, two.folio])).problem
    path = f"/propuestas/{one.folio}/unir?con={two.folio}"
    sent = {"title": LEAD.title, "solution": LEAD.solution, "expected_result": "", "reason": WHY}
    sent |= {"con": [one.folio, two.folio], "due_on": in_days(9).isoformat()}
    page = post(desk, path, **sent, problem=begun.replace("\n", "\r\n"))
    assert page.status_code == 422
    assert "Escriba un solo texto" in page.text and 'id="problem-error"' in page.text
    assert html.unescape(page.text).count(begun.splitlines()[0])
    left = ProposalInput(title=LEAD.title, problem=f"Nuestro. {LEAD.problem}\n\n{begun.splitlines()[-1]}")
    assert families.untouched(left, [one, two]) == "problem"
    with pytest.raises(Invalid):
        collective_of([one, two], analyst, data=left)
    assert post(desk, path, **sent, problem=LEAD.problem).status_code == 303
