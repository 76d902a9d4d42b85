"""Who wrote a lead text or asked its authors does not examine it; what they are told of it."""

from __future__ import annotations

import dataclasses
import html

import pytest

from intake.core.errors import Forbidden
from intake.evaluation import conflicts
from intake.evaluation import services as evaluating
from intake.evaluation.inputs import ExaminationInput
from intake.reception import services
from intake.reception.services import joining
from intake.reports import invariants_joining
from models.enums import Role, StageKind
from tests.reception.family import YES, collective_of, in_days, proposals, request_of, say, states
from tests.reception.talk import person

GOOD = ExaminationInput(
    is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Cumple todo."
)
OTHER = "Debe hacerlo otra persona del equipo."


@pytest.fixture
def writer(app):
    return person(Role.ANALYST, email="escribe@demo.example")


def ready(by, number: int = 2):
    """A collective proposal all of whose authors said yes, and its parts."""
    parts = proposals(number, stage=StageKind.EVALUATION)
    made = collective_of(parts, by)
    for part in parts:
        say(made, part, YES)
    return made, parts


def test_who_wrote_the_lead_text_does_not_admit_it(app, writer, as_principal):
    made, _parts = ready(as_principal(writer))
    with pytest.raises(Forbidden) as refused:
        evaluating.examine(made, GOOD, by=as_principal(writer))
    assert "escribió su texto común" in str(refused.value.message) and OTHER in str(refused.value.message)
    assert states(made) == ["submitted"]
    evaluating.examine(made, GOOD, by=as_principal(person(Role.ANALYST)))
    assert states(made) == ["admitted"]
    assert invariants_joining.examined_by_others() == []


def test_nor_does_who_asked_an_author_later(app, writer, as_principal):
    parts = proposals(2, stage=StageKind.EVALUATION)
    made = collective_of(parts, as_principal(writer))
    second = as_principal(person(Role.ANALYST))
    for part in parts:  # the writer stands on no question any more
        joining.ask_again(request_of(made, part), due_on=in_days(12), by=second)
        say(made, part, YES)
    for by in (second, as_principal(writer)):
        with pytest.raises(Forbidden):
            evaluating.examine(made, GOOD, by=by)
    assert conflicts.between(made.id, second) is conflicts.LEADS_IT
    assert conflicts.between(parts[0].id, second) is None  # leading the whole says nothing of a part
    evaluating.examine(made, GOOD, by=as_principal(person(Role.ANALYST)))
    assert states(made) == ["admitted"]


def test_nor_does_the_writer_overrule_a_refusal(app, writer, as_principal):
    made, _parts = ready(as_principal(writer))
    evaluating.examine(made, dataclasses.replace(GOOD, is_clear=False), by=as_principal(person(Role.ANALYST)))
    for confirm in (True, False):
        with pytest.raises(Forbidden):
            evaluating.countersign(made, confirm=confirm, reason="Sí.", by=as_principal(writer))
    assert states(made) == ["refusal_proposed"]


def test_the_pages_say_who_examines(app, writer, as_principal, sign_in):
    made, _parts = ready(as_principal(writer))
    desk = sign_in(writer)
    page = html.unescape(desk.get(f"/evaluacion/{made.folio}").text)
    assert "escribió su texto común o preguntó a sus autores" in page
    assert "La examina otra persona del equipo de análisis." in page and 'name="is_clear"' not in page
    assert "Usted escribió su texto común" in html.unescape(desk.get(f"/propuestas/{made.folio}/union").text)
    services.move(made, "propose_refusal", by=as_principal(person(Role.ANALYST)), reason="No es clara.")
    page = html.unescape(desk.get(f"/evaluacion/{made.folio}").text)
    assert OTHER in page and 'name="verdict"' not in page


def test_another_analyst_finds_the_form(app, writer, as_principal, sign_in):
    made, _parts = ready(as_principal(writer))
    desk = sign_in(person(Role.ANALYST))
    assert 'name="is_clear"' in desk.get(f"/evaluacion/{made.folio}").text
    assert "Lista para examinar</a>" in desk.get(f"/propuestas/{made.folio}/union").text
