"""The mapping: what its services do, refuse and leave behind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError

from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.mapping import queries, records, services
from intake.mapping.inputs import ActorInput, ContactInput, EventInput, MemberInput
from intake.mapping.reference import load_reference
from models import Actor, AuditEntry, Body, Consent, Event, OutboxMessage, Sector, Territory, Theme
from models.enums import ActorKind, ActorStatus, BodyKind, Dimension, EventKind, Role, TerritoryLevel
from tests import factories as make


def given(**values):
    return ActorInput(**{"name": "Fundación Río Claro", "kind": ActorKind.CIVIL_SOCIETY, **values})


def contact(**values):
    return ContactInput(**{"name": "Rosa", "email": "Rosa@Demo.Example", **values})


def test_an_actor_begins_pending_with_its_places_and_themes(app):
    make.territory("14")
    make.theme("agua")
    made = services.create_actor(given(territories=("14",), themes=("agua",)), by=SYSTEM)
    found = queries.actor(made.slug)
    assert (found.slug, found.status, found.name_plain) == (
        "fundacion-rio-claro",
        ActorStatus.PENDING,
        "fundacion rio claro",
    )
    assert ([t.code for t in found.territories], [t.code for t in found.themes]) == (["14"], ["agua"])


@pytest.mark.parametrize(
    ("values", "field"),
    [({"territories": ("99",)}, "territories"), ({"themes": ("nada",)}, "themes"), ({"sector": "X"}, "sector")],
)
def test_unknown_codes_are_refused_at_their_field(app, values, field):
    with pytest.raises(Invalid) as error:
        services.create_actor(given(**values), by=SYSTEM)
    assert error.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0


def test_two_of_one_name_have_two_addresses_and_no_page_is_hidden(app):
    slugs = [services.create_actor(given(), by=SYSTEM).slug for _ in range(3)]
    assert slugs == ["fundacion-rio-claro", "fundacion-rio-claro-2", "fundacion-rio-claro-3"]
    assert services.create_actor(given(name="Registro"), by=SYSTEM).slug == "registro-2"


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.REVIEWER, Role.OBSERVER])
def test_only_the_team_registers_and_verifies(app, as_principal, role):
    who = as_principal(make.user(role))
    with pytest.raises(Forbidden):
        services.create_actor(given(), by=who)
    with pytest.raises(Forbidden):
        services.move_actor(make.actor(status=ActorStatus.PENDING), "verify", by=who)
    with pytest.raises(Forbidden):
        services.create_event(EventInput(plan_code="X", kind=EventKind.VIRTUAL, title="x"), by=who)


def test_a_guest_registers_but_does_not_create(app):
    with pytest.raises(SignInNeeded):
        services.create_actor(given(), by=GUEST)
    made = services.self_register(given(), contact(), by=GUEST)
    assert made.status is ActorStatus.PENDING
    sent = db.session.scalars(sa.select(OutboxMessage)).one()
    assert (sent.kind, sent.to_address) == ("actor_self_register", "rosa@demo.example")
    consent = db.session.scalars(sa.select(Consent)).one()
    assert (consent.purpose, consent.revoked_at) == ("actor_contact", None)


def test_a_contact_needs_a_way_to_be_reached(app):
    with pytest.raises(Invalid) as error:
        services.self_register(given(), contact(email=None), by=GUEST)
    assert error.value.field == "contact_email"
    assert db.session.scalar(sa.select(sa.func.count(Actor.id))) == 0


def test_personal_data_of_contacts_stay_out_of_the_trace(app):
    services.self_register(given(), contact(phone="+593990000001"), by=GUEST)
    text = str([e.changes for e in db.session.scalars(sa.select(AuditEntry))])
    assert "Rosa" not in text and "rosa@" not in text and "990000001" not in text


def test_verifying_dates_it_and_tells_the_contact(app, as_principal):
    made = services.self_register(given(), contact(), by=GUEST)
    analyst = as_principal(make.user(Role.ANALYST))
    services.move_actor(made, "verify", by=analyst)
    assert (made.status, made.verified_by_id) == (ActorStatus.VERIFIED, analyst.user_id)
    assert made.verified_at is not None
    assert [m.kind for m in db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))] == [
        "actor_self_register",
        "actor_verify",
    ]


def test_a_rejection_needs_its_reason_and_says_it_whole(app):
    made = services.self_register(given(), contact(), by=GUEST)
    with pytest.raises(Invalid):
        services.move_actor(made, "reject", by=SYSTEM)
    services.move_actor(made, "reject", by=SYSTEM, reason="No existe tal organización.")
    mail = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "actor_reject")).one()
    assert mail.context["reason"] == "No existe tal organización."
    assert made.status_reason == "No existe tal organización."
    with pytest.raises(Conflict):
        services.move_actor(made, "reject", by=SYSTEM, reason="otra vez")


def test_who_speaks_for_an_actor_edits_it_and_no_other(app, as_principal):
    mine, other = make.actor(), make.actor()
    who = as_principal(make.user(Role.COUNTERPART, actor=mine))
    services.edit_actor(queries.actor(mine.slug), given(name="Otro nombre"), by=who)
    assert queries.actor(mine.slug).name == "Otro nombre"
    with pytest.raises(Forbidden):
        services.edit_actor(queries.actor(other.slug), given(), by=who)


def test_an_edit_is_traced_and_a_stale_one_refused(app):
    make.territory("14")
    actor = queries.actor(make.actor("Colectivo Uno").slug)
    seen = actor.lock_version
    services.edit_actor(actor, given(name="Colectivo Dos", territories=("14",)), by=SYSTEM, version=seen)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "actor.edit")).one()
    assert entry.changes["name"] == ["Colectivo Uno", "Colectivo Dos"]
    assert entry.changes["territories"] == [[], ["14"]]
    with pytest.raises(Conflict):
        services.edit_actor(queries.actor(actor.slug), given(), by=SYSTEM, version=seen)


def test_taking_a_consent_back_erases_the_contact(app):
    actor = make.actor()
    row = services.add_contact(actor, contact(is_public=True), by=SYSTEM)
    assert len(queries.contacts_of(actor, public_only=True)) == 1
    services.revoke_contact(row, actor, by=SYSTEM)
    assert queries.contacts_of(actor, public_only=False) == []
    assert (row.name, row.email) == ("—", None)


def event_input(plan, **values):
    base = {"plan_code": plan.code, "kind": EventKind.TERRITORIAL_TABLE, "title": "Mesa de Puyo"}
    return EventInput(**{**base, "starts_at": datetime(2026, 3, 1, 14, tzinfo=UTC), **values})


def test_an_event_is_kept_with_its_place(app):
    plan = make.plan(code="PAGA9")
    make.territory("16", name="Pastaza")
    made = services.create_event(event_input(plan, territory="16"), by=SYSTEM)
    found = queries.event(made.slug)
    assert (found.slug, found.territory.name, found.plan.code) == ("mesa-de-puyo-paga9", "Pastaza", "PAGA9")


def test_an_event_does_not_end_before_it_begins(app):
    with pytest.raises(Invalid):
        services.create_event(event_input(make.plan(), ends_at=datetime(2026, 3, 1, 13, tzinfo=UTC)), by=SYSTEM)
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0


def test_attendance_that_contradicts_its_parts_is_refused_by_name(app, as_principal):
    event = make.event()
    counts = {Dimension.GENDER: {"man": 10, "woman": 10}, Dimension.SECTOR: {"academia": 19}}
    facilitator = as_principal(make.user(Role.FACILITATOR))
    db.session.commit()  # what is refused is rolled back
    with pytest.raises(Invalid) as error:
        services.record_attendance(event, 20, counts, by=facilitator)
    assert (error.value.field, error.value.details["sum"]) == ("sector", 19)
    assert "Sector" in str(error.value.message)
    services.record_attendance(event, 20, {Dimension.GENDER: counts[Dimension.GENDER]}, by=facilitator)
    assert queries.participation_of(event).total == 20


def test_an_analyst_does_not_record_attendance(app, as_principal):
    with pytest.raises(Forbidden):
        services.record_attendance(make.event(), 0, {}, by=as_principal(make.user(Role.ANALYST)))


def test_a_body_keeps_its_members_in_order_and_is_made_once(app):
    plan, one, two = make.plan(), make.actor(), make.actor()
    members = [MemberInput(actor=two, pair=1), MemberInput(actor=one, by_invitation=True)]
    body = services.create_body(plan, BodyKind.CORE_GROUP, members, note="n", source="s", by=SYSTEM)
    assert [(kind, code) for kind, code, _since in queries.bodies_of(one)] == [(BodyKind.CORE_GROUP, plan.code)]
    with pytest.raises(Conflict):
        services.create_body(plan, BodyKind.CORE_GROUP, [], by=SYSTEM)
    assert db.session.scalar(sa.select(sa.func.count(Body.id))) == 1
    assert body.source == "s"


def test_a_record_is_said_to_be_gone_only_where_it_is(app):
    one, other = make.actor(), make.actor()
    db.session.commit()
    db.session.expunge(one)
    with pytest.raises(InvalidRequestError, match="not persistent"):  # a mistake of ours stays one
        records.take_hold(one)
    db.session.execute(sa.delete(Actor).where(Actor.id == other.id), execution_options={"synchronize_session": False})
    with pytest.raises(Conflict, match="ya no existe"):
        records.take_hold(other)


def test_the_reference_data_loads_once(app):
    load_reference(by=SYSTEM)
    load_reference(by=SYSTEM)
    levels = dict(db.session.execute(sa.select(Territory.level, sa.func.count()).group_by(Territory.level)).all())
    assert levels == {
        TerritoryLevel.COUNTRY: 1,
        TerritoryLevel.PROVINCE: 24,
        TerritoryLevel.CANTON: 222,
        TerritoryLevel.PARISH: 1049,
    }
    assert db.session.scalar(sa.select(sa.func.count(Theme.id))) == 16
    assert db.session.scalar(sa.select(sa.func.count(Sector.id))) == 32
    assert len(queries.cantons("14")) == 13
    assert [p.code for p in queries.parishes("1401") if not p.selectable] == []
    assert queries.territories_path(queries.territory_by_code("010151")) == ["Azuay", "Cuenca", "Baños"]
    orphans = sa.select(sa.func.count(Territory.id)).where(Territory.parent_id.is_(None))
    assert db.session.scalar(orphans) == 1
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 1


def test_only_the_system_loads_reference_data(app, as_principal):
    with pytest.raises(Forbidden):
        load_reference(by=as_principal(make.user(Role.DIRECTORATE)))
