"""A point on the map: what is understood, what is refused, and that nothing finer is kept than is shown."""

from __future__ import annotations

import html

import pytest
import sqlalchemy as sa

from intake.extensions import db
from intake.reception import points, queries
from models import AuditEntry, Proposal, ProposalVersion
from models.enums import PublicName
from tests.conftest import token_in
from tests.reception.test_views import WRITTEN, plan, submitted, write

__all__ = ["plan"]  # a fixture

MACAS = {"latitude": "-2,30874", "longitude": "-78,11861"}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("-0,2295", -0.2295),
        ("0.2295 S", -0.2295),
        ("78,5243° O", -78.5243),
        ("78.5 w", -78.5),
        ("−1,5", -1.5),
        ("+1", 1.0),
        ("1,2 N", 1.2),
        ("dos", None),
        ("1e5", None),
        ("-0.22, -78.5", None),
        ("", None),
    ],
)
def test_degrees_as_people_write_them(typed, value):
    assert points.degrees(typed) == value


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((-0.2295, -78.5243), True),  # Quito
        ((-4.98, -79.03), True),  # Zumba's south
        ((1.41, -78.83), True),  # San Lorenzo's north
        ((-0.9, -89.6), True),  # San Cristóbal
        ((1.67, -92.0), True),  # Darwin
        ((-12.05, -77.04), False),  # Lima
        ((4.7, -74.1), False),  # Bogotá
        ((-1.0, -85.0), False),  # the sea between
        ((0.2295, 78.5243), False),
    ],
)
def test_in_ecuador_or_not(point, inside):
    assert points.in_ecuador(point) is inside


def test_the_middle_of_a_square_is_its_own_middle():
    for n in range(-500, 170):
        point = (n / 100, -75.18 - (n + 500) / 150)
        middle = points.coarse(point)
        assert points.coarse(middle) == middle
        assert max(abs(a - b) for a, b in zip(point, middle, strict=True)) <= points.COARSE / 2 + 0.001


def kept(folio: str) -> tuple[float, float] | None:
    return points.of(queries.by_folio(folio))


def test_who_shows_no_name_keeps_a_square(plan, client):
    folio = submitted(client, public_name="anonymous", proposer_kind="person", organisation_name="", **MACAS)
    assert kept(folio) == (-2.325, -78.125)
    page = html.unescape(client.get(f"/propuestas/{folio}").text)
    assert "un cuadrado de unos 5 kilómetros" in page
    assert 'class="map__spot"' in page
    assert client.get(f"/propuestas/{folio}.json").json["punto"] == {
        "latitud": -2.325,
        "longitud": -78.125,
        "precision_m": 2783,
    }
    everything = str(
        [db.session.execute(sa.select(c)).scalars().all() for c in (ProposalVersion.content, AuditEntry.changes)]
    )
    assert "2.308" not in everything
    assert "2.309" not in everything


def test_who_shows_a_name_keeps_a_hundred_metres(plan, client):
    folio = submitted(client, **MACAS)
    assert kept(folio) == (-2.309, -78.119)
    assert client.get(f"/propuestas/{folio}.json").json["punto"]["precision_m"] == 56


def test_taking_the_name_back_takes_the_point_back(plan, client):
    folio = submitted(client, **MACAS)
    path = f"/propuestas/{folio}/editar"
    page = client.get(path).text
    assert 'value="-2,309"' in page
    fields = {
        **WRITTEN,
        **MACAS,
        "csrf_token": token_in(page),
        "lock_version": str(queries.by_folio(folio).lock_version),
    }
    fields |= {"public_name": "anonymous", "proposer_kind": "person", "organisation_name": ""}
    assert client.post(path, data=fields).status_code == 303
    assert kept(folio) == (-2.325, -78.125)
    versions = queries.versions(queries.by_folio(folio))
    assert [v.content["point"] for v in versions] == [[-2.325, -78.125]] * 2


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"latitude": "-2,3", "longitude": "78,1"}, "longitude", "signo menos"),
        ({"latitude": "-78,1", "longitude": "-2,3"}, "longitude", "cambió la una por la otra"),
        ({"latitude": "-12", "longitude": "-77"}, "latitude", "Esa latitud queda fuera del Ecuador"),
        ({"latitude": "-4,9", "longitude": "-70"}, "longitude", "fuera del Ecuador"),
        ({"latitude": "-2,3", "longitude": ""}, "longitude", "también la longitud"),
        ({"latitude": "", "longitude": "-78,1"}, "latitude", "también la latitud"),
        ({"latitude": "cerca", "longitude": "-78,1"}, "latitude", "solo el número"),
    ],
)
def test_what_is_refused_is_said_plainly_and_kept_on_the_page(plan, client, given, field, words):
    answer = write(client, **given)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert words in page
    for value in filter(None, given.values()):
        assert f'value="{value}"' in page
    assert db.session.scalar(sa.select(sa.func.count(Proposal.id))) == 0


def test_a_point_is_of_nobodys_business_but_where_it_is_asked_for(plan, client):
    assert "geolocation=(self)" in client.get("/propuestas/nueva").headers["Permissions-Policy"]
    assert "geolocation=()" in client.get("/propuestas/").headers["Permissions-Policy"]


def test_no_point_stays_none(plan, client):
    assert kept(submitted(client)) is None
    assert points.kept(None, PublicName.NAME) is None
