"""Whom the plan has reached: states, numbers, places, filters, what is not told, and the page that shows it."""

from __future__ import annotations

import csv
import io
import re

import pytest

from intake.core import clock
from intake.core.smallcells import Told
from intake.extensions import db
from intake.mapping import coverage
from intake.mapping.coverage import Choice, Place
from intake.mapping.queries import held as gathered
from intake.mapping.queries import reach as found
from intake.mapping.queries.cells import ANY, NO_THEME, Metric, Scope
from intake.mapping.queries.held import Meetings
from intake.mapping.queries.reach import Reach, State
from models import (
    Campaign,
    Participation,
    ParticipationCount,
    People,
    Registration,
    Sector,
    Target,
    actor_people,
    actor_territory,
    actor_theme,
    event_theme,
)
from models.enums import (
    ActorStatus,
    CampaignStatus,
    Dimension,
    EventStatus,
    OutreachStep,
    ProposalStatus,
    RegistrationStatus,
    Role,
    TerritoryLevel,
)
from tests import factories as make


@pytest.fixture
def land(app):
    """Two provinces, a canton with a parish, the country; two themes; a plan."""

    class Land:
        plan = make.plan()
        country = make.territory("EC", TerritoryLevel.COUNTRY)
        azuay = make.territory("01", name="Azuay", population_2025=200_000)
        morona = make.territory("14", name="Morona Santiago", population_2025=100_000)
        macas = make.territory("1401", TerritoryLevel.CANTON, name="Morona", path="14.1401.")
        parish = make.territory("140150", TerritoryLevel.PARISH, path="14.1401.140150.")
        water = make.theme("agua", name_es="Agua")
        data = make.theme("datos", name_es="Datos")

    Land.country.province_code = None
    db.session.flush()
    return Land


def actor(theme, *places, **values):
    made = make.actor(**values)
    for place in places:
        db.session.execute(actor_territory.insert().values(actor_id=made.id, territory_id=place.id))
    if theme is not None:
        db.session.execute(actor_theme.insert().values(actor_id=made.id, theme_id=theme.id))
    return made


def target(plan, who, step: OutreachStep, status: CampaignStatus = CampaignStatus.OPEN):
    n = len(db.session.query(Campaign).all())
    db.session.execute(
        Campaign.__table__.insert().values(
            id=500 + n,
            slug=f"c-{n}",
            plan_id=plan.id,
            status=status,
            title="C",
            purpose="",
            outcome="",
            due_on=clock.today(),
            created_at=clock.now(),
            lock_version=1,
        )
    )
    db.session.execute(
        Target.__table__.insert().values(campaign_id=500 + n, actor_id=who.id, step=step, since=clock.now())
    )


def came(plan, place, themes, people: dict[str, int], total: int | None = None, **values):
    event = make.event(plan, territory_id=place.id if place else None, **{"status": EventStatus.HELD, **values})
    for theme in themes:
        db.session.execute(event_theme.insert().values(event_id=event.id, theme_id=theme.id))
    row = make.save(Participation(plan_id=plan.id, event_id=event.id, total=total or sum(people.values())))
    for name, number in people.items():
        make.save(ParticipationCount(participation_id=row.id, dimension=Dimension.GENDER, category=name, people=number))
    return event


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (None, State.NOT_INVITED),
        (OutreachStep.IDENTIFIED, State.NOT_INVITED),
        (OutreachStep.CONTACTED, State.SILENT),
        (OutreachStep.CONFIRMED, State.RESPONDED),
        (OutreachStep.DECLINED, State.RESPONDED),
        (OutreachStep.ATTENDED, State.TOOK_PART),
        (OutreachStep.CONTRIBUTED, State.TOOK_PART),
        (OutreachStep.ANSWERED, State.TOOK_PART),
    ],
)
def test_the_state_of_a_cell_follows_the_furthest_step(land, step, state):
    who = actor(land.water, land.morona)
    actor(land.water, land.morona)
    if step is not None:
        target(land.plan, who, step)
        target(land.plan, who, OutreachStep.IDENTIFIED)
    cells = found.reach(Scope(land.plan.id))
    assert (cells["agua", "14"].actors, cells["agua", "14"].state) == (2, state)
    assert cells.get(("datos", "14"), found.NOBODY).state is State.NO_ACTOR


def test_cancelled_campaigns_and_other_plans_do_not_count(land):
    who = actor(land.water, land.morona)
    target(land.plan, who, OutreachStep.CONTACTED, CampaignStatus.CANCELLED)
    target(make.plan(code="PAGA8", is_current=False), who, OutreachStep.ATTENDED)
    assert found.reach(Scope(land.plan.id))["agua", "14"].state is State.NOT_INVITED


def test_who_attended_or_proposed_took_part_without_a_campaign(land):
    attended, proposed, absent = (actor(land.water, land.morona) for _ in range(3))
    event = make.event(land.plan)
    for who, status in ((attended, RegistrationStatus.ATTENDED), (absent, RegistrationStatus.ABSENT)):
        db.session.execute(
            Registration.__table__.insert().values(
                event_id=event.id,
                reference=f"r{who.id}",
                status=status,
                name="N",
                needs="",
                actor_id=who.id,
                at_door=False,
                created_at=clock.now(),
            )
        )
    make.proposal(land.plan, organisation_id=proposed.id)
    make.proposal(land.plan, ProposalStatus.DRAFT, organisation_id=absent.id)
    assert found.reach(Scope(land.plan.id))["agua", "14"] == Reach(3, 0, 0, 2)


def test_an_actor_counts_once_in_a_place_and_only_if_verified(land):
    who = actor(land.water, land.morona, land.macas, land.parish, land.azuay)
    db.session.execute(actor_theme.insert().values(actor_id=who.id, theme_id=land.data.id))
    actor(land.water, land.morona, status=ActorStatus.PENDING)
    actor(land.water, land.country)
    actor(None, land.azuay)
    actor(land.water)
    cells = {key: cell.actors for key, cell in found.reach(Scope(land.plan.id)).items()}
    assert cells == {
        (ANY, "14"): 1, (ANY, "01"): 2, (ANY, "EC"): 1, (ANY, "ninguna"): 1,
        ("agua", "14"): 1, ("agua", "01"): 1, ("agua", "EC"): 1, ("agua", "ninguna"): 1,
        ("datos", "14"): 1, ("datos", "01"): 1, (NO_THEME, "01"): 1,
    }  # fmt: skip
    inside = {key: cell.actors for key, cell in found.reach(Scope(land.plan.id, "14")).items() if key[0] == "agua"}
    assert inside == {("agua", "14"): 1, ("agua", "1401"): 1}


def test_filters_narrow_by_sector_and_people(land):
    above = make.save(Sector(code="2", name_es="Sociedad civil", name_en="Civil society"))
    below = make.save(Sector(code="2.1", parent_code="2", name_es="Mujeres", name_en="Women"))
    other = make.save(Sector(code="3", name_es="Academia", name_en="Academia"))
    people = make.save(People(name="Shuar", kind="nacionalidad"))
    first = actor(land.water, land.morona, sector_id=above.id)
    actor(land.water, land.morona, sector_id=below.id)
    actor(land.water, land.morona, sector_id=other.id)
    db.session.execute(actor_people.insert().values(actor_id=first.id, people_id=people.id))
    assert found.reach(Scope(land.plan.id), sector="2")["agua", "14"].actors == 2
    assert found.reach(Scope(land.plan.id), people="Shuar")["agua", "14"].actors == 1


def test_attendances_add_what_the_events_tell(land):
    came(land.plan, land.parish, [land.water, land.data], {"woman": 12, "man": 9})
    came(land.plan, land.morona, [land.water], {"woman": 20, "man": 7, "other": 1})
    came(land.plan, land.morona, [], {"woman": 3})
    whole = came(land.plan, None, [land.water], {"woman": 30})
    came(land.plan, land.azuay, [land.water], {"woman": 11}, counted_in_id=whole.id)
    came(land.plan, land.azuay, [land.water], {"woman": 11}, status=EventStatus.PLANNED)
    cells = gathered.meetings(gathered.held(land.plan.id), Scope(land.plan.id))
    assert cells["agua", "14"] == Meetings(2, Told(49))
    assert cells[ANY, "14"] == Meetings(3, Told(49, 1))
    assert cells["agua", "ninguna"] == Meetings(1, Told(30))
    assert cells["agua", "01"] == Meetings(1, Told(0))
    women = gathered.meetings(gathered.held(land.plan.id, (Dimension.GENDER, "woman")), Scope(land.plan.id))
    men = gathered.meetings(gathered.held(land.plan.id, (Dimension.GENDER, "man")), Scope(land.plan.id))
    others = gathered.meetings(gathered.held(land.plan.id, (Dimension.GENDER, "other")), Scope(land.plan.id))
    assert women["agua", "14"].people == Told(32)
    assert men["agua", "14"].people == Told(9, 1)
    assert others["agua", "14"].people == Told(0, 1)
    inside = gathered.meetings(gathered.held(land.plan.id), Scope(land.plan.id, "14"))
    assert inside["agua", "1401"] == Meetings(1, Told(21))
    assert inside["agua", "14"] == Meetings(1, Told(28))


def test_proposals_count_where_they_speak_of(land):
    make.proposal(land.plan, theme_id=land.water.id, territory_id=land.parish.id)
    make.proposal(land.plan, theme_id=land.water.id, territory_id=land.morona.id)
    make.proposal(land.plan, theme_id=land.data.id)
    make.proposal(land.plan, ProposalStatus.DRAFT, theme_id=land.water.id, territory_id=land.morona.id)
    assert found.proposals(Scope(land.plan.id)) == {
        ("agua", "14"): 2, (ANY, "14"): 2, ("datos", "ninguna"): 1, (ANY, "ninguna"): 1,
    }  # fmt: skip
    assert found.proposals(Scope(land.plan.id, "14"))["agua", "1401"] == 1


def test_numbers_lead_to_their_rows(land):
    table = coverage.table(
        Choice(metric=Metric.ACTORS, sector="2", people="Shuar"), [Place("14", "M", 100_000)], ["agua"], {}, {}
    )
    assert table.cell("agua", table.places[0]).url == "/actores/?sector=2&pueblo=Shuar&tema=agua&provincia=14"
    assert coverage.rows_url(Choice(metric=Metric.PROPOSALS, plan="PAGA3"), ANY, "14") == (
        "/propuestas/?plan=PAGA3&provincia=14&sin=colectivas"
    )
    assert coverage.rows_url(Choice(metric=Metric.EVENTS, plan="PAGA3"), "agua", "ninguna") == ""


def test_rates_are_for_ten_thousand_inhabitants(land):
    place = Place("14", "M", 100_000)
    table = coverage.table(Choice(), [place], ["agua"], {}, {("agua", "14"): Told(7)})
    assert table.cell("agua", place).rate == pytest.approx(0.7)
    assert table.cell("agua", Place("99", "Sin censo")).rate is None


def test_the_page_says_each_state_in_words(client, sign_in, land):
    silent = actor(land.water, land.morona)
    target(land.plan, silent, OutreachStep.CONTACTED)
    team = sign_in(make.user(Role.DIRECTORATE)).get("/actores/cobertura?tema=agua").text
    assert "invitado y en silencio" in team and "ningún actor" in team
    page = client.get("/actores/cobertura?tema=agua").text
    assert ">hay actores<" in page and ">ningún actor<" in page
    assert 'href="/actores/?tema=agua&amp;provincia=14"' in page
    assert "Planificar acercamiento" not in page


def test_the_team_plans_from_a_gap_with_one_button(sign_in, land):
    page = sign_in(make.user(Role.DIRECTORATE)).get("/actores/cobertura?tema=agua").text
    assert page.count('href="/acercamiento/nueva?tema=agua&amp;territorio=14"') == 1
    whole = sign_in(make.user(Role.DIRECTORATE)).get("/actores/cobertura/14").text
    assert 'href="/acercamiento/nueva?tema=datos&amp;territorio=14"' in whole


def test_a_province_shows_its_cantons(client, land):
    actor(land.water, land.macas)
    page = client.get("/actores/cobertura/14").text
    assert "Cobertura en Morona Santiago" in page and ">Morona<" in page
    assert client.get("/actores/cobertura/99").status_code == 404
    assert client.get("/actores/cobertura/xx").status_code == 404


@pytest.mark.parametrize("metric", list(Metric))
def test_every_switch_answers(client, land, metric):
    came(land.plan, land.morona, [land.water], {"woman": 20, "man": 3})
    make.proposal(land.plan, theme_id=land.water.id, territory_id=land.morona.id)
    for query in ("", "&por=habitantes", "&tema=agua", "&grupo=gender.woman", "&plan=ZZZ&tema=zzz&sector=%27"):
        assert client.get(f"/actores/cobertura?medida={metric}{query}").status_code == 200
        assert client.get(f"/actores/cobertura/14?medida={metric}{query}").status_code == 200


def test_files_hold_what_the_page_shows_with_its_definition(client, land):
    came(land.plan, land.morona, [land.water], {"woman": 20, "man": 3})
    answer = client.get("/actores/cobertura/datos.csv?medida=asistencias&grupo=gender.man")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    row = next(r for r in rows if (r["lugar"], r["tema"]) == ("14", "agua"))
    assert (row["valor"], row["mesas_sin_sumar"], row["estado"]) == ("", "1", "sin-actor")
    assert row["definicion"].startswith("Asistencias registradas")
    told = client.get("/actores/cobertura/datos.json?medida=asistencias&provincia=14").json
    cell = next(r for r in told["filas"] if (r["lugar"], r["tema"]) == ("14", "agua"))
    assert (cell["valor"], cell["por_10000"], told["definicion"][:11]) == (23, 2.3, "Asistencias")


def test_no_file_tells_a_handful(client, land):
    for place, people in ((land.morona, {"woman": 20, "man": 3}), (land.parish, {"man": 2}), (land.azuay, {"man": 9})):
        came(land.plan, place, [land.water], people)
    for query in ("", "&grupo=gender.man", "&grupo=gender.woman", "&provincia=14", "&provincia=14&grupo=gender.man"):
        rows = client.get(f"/actores/cobertura/datos.json?medida=asistencias{query}").json["filas"]
        assert [row for row in rows if row["valor"] is not None and 0 < row["valor"] < 5] == []


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("path", ["/actores/cobertura", "/actores/cobertura/14"])
@pytest.mark.parametrize("metric", list(Metric))
def test_statements_are_constant(client, land, count_queries, times, path, metric):
    for _ in range(times):
        actor(land.water, land.morona)
        came(land.plan, land.morona, [land.water], {"woman": 20, "man": 3})
        make.proposal(land.plan, theme_id=land.water.id, territory_id=land.morona.id)
    db.session.expire_all()
    with count_queries() as seen:
        assert client.get(f"{path}?medida={metric}&grupo=gender.woman").status_code == 200
    expected = {
        ("/actores/cobertura", Metric.ACTORS): 6, ("/actores/cobertura/14", Metric.ACTORS): 8,
        ("/actores/cobertura", Metric.ATTENDANCE): 8, ("/actores/cobertura/14", Metric.ATTENDANCE): 10,
        ("/actores/cobertura", Metric.PROPOSALS): 5, ("/actores/cobertura/14", Metric.PROPOSALS): 8,
        ("/actores/cobertura", Metric.EVENTS): 6, ("/actores/cobertura/14", Metric.EVENTS): 8,
    }  # fmt: skip
    assert len(seen) == expected[path, metric]


def test_numbers_by_canton_lead_to_the_actors_and_events_of_the_canton(client, land):
    actor(land.water, land.parish, name="Junta de la parroquia")
    actor(land.water, land.morona, name="Junta de la provincia")
    came(land.plan, land.macas, [land.water], {"woman": 9}, title="Mesa del cantón")
    came(land.plan, land.morona, [land.water], {"woman": 9}, title="Mesa de la provincia")
    assert "/actores/?tema=agua&amp;provincia=1401" in client.get("/actores/cobertura/14").text
    page = client.get("/actores/?tema=agua&provincia=1401").text
    assert "Junta de la parroquia" in page and "Junta de la provincia" not in page
    page = client.get("/mesas/?provincia=1401").text
    assert "Mesa del cantón" in page and "Mesa de la provincia" not in page
    assert "Junta de la provincia" in client.get("/actores/?provincia=9999").text


def silence(land, who_came: int = 0) -> None:
    """Six actors of the same theme and place: one does not answer, so many take part, nobody invited the others."""
    steps = [OutreachStep.CONTACTED, *[OutreachStep.ATTENDED] * who_came]
    for n in range(6):
        who = actor(land.water, land.morona)
        if n < len(steps):
            target(land.plan, who, steps[n])


def public_answers(client) -> list[str]:
    """Every page and file of coverage, whatever is counted, without the moment of counting."""
    places, found = ("", "/14"), []
    for metric in Metric:
        for query in ("", "&tema=agua", "&por=habitantes"):
            found += [client.get(f"/actores/cobertura{place}?medida={metric}{query}").text for place in places]
            for kind in ("csv", "json"):
                for place in ("", "&provincia=14"):
                    found.append(client.get(f"/actores/cobertura/datos.{kind}?medida={metric}{query}{place}").text)
    return [content_of(text) for text in found]


def content_of(text: str) -> str:
    """What an answer says: a page without its frame and the moment of counting; a file as it is."""
    main = text.partition("<main")[2].partition("</main>")[0] or text
    return re.sub(r"Contado el [^;]*;", "", main)


@pytest.mark.once
def test_no_public_answer_tells_who_was_invited_and_who_kept_silent(client, land):
    silence(land)
    before = public_answers(client)
    assert not any("en-silencio" in text or "sin-invitar" in text or "respondio" in text for text in before)
    db.session.execute(Target.__table__.update().values(step=OutreachStep.DECLINED))
    assert public_answers(client) == before
    db.session.execute(Target.__table__.delete())
    assert public_answers(client) == before


@pytest.mark.parametrize(("actors", "state"), [(4, "con-actores"), (5, "participo")])
def test_the_public_reads_of_taking_part_where_there_are_five(client, land, actors, state):
    came_first, *_others = (actor(land.water, land.morona) for _ in range(actors))
    target(land.plan, came_first, OutreachStep.ATTENDED)
    row = row_of(client.get("/actores/cobertura/datos.json"))
    assert (row["valor"], row["estado"], row["participaron"], row["en_silencio"]) == (actors, state, None, None)


def test_the_team_reads_everything(sign_in, land):
    silence(land, who_came=2)
    row = row_of(sign_in(make.user(Role.FACILITATOR)).get("/actores/cobertura/datos.json"))
    assert (row["actores"], row["estado"], row["en_silencio"], row["respondieron"], row["participaron"]) == (
        6, "participo", 1, 0, 2,
    )  # fmt: skip


def row_of(answer, place: str = "14", theme: str = "agua"):
    return next(row for row in answer.json["filas"] if (row["lugar"], row["tema"]) == (place, theme))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("sector=zzz", "No se reconoce «zzz» en «Sector»."),
        ("pueblo=Nadie", "No se reconoce «Nadie» en «Pueblo o nacionalidad»."),
        ("tema=zzz", "No se reconoce «zzz» en «Tema»."),
        ("plan=PAGA99", "No se reconoce «PAGA99» en «Plan»."),
        ("medida=todo", "No se reconoce «todo» en «Contar»."),
        ("medida=asistencias&grupo=gender.x", "No se reconoce «gender.x» en «De quiénes»."),
        ("medida=propuestas&sector=2", "El filtro «Sector» no vale para lo que se cuenta aquí."),
    ],
)
def test_a_filter_that_says_nothing_is_told_and_left_out(client, land, query, words):
    actor(land.water, land.morona)
    page = client.get(f"/actores/cobertura?{query}").text
    assert words in page and "Se muestra sin ese filtro." in page
    refused = client.get(f"/actores/cobertura/datos.json?{query}")
    assert (refused.status_code, words in refused.json["detail"]) == (422, True)
    assert client.get(f"/actores/cobertura/datos.csv?{query}").status_code == 422


def test_an_unknown_sector_does_not_empty_the_table(client, land):
    actor(land.water, land.morona)
    assert "/actores/?tema=agua&amp;provincia=14" in client.get("/actores/cobertura?sector=zzz&tema=agua").text


def test_known_filters_are_found_however_they_are_written(client, land):
    make.save(People(name="Shuar", kind="nacionalidad"))
    sector = make.save(Sector(code="2", name_es="Sociedad civil", name_en="Civil society"))
    actor(land.water, land.morona, sector_id=sector.id)
    found = client.get("/actores/cobertura/datos.json?sector=2&pueblo=shuar")
    assert (found.status_code, row_of(found)["pueblo"], row_of(found)["valor"]) == (200, "Shuar", 0)
    assert row_of(client.get("/actores/cobertura/datos.json?sector=2"))["valor"] == 1


def test_the_map_has_classes_for_provinces_alone(client, land):
    """The whole country is no province: its number would stretch the darkest class."""
    actor(land.water, land.morona)
    for _ in range(7):
        actor(land.water, land.country)
    page = client.get("/actores/cobertura").text
    legend = re.sub(r"<[^>]+>", "", re.search(r'class="map__legend".*?</ul>', page, re.DOTALL)[0])
    assert "1" in legend and "7" not in legend
    assert ">7<" in page  # in the table
