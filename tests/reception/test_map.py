"""The list as a map: what it shows, that filters hold, and how few statements it takes."""

from __future__ import annotations

import pytest

from intake.extensions import db
from models.enums import ProposalStatus, PublicName
from tests import factories


def with_point(plan, n: int, status=ProposalStatus.SUBMITTED, name=PublicName.NAME, **values):
    point = {"latitude": -2.325, "longitude": -78.125}
    return factories.proposal(plan, status, title=f"Puente número {n}", public_name=name, **{**point, **values})


def test_points_and_squares_of_public_proposals_only(plan, client):
    shown = with_point(plan, 1)
    square = with_point(plan, 2, name=PublicName.ANONYMOUS)
    with_point(plan, 3, ProposalStatus.DRAFT)
    with_point(plan, 4, ProposalStatus.HELD)
    without = factories.proposal(plan, title="Puente sin punto")
    db.session.commit()
    page = client.get("/propuestas/mapa").text
    assert [page.count(f">{p.folio}<") for p in (shown, square, without)] == [1, 1, 0]
    assert (page.count('<circle class="map__mark"'), page.count('<rect class="map__mark"')) == (1, 1)
    for n in (3, 4):
        assert f"Puente número {n}" not in page


def test_the_filters_of_the_list_hold(plan, client):
    with_point(plan, 1)
    with_point(plan, 2, ProposalStatus.ADMITTED)
    db.session.commit()
    page = client.get("/propuestas/mapa?estado=admitida").text
    assert "Puente número 2" in page
    assert "Puente número 1" not in page
    assert "Ninguna propuesta" in client.get("/propuestas/mapa?q=ferrocarril").text
    assert "/propuestas/mapa?estado=admitida" in client.get("/propuestas/?estado=admitida").text


@pytest.mark.parametrize("many", [1, 3])
def test_the_map_takes_the_same_statements(plan, client, count_queries, many):
    for n in range(many):
        with_point(plan, n)
    db.session.commit()
    client.get("/propuestas/mapa")
    with_point(plan, 9)
    db.session.commit()
    with count_queries() as statements:
        assert client.get("/propuestas/mapa").status_code == 200
    assert len(statements) <= 8
    assert sum("proposal.latitude IS NOT NULL" in statement for statement in statements) == 1
