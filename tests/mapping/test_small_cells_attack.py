"""A reader with every public answer, pages and files, before and after small events, does not learn who came to them.

Two attackers. One solves the linear system of all numbers that are told. The other knows the rule: were a person of a
hidden group another one, would any public answer, at any time, be different?
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

import pytest
import sqlalchemy as sa

from intake.core.smallcells import SMALL, Withheld, published
from intake.extensions import db
from intake.plans import participation
from intake.plans.inputs import CATEGORIES
from models import Event, Participation, ParticipationCount
from models.enums import Dimension
from tests.mapping.test_coverage import came, content_of, land  # noqa: F401 -- a fixture

NAMES = CATEGORIES[Dimension.GENDER]
#: Event → its attendance; the first three stand on the plan's page before the last two come.
PEOPLE = {
    "uno": {"woman": 20, "man": 9, "other": 1},
    "dos": {"woman": 14, "man": 8, "other": 2},
    "tres": {"woman": 30, "man": 12, "other": 0},
    "de-doce": {"woman": 7, "man": 2, "other": 3},
    "de-tres": {"woman": 1, "man": 2},
}
LATER = ("de-doce", "de-tres")


def hold(land, slug: str) -> None:  # noqa: F811
    place = {"uno": land.parish, "dos": land.azuay}.get(slug, land.morona)
    came(land.plan, place, [land.water, *([land.data] if slug == "dos" else [])], PEOPLE[slug], slug=slug)


@pytest.fixture
def before(land):  # noqa: F811
    for slug in PEOPLE:
        if slug not in LATER:
            hold(land, slug)
    return land


def addresses(plan) -> Iterator[str]:
    """Every address of pages and files that say how many people came."""
    yield from ("/", "/planes/", f"/planes/{plan.code}/", "/mesas/", "/datos/participacion.csv")
    yield from ("/datos/participacion.json", *(f"/mesas/{slug}" for slug in PEOPLE))
    for group in ("", "&grupo=gender.man", "&grupo=gender.other"):
        for more in ("", "&por=habitantes&tema=agua"):
            asked = f"medida=asistencias{group}{more}"
            yield from (f"/actores/cobertura?{asked}", f"/actores/cobertura/14?{asked}")
            yield from (f"/actores/cobertura/datos.json?{asked}{place}" for place in ("", "&provincia=14"))
            yield f"/actores/cobertura/datos.csv?{asked}"


def told(client, plan) -> dict[str, str]:
    """All that the public is told now."""
    return {address: content_of(client.get(address).text) for address in addresses(plan)}


def cells(slug: str) -> dict[str, ParticipationCount]:
    at = sa.select(Participation.id).join(Event, Event.id == Participation.event_id).where(Event.slug == slug)
    query = sa.select(ParticipationCount).where(ParticipationCount.participation_id.in_(at))
    return {row.category: row for row in db.session.scalars(query)}


def alike(people: dict[str, int]) -> Iterator[dict[str, int]]:
    """The attendances in which one person is of another hidden group, and the event tells the same."""
    if sum(people.values()) < SMALL:
        yield from ({**people, a: people[a] - 1, b: people[b] + 1} for a, b in permutations(people, 2) if people[a])
        return
    shown = published(people)
    hidden = [name for name, value in shown.items() if isinstance(value, Withheld)]
    for fewer, more in permutations(hidden, 2):
        other = {**people, fewer: people[fewer] - 1, more: people[more] + 1}
        if people[fewer] and published(other) == shown:
            yield other


def write(slug: str, people: dict[str, int]) -> None:
    for name, row in cells(slug).items():
        row.people = people[name]
    db.session.flush()


@pytest.mark.once
def test_no_public_answer_would_differ_if_a_person_of_a_hidden_group_were_another(client, before):
    earlier = told(client, before.plan)
    for slug in LATER:
        hold(before, slug)
    later = told(client, before.plan)
    assert later != earlier
    for slug, people in PEOPLE.items():
        others = list(alike(people))
        shown = published(people) if sum(people.values()) >= SMALL else dict.fromkeys(people, Withheld.FEW)
        hidden = {name for name, value in shown.items() if isinstance(value, Withheld)}
        assert {n for n in people for other in others if other[n] != people[n]} == hidden
        for other in others[:1]:
            write(slug, other)
            assert told(client, before.plan) == later, slug
            write(slug, people)
    for slug, people in PEOPLE.items():
        if slug not in LATER and (others := list(alike(people))):
            write(slug, others[0])
    assert told(client, before.plan) == later


Cell = tuple[str, str]  # event, category
Equation = tuple[dict[Cell, int], int]
Scope = tuple[str, str, str]  # category, theme, place
Sums = dict[Scope, tuple[int, int]]  # the sum, and how many events it leaves out


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


def spoken(client) -> list[Equation]:
    """What the file of participation tells of each event: its total, and each number that it does not withhold."""
    found: list[Equation] = []
    for row in rows_of(client.get("/datos/participacion.csv")):
        if row["total"]:
            found.append(({(row["mesa"], name): 1 for name in PEOPLE[row["mesa"]]}, int(row["total"])))
        if row["personas"]:
            found.append(({(row["mesa"], row["categoria"]): 1}, int(row["personas"])))
    return found


def sums(client, plan) -> Sums:
    """Every sum of a category, of the files of coverage and of the plan's page."""
    found = {}
    for name in NAMES:
        for place in ("", "01", "14"):
            query = f"medida=asistencias&grupo=gender.{name}&provincia={place}"
            for row in rows_of(client.get(f"/actores/cobertura/datos.csv?{query}")):
                scope = (name, row["tema"], row["lugar"] if not place else f"{place}/{row['lugar']}")
                found[scope] = (int(row["valor"] or 0), int(row["mesas_sin_sumar"]))
    for part in participation.breakdowns(plan.id):
        found |= {(name, "", "plan"): (one.value, one.left_out) for name, one in part.rows}
    return found


PLACES = {"uno": {"14", "14/1401"}, "dos": {"01", "01/01"}} | {slug: {"14", "14/14"} for slug in ("tres", *LATER)}


def of_scope(scope: Scope, slugs) -> dict[Cell, int]:
    """The numbers that a sum could add: where and about what an event was is public.

    The plan's page says that events of fewer than five are not in its sums.
    """
    name, theme, place = scope
    return {
        (slug, name): 1
        for slug in slugs
        if (sum(PEOPLE[slug].values()) >= SMALL if place == "plan" else place in PLACES[slug])
        and (theme != "datos" or slug == "dos")
        and theme != "-"
        and name in PEOPLE[slug]
    }


def equations(before: Sums, after: Sums) -> list[Equation]:
    """Sums that leave nothing out, and the differences between two times that leave out as much as before."""
    found = []
    earlier = [slug for slug in PEOPLE if slug not in LATER]
    for found_at, slugs in ((before, earlier), (after, PEOPLE)):
        found += [(of_scope(s, slugs), value) for s, (value, left_out) in found_at.items() if not left_out]
    for scope, (value, left_out) in after.items():
        value_before, left_out_before = before.get(scope, (0, 0))
        if left_out == left_out_before:
            found.append((of_scope(scope, LATER), value - value_before))
    return [one for one in found if one[0]]


def solved(found: list[Equation]) -> dict[Cell, Fraction]:
    """The unknowns that have one value in every solution: Gauss and Jordan."""
    unknowns = [(slug, name) for slug, people in PEOPLE.items() for name in people]
    rows = [[Fraction(left.get(u, 0)) for u in unknowns] + [Fraction(right)] for left, right in found]
    done = 0
    for column in range(len(unknowns)):
        pivot = next((r for r in range(done, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for r, row in enumerate(rows):
            if r != done and row[column]:
                rows[r] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    assert not any(row[-1] for row in rows[done:]), "what is told contradicts itself"
    single = [row for row in rows[:done] if sum(map(bool, row[:-1])) == 1]
    return {unknowns[next(n for n, value in enumerate(row) if value)]: row[-1] for row in single}


def test_the_linear_system_of_all_that_is_told_gives_no_hidden_number(client, before):
    earlier = sums(client, before.plan)
    for slug in LATER:
        hold(before, slug)
    later = sums(client, before.plan)
    found = solved([*spoken(client), *equations(earlier, later)])
    expected = {
        (slug, name): people[name]
        for slug, people in PEOPLE.items()
        if sum(people.values()) >= SMALL
        for name, value in published(people).items()
        if not isinstance(value, Withheld)
    }
    assert found == expected
    assert any(left_out for _value, left_out in later.values())


def test_the_attacker_would_have_solved_sums_with_hidden_numbers_in_them(client, before):
    """As sums were until decision 0026: the one of the plan before and after the event of twelve, and of three."""

    def whole(name: str, slugs) -> tuple[int, int]:
        return sum(PEOPLE[slug].get(name, 0) for slug in slugs), 0

    earlier = {(name, "", "plan"): whole(name, [s for s in PEOPLE if s not in LATER]) for name in NAMES}
    later = {(name, "", "plan"): whole(name, [s for s in PEOPLE if s != "de-tres"]) for name in NAMES}
    for slug in LATER:
        hold(before, slug)
    assert solved([*spoken(client), *equations(earlier, later)])["de-doce", "other"] == 3
