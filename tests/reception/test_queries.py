"""Lists: what they find, in what order, and how many statements they take."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import code_mark
from intake.core.search import stems
from intake.extensions import db
from intake.reception import exporting, queries, serializers
from intake.reception.differences import ADDED, REMOVED, SAME, Piece, changed, compare
from intake.reception.inputs import Filters
from models import Proposal, ProposalApproach
from models.enums import Approach, Branch, Channel, ProposalStatus, Role, TerritoryLevel
from tests import factories


def folios(**values) -> list[str]:
    filters = Filters.parse(values)
    return [row.folio for row in queries.page(filters, 1, queries.how_many(filters)).items]


def many(plan, number: int) -> None:
    """Proposals in bulk, past the services, for counting statements."""
    now = clock.now()
    last = db.session.scalar(sa.select(sa.func.max(Proposal.folio_number))) or 0
    rows = [
        {
            "plan_id": plan.id,
            "folio": f"PAGA3-{n:05d}",
            "folio_number": n,
            "status": ProposalStatus.SUBMITTED,
            "title": f"Propuesta {n} de agua",
            "problem": "Falta agua.",
            "solution": "Publicar.",
            "created_at": now,
            "updated_at": now,
            "submitted_at": now + timedelta(seconds=n),
            "search_stems": stems("propuesta agua"),
        }
        for n in range(last + 1, last + number + 1)
    ]
    db.session.execute(sa.insert(Proposal), rows)
    db.session.commit()


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/propuestas/", 5),
        ("/propuestas/?q=agua&estado=recibida&plan=PAGA3&orden=antiguas", 6),  # also where it found its words
        ("/propuestas/?mias=1", 3),  # a guest without any: nothing is read
    ],
)
def test_list_takes_the_same_few_statements_at_any_length(plan, client, count_queries, path, number):
    seen = []
    for grow in (1, 2, 47, 1_950):
        many(plan, grow)
        with count_queries() as statements:
            assert client.get(path).status_code == 200
        seen.append(len(statements))
    # the last page of a search also has what shares its meaning, and counts how rare words are as their number grows
    assert seen[2:] == [number] * 2
    assert set(seen[:2]) <= ({9, 10} if "q=" in path else {number})


def test_signed_in_list_and_own_list_take_one_more(plan, sign_in, count_queries):
    person = factories.user()
    for status in (ProposalStatus.DRAFT, ProposalStatus.SUBMITTED, ProposalStatus.ADMITTED):
        factories.proposal(plan, status, author_id=person.id, idempotency_key=f"k{status.value}")
    db.session.commit()
    browser = sign_in(person)
    for path, number in (("/propuestas/", 6), ("/propuestas/?mias=1", 5)):
        with count_queries() as statements:
            assert browser.get(path).status_code == 200
        assert len(statements) == number


def test_proposal_page_takes_ten_statements_two_of_them_for_related_ones(plan, client, count_queries):
    folio = factories.proposal(plan, ProposalStatus.ADMITTED).folio
    db.session.commit()
    client.get(f"/propuestas/{folio}")  # how rare each word is, is counted once
    with count_queries() as statements:
        assert client.get(f"/propuestas/{folio}").status_code == 200
    assert len(statements) == 10  # one more where there are candidates to weigh


def test_filters_find_by_code_and_nothing_else(plan):
    theme, other = factories.theme("agua"), factories.theme("otro")
    province = factories.territory("14")
    parish = factories.territory("140150", TerritoryLevel.PARISH, path="14.1401.140150.")
    one = factories.proposal(
        plan, theme_id=theme.id, territory_id=parish.id, branch=Branch.JUDICIAL, channel=Channel.PAPER
    )
    two = factories.proposal(plan, ProposalStatus.WITHDRAWN, theme_id=other.id, territory_id=province.id)
    factories.save(ProposalApproach(proposal_id=one.id, approach=Approach.GENDER))
    draft = factories.proposal(plan, ProposalStatus.DRAFT, theme_id=theme.id)
    assert draft.folio is None
    assert folios(tema="agua") == [one.folio]
    assert folios(provincia="14", orden="antiguas") == [one.folio, two.folio]
    assert folios(provincia="1401") == [one.folio]
    assert folios(provincia="15") == []
    assert folios(enfoque="genero") == [one.folio]
    assert folios(ambito="judicial") == [one.folio]
    assert folios(canal="papel") == [one.folio]
    assert folios(estado="retirada") == [two.folio]
    assert folios(plan="PAGA1") == []
    assert folios(plan="paga3", orden="antiguas") == [one.folio, two.folio]
    assert folios(estado="inventado", enfoque="x", ambito="y", canal="z", orden="antiguas") == [one.folio, two.folio]
    assert folios(tema="%", provincia="%") == []


def test_search_folds_accents_and_plurals(plan):
    one = factories.proposal(plan, title="Análisis del agua", search_stems=stems("Análisis del agua en Cotacachi"))
    factories.proposal(plan, title="Caminos", search_stems=stems("Caminos vecinales"))
    assert folios(q="analisis AGUAS") == [one.folio]
    assert folios(q="cotacachí") == [one.folio]
    assert folios(q="análisis caminos") == []
    assert len(folios(q="''; DROP TABLE proposal --")) == 0
    assert len(folios(q="!!!")) == 2


def of_words(plan, title):
    return factories.proposal(plan, title=title, search_stems=stems(title)).folio


def test_a_short_word_is_found_as_a_word_and_not_as_a_beginning(plan):
    of_words(plan, "Buscar otra busqueda del autobuseto")
    buses, bus = of_words(plan, "Transporte con buses limpios"), of_words(plan, "Un bus cada hora")
    for query in ("bus", "buses", "BUSES", "el bus"):
        assert set(folios(q=query)) == {buses, bus}, query
    assert folios(q="transporte de buses") == [buses]  # nobody wrote "de"
    rivers, river = of_words(plan, "Cuidar los ríos"), of_words(plan, "Un río limpio")
    of_words(plan, "La parte de Riobamba")
    assert set(folios(q="río")) == set(folios(q="ríos")) == {rivers, river}
    of_words(plan, "Participación de todos")
    assert len(folios(q="parte")) == 1
    educ = of_words(plan, "Educación para la vida")
    assert folios(q="educ") == folios(q="educa") == [educ]  # typed as a beginning


def test_words_that_join_a_sentence_are_not_demanded(plan):
    one = of_words(plan, "Agua y caminos")
    of_words(plan, "Escuelas de la costa")
    assert folios(q="el agua de los caminos") == [one]
    assert folios(q="agua para", modo="alguna") == [one]
    assert len(folios(q="de la")) == 1  # unless there are no others
    assert folios(q='"de los caminos"') == []  # and between quotation marks they count


def test_own_list_holds_own_and_claimed_alone(plan):
    person = factories.user()
    mine = factories.proposal(plan, ProposalStatus.DRAFT, author_id=person.id)
    claimed = factories.proposal(plan)
    factories.proposal(plan)
    filters = Filters.parse({}, own=(person.id, frozenset({(claimed.id, code_mark(claimed.claim_code_hash))})))
    assert sorted(row.id for row in queries.page(filters, 1, 2).items) == sorted([mine.id, claimed.id])
    nobody = Filters.parse({}, own=(None, frozenset()))
    assert queries.page(nobody, 1, 0).items == []


def test_filters_stay_in_the_address_and_lead_to_the_next_page(plan, client):
    many(plan, 45)
    page = client.get("/propuestas/?q=agua&estado=recibida&pagina=2").text
    assert "página 2 de 3" in page
    assert "/propuestas/?q=agua&amp;estado=recibida&amp;pagina=3" in page
    assert 'value="recibida" selected' in page
    assert page.count('<li class="proposal-row">') == 20
    assert client.get("/propuestas/?pagina=99999999999").status_code == 200


def test_words_that_changed_are_marked(app):
    assert compare("El agua llega turbia.", "El agua llega muy oscura.") == [
        Piece(SAME, "El agua llega "),
        Piece(REMOVED, "turbia"),
        Piece(ADDED, "muy oscura"),
        Piece(SAME, "."),
    ]
    assert changed({"title": "a", "problem": "b"}, {"title": "a", "problem": "c"}, ("title", "problem")).keys() == {
        "problem"
    }


def test_export_is_public_and_no_spreadsheet_runs_it(app, plan):
    many(plan, 2)
    db.session.execute(sa.update(Proposal).values(title="=1+1", problem='Dos\nlíneas, "comillas"'))
    db.session.commit()
    factories.proposal(plan, ProposalStatus.DRAFT, title="Borrador ajeno")
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["reception", "export", "--plan", "PAGA3"])
    assert done.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(done.output.removeprefix("\ufeff"), newline="")))
    assert [row["folio"] for row in rows] == ["PAGA3-00001", "PAGA3-00002"]
    assert tuple(rows[0]) == serializers.PUBLIC_FIELDS
    assert (rows[0]["titulo"], rows[0]["problema"]) == ("'=1+1", 'Dos\nlíneas, "comillas"')
    missing = app.test_cli_runner().invoke(args=["reception", "export", "--plan", "PAGA9"])
    assert missing.exit_code == 1


def test_export_reads_the_same_few_statements(plan, count_queries):
    seen, everything = [], Filters(plan="PAGA3")
    for grow in (1, 60):
        many(plan, grow)
        assert plan.code == "PAGA3"  # read again after the commit, outside the count
        with count_queries() as statements:
            assert len(list(exporting.rows(everything))) == (1 if grow == 1 else 61)
        seen.append(len(statements))
    assert seen == [4, 4]


def test_reviewers_and_observers_are_not_told_contacts(plan, as_principal):
    from intake.core.permissions import Permission, can

    made = factories.proposal(plan)
    allowed = {
        role
        for role in Role
        if can(as_principal(factories.user(role, actor=factories.actor())), Permission.PROPOSAL_CONTACT, made)
    }
    assert allowed == {Role.ANALYST, Role.DIRECTORATE}
