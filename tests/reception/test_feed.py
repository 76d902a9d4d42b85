"""The news of a list as a feed, and the proposals related to one."""

from __future__ import annotations

import html
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from intake.core import clock
from intake.core.search import stems
from intake.extensions import db
from models import Decision, SelectionSession
from models.enums import Category, DecisionStatus, ProposalStatus, Role, SessionStatus
from tests import factories

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    names = ("id", "title", "updated", "published", "summary")
    return [{name: one.findtext(ATOM + name) for name in names} for one in root.iter(ATOM + "entry")]


def test_news_are_what_arrived_was_withdrawn_and_was_decided_newest_first(plan, client):
    now = clock.now()
    decided = factories.proposal(plan, ProposalStatus.SELECTED, submitted_at=now - timedelta(days=30))
    newer = factories.proposal(plan, submitted_at=now - timedelta(days=3))
    gone = factories.proposal(
        plan, ProposalStatus.WITHDRAWN, submitted_at=now - timedelta(days=9), withdrawn_at=now - timedelta(days=2)
    )
    waiting = factories.proposal(plan, ProposalStatus.EVALUATED, submitted_at=now - timedelta(days=40))
    for status in (ProposalStatus.HELD, ProposalStatus.DISCARDED, ProposalStatus.DRAFT):
        factories.proposal(plan, status)
    _decide(plan, decided, now - timedelta(days=1))
    _decide(plan, waiting, None)
    db.session.commit()
    found = entries(client.get("/propuestas/novedades.atom"))
    assert [one["id"].rpartition("/")[2] for one in found] == [p.folio for p in (decided, gone, newer, waiting)]
    assert [one["updated"][:10] for one in found[:1]] == [(now - timedelta(days=1)).isoformat()[:10]]
    assert found[0]["id"] == f"http://localhost/propuestas/{decided.folio}"
    assert found[0]["published"] < found[0]["updated"]


def _decide(plan, proposal, published_at):
    session = factories.save(
        factories._in_state(
            SelectionSession,
            {"status": SessionStatus.PUBLISHED if published_at else SessionStatus.OPEN, "published_at": published_at},
            plan_id=plan.id,
            number=proposal.folio_number,
            title="Sesión",
            held_on=clock.today(),
            decided_by="Grupo Núcleo",
        )
    )
    state = DecisionStatus.PUBLISHED if published_at else DecisionStatus.PENDING
    factories.save(
        factories._in_state(
            Decision,
            {"status": state, "published_at": published_at},
            session_id=session.id,
            proposal_id=proposal.id,
            category=Category.IN_PLAN,
            reason="Porque sí se puede.",
            decided_at=clock.now(),
            decided_by_id=factories.user(Role.DIRECTORATE).id,
        )
    )


def test_every_filter_of_the_list_makes_a_feed_of_its_own(plan, client):
    water = factories.theme("agua", name_es="Agua & ríos")
    one = factories.proposal(plan, theme_id=water.id)
    factories.proposal(plan)
    db.session.commit()
    address = "/propuestas/novedades.atom?plan=PAGA3&tema=agua&orden=titulo&pagina=3"
    answer = client.get(address)
    assert [e["id"].rpartition("/")[2] for e in entries(answer)] == [one.folio]
    root = ET.fromstring(answer.data)
    assert root.findtext(ATOM + "title") == "Propuestas ciudadanas · Tema: Agua & ríos · Plan: PAGA3"
    assert root.findtext(ATOM + "id") == "http://localhost/propuestas/novedades.atom?tema=agua&plan=PAGA3"
    assert entries(client.get("/propuestas/novedades.atom?estado=retirada")) == []


def test_the_list_leads_to_its_feed(plan, client):
    factories.proposal(plan)
    db.session.commit()
    page = html.unescape(client.get("/propuestas/?plan=PAGA3&q=agua&orden=titulo").text)
    address = "/propuestas/novedades.atom?q=agua&plan=PAGA3"
    assert (
        f'<link rel="alternate" type="application/atom+xml" title="Novedades de esta lista" href="{address}">' in page
    )
    page = html.unescape(client.get("/propuestas/?plan=PAGA3").text)
    assert '<a href="/propuestas/novedades.atom?plan=PAGA3" type="application/atom+xml">' in page


def test_hostile_texts_are_text_and_what_xml_cannot_say_is_left_out(plan, client):
    factories.proposal(plan, title="</title><script>alert(1)</script> & \x0b\U0001f600")
    db.session.commit()
    assert entries(client.get("/propuestas/novedades.atom"))[0]["title"] == "</title><script>alert(1)</script> & 😀"
    assert client.get("/propuestas/novedades.atom?tema=%3Cx%3E%22&q=%26%3C").status_code == 200


def test_who_asks_again_is_told_that_nothing_changed(plan, client):
    factories.proposal(plan, submitted_at=clock.now() - timedelta(days=2))
    db.session.commit()
    first = client.get("/propuestas/novedades.atom")
    assert first.headers["ETag"]
    by_tag = client.get("/propuestas/novedades.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (by_tag.status_code, by_tag.data) == (304, b"")
    by_date = client.get("/propuestas/novedades.atom", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert by_date.status_code == 304
    factories.proposal(plan)
    db.session.commit()
    later = client.get("/propuestas/novedades.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (later.status_code, len(entries(later))) == (200, 2)
    assert "Set-Cookie" not in later.headers


def test_an_empty_feed_still_says_a_moment(app, client):
    answer = client.get("/propuestas/novedades.atom")
    assert entries(answer) == []
    assert ET.fromstring(answer.data).findtext(ATOM + "updated").startswith("2019-01-01")


@pytest.mark.parametrize("number", [1, 3, 60])
def test_a_feed_takes_the_same_statements_at_any_length(plan, client, count_queries, number):
    for _ in range(number):
        factories.proposal(plan)
    db.session.commit()
    with count_queries() as statements:
        assert len(entries(client.get("/propuestas/novedades.atom"))) == min(number, 50)
    assert len(statements) == 3


# -- related --------------------------------------------------------------------------------------


def alike(plan, title: str, status=ProposalStatus.SUBMITTED):
    return factories.proposal(plan, status, title=title, search_stems=stems(title, "El agua llega turbia."))


def test_the_page_names_at_most_five_related_ones_and_says_why(plan, client):
    one = alike(plan, "Riego comunitario con agua limpia en Macas")
    others = [alike(plan, f"Agua de riego comunitario, caso {n}") for n in range(7)]
    apart = factories.proposal(plan, title="Medicinas en el hospital", search_stems=stems("Medicinas en el hospital"))
    secret = alike(plan, "Riego comunitario con agua limpia en Macas", ProposalStatus.HELD)
    db.session.commit()
    page = client.get(f"/propuestas/{one.folio}").text
    section = page[page.index('id="relacionadas"') :]
    section = section[: section.index("</section>")]
    assert section.count("<li>") == 5
    assert sum(other.folio in section for other in others) == 5
    assert "Porque ambas hablan de" in section
    assert apart.folio not in section
    assert secret.folio not in page
    assert one.folio not in section


def test_without_related_ones_the_page_says_nothing_of_them(plan, client):
    one = alike(plan, "Riego comunitario con agua limpia en Macas")
    db.session.commit()
    assert "relacionadas" not in client.get(f"/propuestas/{one.folio}").text
