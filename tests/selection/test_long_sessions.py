"""Long sessions: twenty rows a page, read in the database; places and publishing are of all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.extensions import db
from intake.selection import queries
from intake.selection.candidates import CandidateFilters, candidates
from models import Decision, Proposal
from models.enums import Category, DecisionStatus, ProposalStatus
from tests.evaluation.conftest import House
from tests.evaluation.test_views import many
from tests.selection.conftest import decide

if TYPE_CHECKING:
    from models import SelectionSession, User
    from tests.conftest import CountQueries, SignIn

C = Category
SIZES = (1, 3, 45)


def evaluated(house: House, n: int) -> None:
    """``n`` proposals more, all evaluated."""
    many(house, n)
    table = Proposal.__table__
    db.session.execute(sa.update(table).where(table.c.status == "in_evaluation").values(status="evaluated"))
    db.session.commit()


def growing(house: House) -> Any:
    """The numbers of `SIZES`, with that many evaluated proposals in the house."""
    before = 0
    for size in SIZES:
        evaluated(house, size - before)
        before = size
        yield size


def test_a_page_has_twenty_rows_and_reads_no_more(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, count_queries: CountQueries
) -> None:
    browser, counts = sign_in(core), []
    for size in growing(house):
        with count_queries() as seen:
            page = browser.get(f"/seleccion/sesiones/{session.number}").text
        counts.append(len(seen))
        assert len(re.findall(r'<th scope="row">', page)) == min(size, 20)
        read = [s for s in seen if "departs_from_order" in s and s.startswith("SELECT anon")]
        assert any("LIMIT" in statement for statement in read), read
    assert counts[0] == counts[1] == counts[2] <= 8
    last = browser.get(f"/seleccion/sesiones/{session.number}?pagina=3").text
    assert len(re.findall(r'<th scope="row">', last)) == 5


def test_pages_together_hold_every_place_once(house: House, session: SelectionSession) -> None:
    evaluated(house, 45)
    pages = [candidates(session, CandidateFilters(), number) for number in (1, 2, 3)]
    rows = [row for page in pages for row in page.items]
    assert {page.total for page in pages} == {45} and len({row.folio for row in rows}) == 45
    ranked = queries.means(session)
    by_folio = {p.folio: p.id for p in db.session.scalars(sa.select(Proposal))}
    assert [row.rank for row in rows] == [queries.rank_in(ranked, by_folio[row.folio]) for row in rows]
    assert [row.rank for row in rows] == sorted(row.rank or 0 for row in rows)
    assert candidates(session, CandidateFilters(), 99).number == 3


def test_filters_do_not_change_places(house: House, session: SelectionSession, core: User) -> None:
    best, same, worst = house.evaluated(3), house.evaluated(3), house.evaluated(1)
    unread = house.evaluated(1)
    db.session.execute(sa.text("UPDATE assignment SET total_pct = NULL WHERE proposal_id = :key"), {"key": unread.id})
    decide(session, worst, C.OUTSIDE_PLAN, by=core)
    every = {row.folio: row.rank for row in candidates(session, CandidateFilters(), 1).items}
    assert every == {best.folio: 1, same.folio: 1, worst.folio: 3, unread.folio: None}
    assert [(r.folio, r.rank) for r in candidates(session, CandidateFilters(decided="si"), 1).items] == [
        (worst.folio, 3)
    ]
    assert candidates(session, CandidateFilters(decided="no"), 1).total == 3
    assert candidates(session, CandidateFilters(category=C.IN_PLAN), 1).items == []


def test_letters_come_twenty_a_page_and_all_are_published(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, count_queries: CountQueries, post: Any
) -> None:
    browser, path = sign_in(house.director), f"/seleccion/sesiones/{session.number}/publicar"
    counts, done = [], set()
    for size in growing(house):
        waiting = sa.select(Proposal).where(Proposal.status == ProposalStatus.EVALUATED, Proposal.id.not_in(done))
        for proposal in db.session.scalars(waiting).all():
            decide(session, proposal, C.IN_PLAN, by=core)
            done.add(proposal.id)
        db.session.expire_all()
        with count_queries() as seen:
            page = browser.get(path).text
        counts.append(len(seen))
        assert page.count('<section class="card letter">') == min(size, 20)
        assert page.count("<details open>") == (size if size <= 3 else 0)
    assert counts[0] == counts[1] == counts[2] <= 10
    assert "Se publicarán 45 decisiones" in page and "también las de las otras páginas" in page
    assert browser.get(path + "?pagina=3").text.count('<section class="card letter">') == 5
    assert post(browser, path, page=path + "?pagina=2").status_code == 302
    db.session.expire_all()
    published = sa.select(sa.func.count()).where(Decision.status == DecisionStatus.PUBLISHED)
    assert db.session.scalar(published) == 45


def test_unexplained_departures_are_named_from_every_page(
    house: House, session: SelectionSession, core: User, sign_in: SignIn
) -> None:
    evaluated(house, 25)
    ranked = list(queries.means(session))
    rows = {p.id: p for p in db.session.scalars(sa.select(Proposal).where(Proposal.id.in_(ranked)))}
    for key in ranked[:-1]:
        decide(session, rows[key], C.IN_PLAN if key != ranked[0] else C.OUTSIDE_PLAN, by=core, why="Porque sí.")
    decide(session, rows[ranked[-1]], C.IN_PLAN, by=core, why="Porque sí.")
    db.session.execute(sa.update(Decision.__table__).values(departure_reason="", departs_from_order=False))
    db.session.commit()
    page = sign_in(house.director).get(f"/seleccion/sesiones/{session.number}/publicar").text
    head = page[page.index("Se apartan del orden sin explicación") : page.index('id="cartas"')]
    assert rows[ranked[0]].folio in head and rows[ranked[-1]].folio in head
    assert "Publicar todas las decisiones" not in head
