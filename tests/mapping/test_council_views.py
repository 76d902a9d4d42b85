"""Pages of bodies and meetings: who sees what, what a refusal keeps, and how many statements they take."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import council, meetings, resolving
from intake.mapping.queries import council as queries
from models import Body, BodyMember, Delegate, Meeting, MeetingPresence
from models.enums import BodyKind, MeetingStatus, ReviewSector, Role, Seat
from tests import factories as make
from tests.mapping.test_meetings import at, decision, held

HOSTILE = "<script>alert(1)</script>"
GOV, CIV, ACA = ReviewSector.GOVERNMENT, ReviewSector.CIVIL_SOCIETY, ReviewSector.ACADEMIA


def day(offset: int) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


def path_of(thing, *rest) -> str:
    body = thing if isinstance(thing, Body) else thing.body
    slug = {BodyKind.CORE_GROUP: "grupo-nucleo", BodyKind.WORKING_GROUP: "grupo-de-trabajo"}[body.kind]
    parts = [f"/nucleo/{body.plan.code}/{slug}"]
    if isinstance(thing, Meeting):
        parts.append(f"reuniones/{thing.number}")
    return "/".join([*parts, *map(str, rest)])


@pytest.fixture
def boss(app, sign_in):
    return sign_in(make.user(Role.DIRECTORATE))


def full(rows: int):
    """A body with several rows of everything."""
    body = make.body(seats=2 * rows + 1)
    for position in range(1, rows + 1):
        council.name_delegate(body, position, make.delegation(is_public=True), by=SYSTEM)
        council.name_delegate(
            body, position, make.delegation(seat=Seat.ALTERNATE, until=clock.today() - timedelta(days=3)), by=SYSTEM
        )
        council.end_seat(body, position + rows, clock.today() - timedelta(days=1), reason="Salió.", by=SYSTEM)
    for n in range(rows):
        make.meeting(body, starts_at=clock.now() - timedelta(days=n), status=MeetingStatus.HELD)
    return queries.body(body.plan.code, "grupo-nucleo") if "plan" in body.__dict__ else _again(body)


def _again(body):
    from models import Plan

    return queries.body(db.session.get_one(Plan, body.plan_id).code, "grupo-nucleo")


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow(app, client, count_queries, rows):
    first = path_of(full(rows))
    meeting = held(*[GOV, CIV, ACA] * rows)
    for _ in range(rows):
        resolving.record_resolution(at(meeting), decision(*[make_yes()] * 3 * rows), by=SYSTEM)
    meetings.write_minutes(at(meeting), "Se conversó.", by=SYSTEM, publish=True)
    for _ in range(rows):
        meetings.correct_minutes(at(meeting), "x", reason="x", by=SYSTEM)
    paths = [first, path_of(at(meeting)), "/nucleo/"]
    found = []
    for path in paths:
        db.session.expire_all()
        with count_queries() as seen:
            assert client.get(path).status_code == 200
        found.append(len(seen))
    assert found == [7, 5, 6]


def make_yes():
    from models.enums import Vote

    return Vote.IN_FAVOUR


def test_a_body_shows_who_speaks_what_is_missing_and_what_was(app, client, sign_in):
    body = make.body(sectors=(GOV, GOV, CIV, ACA))
    old, name = clock.today() - timedelta(days=30), "Rosa Pública"
    council.name_delegate(body, 1, make.delegation(name=name, is_public=True), by=SYSTEM)
    council.name_delegate(body, 1, make.delegation(seat=Seat.ALTERNATE, name="Luis Callado"), by=SYSTEM)
    council.name_delegate(body, 2, make.delegation(name="Ana Vencida", until=old, is_public=True), by=SYSTEM)
    council.name_delegate(body, 4, make.delegation(seat=Seat.ALTERNATE, name=HOSTILE, is_public=True), by=SYSTEM)
    page = client.get(path_of(_again(body))).text
    assert "<strong>2</strong> Sector público" in page and "<strong>1</strong> Academia" in page
    assert name in page and "Luis Callado" not in page and "Nombre no publicado" in page
    assert page.count("Período vencido el") == 1 and "Ana Vencida" in page
    assert page.count("Vacante: sin persona delegada") == 1
    assert page.count("Sin titular") == 1
    assert HOSTILE not in page and "&lt;script&gt;" in page
    assert "Todavía no consta ninguna reunión." in page and "Añadir un puesto" not in page
    readers = {Role.CORE_GROUP, Role.DIRECTORATE}
    for role in (*readers, Role.ANALYST, Role.OBSERVER):
        text = sign_in(make.user(role)).get(path_of(_again(body))).text
        assert ("Luis Callado" in text) is (role in readers)
        assert ("Añadir un puesto" in text) is (role is Role.DIRECTORATE)


def test_the_six_month_rule_is_said_on_the_page(app, client):
    body = make.body(make.plan(), seats=1)
    make.meeting(body, starts_at=clock.now() - timedelta(days=200), status=MeetingStatus.PUBLISHED)
    for path in (path_of(_again(body)), "/nucleo/"):
        assert "Vencida desde el" in client.get(path).text
    make.meeting(body, starts_at=clock.now() - timedelta(days=20), status=MeetingStatus.HELD)
    for path in (path_of(_again(body)), "/nucleo/"):
        page = client.get(path).text
        assert "Vencida desde el" not in page and "La siguiente debe realizarse hasta el" in page


@pytest.mark.parametrize(
    "path",
    [
        "/nucleo/NADA9/grupo-nucleo",
        "/nucleo/{code}/grupo-de-trabajo",
        "/nucleo/{code}/otro",
        "/nucleo/{code}/grupo-nucleo/reuniones/9",
    ],
)
def test_what_is_not_there_is_not_found(app, client, path):
    body = make.body()
    assert client.get(f"/nucleo/{path}".format(code=body.plan.code)).status_code == 404


def test_a_body_is_set_up_for_a_plan_that_has_none(app, boss, post):
    plan = make.plan()
    path = f"/nucleo/{plan.code}/grupo-nucleo"
    assert f'href="{path}/crear"' in boss.get("/nucleo/").text
    done = post(boss, f"{path}/crear", note="Acompaña el plan.", source="")
    assert done.status_code == 302 and done.location == path
    again = post(boss, f"{path}/crear", note=HOSTILE, source="")
    assert again.status_code == 422 and "Este plan ya tiene ese grupo" in again.text and HOSTILE not in again.text
    done = post(boss, f"{path}/editar", note="Acompaña y da seguimiento.", source="Acuerdo ficticio")
    assert done.status_code == 302
    assert "Acompaña y da seguimiento." in boss.get(path).text


def test_a_seat_is_added_and_a_wrong_one_keeps_what_was_typed(app, boss, post):
    body, actor = make.body(), make.actor("Fundación Río Claro")
    path = path_of(body, "puestos/nuevo")
    bad = post(boss, path, organisation=HOSTILE, sector="academia", joined_on=day(-5))
    assert bad.status_code == 422 and 'id="organisation-error"' in bad.text and HOSTILE not in bad.text
    assert f'value="{day(-5)}"' in bad.text
    assert post(boss, path, organisation="Fundación Río Claro", sector="nada").status_code == 422
    done = post(boss, path, organisation="Fundación Río Claro", sector="civil_society", by_invitation="y")
    assert done.status_code == 302
    member = db.session.scalars(sa.select(BodyMember)).one()
    assert (member.actor_id, member.sector, member.by_invitation) == (actor.id, CIV, True)


def test_delegates_are_named_and_their_terms_ended_on_pages(app, boss, post):
    body = make.body(seats=1)
    path = path_of(body, "puestos/1")
    given = {"seat": "principal", "name": "Rosa", "since": day(-50), "is_public": "y"}
    assert post(boss, f"{path}/delegaciones/nueva", **given).status_code == 302
    bad = post(boss, f"{path}/delegaciones/nueva", **given | {"name": "Luis"})
    assert bad.status_code == 422 and 'id="since-error"' in bad.text and 'value="Luis"' in bad.text
    bad = post(boss, f"{path}/delegaciones/1", until=day(-60))
    assert bad.status_code == 422 and 'id="until-error"' in bad.text
    assert post(boss, f"{path}/delegaciones/1", until=day(-2)).status_code == 302
    db.session.expire_all()
    row = db.session.scalars(sa.select(Delegate)).one()
    assert (row.until.isoformat(), row.is_public) == (day(-2), False)
    assert boss.get(f"{path}/delegaciones/2").status_code == 404
    assert boss.get(path_of(_again(body), "puestos/9/salida")).status_code == 404
    bad = post(boss, f"{path}/salida", left_on=day(3), reason="Renunció.")
    assert bad.status_code == 422 and 'id="left_on-error"' in bad.text and "Renunció." in bad.text
    assert post(boss, f"{path}/salida", left_on=day(0), reason="Renunció.").status_code == 302
    assert boss.get(f"{path}/salida").status_code == 409


CALL = {"title": "Reunión", "starts": "10:00", "mode": "virtual", "place": "Videollamada", "agenda": "Conversar"}


def test_a_meeting_from_the_call_to_public_minutes(app, client, boss, post):
    body = make.body(sectors=(GOV, CIV, ACA))
    for position in (1, 2, 3):
        council.name_delegate(body, position, make.delegation(is_public=position == 1), by=SYSTEM)
    body = _again(body)
    path = path_of(body)
    bad = post(boss, f"{path}/reuniones/nueva", **CALL | {"day": day(3), "ends": "09:00", "title": HOSTILE})
    assert bad.status_code == 422 and 'id="ends-error"' in bad.text and HOSTILE not in bad.text
    done = post(boss, f"{path}/reuniones/nueva", **CALL | {"day": day(3)})
    assert done.status_code == 302 and done.location == f"{path}/reuniones/1"
    assert "Convocada" in client.get(done.location).text
    meeting = done.location
    held_already(boss, post, meeting)
    who_came(boss, post, meeting)
    assert "acta en preparación" in client.get(meeting).text and "Con quórum" not in client.get(meeting).text
    resolve(boss, post, meeting)
    assert "Se aprueba" not in client.get(meeting).text
    publish_minutes(boss, post, meeting)
    page = client.get(meeting).text
    for words in ("Se conversó.", "Se aprueba todo.", "Con quórum", "2 puestos de 3", "Descargar el acta firmada"):
        assert words in page
    assert "Persona" in page and page.count("Nombre no publicado") == 1
    assert boss.get(f"{meeting}/acta").status_code == 409 and boss.get(f"{meeting}/asistencia").status_code == 409
    correct(boss, post, meeting)
    page = client.get(meeting).text
    assert "Corrección 1" in page and "Donde dice A, dice B." in page


def held_already(boss, post, meeting):
    """A day in the past is asked about; an old page changes nothing."""
    asked = post(boss, f"{meeting}/editar", **CALL | {"day": day(-1), "version": "1"})
    assert asked.status_code == 422 and 'id="already_held-error"' in asked.text
    changed = post(boss, f"{meeting}/editar", **CALL | {"day": day(-1), "version": "1", "already_held": "y"})
    assert changed.status_code == 302
    stale = post(boss, f"{meeting}/editar", **CALL | {"day": day(-1), "version": "1", "agenda": "Otra"})
    assert stale.status_code == 409 and "Otra" in stale.text


def who_came(boss, post, meeting):
    """Every seat wants an answer."""
    bad = post(boss, f"{meeting}/asistencia", seat_1="principal-1", seat_2="principal-1")
    assert bad.status_code == 422 and 'id="seat_3-error"' in bad.text
    seats = {"seat_1": "principal-1", "seat_2": "principal-1", "seat_3": "excused"}
    assert post(boss, f"{meeting}/asistencia", **seats).status_code == 302
    assert 'principal-1" selected' in boss.get(f"{meeting}/asistencia").text


def resolve(boss, post, meeting):
    """One seat decides nothing alone; two do, and may still be corrected."""
    lone = post(boss, f"{meeting}/resoluciones/nueva", text=HOSTILE, vote_1="in_favour", vote_2="abstained")
    assert lone.status_code == 422 and 'id="vote_1-error"' in lone.text and "decide en solitario" in lone.text
    assert HOSTILE not in lone.text
    votes = {"vote_1": "in_favour", "vote_2": "in_favour"}
    assert post(boss, f"{meeting}/resoluciones/nueva", text="Se aprueba.", **votes).status_code == 302
    assert post(boss, f"{meeting}/resoluciones/1", text="Se aprueba todo.", **votes).status_code == 302


def publish_minutes(boss, post, meeting):
    """Not without a word; with the signed file beside it."""
    empty = post(boss, f"{meeting}/acta", minutes="", publish="1")
    assert empty.status_code == 422 and 'id="minutes-error"' in empty.text
    files = {"file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "acta.pdf")}
    done = post(boss, f"{meeting}/acta", minutes="Se conversó.", publish="1", **files)
    assert done.status_code == 302


def correct(boss, post, meeting):
    """With a reason."""
    assert post(boss, f"{meeting}/correcciones/nueva", text="Errata", reason="").status_code == 422
    done = post(boss, f"{meeting}/correcciones/nueva", text="Donde dice A, dice B.", reason="Errata.")
    assert done.status_code == 302


def test_a_call_is_cancelled_with_a_reason_on_its_page(app, client, boss, post):
    body = make.body()
    path = path_of(body)
    assert post(boss, f"{path}/reuniones/nueva", **CALL | {"day": day(3)}).status_code == 302
    move = f"{path}/reuniones/1/movimientos"
    bad = post(boss, move, page=f"{path}/reuniones/1", action="cancel", reason="")
    assert bad.status_code == 422 and "Escriba el motivo." in bad.text
    assert post(boss, move, page=f"{path}/reuniones/1", action="publish").status_code == 422
    assert post(boss, move, page=f"{path}/reuniones/1", action="cancel", reason="Por el paro.").status_code == 302
    assert "Por el paro." in client.get(f"{path}/reuniones/1").text


def test_drafts_are_for_the_directorate_and_the_core_group(app, client, sign_in):
    meeting = held(GOV, CIV)
    resolving.record_resolution(at(meeting), decision(make_yes(), make_yes(), text="Secreto."), by=SYSTEM)
    meetings.write_minutes(at(meeting), "Borrador.", by=SYSTEM)
    path = path_of(at(meeting))
    for browser, sees in (
        (client, False),
        (sign_in(make.user(Role.DIRECTORATE)), True),
        (sign_in(make.user(Role.CORE_GROUP)), True),
        (sign_in(make.user(Role.ANALYST)), False),
        (sign_in(make.user(Role.OBSERVER)), False),
        (sign_in(make.user(Role.CITIZEN)), False),
    ):
        page = browser.get(path).text
        assert (("Secreto." in page), ("Borrador." in page)) == (sees, sees)


@pytest.mark.parametrize("role", [None, Role.CITIZEN, Role.CORE_GROUP, Role.ANALYST, Role.OBSERVER])
def test_the_doors_are_closed_to_others(app, client, sign_in, role):
    meeting = held(GOV, CIV)
    resolving.record_resolution(at(meeting), decision(make_yes(), make_yes()), by=SYSTEM)
    meeting = at(meeting)
    browser = client if role is None else sign_in(make.user(role))
    before = db.session.scalar(sa.select(sa.func.count(MeetingPresence.id)))
    pages = [
        *(path_of(meeting.body, p) for p in ("editar", "puestos/nuevo", "puestos/1/salida", "reuniones/nueva")),
        *(path_of(meeting.body, p) for p in ("puestos/1/delegaciones/nueva", "puestos/1/delegaciones/1")),
        *(path_of(meeting, p) for p in ("editar", "asistencia", "acta", "resoluciones/nueva", "resoluciones/1")),
        path_of(meeting, "correcciones/nueva"),
        f"/nucleo/{meeting.body.plan.code}/grupo-de-trabajo/crear",
    ]
    assert {browser.get(page).status_code for page in pages} == ({302} if role is None else {403})
    assert db.session.scalar(sa.select(sa.func.count(MeetingPresence.id))) == before


@pytest.mark.parametrize("field", ["seat_1", "seat_2"])
@pytest.mark.parametrize("value", ["principal-9", "principal", "x" * 5000, "", "alternate-1", "principal-1-1"])
def test_bad_attendance_is_refused_at_its_seat(app, boss, post, field, value):
    meeting = at(held(GOV, CIV))
    given = {"seat_1": "principal-1", "seat_2": "principal-1", field: value}
    answer = post(boss, path_of(meeting, "asistencia"), **given)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert len(at(meeting).presences) == 2
