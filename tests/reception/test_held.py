"""What is set aside at its arrival: which signs are enough, who sees it, and that nothing legitimate is lost."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from intake.core import clock, keyed, mail
from intake.core.errors import Conflict, Invalid, SignInNeeded
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reception import queries, screening, services
from intake.reception.screening import Arrival, Pace
from models import Hold, OutboxMessage, Proposal
from models.enums import HoldReason, ProposalStatus, Role, TerritoryLevel
from tests import factories as make
from tests.reception.test_services import CONTACT, drafted
from tests.reception.test_views import WRITTEN, send, submitted, write

LONG = (
    "En la parroquia no se publican las cuentas de la junta de agua y nadie sabe en qué se gasta lo que pagamos cada "
    "mes las familias que vivimos lejos del centro."
)


@pytest.fixture
def plan(app):
    made = make.plan(code="PAGA3")
    make.theme("agua")
    province = make.territory("14")
    canton = make.territory("1401", TerritoryLevel.CANTON, path="14.1401.", parent_id=province.id)
    make.territory("140150", TerritoryLevel.PARISH, path="14.1401.140150.", parent_id=canton.id)
    db.session.commit()
    return made


class TestSigns:
    @pytest.mark.parametrize(
        ("title", "text", "reason"),
        [
            ("Agua <script>alert(1)</script>", LONG, HoldReason.PROBE),
            ("Agua", f"{LONG} ' OR 1=1 --", HoldReason.PROBE),
            ("Agua", f"{LONG} ../../../etc/passwd", HoldReason.PROBE),
            ("Agua", f"{LONG} ${{jndi:ldap://x}}", HoldReason.PROBE),
            ("Agua", f"{LONG} {{{{7*7}}}}", HoldReason.PROBE),
            ("prueba", "prueba prueba", HoldReason.TEST),
            ("asdf asdf", "asdfg qwerty", HoldReason.TEST),
            ("xkcd qwrt", "zzzz hhhh bbbb kkk", HoldReason.TEST),
            ("¡¡¡!!!", "...", HoldReason.TEST),
            ("Compre", f"{LONG} " + "http://a.example " * 5, HoldReason.LINKS),
        ],
    )
    def test_one_that_is_enough(self, title, text, reason):
        found = screening.of_content(Arrival(title, [text]))
        assert screening.is_enough(found) and screening.weightiest(found) is reason

    @pytest.mark.parametrize(
        ("title", "text"),
        [
            ("Agua limpia para Macas", LONG),
            ("Pruebas de agua en las escuelas", f"{LONG} Pedimos pruebas de laboratorio y un test rápido."),
            ("Select de proyectos", f"{LONG} Ver https://a.example y https://b.example, y también www.c.example"),
            ("Yaku", "Ñukanchik llaktapi yakuta mashkanchik, ayllukuna tantanakushpa rimarkanchik kunan punlla."),
            ("D'Or y otros", f"{LONG} La unión de juntas y la selección de obras: 'o bien' la asamblea decide."),
        ],
    )
    def test_what_honest_people_write_is_not(self, title, text):
        assert not screening.is_enough(screening.of_content(Arrival(title, [text])))

    def test_signs_add_up(self):
        letter = Arrival("Carta", [LONG], copies=1)
        assert not screening.is_enough(screening.of_content(letter))
        together = {**screening.of_content(letter), **screening.of_pace(Pace(1.0))}
        assert screening.is_enough(together)
        assert screening.is_enough(screening.of_content(Arrival("Carta", [LONG], copies=screening.COPIES)))

    def test_pace(self):
        assert screening.of_pace(Pace(60.0)) == {}
        assert set(screening.of_pace(Pace(None))) == {HoldReason.STALE_FORM}
        assert set(screening.of_pace(Pace(screening.OLDEST + 1.0))) == {HoldReason.STALE_FORM}
        assert set(screening.of_pace(Pace(1.0, trap=True))) == {HoldReason.TOO_FAST, HoldReason.TRAP}

    def test_nobody_makes_up_when_a_form_was_opened(self, app):
        stamped = keyed.stamp("proposal_form")
        assert keyed.seconds_since(stamped, "proposal_form") == pytest.approx(0, abs=2)
        then, _dot, signature = stamped.partition(".")
        forged = f"{int(then) - 900}.{signature}"
        for wrong in ("", "x", forged, then, f"{then}.", f"{then}.ñ"):
            assert keyed.seconds_since(wrong, "proposal_form") is None
        assert keyed.seconds_since(stamped, "another") is None


def held(plan, **changes) -> Proposal:
    proposal, key = drafted(plan, contact=CONTACT, title="Agua <script>alert(1)</script>", **changes)
    holder = services.holding(GUEST, proposal)
    services.submit(proposal, by=holder, key=key)
    assert proposal.status is ProposalStatus.HELD
    return proposal


class TestHolding:
    def test_it_has_folio_receipt_and_reason(self, plan):
        proposal = held(plan)
        assert proposal.folio == "PAGA3-00001" and proposal.submitted_at is not None
        hold = db.session.scalars(sa.select(Hold)).one()
        assert (hold.reason, hold.by_machine, hold.released) == (HoldReason.PROBE, True, None)
        assert [m.kind for m in db.session.scalars(sa.select(OutboxMessage))] == ["proposal_submit"]

    def test_the_team_is_never_held(self, plan):
        proposal, _key = drafted(plan, contact=CONTACT, title="Agua <script>alert(1)</script>")
        services.submit(proposal, by=SYSTEM)
        assert proposal.status is ProposalStatus.SUBMITTED

    def test_release_and_discard_and_back(self, plan, as_principal):
        proposal = held(plan)
        analyst = as_principal(make.user(Role.ANALYST))
        db.session.commit()  # a refused service rolls back what was not
        with pytest.raises(SignInNeeded):
            services.release(proposal, by=GUEST)
        with pytest.raises(Invalid):
            services.discard(proposal, by=analyst, reason=" ")
        services.discard(proposal, by=analyst, reason="Es un ataque")
        assert proposal.status is ProposalStatus.DISCARDED
        services.release(proposal, by=analyst)
        assert proposal.status is ProposalStatus.SUBMITTED
        assert db.session.scalars(sa.select(Hold.released)).all() == [False]
        with pytest.raises(Conflict):
            services.release(proposal, by=analyst)

    def test_setting_aside_by_hand(self, plan, as_principal):
        proposal = make.proposal(plan)
        analyst = as_principal(make.user(Role.ANALYST))
        services.hold_by_hand(proposal, by=analyst, reason="Publicidad")
        assert proposal.status is ProposalStatus.HELD
        assert [(h.reason, h.by_machine) for h in queries.holds_of(proposal)] == [(HoldReason.BY_HAND, False)]

    def test_the_same_letter_from_many_waits_for_a_person(self, plan):
        states = []
        for _n in range(screening.COPIES + 1):
            proposal, key = drafted(plan, contact=None)
            services.submit(proposal, by=services.holding(GUEST, proposal), key=key)
            states.append(proposal.status)
        assert states == [*[ProposalStatus.SUBMITTED] * screening.COPIES, ProposalStatus.HELD]

    def test_what_did_not_amount_to_enough_is_forgotten(self, plan):
        proposal, key = drafted(plan, contact=None)
        services.note_pace(proposal, Pace(1.0))
        services.submit(proposal, by=services.holding(GUEST, proposal), key=key)
        assert proposal.status is ProposalStatus.SUBMITTED
        assert db.session.scalar(sa.select(sa.func.count(Hold.id))) == 0


class TestPages:
    def test_the_trap_costs_nothing_but_a_look(self, plan, client, app):
        folio = submitted(client, website="http://spam.example")
        assert queries.by_folio(folio).status is ProposalStatus.HELD
        mine = client.get(f"/seguimiento/{folio}").text
        assert "revisa antes de publicarla" in mine
        stranger = app.test_client()
        for path in ("", ".json", "/versiones"):
            answer = stranger.get(f"/propuestas/{folio}{path}")
            assert answer.status_code == 403 and WRITTEN["title"] not in answer.text
        told = stranger.get(f"/seguimiento/{folio}")
        assert told.status_code == 403 and "todavía sin publicar" in told.text
        assert folio not in stranger.get("/propuestas/").text

    def test_its_receipt_says_that_somebody_looks_first_and_leads_to_no_closed_door(self, plan, client):
        folio = submitted(client, website="http://spam.example")
        page = client.get(f"/propuestas/{folio}/comprobante").text
        assert "una persona la revisa antes de publicarla" in page
        assert "Ver la propuesta publicada" not in page
        document = pypdfium2.PdfDocument(client.get(f"/propuestas/{folio}/comprobante.pdf").data)
        assert "revisa antes de publicarla" in " ".join(document[0].get_textpage().get_text_range().split())
        told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "proposal_submit")).one()
        assert "una persona la revisa antes de publicarla" in mail.render(told.kind, "es", told.context).text
        assert "revisa antes" not in mail.render(told.kind, "es", {**told.context, "is_held": False}).text

    def test_the_receipt_of_any_other_leads_to_its_page(self, plan, client):
        page = client.get(f"/propuestas/{submitted(client)}/comprobante").text
        assert "Ver la propuesta publicada" in page and "revisa antes" not in page

    def test_one_key_lets_through_and_shows_the_next(self, plan, app, sign_in, post):
        first, second = held(plan), held(plan)
        analyst = sign_in(make.user(Role.ANALYST))
        assert first.folio in analyst.get("/propuestas/apartadas").text
        page = analyst.get(f"/propuestas/apartadas/{first.folio}").text
        assert "autofocus" in page and "<script>alert" not in page
        path = f"/propuestas/apartadas/{first.folio}"
        answer = post(analyst, path, release="1")
        assert answer.location == f"/propuestas/apartadas/{second.folio}"
        assert post(analyst, f"/propuestas/apartadas/{second.folio}", discard="1", reason="").status_code == 422
        done = post(analyst, f"/propuestas/apartadas/{second.folio}", discard="1", reason="Un ataque")
        assert done.location == "/propuestas/apartadas"
        assert second.folio in analyst.get("/propuestas/apartadas?ver=descartadas").text

    def test_several_at_once(self, plan, sign_in, post):
        folios = [held(plan).folio for _n in range(3)]
        analyst = sign_in(make.user(Role.ANALYST))
        answer = post(analyst, "/propuestas/apartadas", folios=folios[:2])
        assert answer.status_code == 303
        assert {p.status for p in queries.by_folios(folios[:2])} == {ProposalStatus.SUBMITTED}
        assert queries.by_folio(folios[2]).status is ProposalStatus.HELD

    def test_none_marked_is_an_error_and_none_left_no_success(self, plan, sign_in, post):
        proposal = held(plan)
        analyst = sign_in(make.user(Role.ANALYST))
        answer = post(analyst, "/propuestas/apartadas")
        assert answer.status_code == 422
        assert f'<a href="#m-{proposal.folio}">Marque al menos una.</a>' in answer.text
        assert "dejadas pasar" not in answer.text
        assert (
            "1 propuesta dejada pasar."
            in analyst.get(post(analyst, "/propuestas/apartadas", folios=proposal.folio).location).text
        )
        late = post(analyst, "/propuestas/apartadas", folios=proposal.folio)
        assert "otra persona ya decidió" in analyst.get(late.location).text

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_list_takes_the_same_statements(self, plan, sign_in, count_queries, many):
        for _n in range(many):
            held(plan)
        analyst = sign_in(make.user(Role.ANALYST))
        analyst.get("/propuestas/apartadas")
        with count_queries() as seen:
            analyst.get("/propuestas/apartadas")
        assert len(seen) == STATEMENTS

    def test_what_somebody_settled_meanwhile_is_passed_over(self, plan, as_principal):
        mine = [held(plan) for _n in range(3)]
        analyst = as_principal(make.user(Role.ANALYST))
        db.session.commit()
        services.discard(mine[0], by=analyst, reason="Un ataque")
        services.release(mine[1], by=analyst)
        assert services.release_all(mine, by=analyst) == 2  # the discarded one may come back, the released one stays
        assert {p.status for p in mine} == {ProposalStatus.SUBMITTED}

    def test_a_held_one_is_no_open_data_even_for_its_author(self, plan, client):
        folio = submitted(client, website="http://spam.example")
        assert client.get(f"/propuestas/{folio}.json").status_code == 404

    def test_others_do_not_see_what_is_set_aside(self, plan, sign_in):
        folio = held(plan).folio
        for role in (Role.CITIZEN, Role.REVIEWER, Role.OBSERVER):
            browser = sign_in(make.user(role))
            assert browser.get("/propuestas/apartadas").status_code == 403
            assert browser.get(f"/propuestas/{folio}").status_code == 403


STATEMENTS = 7


def test_a_held_one_does_not_wait_for_ever_unseen(plan, client):
    """The clock of the oldest one shows on its page; nothing is released by time alone."""
    proposal = held(plan)
    assert proposal.submitted_at > clock.now() - timedelta(minutes=1)
    assert send(client, write(client).location).status_code == 303


def test_the_check_knows_what_is_set_aside(plan):
    from intake.reports.invariants_reception import held_for_a_reason

    proposal = held(plan)
    assert held_for_a_reason() == []
    db.session.execute(sa.delete(Hold))
    assert held_for_a_reason() == [proposal.folio]


def test_a_reason_to_discard_comes_back_where_somebody_let_it_pass(plan, sign_in, post, as_principal):
    proposal = held(plan)
    user = make.user(Role.ANALYST)
    services.release(proposal, by=as_principal(user))
    db.session.commit()
    given = {"discard": "1", "reason": "Repite un ataque a personas"}
    seen = post(sign_in(user), f"/propuestas/apartadas/{proposal.folio}", **given)
    assert seen.status_code == 409
    assert "Otra persona ya decidió" in seen.text and given["reason"] in seen.text and "Ya pasó." in seen.text


def test_the_examination_leads_to_setting_aside(plan, sign_in, post):
    proposal = make.proposal(plan, ProposalStatus.SUBMITTED)
    browser = sign_in(make.user(Role.ANALYST))
    path = f"/propuestas/{proposal.folio}/apartar"
    assert path in browser.get(f"/evaluacion/{proposal.folio}").text
    assert post(browser, path, reason="Es publicidad de un comercio.").status_code == 303
    db.session.expire_all()
    assert proposal.status is ProposalStatus.HELD


def test_a_guest_is_told_that_the_page_was_old_and_where_the_code_opens_it(plan, client, app, post):
    folio = submitted(client)
    answer = post(app.test_client(), f"/propuestas/{folio}/retirar", reason="Ya no hace falta")
    assert answer.status_code == 401
    assert "La página estuvo abierta mucho tiempo" in answer.text and "Su sesión terminó" not in answer.text
    assert 'href="/seguimiento' in answer.text and "Ya no hace falta" in answer.text


def test_the_same_form_sent_again_after_its_arrival_notes_nothing(plan):
    sent = make.proposal(plan)
    services.note_pace(sent, Pace(1.0, trap=True))
    assert db.session.scalar(sa.select(sa.func.count(Hold.id)).where(Hold.proposal_id == sent.id)) == 0
