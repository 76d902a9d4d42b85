"""Each state of a question has its own day, on every page that tells it."""

from __future__ import annotations

import html
import re
from datetime import date, datetime, time, timedelta

import time_machine

from intake.core import clock
from intake.reception import services
from intake.reception.queries import unions
from intake.reception.services import join_answers
from intake.web.filters import fecha, fecha_corta
from models.enums import Role
from tests.reception.family import (
    NO,
    YES,
    author_of,
    collective_of,
    in_days,
    plan_of,
    proposals,
    request_of,
    say,
    states,
)
from tests.reception.talk import person


def at(day: date):
    """Noon of a day in Ecuador."""
    return time_machine.travel(datetime.combine(day, time(17), tzinfo=clock.now().tzinfo), tick=False)


def days_on(page: str, *folios: str) -> dict[str, str]:
    """What the table says under «Fecha», by folio."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.unescape(page), flags=re.DOTALL)
    found = {}
    for folio in folios:
        (row,) = [row for row in rows if f">{folio} " in row]
        found[folio] = re.search(r'data-label="Fecha">(.*?)</td>', row, flags=re.DOTALL)[1].strip()
    return found


def test_every_state_has_its_own_day(app, as_principal, sign_in):
    boss = person(Role.ANALYST)
    analyst, start = as_principal(boss), clock.today()
    joined, gone, left, no, silent, more = parts = proposals(6)
    with at(start):
        made = collective_of(parts, analyst, due=10)
        due = in_days(10)
    with at(start + timedelta(days=1)):
        for part in (joined, left, more):
            say(made, part, YES)
        say(made, no, NO)
    with at(start + timedelta(days=2)):
        services.withdraw(gone, by=author_of(gone), reason="Ya no.")
    with at(start + timedelta(days=4)):
        join_answers.separate(request_of(made, left), reason="Habla de otra cosa.", by=analyst)
        shown = sign_in(boss).get(f"/propuestas/{made.folio}/union").text
        assert days_on(shown, silent.folio) == {silent.folio: f"hasta el {fecha_corta(due)}"}
        (row,) = unions.collectives(plan_of(made)).items
        assert (row.due_on, row.waiting) == (due, 1)
    answered, undone = (fecha_corta(start + timedelta(days=n)) for n in (1, 4))
    with at(start + timedelta(days=11)):
        desk = sign_in(boss)
        assert days_on(desk.get(f"/propuestas/{made.folio}/union").text, *(p.folio for p in parts)) == {
            joined.folio: answered,
            more.folio: answered,
            no.folio: answered,
            gone.folio: fecha_corta(start + timedelta(days=2)),
            left.folio: undone,
            silent.folio: f"venció el {fecha_corta(due)}",
        }
        (row,) = unions.collectives(plan_of(made)).items
        assert (row.due_on, row.waiting) == (None, 0)
        assert fecha_corta(due) not in html.unescape(desk.get("/propuestas/uniones").text)
        told = {p["folio"]: p["fecha"] for p in desk.get(f"/propuestas/{made.folio}.json").json["partes"]}
        assert told[left.folio] == (start + timedelta(days=4)).isoformat() and told[silent.folio] is None
        story = html.unescape(desk.get(f"/seguimiento/{left.folio}").text)
        assert f"Unida a la propuesta colectiva {made.folio}" in story
        assert f"La unión con {made.folio} se deshizo" in story and "Habla de otra cosa." in story
        assert all(fecha(start + timedelta(days=n)) in story for n in (1, 4))
    assert states(joined, left) == ["joined", "submitted"]
