"""Pages of evaluation: who sees what, what a form refuses, and how many statements a list takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.evaluation import services
from intake.evaluation.inputs import ExaminationInput, ReviewInput
from intake.extensions import db
from models import Assignment, Proposal, ProposalContact, Score
from models.enums import AssignmentStatus, ProposalStatus, PublicName, ReviewSector, Role
from tests import factories
from tests.conftest import token_in
from tests.evaluation.conftest import KEYS, House, principal, review

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.conftest import CountQueries, SignIn

YES = dict.fromkeys(("is_clear", "is_collaborative", "is_open_government", "is_public_policy"), "si")


def full(value: str = "2", **more: str) -> dict[str, str]:
    """A complete review as a browser posts it."""
    return {**{f"score_{k}": value for k in KEYS}, "comment": "Se puede hacer pronto.", "kind": "evaluacion", **more}


def version_of(page: str) -> str:
    marker = 'name="lock_version" type="hidden" value="'
    start = page.index(marker) + len(marker)
    return page[start : page.index('"', start)]


class TestOneAddress:
    @pytest.mark.parametrize(
        ("role", "words"),
        [(Role.REVIEWER, "Mis evaluaciones"), (Role.ANALYST, "Admisión"), (Role.DIRECTORATE, "Análisis y evaluación")],
    )
    def test_each_sees_their_own(self, house: House, sign_in: SignIn, role: Role, words: str) -> None:
        answer = sign_in(factories.user(role)).get("/evaluacion/")
        assert answer.status_code == 200
        assert f"<h1>{words}</h1>" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"

    def test_two_roles_choose(self, house: House, sign_in: SignIn) -> None:
        browser = sign_in(factories.user(Role.ANALYST, Role.DIRECTORATE))
        assert "vista=direccion" in browser.get("/evaluacion/").text
        assert "Rondas" in browser.get("/evaluacion/?vista=direccion").text
        assert browser.get("/evaluacion/?vista=revision").status_code == 200

    @pytest.mark.parametrize(
        "path", ["/evaluacion/", "/evaluacion/rondas/", "/evaluacion/resultados", "/evaluacion/resultados.csv"]
    )
    def test_guests_sign_in_and_citizens_may_not(
        self, house: House, sign_in: SignIn, client: FlaskClient, path: str
    ) -> None:
        assert client.get(path).status_code == 302
        assert sign_in(factories.user()).get(path).status_code == 403

    def test_rubric_is_public(self, house: House, client: FlaskClient) -> None:
        page = client.get("/evaluacion/rubrica")
        assert page.status_code == 200
        assert "Máximo 5 entidades en total" in page.text
        assert "50" in page.text


class TestAdmission:
    def test_admits(self, house: House, sign_in: SignIn, post: Any) -> None:
        proposal = factories.proposal(house.plan)
        answer = post(
            sign_in(house.analyst), f"/evaluacion/{proposal.folio}", kind="examen", reason="Clara y posible.", **YES
        )
        assert answer.status_code == 302
        db.session.expire_all()
        assert proposal.status is ProposalStatus.ADMITTED

    def test_keeps_what_was_typed(self, house: House, sign_in: SignIn, post: Any) -> None:
        proposal = factories.proposal(house.plan)
        answer = post(
            sign_in(house.analyst),
            f"/evaluacion/{proposal.folio}",
            kind="examen",
            reason="Texto escrito.",
            is_clear="si",
        )
        assert answer.status_code == 422
        assert "Texto escrito." in answer.text
        assert answer.text.count("Responda sí o no.") == 6  # three fields, each at the field and in the summary

    def test_second_signature(self, house: House, sign_in: SignIn, post: Any) -> None:
        proposal = factories.proposal(house.plan)
        path = f"/evaluacion/{proposal.folio}"
        first = sign_in(house.analyst)
        post(first, path, kind="examen", reason="No es de gobierno abierto.", **{**YES, "is_open_government": "no"})
        assert "Usted ya firmó" in first.get(path).text
        assert "No es de gobierno abierto." in sign_in(house.second).get(path).text
        twice = post(
            first, path, page="/evaluacion/?vista=admision", kind="firma", verdict="confirm", reason="Otra vez."
        )
        assert twice.status_code == 403
        answer = post(sign_in(house.second), path, kind="firma", verdict="confirm", reason="De acuerdo.")
        assert answer.status_code == 302
        db.session.expire_all()
        assert proposal.status is ProposalStatus.NOT_ADMITTED

    def test_a_form_made_for_another_step_changes_nothing(self, house: House, sign_in: SignIn, post: Any) -> None:
        proposal = factories.proposal(house.plan)
        path = f"/evaluacion/{proposal.folio}"
        answer = post(sign_in(house.analyst), path, kind="firma", verdict="confirm", reason="Vale.")
        assert answer.status_code == 409
        db.session.expire_all()
        assert proposal.status is ProposalStatus.SUBMITTED

    def test_oldest_first_with_filters(self, house: House, sign_in: SignIn) -> None:
        theme = factories.theme("agua")
        old = factories.proposal(house.plan, title="La más antigua", submitted_at=clock.start_of(clock.today()))
        new = factories.proposal(house.plan, title="La más nueva", theme_id=theme.id)
        browser = sign_in(house.analyst)
        page = browser.get("/evaluacion/").text
        assert page.index(old.title) < page.index(new.title)
        assert old.title not in browser.get("/evaluacion/?tema=agua").text
        assert new.title not in browser.get("/evaluacion/?estado=refusal_proposed").text
        assert browser.get("/evaluacion/?estado=disparate&tema=nada&pagina=9x").status_code == 200


class TestReview:
    def test_draft_then_sent(self, house: House, sign_in: SignIn, post: Any) -> None:
        reviewer = house.reviewers[0]
        assignment = house.assigned(reviewer)
        path = f"/evaluacion/{house.proposal.folio}"
        browser = sign_in(reviewer)
        page = browser.get(path).text
        assert page.count('autocomplete="off"') > 35
        answer = post(
            browser,
            path,
            kind="evaluacion",
            lock_version=version_of(page),
            action="guardar",
            **{f"score_{KEYS[0]}": "0"},
        )
        assert answer.status_code == 302
        again = browser.get(path).text
        assert f'id="score_{KEYS[0]}-3" name="score_{KEYS[0]}" value="0" checked' in again
        answer = post(
            browser, path, lock_version=version_of(again), action="enviar", **full(**{f"score_{KEYS[1]}": "na"})
        )
        assert answer.status_code == 302
        db.session.expire_all()
        assert assignment.status is AssignmentStatus.SUBMITTED

    def test_incomplete_is_not_sent_and_keeps_all(self, house: House, sign_in: SignIn, post: Any) -> None:
        assignment = house.assigned(house.reviewers[0])
        path = f"/evaluacion/{house.proposal.folio}"
        browser = sign_in(house.reviewers[0])
        given = full(action="enviar", lock_version=version_of(browser.get(path).text), comment="Solo esto escrito.")
        del given[f"score_{KEYS[4]}"]
        answer = post(browser, path, **given)
        assert answer.status_code == 422
        assert "Solo esto escrito." in answer.text
        assert "Elija un valor o «No aplica»." in answer.text
        db.session.expire_all()
        assert assignment.status is AssignmentStatus.PENDING

    def test_a_second_window_is_told(self, house: House, sign_in: SignIn, post: Any) -> None:
        assignment = house.assigned(house.reviewers[0])
        path = f"/evaluacion/{house.proposal.folio}"
        browser = sign_in(house.reviewers[0])
        old = version_of(browser.get(path).text)
        services.save_review(assignment, review(1, comment=""), by=principal(house.reviewers[0]))
        answer = post(browser, path, lock_version=old, action="guardar", **full(comment="Escrito aquí mismo."))
        assert answer.status_code == 422
        assert "otra ventana" in answer.text
        assert "Escrito aquí mismo." in answer.text
        assert post(browser, path, lock_version=version_of(answer.text), action="guardar", **full()).status_code == 302

    @pytest.mark.parametrize("value", ["9", "-1", "1e3", "<b>", "NA", "٣"])
    def test_hostile_values(self, house: House, sign_in: SignIn, post: Any, value: str) -> None:
        house.assigned(house.reviewers[0])
        path = f"/evaluacion/{house.proposal.folio}"
        browser = sign_in(house.reviewers[0])
        given = full(action="guardar", lock_version=version_of(browser.get(path).text), **{f"score_{KEYS[0]}": value})
        assert post(browser, path, **given).status_code == 422
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Score)) == 0

    def test_save_and_next_goes_on(self, house: House, sign_in: SignIn, post: Any) -> None:
        other = factories.proposal(house.plan, ProposalStatus.ADMITTED)
        house.assigned(house.reviewers[0])
        house.assigned(house.reviewers[0], other)
        path = f"/evaluacion/{house.proposal.folio}"
        browser = sign_in(house.reviewers[0])
        given = {"kind": "evaluacion", "action": "siguiente", "lock_version": version_of(browser.get(path).text)}
        assert post(browser, path, **given).location == f"/evaluacion/{other.folio}"

    @pytest.mark.parametrize(
        ("step", "status"),
        [("conflicto", AssignmentStatus.CONFLICT), ("no-competente", AssignmentStatus.NOT_COMPETENT)],
    )
    def test_stepping_aside(
        self, house: House, sign_in: SignIn, post: Any, step: str, status: AssignmentStatus
    ) -> None:
        assignment = house.assigned(house.reviewers[0])
        path = f"/evaluacion/{house.proposal.folio}/{step}"
        browser = sign_in(house.reviewers[0])
        assert post(browser, path, reason="").status_code == 422
        assert post(browser, path, reason="Trabajé con ellos.").status_code == 302
        db.session.expire_all()
        assert assignment.status is status

    def test_not_anothers(self, house: House, sign_in: SignIn) -> None:
        house.assigned(house.reviewers[0])
        for path in (f"/evaluacion/{house.proposal.folio}", f"/evaluacion/{house.proposal.folio}/conflicto"):
            assert sign_in(house.reviewers[1]).get(path).status_code == 403

    def test_an_author_assigned_by_mistake_sees_only_the_way_out(
        self, house: House, sign_in: SignIn, post: Any
    ) -> None:
        house.assigned(house.reviewers[0])
        other = house.assigned(house.reviewers[1])
        services.submit_review(other, review(comment="Palabras de otra persona."), by=principal(house.reviewers[1]))
        factories.save(ProposalContact(proposal_id=house.proposal.id, email=house.reviewers[0].email))
        browser = sign_in(house.reviewers[0])
        answer = browser.get(f"/evaluacion/{house.proposal.folio}")
        assert answer.status_code == 403
        assert "Palabras de otra persona." not in answer.text
        assert "conflicto" in answer.text


SECRETS = {
    "author": "Zoraida Autora",
    "mail": "secreta@autoria.example",
    "organisation": "Colectivo Reservado",
    "comment": "PalabrasAjenas77",
    "note": "NotaAjena88",
    "total": "66,7",
}


class TestBlind:
    """Every page of the room, read by a reviewer who has not sent their own: none of the secrets may be there."""

    def plant(self, house: House) -> None:
        author = factories.user(name=SECRETS["author"])
        house.proposal.author_id = author.id
        house.proposal.organisation_name = SECRETS["organisation"]
        house.proposal.public_name = PublicName.ORGANISATION
        factories.save(ProposalContact(proposal_id=house.proposal.id, name=SECRETS["author"], email=SECRETS["mail"]))
        house.assigned(house.reviewers[0])
        other = house.assigned(house.reviewers[1])
        given = ReviewInput(
            values=dict.fromkeys(KEYS, 2),
            comments={KEYS[0]: SECRETS["note"]},
            comment=f"{SECRETS['comment']} y más cosas.",
        )
        services.submit_review(other, given, by=principal(house.reviewers[1]))

    def paths(self, house: House) -> list[str]:
        folio = house.proposal.folio
        return [
            "/evaluacion/",
            *(f"/evaluacion/?vista={v}" for v in ("revision", "admision", "direccion")),
            *(f"/evaluacion/?estado={e}" for e in ("pendientes", "empezadas", "enviadas", "devueltas")),
            f"/evaluacion/?q={SECRETS['comment']}",
            f"/evaluacion/{folio}",
            f"/evaluacion/{folio}/conflicto",
            f"/evaluacion/{folio}/no-competente",
            "/evaluacion/rondas/",
            "/evaluacion/rondas/1",
            "/evaluacion/rondas/1/asignar",
            "/evaluacion/rondas/1/cerrar",
            "/evaluacion/rondas/1/dar-por-evaluadas",
            f"/evaluacion/rondas/1/cancelar?folio={folio}&revisor={house.reviewers[1].id}",
            "/evaluacion/resultados",
            "/evaluacion/resultados.csv",
            "/evaluacion/rubrica",
            "/seleccion/",
        ]

    @pytest.mark.parametrize("with_core", [False, True])
    def test_nothing_before_ones_own(self, house: House, sign_in: SignIn, with_core: bool) -> None:
        self.plant(house)
        if with_core:  # a member of the Core Group who also reviews may read results, but not yet
            extra = factories.user(Role.CORE_GROUP)
            post_of = extra.id
            db.session.execute(
                sa.text("UPDATE post_holding SET user_id = :to WHERE user_id = :of").bindparams(
                    to=house.reviewers[0].id, of=post_of
                )
            )
        browser = sign_in(house.reviewers[0])
        for path in self.paths(house):
            text = browser.get(path).text.replace(path, "")
            for name, secret in SECRETS.items():
                if path.startswith("/evaluacion/?q="):
                    text = text.replace(f'value="{SECRETS["comment"]}"', "")
                assert secret not in text, (path, name)

    def test_after_ones_own_the_others_without_names(self, house: House, sign_in: SignIn) -> None:
        self.plant(house)
        assignment = db.session.scalars(
            sa.select(Assignment).where(Assignment.reviewer_id == house.reviewers[0].id)
        ).one()
        services.submit_review(assignment, review(1), by=principal(house.reviewers[0]))
        text = sign_in(house.reviewers[0]).get(f"/evaluacion/{house.proposal.folio}").text
        assert SECRETS["comment"] in text
        assert SECRETS["note"] in text
        assert "Sociedad civil" in text
        for secret in (house.reviewers[1].name, SECRETS["author"], SECRETS["mail"], SECRETS["organisation"]):
            assert secret not in text


class TestDirectorate:
    def test_a_reviewer_who_joins_meanwhile_shifts_nothing(self, house: House, sign_in: SignIn, post: Any) -> None:
        browser = sign_in(house.director)
        path = "/evaluacion/rondas/1/asignar"
        token = token_in(browser.get(path).text)
        factories.user(Role.REVIEWER, name="AAA Primera", sector=ReviewSector.GOVERNMENT)
        factories.proposal(house.plan, ProposalStatus.ADMITTED, title="Otra")
        chosen = {"proposals": house.proposal.folio, "reviewers": str(house.reviewers[2].id), "csrf_token": token}
        assert browser.post(path, data=chosen).status_code == 302
        rows = db.session.execute(sa.select(Assignment.proposal_id, Assignment.reviewer_id)).all()
        assert [tuple(r) for r in rows] == [(house.proposal.id, house.reviewers[2].id)]

    def test_conflicts_are_shown_and_left_out(self, house: House, sign_in: SignIn, post: Any) -> None:
        house.proposal.author_id = house.reviewers[0].id
        browser = sign_in(house.director)
        path = "/evaluacion/rondas/1/asignar"
        assert "es quien presentó la propuesta" in browser.get(path).text
        answer = post(
            browser,
            path,
            follow=True,
            proposals=house.proposal.folio,
            reviewers=[str(r.id) for r in house.reviewers],
        )
        assert "Se pidieron 2 evaluaciones." in answer.text
        assert "No puede revisarla" in answer.text

    @pytest.mark.parametrize("given", [{}, {"proposals": "PLAN1-00001"}, {"reviewers": "x"}])
    def test_nothing_marked(self, house: House, sign_in: SignIn, post: Any, given: dict[str, str]) -> None:
        assert post(sign_in(house.director), "/evaluacion/rondas/1/asignar", **given).status_code == 422

    def test_round_is_made(self, house: House, sign_in: SignIn, post: Any) -> None:
        browser = sign_in(house.director)
        assert post(browser, "/evaluacion/rondas/", name="", reviews_per_proposal="3").status_code == 422
        due = (clock.today() + timedelta(days=20)).isoformat()
        answer = post(browser, "/evaluacion/rondas/", name="Segunda", reviews_per_proposal="2", due_on=due)
        assert answer.location == "/evaluacion/rondas/2/asignar"

    def test_cancel_remind_finish_close(self, house: House, sign_in: SignIn, post: Any) -> None:
        assignment = house.assigned(house.reviewers[0])
        browser = sign_in(house.director)
        path = f"/evaluacion/rondas/1/cancelar?folio={house.proposal.folio}&revisor={house.reviewers[0].id}"
        assert "Revisión government" in browser.get("/evaluacion/rondas/1").text
        assert post(browser, "/evaluacion/rondas/1/recordar", page="/evaluacion/rondas/1").status_code == 302
        assert post(browser, path, reason="").status_code == 422
        assert post(browser, path, reason="Cambió el plan de trabajo.").status_code == 302
        assert post(browser, "/evaluacion/rondas/1/dar-por-evaluadas", reason="").status_code == 302
        assert post(browser, "/evaluacion/rondas/1/cerrar", reason="").status_code == 422
        assert post(browser, "/evaluacion/rondas/1/cerrar", reason="Terminó.").status_code == 302
        db.session.expire_all()
        assert (assignment.status, house.round.status.value) == (AssignmentStatus.CANCELLED, "closed")

    @pytest.mark.parametrize(
        "path",
        [
            "/evaluacion/rondas/99",
            "/evaluacion/rondas/99/asignar",
            "/evaluacion/rondas/1/cancelar?folio=x&revisor=99999999999",
        ],
    )
    def test_what_does_not_exist(self, house: House, sign_in: SignIn, path: str) -> None:
        assert sign_in(house.director).get(path).status_code == 404

    def test_results_in_order_with_file(self, house: House, sign_in: SignIn) -> None:
        worse, better = house.evaluated(0, 3, title="=PELIGRO()"), house.evaluated(3, 3)
        browser = sign_in(house.director)
        page = browser.get("/evaluacion/resultados").text
        assert page.index(better.folio or "") < page.index(worse.folio or "")
        assert "hay desacuerdo" in page
        rows = browser.get("/evaluacion/resultados.csv").text.lstrip("\ufeff").splitlines()
        assert rows[1].split(",")[:7] == ["1", better.folio, better.title, "evaluated", "2", "3", "100.000"]
        assert rows[2].split(",")[1:3] == [worse.folio, "'=PELIGRO()"]


def many(house: House, n: int) -> None:
    """``n`` more proposals, each asked of the three reviewers; two of three reviews sent. In bulk."""
    now = clock.now()
    start = house.plan.folio_counter
    db.session.execute(
        sa.insert(Proposal),
        [
            {
                "plan_id": house.plan.id,
                "status": ProposalStatus.IN_EVALUATION,
                "folio": f"{house.plan.code}-{start + i:05d}",
                "folio_number": start + i,
                "title": f"Propuesta {i}",
                "created_at": now,
                "updated_at": now,
                "submitted_at": now,
            }
            for i in range(1, n + 1)
        ],
    )
    house.plan.folio_counter += n
    keys = db.session.scalars(
        sa.select(Proposal.id).where(Proposal.status == ProposalStatus.IN_EVALUATION, Proposal.folio_number > start)
    ).all()
    rows = [
        {
            "round_id": house.round.id,
            "proposal_id": key,
            "reviewer_id": reviewer.id,
            "sector": sector,
            "status": AssignmentStatus.SUBMITTED if sector is not ReviewSector.ACADEMIA else AssignmentStatus.PENDING,
            "submitted_at": now if sector is not ReviewSector.ACADEMIA else None,
            "total_pct": (key * 7) % 100 if sector is not ReviewSector.ACADEMIA else None,
            "assigned_at": now,
        }
        for key in keys
        for sector, reviewer in zip(ReviewSector, house.reviewers, strict=True)
    ]
    db.session.execute(sa.insert(Assignment), rows)
    db.session.commit()


LISTS = {
    "/evaluacion/?vista=revision": ("reviewer", 4),
    "/evaluacion/?vista=admision": ("analyst", 5),
    "/evaluacion/rondas/1": ("director", 8),
    "/evaluacion/rondas/1/asignar": ("director", 10),
    "/evaluacion/resultados": ("director", 6),
}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("sizes", [(1, 3), pytest.param((50, 2000), marks=pytest.mark.slow)])
def test_lists_take_as_many_statements_whatever_their_length(
    house: House, sign_in: SignIn, count_queries: CountQueries, path: str, sizes: tuple[int, int]
) -> None:
    who, expected = LISTS[path]
    person = {"reviewer": house.reviewers[2], "analyst": house.analyst, "director": house.director}[who]
    for size in (sizes[0], sizes[1] - sizes[0]):
        many(house, size)
        for i in range(min(size, 3)):
            factories.proposal(house.plan, title=f"Por examinar {i}")
        db.session.commit()
        browser = sign_in(person)
        with count_queries() as seen:
            assert browser.get(path).status_code == 200
        assert len(seen) == expected, seen


def test_who_examines_second_gets_their_words_back(house: House, sign_in: SignIn, post: Any) -> None:
    proposal = factories.proposal(house.plan)
    path = f"/evaluacion/{proposal.folio}"
    second = sign_in(house.second)
    token_page = second.get(path).text
    services.examine(
        proposal,
        ExaminationInput(
            is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Cumple todo."
        ),
        by=house.by(house.analyst),
    )
    given = {"csrf_token": token_in(token_page), "kind": "examen", "reason": "Lo que yo escribí con cuidado."}
    answer = second.post(path, data=given)
    assert answer.status_code == 409
    for words in ("Lo que yo escribí con cuidado.", "Admitida", house.analyst.name, "/evaluacion/"):
        assert words in answer.text


def test_due_dates_are_still_to_come(house: House, sign_in: SignIn, post: Any) -> None:
    browser = sign_in(house.director)
    past, later = (clock.today() + timedelta(days=n) for n in (-1, 9))
    fields = {"name": "Segunda", "reviews_per_proposal": "2"}
    refused = post(browser, "/evaluacion/rondas/", **fields, due_on=past.isoformat())
    assert refused.status_code == 422
    assert "La fecha límite ya pasó" in refused.text
    assert post(browser, "/evaluacion/rondas/1/plazo", due_on=past.isoformat()).status_code == 422
    assert post(browser, "/evaluacion/rondas/1/plazo", due_on=later.isoformat()).status_code == 302
    asked = {"proposals": house.proposal.folio, "reviewers": str(house.reviewers[0].id)}
    beyond = (later + timedelta(days=1)).isoformat()
    too_late = post(browser, "/evaluacion/rondas/1/asignar", **asked, due_on=beyond)
    assert too_late.status_code == 422
    assert "La ronda termina el" in too_late.text


def test_the_board_is_searched_by_folio_and_opens_on_what_lacks(house: House, sign_in: SignIn) -> None:
    full = factories.proposal(house.plan, ProposalStatus.ADMITTED, title="La completa")
    for reviewer in house.reviewers:
        services.assign(house.round, full, reviewer, by=house.by(house.director))
    lacking = factories.proposal(house.plan, ProposalStatus.ADMITTED, title="La que espera")
    browser = sign_in(house.director)
    page = browser.get("/evaluacion/rondas/1/asignar").text
    assert ("La que espera" in page, "La completa" in page) == (True, False)
    assert "La completa" in browser.get("/evaluacion/rondas/1/asignar?estado=").text
    found = browser.get(f"/evaluacion/rondas/1/asignar?estado=&q={lacking.folio}").text
    assert ("La que espera" in found, "La completa" in found) == (True, False)


def test_sending_goes_on_to_the_next_when_asked(house: House, sign_in: SignIn, post: Any) -> None:
    other = factories.proposal(house.plan, ProposalStatus.ADMITTED)
    for proposal in (house.proposal, other):
        services.assign(house.round, proposal, house.reviewers[0], by=house.by(house.director))
    browser, path = sign_in(house.reviewers[0]), f"/evaluacion/{house.proposal.folio}"
    version = version_of(browser.get(path).text)
    short = post(browser, path, **full(lock_version=version, comment="Sí.", action="enviar-siguiente"))
    assert short.status_code == 422
    assert "Escriba al menos 3 palabras" in short.text
    sent = post(browser, path, **full(lock_version=version, action="enviar-siguiente"))
    assert sent.location == f"/evaluacion/{other.folio}"
    done = db.session.scalars(sa.select(Assignment).where(Assignment.proposal_id == house.proposal.id)).one()
    assert done.status is AssignmentStatus.SUBMITTED


def test_an_analyst_goes_from_the_proposal_to_its_examination(
    house: House, sign_in: SignIn, client: FlaskClient
) -> None:
    proposal = factories.proposal(house.plan)
    link = f'href="/evaluacion/{proposal.folio}"'
    page = f"/propuestas/{proposal.folio}"
    assert link not in client.get(page).text
    assert link in sign_in(house.analyst).get(page).text
    assert link not in sign_in(house.director).get(page).text
