"""The mapping: filters, likeness, coverage equal to direct counts, and what a list costs."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import NotFound
from intake.extensions import db
from intake.mapping import queries
from intake.mapping.queries import ActorFilters, EventFilters
from intake.mapping.queries.cells import Scope
from intake.mapping.queries.reach import reach
from models import Sector, actor_territory, actor_theme
from models.enums import ActorKind, ActorStatus, EventKind, TerritoryLevel
from tests import factories as make


def link(actor, *, places=(), themes=()):
    for place in places:
        db.session.execute(actor_territory.insert().values(actor_id=actor.id, territory_id=place.id))
    for theme in themes:
        db.session.execute(actor_theme.insert().values(actor_id=actor.id, theme_id=theme.id))
    db.session.expire_all()
    return actor


def names(**values):
    return [actor.name for actor in queries.actors(ActorFilters(**values)).items]


def test_filters_narrow_and_combine(app):
    azuay, guayas = make.territory("01"), make.territory("09")
    canton = make.territory("0101", TerritoryLevel.CANTON, path="01.0101.")
    ecuador = make.territory("EC", TerritoryLevel.COUNTRY, path="")
    ecuador.province_code = None
    water = make.theme("agua")
    state = make.save(Sector(code="EST", name_es="Estado", name_en="State"))
    below = make.save(Sector(code="EST.EJE", parent_code="EST", name_es="Ejecutivo", name_en="Executive"))
    link(make.actor("Agua Clara", sector_id=below.id), places=[azuay, canton], themes=[water])
    link(make.actor("Bosque", kind=ActorKind.ACADEMIA, acronym="ÁGORA"), places=[guayas])
    link(make.actor("Comunidad", sector_id=state.id), places=[ecuador])
    make.actor("Dormida", status=ActorStatus.PENDING)
    assert names() == ["Agua Clara", "Bosque", "Comunidad"]
    assert names(q="CLÁRA agua") == ["Agua Clara"]
    assert names(q="100%") == []
    assert names(kind=ActorKind.ACADEMIA) == ["Bosque"]
    assert names(sector="EST") == ["Agua Clara", "Comunidad"]
    assert names(province="01") == ["Agua Clara"]
    assert names(province="EC") == ["Comunidad"]
    assert names(province="ninguna") == []
    assert names(theme="agua", province="09") == []
    assert names(status=None) == ["Agua Clara", "Bosque", "Comunidad", "Dormida"]
    assert names(status=ActorStatus.PENDING) == ["Dormida"]
    assert names(sort="-nombre") == ["Comunidad", "Bosque", "Agua Clara"]


def test_an_unknown_actor_is_not_found(app):
    with pytest.raises(NotFound):
        queries.actor("nadie")


def test_coverage_equals_direct_counts(app):
    places = [make.territory(code) for code in ("01", "09", "14")]
    canton = make.territory("0101", TerritoryLevel.CANTON, path="01.0101.")
    themes = [make.theme() for _ in range(3)]
    expected = Counter()
    for n in range(12):
        mine, about = places[: n % 3 + 1], themes[n % 2 :]
        actor = make.actor(status=ActorStatus.PENDING if n % 5 == 0 else ActorStatus.VERIFIED)
        link(actor, places=[*mine, canton], themes=about)  # two places of one province count once
        if n % 5:
            expected.update((t.code, p.code) for t in about for p in {*mine, places[0]})
    cells = {key: cell.actors for key, cell in reach(Scope(None)).items() if key[0]}
    assert cells == dict(expected)
    for (theme, province), number in cells.items():
        assert queries.actors(ActorFilters(theme=theme, province=province)).total == number


def test_events_are_counted_by_province(app):
    azuay, guayas = make.territory("01"), make.territory("09")
    plan, other = make.plan(), make.plan()
    for _ in range(2):
        make.event(plan, territory_id=azuay.id)
    make.event(other, territory_id=guayas.id)
    assert queries.events_by_province(plan) == {"01": 2}


def test_events_come_nearest_first_and_filter(app):
    plan, other = make.plan(), make.plan()
    place = make.territory("01")
    now = clock.now()
    moments = {"ayer": -1, "antes": -9, "mañana": 1, "después": 9}
    for title, days in moments.items():
        make.event(plan, title=title, starts_at=now + timedelta(days=days))
    make.event(plan, title="sin fecha", starts_at=None, kind=EventKind.COURSE)
    make.event(other, title="otro", territory_id=place.id, starts_at=now - timedelta(days=20))

    def titles(**values):
        return [e.title for e in queries.events(EventFilters(**values)).items]

    assert titles(plan=plan.code) == ["mañana", "después", "ayer", "antes", "sin fecha"]
    assert titles(when="proximas") == ["mañana", "después"]
    assert titles(plan=plan.code, when="pasadas") == ["ayer", "antes", "sin fecha"]
    assert titles(kind=EventKind.COURSE) == ["sin fecha"]
    assert titles(province="01") == ["otro"]


@pytest.mark.parametrize("rows", [1, 3, 50, 2000])
def test_the_list_of_actors_takes_ten_statements(app, client, count_queries, rows):
    place, theme = make.territory("01"), make.theme()
    _many_actors(rows, place, theme)
    db.session.expire_all()
    with count_queries() as seen:
        page = client.get("/actores/")
    assert page.status_code == 200
    assert f"{rows:,}".replace(",", ".") in page.text
    assert len(seen) == 10


def _many_actors(rows, place, theme):
    from models import Actor

    now = clock.now()
    values = [
        {
            "slug": f"a-{n}",
            "name": f"Actor {n}",
            "name_plain": f"actor {n}",
            "kind": ActorKind.COLLECTIVE,
            "status": ActorStatus.VERIFIED,
            "created_at": now,
            "verified_at": now,
            "description": "",
            "source": "",
            "is_fictional": False,
            "status_reason": "",
            "lock_version": 1,
        }
        for n in range(rows)
    ]
    db.session.execute(Actor.__table__.insert(), values)
    ids = db.session.scalars(sa.select(Actor.id)).all()
    db.session.execute(actor_territory.insert(), [{"actor_id": i, "territory_id": place.id} for i in ids])
    db.session.execute(actor_theme.insert(), [{"actor_id": i, "theme_id": theme.id} for i in ids])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_events_and_the_coverage_take_the_same_statements(app, client, count_queries, rows):
    plan = make.plan()
    for n in range(rows):
        place = make.territory(f"0{n + 1}")
        make.event(plan, territory_id=place.id)
        link(make.actor(), places=[place], themes=[make.theme()])
    db.session.expire_all()
    with count_queries() as events:
        assert client.get("/mesas/").status_code == 200
    with count_queries() as coverage:
        assert client.get("/actores/cobertura").status_code == 200
    assert (len(events), len(coverage)) == (7, 6)
