"""What joining does is news of the parts and of the whole, in every feed that shows them."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import time_machine

from intake.core import clock
from intake.reception import services
from intake.reception.services import join_answers
from tests.reception.family import NO, YES, author_of, collective_of, proposals, request_of, say

ATOM = "{http://www.w3.org/2005/Atom}"


def told(client, query: str = "") -> dict[str, tuple[str, str]]:
    """By folio the moment and the summary of each entry, newest first."""
    root = ET.fromstring(client.get(f"/propuestas/novedades.atom{query}").data)
    found = {}
    for entry in root.iter(f"{ATOM}entry"):
        folio = entry.findtext(f"{ATOM}id").rpartition("/")[2]
        found[folio] = (entry.findtext(f"{ATOM}updated"), entry.findtext(f"{ATOM}summary"))
    return found


def test_asked_joined_and_undone_are_news_of_both_sides(client, analyst):
    start = clock.now()
    one, two, three, no = parts = proposals(4)
    query = f"?plan={one.folio.rpartition('-')[0]}"
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        made = collective_of(parts, analyst)
        found = told(client, query)
        assert set(found) == {p.folio for p in (*parts, made)}
        for part in parts:
            assert f"Se preguntó a quien la presentó si la une a {made.folio}" in found[part.folio][1]
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        for part in (two, three, one):
            say(made, part, YES)
        say(made, no, NO)
        moment = clock.now()
        found = told(client, query)
        assert f"Unida a la propuesta colectiva {made.folio}" in found[one.folio][1]
        assert "Se le unió " in found[made.folio][1] and found[made.folio][0] == found[one.folio][0]
        assert found[one.folio][0][:19] == moment.isoformat()[:19]
        assert "Se preguntó" in found[no.folio][1] and found[no.folio][0] < found[one.folio][0]
        assert list(found)[-1] == no.folio
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        join_answers.leave(request_of(made, two), reason="No.", by=author_of(two))
        found = told(client, query)
        assert list(found)[:2] == [made.folio, two.folio]
        assert f"Salió de la propuesta colectiva {made.folio}" in found[two.folio][1]
        assert f"{two.folio} salió de ella" in found[made.folio][1]
        assert set(told(client, f"{query}&estado=unida")) == {one.folio, three.folio}


def test_who_withdrew_while_asked_left_nothing(client, analyst):
    one, two, three = proposals(3)
    made = collective_of([one, two, three], analyst)
    services.withdraw(one, by=author_of(one), reason="Ya no.")
    found = told(client)
    assert "Salió de" not in found[one.folio][1] and "salió de ella" not in found[made.folio][1]


def test_a_feed_takes_the_same_statements_however_much_was_joined(client, analyst, count_queries):
    numbers = []
    for size in (2, 12):
        parts = proposals(size)
        made = collective_of(parts, analyst)
        for part in parts:
            say(made, part, YES)
        address = f"/propuestas/novedades.atom?plan={made.folio.rpartition('-')[0]}"
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
