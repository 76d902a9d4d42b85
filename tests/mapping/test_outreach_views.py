"""Pages of outreach: roles, bad input, what is kept, counts of statements, the answer from the mail."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import contacts, mailings
from intake.mapping import outreach_steps as steps
from intake.mapping.inputs_outreach import INVITATION, LetterInput
from models import Actor, ActorContact, Campaign, Invitation, MailStop, OutboxMessage, Registration, Target
from models.enums import CampaignStatus, EventStatus, Role, TerritoryLevel
from models.enums import OutreachStep as S
from tests import factories as make

HOSTILE = '<script>alert("x")</script>\' \u202e'


@pytest.fixture
def team(app, sign_in):
    """A facilitator's browser."""
    return sign_in(make.user(Role.FACILITATOR, email="facilita@demo.example"))


def targets():
    return db.session.scalars(sa.select(Target).order_by(Target.id)).all()


def fields(**values):
    due = (clock.today() + timedelta(days=9)).isoformat()
    return {"title": "Llegar a Macas", "due_on": due, "owner": "facilita@demo.example", **values}


PATHS = ("/acercamiento/", "/acercamiento/nueva", "/acercamiento/c", "/acercamiento/c/actores",
         "/acercamiento/c/editar", "/acercamiento/c/cartas/nueva", "/acercamiento/c/resultados.csv",
         "/acercamiento/c/actores/upano")  # fmt: skip
POSTS = ("/acercamiento/c/actores", "/acercamiento/c/pasos", "/acercamiento/c/estado",
         "/acercamiento/c/cartas/1/continuar", "/acercamiento/c/actores/upano/volver",
         "/acercamiento/c/actores/upano/quitar")  # fmt: skip


@pytest.mark.parametrize("role", [None, Role.REVIEWER, Role.CORE_GROUP, Role.OBSERVER, Role.CITIZEN])
def test_others_see_and_change_nothing(app, client, sign_in, role):
    campaign = make.campaign(slug="c", title="Secreta")
    make.target(campaign, make.actor("Upano"))
    browser = client if role is None else sign_in(make.user(role))
    for path in PATHS:
        answer = browser.get(path)
        assert answer.status_code in ({302} if role is None else {403}), path
        assert "Secreta" not in answer.text
    from tests.conftest import token_in

    token = token_in(browser.get("/actores/registro").text)
    for path in POSTS:
        data = {"csrf_token": token, "action": "cancel", "reason": "x", "actor": "upano", "step": "contacted"}
        assert browser.post(path, data=data).status_code in {302, 401, 403, 404}, path
    db.session.expire_all()
    assert (campaign.status, targets()[0].step) == (CampaignStatus.OPEN, S.IDENTIFIED)
    assert "/acercamiento/" not in browser.get("/").text


def test_a_gap_becomes_a_campaign_with_its_actors(team, post):
    make.plan(code="PAGA3")
    make.theme("agua", name_es="Ambiente y agua")
    place = make.territory("14", name="Morona Santiago")
    for name in ("Upano", "Sangay"):
        make.actor(name, territories=[place])
    make.actor("Quito", territories=[make.territory("17")])
    page = team.get("/acercamiento/nueva?tema=agua&territorio=14").text
    assert "Llegar a quienes trabajan en Ambiente y agua: Morona Santiago" in page
    assert re.search(r'value="14" selected', page) and re.search(r'value="agua" selected', page)
    assert re.search(r'value="facilita@demo.example" selected', page)
    answer = post(team, "/acercamiento/nueva", **fields(provincia="14"))
    assert (answer.status_code, answer.location) == (302, "/acercamiento/llegar-a-macas/actores?territorio=14")
    page = team.get(answer.location).text
    assert "Upano" in page and "Sangay" in page and "Quito" not in page
    one = post(team, "/acercamiento/llegar-a-macas/actores", page=answer.location, actor="upano", territorio="14")
    assert one.status_code == 302
    post(team, "/acercamiento/llegar-a-macas/actores", page=answer.location, todos="1", territorio="14")
    assert len(targets()) == 2
    page = team.get("/acercamiento/llegar-a-macas").text
    assert "Upano" in page and "Sangay" in page


def test_odd_prefills_are_no_prefill(team):
    make.plan(code="PAGA3")
    answer = team.get("/acercamiento/nueva", query_string={"tema": HOSTILE, "territorio": "9" * 40})
    assert answer.status_code == 200 and "<script>alert" not in answer.text
    assert team.get("/acercamiento/c9?paso=zzz&q=%E2%80%AE&pagina=-1").status_code == 404


def test_without_a_plan_under_way_nothing_is_planned(team):
    assert team.get("/acercamiento/nueva").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("due_on", "ayer"), ("due_on", "2001-01-01"), ("owner", ""), ("owner", "x@demo.example"),
     ("title", "x" * 300), ("theme", "nada"), ("event", "nada")],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(team, post, field, value):
    make.plan(code="PAGA3")
    db.session.commit()
    answer = post(team, "/acercamiento/nueva", **fields(purpose="Lo que quiero", **{field: value}))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text and "Lo que quiero" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Campaign.id))) == 0


def test_what_a_person_writes_is_text(team, post):
    make.plan(code="PAGA3")
    post(team, "/acercamiento/nueva", **fields(title=HOSTILE, purpose=HOSTILE))
    slug = db.session.scalars(sa.select(Campaign.slug)).one()
    campaign = db.session.scalars(sa.select(Campaign)).one()
    make.target(campaign, make.actor("Upano"))
    post(team, f"/acercamiento/{slug}/pasos", page=f"/acercamiento/{slug}", actor="upano", fila="1", step="contacted",
         note=HOSTILE)  # fmt: skip
    for path in ("/acercamiento/", f"/acercamiento/{slug}", f"/acercamiento/{slug}/actores/upano"):
        page = team.get(path).text
        assert "<script>alert" not in page and "\u202e" not in page
    assert team.get(f"/acercamiento/{slug}/actores/upano").text.count("&lt;script&gt;") >= 2  # title and note


def test_a_step_is_noted_in_its_row_and_the_page_comes_back_there(team, post):
    campaign = make.campaign(slug="c")
    target = make.target(campaign, make.actor("Upano"))
    answer = post(team, "/acercamiento/c/pasos?paso=por-contactar", page="/acercamiento/c", actor="upano", fila="1",
                  step="contacted", channel="phone", note="Llamé dos veces")  # fmt: skip
    assert (answer.status_code, answer.location) == (302, "/acercamiento/c?paso=por-contactar#actor-upano")
    db.session.refresh(target)
    assert target.step is S.CONTACTED
    page = team.get("/acercamiento/c").text
    assert "Llamé dos veces" in page and "Persona Ejemplo" in page


def test_a_refused_step_keeps_what_was_typed(team, post):
    campaign = make.campaign(slug="c")
    make.target(campaign, make.actor("Upano"), S.ATTENDED)
    db.session.commit()
    for step in ("declined", "", "identified", "zzz"):
        answer = post(team, "/acercamiento/c/pasos", page="/acercamiento/c", actor="upano", fila="1", step=step,
                      note="Mi nota")  # fmt: skip
        assert answer.status_code == 422, step
        assert "Mi nota" in answer.text and 'id="error-upano"' in answer.text
    assert targets()[0].step is S.ATTENDED


def test_several_are_marked_at_once(team, post):
    campaign = make.campaign(slug="c")
    for name in ("Uno", "Dos", "Tres"):
        make.target(campaign, make.actor(name))
    assert post(team, "/acercamiento/c/pasos", page="/acercamiento/c", step="contacted").status_code == 422
    answer = post(team, "/acercamiento/c/pasos", page="/acercamiento/c", follow=True, actor=["uno", "dos", "nadie"],
                  step="contacted", channel="radio")  # fmt: skip
    assert "Anotado en 2 actores." in answer.text
    db.session.expire_all()
    assert [t.step for t in targets()] == [S.CONTACTED, S.CONTACTED, S.IDENTIFIED]


def test_zero_bytes_are_no_error(team, post):
    campaign = make.campaign(make.plan(code="PAGA3"), slug="c")
    make.target(campaign, make.actor("Upano"))
    db.session.commit()
    odd = "\x00upano"
    sent = {"actor": odd, "step": "contacted", "note": odd}
    assert post(team, "/acercamiento/c/pasos", page="/acercamiento/c", **sent).status_code == 302
    assert post(team, "/acercamiento/c/actores", page="/acercamiento/c", actor=odd).status_code == 302
    assert post(team, "/acercamiento/c/estado", page="/acercamiento/c", action="cancel", reason=odd).status_code == 302
    assert campaign.outcome == "upano"


def test_the_desk_names_the_late_campaign_and_whose_it_is(app, sign_in):
    plan = make.plan(code="PAGA3")
    owner = make.user(Role.ANALYST, name="Ana Responsable")
    make.campaign(plan, slug="c", title="Llegar tarde", owner=owner, due_on=clock.today() - timedelta(days=4))
    make.campaign(plan, title="A tiempo")
    page = sign_in(make.user(Role.DIRECTORATE)).get("/direccion/").text
    assert 'href="/acercamiento/c"' in page and "Campaña atrasada: Llegar tarde" in page
    assert "Ana Responsable" in page and "A tiempo" not in page


def test_an_old_page_changes_nothing(team):
    campaign = make.campaign(slug="c")
    make.target(campaign, make.actor("Upano"))
    data = {"csrf_token": "viejo", "actor": "upano", "fila": "1", "step": "contacted"}
    assert team.post("/acercamiento/c/pasos", data=data).status_code == 400
    assert targets()[0].step is S.IDENTIFIED


def test_closing_asks_for_the_outcome_and_shows_it(team, post):
    make.campaign(slug="c")
    answer = post(team, "/acercamiento/c/estado", page="/acercamiento/c", action="close", reason=" ")
    assert answer.status_code == 422 and "Escriba el motivo." in answer.text
    post(team, "/acercamiento/c/estado", page="/acercamiento/c", action="close", reason="Vinieron doce.")
    page = team.get("/acercamiento/c").text
    assert "Vinieron doce." in page and "Añadir actores" not in page
    assert post(team, "/acercamiento/c/estado", page="/acercamiento/c", action="borrar").status_code == 422


def test_going_back_and_taking_out(team, post):
    campaign = make.campaign(slug="c")
    make.target(campaign, make.actor("Upano"), S.CONTACTED)
    make.target(campaign, make.actor("Nueva"))
    here = "/acercamiento/c/actores/upano"
    assert post(team, f"{here}/volver", page=here, step="identified", reason="").status_code == 422
    assert post(team, f"{here}/volver", page=here, step="zzz", reason="x").status_code == 422
    assert post(team, f"{here}/volver", page=here, step="identified", reason="Fue otro.").status_code == 302
    assert targets()[0].step is S.IDENTIFIED
    other = "/acercamiento/c/actores/nueva"
    assert post(team, f"{other}/quitar", page=other).status_code == 302
    assert len(targets()) == 1
    assert team.get(other).status_code == 404


def test_an_edit_over_somebody_elses_says_who(team, post):
    campaign = make.campaign(make.plan(code="PAGA3"), slug="c")
    page = team.get("/acercamiento/c/editar").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page).group(1)
    campaign.title = "Otro"
    db.session.commit()
    answer = post(team, "/acercamiento/c/editar", **fields(title="Mío", version=version))
    assert answer.status_code == 409 and "Mío" in answer.text
    assert post(team, "/acercamiento/c/editar", **fields(title="Mío", version=str(int(version) + 1))).status_code == 302


def test_the_list_marks_what_is_late_in_words(team):
    make.campaign(title="Tarde", due_on=clock.today() - timedelta(days=3))
    make.campaign(make.plan(is_current=False), title="A tiempo")
    page = team.get("/acercamiento/").text
    assert "Atrasada 3 días" in page and page.count("Atrasada ") == 1
    assert "A tiempo" not in team.get("/acercamiento/?estado=atrasadas").text
    assert team.get("/acercamiento/?estado=zzz&plan=zzz&responsable=zzz").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_the_same_statements_for_one_row_and_for_three(team, count_queries, number):
    plan = make.plan()
    for n in range(number):
        campaign = make.campaign(plan, slug=f"c{n}", theme_id=make.theme().id, event_id=make.event(plan).id)
    for n in range(number):
        actor = make.actor(f"Actor {n}", territories=[make.territory()], themes=[make.theme()])
        make.contact(actor)
        for entry in steps.log_of(make.target(campaign, actor, S.CONTACTED)):
            entry.noted_by_id = campaign.owner_id
        make.actor(f"Otro {n}", territories=[make.territory()], themes=[make.theme()])
    db.session.commit()
    for path, statements in (
        ("/acercamiento/", 8),
        (f"/acercamiento/{campaign.slug}", 11),
        (f"/acercamiento/{campaign.slug}/actores", 12),
    ):
        db.session.expunge_all()
        with count_queries() as seen:
            assert team.get(path).status_code == 200
        assert len(seen) == statements, (path, seen)


def test_results_are_a_file(team):
    campaign = make.campaign(slug="c")
    make.target(campaign, make.actor("=1+1"), S.CONTACTED)
    answer = team.get("/acercamiento/c/resultados.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acercamiento-c.csv"'
    found = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(r["actor"], r["paso"], r["contacted"], r["attended"]) for r in found] == [
        ("'=1+1", "Contactado", clock.today().isoformat(), "")
    ]


def test_a_letter_is_seen_before_it_goes_out(team, post):
    plan = make.plan(code="PAGA3")
    soon = clock.now() + timedelta(days=3)
    event = make.event(plan, title="Mesa de Macas", starts_at=soon, status=EventStatus.CALLED)
    campaign = make.campaign(plan, slug="c", event_id=event.id)
    for n in range(2):
        actor = make.actor()
        make.contact(actor, email=f"p{n}@demo.example")
        make.target(campaign, actor)
    here = "/acercamiento/c/cartas/nueva"
    assert post(team, here, template=INVITATION, words="x").status_code == 422  # nobody chosen
    assert post(team, here, template="account_confirm", steps="identified").status_code == 422
    page = post(team, here, template=INVITATION, steps="identified", words="<b>Venga</b>").text
    assert "Enviar 2 cartas" in page and "Invitación: Mesa de Macas" in page and "&lt;b&gt;Venga" in page
    sent = {"template": INVITATION, "steps": "identified", "words": "Venga", "number": "1", "enviar": "1"}
    stale = post(team, here, count="5", **sent)
    assert stale.status_code == 200 and "cambió a cuántos" in stale.text
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 0
    assert post(team, here, count="2", **sent).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 2
    assert "2" in team.get("/acercamiento/c").text


def test_a_mailing_left_half_way_goes_on_by_its_button(team, post, monkeypatch):
    monkeypatch.setattr(mailings, "PIECE", 1)
    campaign = make.campaign(slug="c")
    for n in range(3):
        actor = make.actor()
        make.contact(actor, email=f"p{n}@demo.example")
        make.target(campaign, actor)
    mailing = mailings.start(campaign, LetterInput(template=INVITATION), number=1, by=SYSTEM)
    mailings.continue_mailing(mailing, by=SYSTEM, pieces=1)
    page = team.get("/acercamiento/c").text
    assert "A medias" in page and "Continuar" in page
    assert post(team, "/acercamiento/c/cartas/1/continuar", page="/acercamiento/c").status_code == 302
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 3
    assert "Completo" in team.get("/acercamiento/c").text
    assert post(team, "/acercamiento/c/cartas/9/continuar", page="/acercamiento/c").status_code == 404


def test_the_command_goes_on(app, monkeypatch):
    campaign = make.campaign(slug="c")
    actor = make.actor()
    make.contact(actor)
    make.target(campaign, actor)
    mailings.start(campaign, LetterInput(template=INVITATION), number=1, by=SYSTEM)
    done = app.test_cli_runner().invoke(args=["mapping", "send-mailings", "--json"])
    assert (done.exit_code, done.output.strip()) == (0, '{"mailings": {"c/1": 1}, "queued": 1}')
    again = app.test_cli_runner().invoke(args=["mapping", "send-mailings"])
    assert again.output == "No mailing is unfinished.\n"


@pytest.fixture
def invited(app):
    """The path of the answer to an invitation to a called table; its target."""
    plan = make.plan()
    soon = clock.now() + timedelta(days=3)
    event = make.event(
        plan, slug="mesa-macas", title="Mesa de Macas", place="Casa Comunal", starts_at=soon,
        status=EventStatus.CALLED, takes_registrations=True,
    )  # fmt: skip
    campaign = make.campaign(plan, slug="c", event_id=event.id, title="Solo del equipo")
    actor = make.actor("Upano")
    make.contact(actor, email="rosa@demo.example", name="Rosa")
    target = make.target(campaign, actor)
    mailing = mailings.start(campaign, LetterInput(template=INVITATION), number=1, by=SYSTEM)
    mailings.continue_mailing(mailing, by=SYSTEM)
    message = db.session.scalars(sa.select(OutboxMessage)).one()
    return "/" + message.context["link"].split("/", 3)[3], target


def test_an_invitation_is_answered_without_an_account(client, post, invited):
    path, target = invited
    page = client.get(path).text
    assert "Mesa de Macas" in page and "Casa Comunal" in page and "Upano" in page
    assert "Solo del equipo" not in page and "rosa@demo.example" not in page
    assert post(client, path, respuesta="confirmar", people="0").status_code == 422
    assert post(client, path, respuesta="confirmar", people="muchas", needs="Rampa").status_code == 422
    assert post(client, path, respuesta="borrar", people="1").status_code == 422
    answer = post(client, path, respuesta="confirmar", people="2", needs="Rampa")
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "les esperamos" in page and "irán 2 personas" in page
    assert re.search(r'name="people"[^>]* value="2"', page)
    db.session.refresh(target)
    assert target.step is S.CONFIRMED
    assert [r.needs for r in db.session.scalars(sa.select(Registration))] == ["Rampa"]
    answer = post(client, path, respuesta="declinar")
    db.session.refresh(target)
    assert (answer.status_code, target.step) == (302, S.DECLINED)


def test_an_answer_demands_the_forgery_token(client, invited):
    path, target = invited
    for data in ({"respuesta": "declinar"}, {"respuesta": "confirmar", "people": "1"}):
        assert client.post(path, data=data).status_code == 422
    db.session.refresh(target)
    assert target.step is S.CONTACTED


def test_wrong_links_all_look_the_same(client, invited):
    path, _target = invited
    key = path.rpartition("/")[2]
    wrong = [client.get(f"/acercamiento/respuesta/{k}") for k in ("x" * 43, key[::-1], key[:-1] + "!")]
    assert {a.status_code for a in wrong} == {404}
    assert client.post(f"/acercamiento/respuesta/{'x' * 43}/baja").status_code == 404


def test_a_cancelled_campaign_says_so_and_still_stops_letters(client, post, invited):
    from intake.mapping import campaigns

    path, _target = invited
    campaigns.move_campaign(db.session.scalars(sa.select(Campaign)).one(), "cancel", by=SYSTEM, reason="x")
    page = client.get(path).text
    assert "ya no está en marcha" in page and "Iremos" not in page
    assert post(client, path, respuesta="confirmar", people="1").status_code == 409
    assert post(client, f"{path}/baja").status_code == 302
    assert "ya no recibe invitaciones" in client.get(path).text


def test_a_mail_program_may_stop_letters_with_one_post(client, invited):
    path, target = invited
    answer = client.post(f"{path}/baja", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert db.session.scalar(sa.select(sa.func.count(MailStop.id))) == 1
    assert target.step is S.CONTACTED
    assert client.get(f"{path}/baja").status_code == 200  # looking changes nothing


def test_stopping_letters_answers_after_the_contact_was_erased(client, post, invited):
    path, target = invited
    contact = db.session.scalars(sa.select(ActorContact).where(ActorContact.actor_id == target.actor_id)).first()
    contacts.revoke_contact(contact, db.session.get_one(Actor, target.actor_id), by=SYSTEM)
    db.session.execute(sa.delete(OutboxMessage))
    db.session.commit()
    assert "Borramos su contacto" in client.get(path).text
    answer = post(client, f"{path}/baja", page=path, follow=True)
    assert answer.status_code == 200 and "ya borramos su contacto" in answer.text
    assert "ya no recibe invitaciones" in client.get(f"{path}/baja").text


def test_actors_are_filtered_by_every_filter(team):
    from models import People, Sector

    make.territory("14")
    canton = make.territory("1401", TerritoryLevel.CANTON, path="14.1401.")
    sector = make.save(Sector(code="PUE.1", parent_code="PUE", name_es="Pueblos", name_en="Peoples"))
    make.save(Sector(code="PUE", name_es="P", name_en="P"))
    people = make.save(People(name="Shuar", kind="nacionalidad"))
    theme = make.theme("agua")
    make.actor("Esta", territories=[canton], themes=[theme], peoples=[people], sector_id=sector.id)
    make.actor("Otra")
    campaign = make.campaign(make.plan(), slug="c", territory_id=canton.id)
    for query in ("territorio=14", "territorio=1401", "tema=agua", "pueblo=Shuar", "sector=PUE", "q=est"):
        page = team.get(f"/acercamiento/{campaign.slug}/actores?{query}").text
        assert ">Esta<" in page and ">Otra<" not in page, query
    odd = team.get("/acercamiento/c/actores?territorio=zz&tema=zz&pueblo=zz&sector=zz&tipo=zz&pagina=zz").text
    assert ">Esta<" in odd and ">Otra<" in odd
