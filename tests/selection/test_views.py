"""Pages of the selection; and that nothing of a pending decision is seen anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from intake.extensions import db
from intake.selection import queries, services
from models import Decision, Proposal
from models.enums import Category, ProposalStatus, Role, SessionStatus
from tests import factories
from tests.evaluation.conftest import House, principal
from tests.evaluation.test_views import many, version_of
from tests.selection.conftest import WHY, decide

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from models import SelectionSession, User
    from tests.conftest import CountQueries, SignIn

C = Category
SECRET = "RazonReservada99 que nadie debe leer todavía"


def path_of(session: SelectionSession, folio: str | None = None) -> str:
    return f"/seleccion/sesiones/{session.number}" + (f"/{folio}" if folio else "")


@pytest.mark.parametrize("path", ["/seleccion/", "/seleccion/sesiones/1", "/seleccion/sesiones/1/publicar"])
def test_closed_to_guests_and_citizens(
    house: House, session: SelectionSession, client: FlaskClient, sign_in: SignIn, path: str
) -> None:
    assert client.get(path).status_code == 302
    assert sign_in(factories.user()).get(path).status_code == 403


def test_a_session_is_opened(house: House, core: User, sign_in: SignIn, post: Any) -> None:
    browser = sign_in(core)
    wrong = post(browser, "/seleccion/", title="Sesión uno", held_on="2026-11-20", decided_by="")
    assert wrong.status_code == 422
    assert "Sesión uno" in wrong.text
    given = {"title": "Sesión uno", "held_on": "2026-11-20", "decided_by": "Grupo Núcleo, por consenso"}
    unscoped = post(browser, "/seleccion/", **given)
    assert unscoped.status_code == 422
    assert "Elija sobre qué propuestas decide la sesión." in unscoped.text
    given["ronda"] = "plan"
    assert post(browser, "/seleccion/", **given).location == "/seleccion/sesiones/1"
    again = post(browser, "/seleccion/", **given)
    assert again.status_code == 422
    assert "sigue abierta" in again.text


def test_the_choice_of_what_a_session_answers_is_counted(house: House, core: User, sign_in: SignIn) -> None:
    house.evaluated(2)
    factories.proposal(house.plan, ProposalStatus.ADMITTED)
    page = sign_in(core).get("/seleccion/").text
    assert f"Ronda 1, {house.round.name}: 1 propuestas, 0 sin evaluar" in page
    assert "Todo el plan: 2 admitidas sin respuesta, 1 sin evaluar" in page


def test_an_open_session_is_corrected_in_the_browser(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    browser, path = sign_in(core), path_of(session) + "/editar"
    given = {"title": "Corregida", "held_on": "2026-11-19", "decided_by": "El Grupo", "ronda": "1"}
    stale = post(browser, path, **given, lock_version="99")
    assert stale.status_code == 422
    assert "Otra persona cambió esta sesión" in stale.text
    assert "Corregida" in stale.text
    far = post(browser, path, **{**given, "held_on": "2036-11-19"}, lock_version="1")
    assert far.status_code == 422
    assert "hasta 60 días antes" in far.text
    assert post(browser, path, **given, lock_version="1").location == path_of(session)
    db.session.refresh(session)
    assert (session.title, session.round_id) == ("Corregida", house.round.id)


def test_a_session_is_cancelled_in_the_browser(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    browser, path = sign_in(core), path_of(session) + "/cancelar"
    assert post(browser, path, reason="").status_code == 422
    assert post(browser, path, reason="Se abrió por error.").location == "/seleccion/"
    assert "Se abrió por error." in browser.get(path_of(session)).text
    assert browser.get(path).status_code == 409
    director = sign_in(house.director)
    assert director.get(path_of(session) + "/publicar").location == path_of(session)


def test_before_publishing_nobody_has_decided_yet(house: House, session: SelectionSession, sign_in: SignIn) -> None:
    browser = sign_in(house.director)
    page = browser.get(path_of(session) + "/publicar").text
    assert "Decide Grupo Núcleo, por consenso" in page
    assert "Decidió" not in page
    assert f"{path_of(session)}/editar" in page


def test_observers_read_and_do_not_write(house: House, session: SelectionSession, sign_in: SignIn, post: Any) -> None:
    proposal = house.evaluated(2)
    browser = sign_in(factories.user(Role.OBSERVER))
    assert browser.get(path_of(session)).status_code == 200
    assert browser.get(path_of(session, proposal.folio)).status_code == 403
    token = {"title": "x", "held_on": "2026-11-20", "decided_by": "x"}
    assert browser.post("/seleccion/", data=token).status_code == 403


def test_in_order_with_what_is_decided(house: House, session: SelectionSession, core: User, sign_in: SignIn) -> None:
    worse, better = house.evaluated(1, title="La segunda"), house.evaluated(3, title="La primera")
    decide(session, better, C.IN_PLAN, by=core)
    browser = sign_in(core)
    page = browser.get(path_of(session)).text
    assert page.index("La primera") < page.index("La segunda")
    assert "La primera" not in browser.get(path_of(session) + "?decididas=no").text
    assert "La segunda" not in browser.get(path_of(session) + "?categoria=in_plan").text
    assert browser.get(path_of(session) + "?categoria=otra&decididas=x").status_code == 200
    assert worse.folio in page


def test_a_decision_is_written_with_its_letter(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    proposal = house.evaluated(2)
    browser, path = sign_in(core), path_of(session, proposal.folio)
    seen = post(browser, path, category="in_plan", reason=WHY, action="ver", lock_version="0")
    assert "su propuesta entra en el plan" in seen.text
    assert WHY in seen.text
    assert queries.decision_of(proposal.id) is None
    assert post(browser, path, category="in_plan", reason=WHY, action="guardar", lock_version="0").status_code == 302
    kept = queries.decision_of(proposal.id)
    assert kept is not None
    assert kept.category is C.IN_PLAN


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"category": "in_plan", "reason": "Sí."}, "Escriba al menos 5 palabras"),
        ({"reason": WHY}, "Elija una opción"),
        ({"category": "otra", "reason": WHY}, WHY),
        ({"category": "reserve", "reason": WHY}, "Diga qué pasará si no se la llama"),
        ({"category": "in_plan", "reason": WHY, "lock_version": "7"}, "Otra persona decidió"),
    ],
)
def test_what_a_decision_lacks_is_said_and_all_is_kept(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any, given: dict[str, str], words: str
) -> None:
    proposal = house.evaluated(2)
    answer = post(
        sign_in(core), path_of(session, proposal.folio), **{"lock_version": "0", "action": "guardar", **given}
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert given["reason"] in answer.text
    assert queries.decision_of(proposal.id) is None


def test_departure_is_asked_for(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    best, worst = house.evaluated(3), house.evaluated(0)
    decide(session, best, C.NEXT_PLAN, by=core)
    browser, path = sign_in(core), path_of(session, worst.folio)
    given = {"category": "in_plan", "reason": WHY, "lock_version": "0", "action": "guardar"}
    answer = post(browser, path, **given)
    assert answer.status_code == 422
    assert "quién decidió apartarse del orden" in answer.text
    assert post(browser, path, **given, departure_reason="El Grupo Núcleo, por la Amazonía.").status_code == 302


def test_who_decided_meanwhile_is_named(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    proposal = house.evaluated(2)
    path = path_of(session, proposal.folio)
    browser = sign_in(house.director)
    decide(session, proposal, C.NEXT_PLAN, by=core)
    answer = post(browser, path, category="in_plan", reason=WHY, lock_version="0", action="guardar")
    assert answer.status_code == 422
    assert "Núcleo Ejemplo" in answer.text
    again = post(browser, path, category="in_plan", reason=WHY, lock_version=version_of(answer.text), action="guardar")
    assert again.status_code == 302


def test_decision_is_taken_back(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.IN_PLAN, by=core)
    assert post(sign_in(core), path_of(session, proposal.folio), action="quitar").status_code == 302
    assert queries.decision_of(proposal.id) is None


@pytest.mark.parametrize("token", ["", "viejo"])
def test_no_other_page_takes_a_decision_back(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, token: str
) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.IN_PLAN, by=core)
    browser = sign_in(core)
    answer = browser.post(path_of(session, proposal.folio), data={"action": "quitar", "csrf_token": token})
    assert answer.status_code == 422
    assert queries.decision_of(proposal.id) is not None


def test_publishing_names_what_is_missing(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any
) -> None:
    decide(session, house.evaluated(3), C.IN_PLAN, by=core)
    waiting = house.evaluated(1, title="La que espera")
    browser, path = sign_in(house.director), path_of(session) + "/publicar"
    page = browser.get(path).text
    assert path_of(session, waiting.folio) in page
    assert "Publicar todas las decisiones" not in page
    answer = post(browser, path)
    assert answer.status_code == 409
    db.session.expire_all()
    assert session.status is SessionStatus.OPEN


def test_published_for_everybody(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, client: FlaskClient, post: Any
) -> None:
    chosen = house.evaluated(3, title="La elegida")
    decide(session, chosen, C.IN_PLAN, by=core, reason="Una razón que todos pueden leer.")
    public = f"/seleccion/publicadas/{house.plan.code}/{session.number}"
    assert client.get(public).status_code == 404
    browser = sign_in(house.director)
    assert post(browser, path_of(session) + "/publicar").location == public
    page = client.get(public).text
    for words in ("La elegida", "Una razón que todos pueden leer.", "Grupo Núcleo, por consenso"):
        assert words in page
    rows = client.get(public + ".csv").text.lstrip("\ufeff").splitlines()
    assert rows[1].split(",")[:5] == [chosen.folio, "La elegida", "in_plan", "", "Una razón que todos pueden leer."]
    assert public in client.get("/seleccion/publicadas/").text
    assert browser.get(path_of(session)).location == public


@pytest.mark.parametrize(
    ("step", "status"), [("llamar", ProposalStatus.SELECTED), ("liberar", ProposalStatus.NEXT_PLAN)]
)
def test_reserve(
    house: House, session: SelectionSession, core: User, sign_in: SignIn, post: Any, step: str, status: ProposalStatus
) -> None:
    proposal = house.evaluated(2)
    decide(session, proposal, C.RESERVE, by=core)
    services.publish(session, by=principal(house.director))
    path = f"/seleccion/reserva/{proposal.folio}/{step}"
    browser = sign_in(house.director)
    assert step in browser.get("/seleccion/").text
    assert post(browser, path, reason="Corta.").status_code == 422
    assert post(browser, path, reason="Se liberó un lugar en el plan.").status_code == 302
    assert browser.get(path).status_code == 409
    db.session.expire_all()
    assert proposal.status is status


def addresses(app: Flask, house: House, folio: str) -> list[str]:
    """Every address without arguments, and those of the proposal and of the plan."""
    plain = [r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    code = house.plan.code
    asked = [
        f"/propuestas/?q={SECRET.split(maxsplit=1)[0]}",
        "/propuestas/?estado=en-el-plan",
        "/propuestas/?orden=titulo",
    ]
    own = [
        f"/propuestas/{folio}",
        f"/propuestas/{folio}.json",
        f"/propuestas/{folio}/versiones",
        f"/seguimiento/{folio}",
    ]
    session = [f"/seleccion/publicadas/{code}/1", f"/seleccion/publicadas/{code}/1.csv", "/seleccion/sesiones/1"]
    return [*plain, *asked, *own, *session, f"/planes/{code}/", f"/seleccion/sesiones/1/{folio}"]


@pytest.mark.parametrize("who", ["guest", "author", "citizen", "reviewer", "analyst"])
def test_nothing_of_a_pending_decision_is_seen(
    app: Flask, house: House, session: SelectionSession, core: User, sign_in: SignIn, client: FlaskClient, who: str
) -> None:
    author = factories.user(name="Autora Ejemplo")
    proposal = house.evaluated(3, author_id=author.id)
    people = {"author": author, "citizen": factories.user(), "reviewer": factories.user(Role.REVIEWER)}
    people["analyst"] = house.analyst
    browser = client if who == "guest" else sign_in(people[who])
    paths = addresses(app, house, proposal.folio or "")
    before = {path: body_of(browser, path) for path in paths}
    decide(session, proposal, C.IN_PLAN, by=core, reason=SECRET)
    db.session.commit()
    for path in paths:
        after = body_of(browser, path)
        assert SECRET.split(maxsplit=1)[0] not in after.replace(path, "").replace("q=RazonReservada99", "").replace(
            'value="RazonReservada99"', ""
        ).replace("«RazonReservada99»", ""), path
        assert ("En el plan" in after) == ("En el plan" in before[path]), path


def body_of(browser: FlaskClient, path: str) -> str:
    return browser.get(path).text


STATEMENTS = 8


@pytest.mark.parametrize("sizes", [(1, 3), pytest.param((50, 2000), marks=pytest.mark.slow)])
def test_session_takes_as_many_statements_whatever_its_length(
    house: House,
    session: SelectionSession,
    core: User,
    sign_in: SignIn,
    count_queries: CountQueries,
    sizes: tuple[int, int],
) -> None:
    for size in (sizes[0], sizes[1] - sizes[0]):
        many(house, size)
        db.session.execute(
            sa.update(Proposal.__table__)
            .where(Proposal.__table__.c.status == "in_evaluation")
            .values(status="evaluated")
        )
        db.session.commit()
        browser = sign_in(core)
        with count_queries() as seen:
            assert browser.get(path_of(session)).status_code == 200
        assert len(seen) == STATEMENTS, seen
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 0
