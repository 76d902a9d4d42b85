"""What the filters of the list offer, how many each choice would leave, and in which order proposals stand."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.search import stems
from intake.extensions import db
from intake.reception import queries
from intake.reception.inputs import SEEDS, STATUS_SLUGS, Filters
from models import JoinRequest, Proposal, ProposalApproach
from models.enums import Approach, Branch, Channel, ProposalStatus, StageKind, TerritoryLevel
from tests import factories


@pytest.fixture
def many(plan):
    """Proposals that differ in everything that is counted; drafts and what is set aside among them."""
    themes = [factories.theme("agua"), factories.theme("salud"), None]
    province = factories.territory("14")
    parish = factories.territory("140150", TerritoryLevel.PARISH, path="14.1401.140150.")
    other = factories.territory("15")
    event = factories.event(plan, slug="mesa-de-macas")
    past = factories.plan(None, code="PAGA1")
    lead = factories.proposal(past, ProposalStatus.DRAFT)
    for n, status in enumerate([*ProposalStatus] * 6):
        theme, place = themes[n % 3], (province, parish, other, None)[n % 4]
        one = factories.proposal(
            past if n % 5 == 0 else plan,
            status,
            theme_id=theme and theme.id,
            territory_id=place and place.id,
            branch=(None, *Branch)[n % 5 % (len(Branch) + 1)],
            channel=list(Channel)[n % len(Channel)],
            event_id=event.id if n % 7 == 0 else None,
            search_stems=stems("agua" if n % 2 else "caminos"),
            joined_to_id=lead.id if status is ProposalStatus.JOINED else None,
        )
        if n % 6 == 4:
            asked = {"collective_id": one.id, "proposal_id": lead.id, "position": 1}
            factories.save(JoinRequest(**asked, asked_at=clock.now(), due_on=clock.today()))
        for approach in list(Approach)[: n % 3]:
            factories.save(ProposalApproach(proposal_id=one.id, approach=approach))
    db.session.commit()


VALUES = {
    "estado": sorted(set(STATUS_SLUGS.values())),
    "tema": ["agua", "salud"],
    "provincia": ["14", "15"],
    "plan": ["PAGA1", "PAGA3"],
    "enfoque": [a.value for a in Approach],
    "ambito": [b.value for b in Branch],
    "canal": [c.value for c in Channel],
    "mesa": ["mesa-de-macas"],
}


@pytest.mark.parametrize(
    "on",
    [
        {},
        {"plan": "PAGA3"},
        {"estado": "recibida"},
        {"tema": "agua", "provincia": "14"},
        {"plan": "PAGA3", "canal": "web", "ambito": Branch.EXECUTIVE.value},
        {"enfoque": next(iter(Approach)).value, "tema": "salud"},
        {"mesa": "mesa-de-macas", "provincia": "1401"},
        {"q": "agua", "estado": "admitida"},
        {"sin": "colectivas", "tema": "agua"},
        {"sin": "colectivas", "enfoque": next(iter(Approach)).value},
        {"tema": "no-existe"},
        {"estado": "inventado", "ambito": "inventado"},
    ],
)
def test_each_number_is_what_the_list_then_has(many, on):
    counted = queries.facets(Filters.parse(on))
    for name, values in VALUES.items():
        expected = {value: queries.how_many(Filters.parse({**on, name: value})) for value in values}
        assert counted[name] == {value: number for value, number in expected.items() if number}, name


def test_nothing_is_counted_that_is_not_public(plan):
    theme = factories.theme("agua")
    for status in (ProposalStatus.DRAFT, ProposalStatus.HELD, ProposalStatus.DISCARDED):
        one = factories.proposal(plan, status, theme_id=theme.id)
        factories.save(ProposalApproach(proposal_id=one.id, approach=Approach.GENDER))
    assert {name: numbers for name, numbers in queries.facets(Filters()).items() if numbers} == {}


def test_a_refusal_without_its_second_signature_counts_as_received(plan):
    factories.proposal(plan, ProposalStatus.SUBMITTED)
    factories.proposal(plan, ProposalStatus.REFUSAL_PROPOSED)
    assert queries.facets(Filters())["estado"] == {"recibida": 2}


def test_counts_are_one_statement(many, count_queries):
    for values in ({}, {"plan": "PAGA3", "tema": "agua", "q": "agua", "enfoque": "genero"}):
        with count_queries() as statements:
            queries.facets(Filters.parse(values))
        assert len(statements) == 1


def choices_of(page: str, name: str) -> dict[str, str]:
    select = page[page.index(f'name="{name}"') :]
    found = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', select[: select.index("</select>")])
    return {value: html.unescape(words) for value, words in found if value}


def test_the_panel_says_the_number_beside_each_choice_and_keeps_those_with_none(plan, client):
    water, health = factories.theme("agua", name_es="Agua"), factories.theme("salud", name_es="Salud")
    factories.proposal(plan, theme_id=water.id, channel=Channel.PAPER)
    factories.proposal(plan, theme_id=water.id)
    factories.proposal(plan, ProposalStatus.DRAFT, theme_id=health.id)
    db.session.commit()
    page = client.get("/propuestas/?canal=papel").text
    assert choices_of(page, "tema") == {"agua": "Agua (1)", "salud": "Salud (0)"}
    assert choices_of(page, "canal")["web"].endswith("(1)")
    assert choices_of(page, "canal")["papel"].endswith("(1)")
    assert "Salud (0)" in client.get("/propuestas/").text
    states = choices_of(page, "estado")
    assert list(states) == list(dict.fromkeys(STATUS_SLUGS.values()))
    assert states["retirada"].endswith("(0)")


def test_refused_withdrawn_and_joined_ones_stand_in_the_list(plan, client):
    lead = factories.proposal(plan)
    shown = [
        factories.proposal(plan, ProposalStatus.NOT_ADMITTED),
        factories.proposal(plan, ProposalStatus.WITHDRAWN),
        factories.proposal(plan, ProposalStatus.JOINED, joined_to_id=lead.id),
    ]
    hidden = [factories.proposal(plan, status) for status in (ProposalStatus.HELD, ProposalStatus.DISCARDED)]
    db.session.commit()
    page = client.get("/propuestas/").text
    assert [one.folio in page for one in shown] == [True] * 3
    assert [one.folio in page for one in hidden] == [False] * 2
    assert shown[2].folio in client.get("/propuestas/?estado=unida").text
    assert client.get(f"/propuestas/{shown[2].folio}.json").json["estado"] == "unida"


# -- orders ---------------------------------------------------------------------------------------


def folios(page: str) -> list[str]:
    return re.findall(r'<span class="nowrap">([A-Z0-9-]+)</span>', page)


def test_the_random_order_is_the_seeds_alone(plan):
    for _ in range(30):
        factories.proposal(plan)
    first = db.session.scalars(queries.keys(Filters(order="azar", seed=5))).all()
    assert len(set(first)) == 30
    assert first == [key for key in first if key]  # none lost
    assert db.session.scalars(queries.keys(Filters(order="azar", seed=5))).all() == first
    assert db.session.scalars(queries.keys(Filters(order="azar", seed=6))).all() != first
    assert first not in (sorted(first), sorted(first, reverse=True))
    prime, seed = 2_147_483_579, 5

    def number(key: int) -> int:
        return pow((key * 1_103_515_245 + seed * 48_271) % prime, 3, prime)

    assert first == sorted(first, key=number)  # so it is the same on every database


@pytest.mark.parametrize("seed", [0, SEEDS - 1])
def test_no_seed_passes_what_a_database_counts_to(plan, seed):
    ids = [factories.proposal(plan).id for _ in range(3)]
    assert sorted(db.session.scalars(queries.keys(Filters(order="azar", seed=seed)))) == ids


def test_every_place_is_as_likely_for_everybody(plan):
    ids = [factories.proposal(plan).id for _ in range(8)]
    firsts = [db.session.scalars(queries.keys(Filters(order="azar", seed=seed)).limit(1)).one() for seed in range(400)]
    assert all(25 <= firsts.count(key) <= 80 for key in ids)  # 50 each, give or take four deviations


def test_pages_of_a_random_list_share_nothing_and_lose_nothing(plan, client):
    everything = {factories.proposal(plan).folio for _ in range(45)}
    db.session.commit()
    seen: list[str] = []
    address = "/propuestas/"
    for _ in range(3):
        page = client.get(address).text
        seen += folios(page)
        following = re.search(r'href="([^"]*pagina=\d+[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]+)"', page)
        address = html.unescape(next(g for g in following.groups() if g)) if following else ""
    assert len(seen) == 45
    assert set(seen) == everything
    assert address == ""


def test_lists_are_shuffled_while_supports_are_open_and_newest_first_otherwise(plan, client):
    one = factories.proposal(plan, submitted_at=clock.now() - timedelta(days=1))
    two = factories.proposal(plan)
    db.session.commit()
    page = client.get("/propuestas/").text
    assert "Se muestran al azar" in page
    assert "semilla=" in page
    assert 'name="orden"' not in page  # nothing was chosen
    searched = client.get("/propuestas/?q=macas&orden=recientes")
    assert "Se muestran al azar" not in searched.text
    factories.plan(StageKind.SELECTION, code="PAGA4")
    past = client.get("/propuestas/?plan=PAGA4").text
    assert "Se muestran al azar" not in past
    newest = client.get("/propuestas/?orden=recientes").text
    assert folios(newest) == [two.folio, one.folio]
    assert '<input type="hidden" name="orden" value="recientes">' in newest
    kept = client.get("/propuestas/?orden=azar&semilla=77").text
    assert '<input type="hidden" name="semilla" value="77">' in kept
    assert client.get("/propuestas/?orden=azar&semilla=%C2%B2x").status_code == 200


def test_most_supported_and_most_discussed(plan, client):
    few = factories.proposal(plan, support_count=2, comment_count=9)
    most = factories.proposal(plan, support_count=7)
    db.session.commit()
    assert folios(client.get("/propuestas/?orden=apoyadas").text) == [most.folio, few.folio]
    assert folios(client.get("/propuestas/?orden=comentadas").text) == [few.folio, most.folio]


def test_hidden_totals_are_not_told_by_any_order(plan, client):
    first = factories.proposal(plan, support_count=9, submitted_at=clock.now() - timedelta(days=1))
    second = factories.proposal(plan, support_count=1)
    plan.supports_hidden_until = clock.today()
    db.session.commit()
    page = client.get("/propuestas/?orden=apoyadas")
    assert "Más apoyadas" not in page.text
    assert "Se muestran al azar" in page.text
    rows = client.get("/propuestas/exportar.json?orden=apoyadas").json
    listed = rows if isinstance(rows, list) else next(v for v in rows.values() if isinstance(v, list))
    assert [row["folio"] for row in listed] == [second.folio, first.folio]
    plan.supports_hidden_until = clock.today() - timedelta(days=1)
    db.session.commit()
    page = client.get("/propuestas/?orden=apoyadas").text
    assert "Más apoyadas" in page
    assert folios(page) == [first.folio, second.folio]


def test_other_plans_that_hide_nothing_may_be_ordered_by_supports(plan, client):
    plan.supports_hidden_until = clock.today()
    factories.plan(None, code="PAGA1")
    db.session.commit()
    assert "Más apoyadas" not in client.get("/propuestas/?plan=PAGA3").text
    one, two = (factories.proposal(db.session.merge(plan)) for _ in range(2))
    assert one.folio != two.folio
    choices = queries.choices()["hiding"]
    assert [choice.code for choice in choices] == ["PAGA3"]


def test_titles_in_order(plan):
    for title in ("Bueno para todos", "Agua para todos"):
        factories.proposal(plan, title=title)
    assert [row.title for row in queries.page(Filters(order="titulo"), 1, 2).items] == [
        "Agua para todos",
        "Bueno para todos",
    ]


def test_the_total_is_what_the_counts_of_the_states_say(plan):
    for filters in (
        Filters(),
        Filters(status="retirada"),
        Filters(status="recibida", plan="PAGA3"),
        Filters(plan="NO"),
    ):
        assert queries.total(filters, queries.facets(filters)) == queries.how_many(filters)


def test_a_page_of_nothing_asks_nothing(plan, count_queries):
    with count_queries() as seen:
        assert queries.page(Filters(channel=Channel.PAPER), 3, 0).items == []
    assert len(seen) == 0


def test_pages_from_the_kept_beginning_are_those_of_the_whole_list(plan, monkeypatch):
    for n in range(70):
        factories.proposal(plan, title=f"Propuesta {n} de agua", search_stems=stems("agua"))
    monkeypatch.setattr("intake.reception.queries.lists.FIRST", 40)
    for filters in (Filters(order="azar", seed=7), Filters(query="agua"), Filters(query="agua", order="titulo")):
        known = queries.first(filters)
        assert len(known) == 40
        for number in (1, 2, 3, 4, 9):
            kept = queries.page(filters, number, 70, lambda known=known: known)
            whole = queries.page(filters, number, 70)
            assert [row.id for row in kept.items] == [row.id for row in whole.items]
            assert (kept.number, kept.pages) == (whole.number, whole.pages)


def test_what_was_set_aside_since_its_order_was_kept_is_not_shown(plan):
    made = [factories.proposal(plan) for _n in range(3)]
    filters = Filters(order="azar", seed=7)
    known = queries.first(filters)
    held = sa.update(Proposal.__table__).where(Proposal.id == made[1].id).values(status=ProposalStatus.HELD)
    db.session.execute(held)
    shown = queries.page(filters, 1, 3, lambda: known).items
    assert {row.id for row in shown} == {made[0].id, made[2].id}
