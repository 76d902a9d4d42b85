"""Open data, health, and the pages about the site."""

import csv
import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.tabular import csv_lines
from intake.extensions import db
from intake.reports import health, opendata, publictables
from intake.reports.queries import home
from models import Commitment, Participation, ParticipationCount, ProposalContact
from models.enums import Dimension, ProposalStatus, PublicName
from tests import factories


def table(client, name: str) -> list[dict[str, str]]:
    answer = client.get(f"/datos/{name}.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_health_says_ok(client):
    answer = client.get("/salud")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok", "migrations": "ok"})


def test_health_fails_on_other_migrations(client, monkeypatch):
    monkeypatch.setattr(health, "heads", lambda: frozenset({"9999"}))
    answer = client.get("/salud")
    assert (answer.status_code, answer.json["migrations"]) == (503, "behind")


@pytest.mark.parametrize("path", ["/privacidad", "/accesibilidad", "/datos/"])
def test_pages_without_a_plan_and_in_one_statement_more_than_none(client, count_queries, path):
    with count_queries() as seen:
        assert client.get(path).status_code == 200
    assert len(seen) <= 1


def test_privacy_names_law_rights_and_term(client):
    page = client.get("/privacidad").text
    for words in ("LOPDP", "15 días", "consentimiento", "13 a 16"):
        assert words in page


def test_robots_keep_out_of_personal_pages(client):
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert "Disallow: /cuenta/" in answer.text


def test_icon_is_a_picture(client):
    answer = client.get("/favicon.ico")
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")


def test_footer_leads_to_pages_that_exist(client):
    page = client.get("/privacidad").text
    footer = page[page.index("site-footer__links") :]
    for path in ("/datos/", "/privacidad", "/accesibilidad"):
        assert f'href="{path}"' in footer
    assert "/bitacora/" not in page


def test_every_table_has_a_column_for_each_value(app):
    for name, query in publictables.QUERIES.items():
        assert len(query().selected_columns) == len(opendata.TABLES[name].columns), name
    assert set(publictables.QUERIES) == set(opendata.TABLES)


@pytest.mark.parametrize("name", list(opendata.TABLES))
def test_both_formats_hold_the_same_rows(client, name):
    factories.proposal()
    factories.actor()
    answer = client.get(f"/datos/{name}.json")
    assert answer.mimetype == "application/json"
    rows = json.loads(answer.data)
    assert len(rows) == len(table(client, name))
    assert all(list(row) == [c.name for c in opendata.TABLES[name].columns] for row in rows)


def test_proposals_carry_no_person_and_no_draft(client):
    plan = factories.plan()
    made = factories.proposal(plan, public_name=PublicName.NAME, organisation_name="Junta Secreta")
    factories.save(ProposalContact(proposal_id=made.id, name="Rosa Reservada", email="rosa@ejemplo.ec"))
    factories.proposal(plan, ProposalStatus.DRAFT, title="Borrador secreto")
    named = factories.proposal(plan, public_name=PublicName.ORGANISATION, organisation_name="Junta de Agua")
    rows = table(client, "propuestas")
    assert [(r["folio"], r["organizacion"]) for r in rows] == [(made.folio, ""), (named.folio, "Junta de Agua")]
    text = client.get("/datos/propuestas.csv").text
    for secret in ("Rosa Reservada", "rosa@ejemplo.ec", "Junta Secreta", "Borrador secreto"):
        assert secret not in text


def test_a_proposed_refusal_is_not_public(client):
    factories.proposal(factories.plan(), ProposalStatus.REFUSAL_PROPOSED)
    assert [r["estado"] for r in table(client, "propuestas")] == ["recibida"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_formulas_are_made_harmless(client, start):
    factories.proposal(title=f"{start}HYPERLINK(1)", problem='Dos\nlíneas, con «comas» y "comillas"')
    row = table(client, "propuestas")[0]
    assert row["titulo"] == f"'{start}HYPERLINK(1)"
    assert row["problema"] == 'Dos\nlíneas, con «comas» y "comillas"'


def test_numbers_are_not_taken_for_formulas():
    assert list(csv_lines(["n", "t"], [(-3, None)])) == ["\ufeffn,t\r\n", "-3,\r\n"]


def counted(plan, counts, event=None):
    row = factories.save(
        Participation(plan_id=plan.id, event_id=event.id if event else None, total=sum(counts.values()))
    )
    for category, people in counts.items():
        factories.save(
            ParticipationCount(participation_id=row.id, dimension=Dimension.GENDER, category=category, people=people)
        )


def told(client):
    return [
        (bool(r["mesa"]), r["total"], r["categoria"], r["personas"], r["reserva"])
        for r in table(client, "participacion")
    ]


def test_few_people_at_an_event_are_not_told_nor_what_would_give_them_away(client):
    plan = factories.plan()
    event = factories.event(plan, starts_at=clock.now() - timedelta(days=1))
    counts = {"woman": 17, "man": 9, "non_binary": 3, "other": 0}
    counted(plan, counts, event)
    counted(plan, counts)
    assert told(client) == [
        (True, "29", "woman", "17", ""),
        (True, "29", "man", "", "no se publica"),
        (True, "29", "non_binary", "", "no se publica"),
        (True, "29", "other", "0", ""),
        *[(False, "29", category, str(people), "") for category, people in counts.items()],
    ]


def test_several_few_are_told_to_be_few_and_a_handful_of_people_nothing(client):
    plan = factories.plan()
    counted(plan, {"woman": 17, "man": 2, "non_binary": 3}, factories.event(plan, title="Mesa uno"))
    counted(plan, {"woman": 3, "man": 1}, factories.event(plan, title="Mesa dos"))
    assert told(client) == [
        (True, "22", "woman", "17", ""),
        (True, "22", "man", "", "menos de 5"),
        (True, "22", "non_binary", "", "menos de 5"),
        (True, "", "", "", "menos de 5"),
    ]


def test_codes_have_spanish_words_beside_them_whoever_downloads(client):
    factories.proposal(factories.plan(is_fictional=True), ProposalStatus.REFUSAL_PROPOSED)
    factories.proposal(factories.plan(is_fictional=False))
    client.get("/?lang=en")
    rows = table(client, "propuestas")
    assert [(r["ficticio"], r["tipo_texto"], r["estado_texto"]) for r in rows] == [
        ("sí", "Propuesta ciudadana", "Recibida"),
        ("no", "Propuesta ciudadana", "Recibida"),
    ]


def test_every_table_that_mixes_plans_says_which_rows_are_invented(client):
    assert [name for name, t in opendata.TABLES.items() if "ficticio" not in [c.name for c in t.columns]] == []


@pytest.mark.parametrize("path", ["/datos/usuarios.csv", "/datos/propuestas.xml", "/datos/..%2f.csv"])
def test_other_tables_do_not_exist(client, path):
    assert client.get(path).status_code == 404


def test_downloads_take_one_statement(client, count_queries):
    for _ in range(3):
        factories.proposal()
    db.session.execute(sa.text("SELECT 1"))
    with count_queries() as seen:
        client.get("/datos/propuestas.csv").get_data()
    assert len(seen) == 1


def test_a_draft_is_no_open_data_even_once_the_plan_is_formalized(client):
    plan = factories.plan(formalized_at=clock.now())
    factories.save(
        Commitment(
            plan_id=plan.id, number=1, reference=f"{plan.code}-1", title_es="Borrador secreto", created_at=clock.now()
        )
    )
    assert table(client, "compromisos") == []
    assert "Borrador secreto" not in client.get("/").text
    assert home.numbers(plan).commitments == 0
