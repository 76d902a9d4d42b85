"""Meetings: called, held, decided, made public, corrected; and whom each step tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.files import Upload
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import council, meetings, resolving
from intake.mapping.inputs_council import MeetingInput, PresenceInput, ResolutionInput
from intake.mapping.queries import council as queries
from models import AuditEntry, Consent, Meeting, OutboxMessage, StoredFile
from models.enums import MeetingMode, MeetingStatus, Presence, ReviewSector, Role, Seat, Vote
from tests import factories as make

GOV, CIV, ACA = ReviewSector.GOVERNMENT, ReviewSector.CIVIL_SOCIETY, ReviewSector.ACADEMIA
YES, NO = Vote.IN_FAVOUR, Vote.AGAINST
PDF = Upload("acta.pdf", b"%PDF-1.7\n%%EOF\n")


def call(**values) -> MeetingInput:
    given = {
        "title": "Primera reunión",
        "mode": MeetingMode.IN_PERSON,
        "place": "Quito",
        "agenda": "Conversar",
        "starts_at": clock.now() + timedelta(days=7),
    }
    return MeetingInput(**given | values)


def body_with(*sectors, **values):
    """A body whose seats each have a principal."""
    body = make.body(sectors=sectors)
    for position in range(1, len(sectors) + 1):
        council.name_delegate(body, position, make.delegation(**values), by=SYSTEM)
    return body


def at(meeting):
    db.session.expire_all()
    row = db.session.get_one(Meeting, meeting.id)
    from models import Body, Plan

    body = db.session.get_one(Body, row.body_id)
    return queries.meeting(db.session.get_one(Plan, body.plan_id).code, "grupo-nucleo", row.number)


def came(*positions, delegate=1):
    return [PresenceInput(position=p, presence=Presence.PRINCIPAL, delegate=delegate) for p in positions]


def away(*positions, presence=Presence.EXCUSED):
    return [PresenceInput(position=p, presence=presence) for p in positions]


def held(*sectors, absent=()):
    """A meeting held yesterday; the seats of ``absent`` were excused."""
    body = body_with(*sectors)
    meeting = meetings.call_meeting(body, call(starts_at=clock.now() - timedelta(days=1)), by=SYSTEM)
    there = [p for p in range(1, len(sectors) + 1) if p not in absent]
    meetings.record_presence(meeting, [*came(*there), *away(*absent)], by=SYSTEM)
    return at(meeting)


def decision(*votes, **values):
    said = dict(enumerate(votes, 1)) | values.pop("more", {})
    return ResolutionInput(**{"text": "Se aprueba.", "votes": {p: v for p, v in said.items() if v}, **values})


def letters(kind):
    query = sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.to_address)
    return db.session.scalars(query).all()


def test_meetings_are_numbered_within_their_body(app):
    one, two = body_with(), make.body()
    assert [meetings.call_meeting(b, call(), by=SYSTEM).number for b in (one, one, two)] == [1, 2, 1]


def test_the_call_reaches_delegates_with_an_account_and_else_the_contacts(app):
    body = make.body(seats=4)
    make.user(email="titular@demo.example", locale="en")
    make.user(email="alterna@demo.example")
    council.name_delegate(body, 1, make.delegation(email="titular@demo.example"), by=SYSTEM)
    council.name_delegate(body, 1, make.delegation(seat=Seat.ALTERNATE, email="alterna@demo.example"), by=SYSTEM)
    council.name_delegate(body, 2, make.delegation(), by=SYSTEM)
    actors = [member.actor for member in queries.seats(body.id).values()]
    for n, actor in enumerate(actors, 1):
        make.contact(actor, email=f"contacto{n}@demo.example")
    gone = make.contact(actors[3], email="retirado@demo.example")
    db.session.get_one(Consent, gone.consent_id).revoked_at = clock.now()
    db.session.flush()
    council.end_seat(body, 4, clock.today() - timedelta(days=1), reason="Salió.", by=SYSTEM)
    meetings.call_meeting(body, call(), by=SYSTEM)
    found = letters("meeting_call")
    assert [(m.to_address, m.locale) for m in found] == [
        ("alterna@demo.example", "es"),
        ("contacto2@demo.example", "es"),
        ("contacto3@demo.example", "es"),
        ("titular@demo.example", "en"),
    ]
    assert found[0].context["path"].endswith("/grupo-nucleo/reuniones/1")


def test_a_meeting_of_the_past_is_written_down_and_nobody_is_called(app):
    body = make.body(seats=1)
    make.contact(queries.seats(body.id)[1].actor)
    meetings.call_meeting(body, call(starts_at=clock.now() - timedelta(days=30)), by=SYSTEM)
    assert letters("meeting_call") == []


@pytest.mark.parametrize("field", ["title", "place", "agenda", "ends_at"])
def test_a_call_says_all_that_people_need(app, field):
    values = {field: " "} if field != "ends_at" else {"ends_at": clock.now()}
    with pytest.raises(Invalid) as error:
        meetings.call_meeting(make.body(), call(**values), by=SYSTEM)
    assert error.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Meeting.id))) == 0


def test_members_are_told_of_another_place_and_not_of_another_agenda(app):
    body = make.body(seats=1)
    make.contact(queries.seats(body.id)[1].actor)
    given = call()
    meeting = meetings.call_meeting(body, given, by=SYSTEM)
    meetings.edit_call(at(meeting), replace(given, agenda="Otra"), by=SYSTEM)
    assert letters("meeting_change") == []
    meetings.edit_call(at(meeting), replace(given, place="Ibarra"), by=SYSTEM)
    assert [m.context["place"] for m in letters("meeting_change")] == ["Ibarra"]
    with pytest.raises(Conflict):
        meetings.edit_call(at(meeting), given, by=SYSTEM, version=1)


def test_a_call_is_cancelled_with_a_reason_that_members_read(app):
    body = make.body(seats=1)
    make.contact(queries.seats(body.id)[1].actor)
    meeting = meetings.call_meeting(body, call(), by=SYSTEM)
    with pytest.raises(Invalid) as error:
        meetings.cancel_meeting(at(meeting), reason=" ", by=SYSTEM)
    assert error.value.field == "reason"
    meetings.cancel_meeting(at(meeting), reason="Por el paro.", by=SYSTEM)
    assert [m.context["reason"] for m in letters("meeting_cancel")] == ["Por el paro."]
    for late in (
        lambda: meetings.cancel_meeting(at(meeting), reason="x", by=SYSTEM),
        lambda: meetings.edit_call(at(meeting), call(), by=SYSTEM),
        lambda: meetings.record_presence(at(meeting), [], by=SYSTEM),
    ):
        with pytest.raises(Conflict):
            late()


def test_attendance_is_written_after_the_meeting_began(app):
    body = body_with(GOV, CIV)
    meeting = meetings.call_meeting(body, call(), by=SYSTEM)
    with pytest.raises(Conflict):
        meetings.record_presence(at(meeting), came(1, 2), by=SYSTEM)
    with clock.at(clock.now() + timedelta(days=8)):
        meetings.record_presence(at(meeting), [*came(1), *away(2)], by=SYSTEM)
    found = at(meeting)
    assert found.status is MeetingStatus.HELD
    assert [(p.member.position, p.presence, p.delegate is not None) for p in found.presences] == [
        (1, Presence.PRINCIPAL, True),
        (2, Presence.EXCUSED, False),
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (came(1), "seat_2"),
        ([*came(1, 2), *away(3)], "seat_3"),
        ([*came(1), *came(2, delegate=None)], "seat_2"),
        ([*came(1), *came(2, delegate=2)], "seat_2"),
        ([*came(1), PresenceInput(position=2, presence=Presence.ALTERNATE, delegate=1)], "seat_2"),
    ],
    ids=["missing", "not of the body", "unnamed", "another's", "not the alternate"],
)
def test_only_whoever_held_the_seat_that_day_sat_in_it(app, given, field):
    body = body_with(GOV, CIV)
    meeting = meetings.call_meeting(body, call(starts_at=clock.now() - timedelta(days=1)), by=SYSTEM)
    with pytest.raises(Invalid) as error:
        meetings.record_presence(meeting, given, by=SYSTEM)
    assert error.value.field == field
    assert at(meeting).status is MeetingStatus.CALLED


def test_a_delegate_out_of_term_did_not_sit(app):
    body = body_with(GOV, until=clock.today() - timedelta(days=10))
    meeting = meetings.call_meeting(body, call(starts_at=clock.now() - timedelta(days=1)), by=SYSTEM)
    with pytest.raises(Invalid) as error:
        meetings.record_presence(meeting, came(1), by=SYSTEM)
    assert error.value.field == "seat_1"


def test_a_resolution_keeps_every_vote(app):
    meeting = held(GOV, CIV, ACA)
    made = resolving.record_resolution(meeting, decision(YES, YES, NO, reason="Conviene."), by=SYSTEM)
    found = at(meeting).resolutions
    assert [(r.number, r.text, r.reason) for r in found] == [(1, "Se aprueba.", "Conviene.")]
    assert [(v.member.position, v.vote) for v in found[0].votes] == [(1, YES), (2, YES), (3, NO)]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "resolution.record")).one()
    assert entry.subject_id == made.id
    assert entry.changes["votes"] == {"1": "in_favour", "2": "in_favour", "3": "against"}


@pytest.mark.parametrize(
    ("votes", "field"),
    [
        ((YES, NO, NO, None), "votes"),
        ((YES, NO, NO, YES), "votes"),
        ((NO, YES, NO, YES), "votes"),
        ((YES, YES, None, YES), "vote_3"),
        ((YES, YES, YES, YES, YES), "votes"),
    ],
    ids=["alone", "government alone", "no majority", "a seat is silent", "a seat was not there"],
)
def test_what_is_no_decision_of_the_body_is_refused_at_its_field(app, votes, field):
    meeting = held(GOV, CIV, ACA, GOV, CIV, absent=(5,))
    given = decision(*votes)
    if votes == (YES, NO, NO, None):
        given = decision(*votes, more={4: NO})
    with pytest.raises(Invalid) as error:
        resolving.record_resolution(meeting, given, by=SYSTEM)
    assert error.value.field == field
    assert at(meeting).resolutions == []


def test_a_draft_resolution_is_put_right_and_the_last_is_taken_out(app):
    meeting = held(GOV, CIV)
    for _ in range(2):
        resolving.record_resolution(at(meeting), decision(YES, YES), by=SYSTEM)
    resolving.edit_resolution(at(meeting), 1, decision(YES, YES, text="Otra cosa."), by=SYSTEM)
    assert [r.text for r in at(meeting).resolutions] == ["Otra cosa.", "Se aprueba."]
    with pytest.raises(Invalid):
        resolving.edit_resolution(at(meeting), 1, decision(YES, NO), by=SYSTEM)
    with pytest.raises(Conflict):
        resolving.remove_last(at(meeting), 1, by=SYSTEM)
    resolving.remove_last(at(meeting), 2, by=SYSTEM)
    assert [r.number for r in at(meeting).resolutions] == [1]
    assert len(at(meeting).resolutions[0].votes) == 2


@pytest.mark.parametrize("change", ["a voter stayed away", "somebody else came"])
def test_attendance_cannot_contradict_the_votes(app, change):
    meeting = held(GOV, CIV, ACA, absent=(3,))
    resolving.record_resolution(meeting, decision(YES, YES), by=SYSTEM)
    given = [*came(1), *away(2, 3)] if change == "a voter stayed away" else came(1, 2, 3)
    with pytest.raises(Invalid) as error:
        meetings.record_presence(at(meeting), given, by=SYSTEM)
    assert error.value.field == ("seat_2" if change == "a voter stayed away" else "seat_3")
    meetings.record_presence(at(meeting), [*came(1, 2), *away(3, presence=Presence.ABSENT)], by=SYSTEM)
    assert [p.presence for p in at(meeting).presences][-1] is Presence.ABSENT


def test_minutes_are_drafted_published_and_then_only_corrected(app):
    meeting = held(GOV, CIV)
    with pytest.raises(Invalid) as error:
        meetings.publish_minutes(at(meeting), by=SYSTEM)
    assert error.value.field == "minutes"
    meetings.write_minutes(at(meeting), "Borrador.", PDF, by=SYSTEM)
    assert at(meeting).file.is_public is False
    meetings.write_minutes(at(meeting), "Se conversó.", PDF, by=SYSTEM, publish=True)
    found = at(meeting)
    assert (found.status, found.minutes, found.file.is_public) == (MeetingStatus.PUBLISHED, "Se conversó.", True)
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 1
    for late in (
        lambda: meetings.write_minutes(at(meeting), "Otra cosa.", by=SYSTEM),
        lambda: resolving.record_resolution(at(meeting), decision(YES, YES), by=SYSTEM),
        lambda: meetings.record_presence(at(meeting), came(1, 2), by=SYSTEM),
    ):
        with pytest.raises(Conflict):
            late()
    assert at(meeting).minutes == "Se conversó."
    numbers = [meetings.correct_minutes(at(meeting), f"Donde dice {n}.", reason="Errata.", by=SYSTEM) for n in "ab"]
    entries = queries.traced("meeting", [meeting.id], [meetings.CORRECT])
    assert numbers == [1, 2]
    assert [(e.changes["number"], e.changes["text"], e.reason) for e in entries] == [
        (1, "Donde dice a.", "Errata."),
        (2, "Donde dice b.", "Errata."),
    ]


@pytest.mark.parametrize(("text", "reason", "field"), [(" ", "x", "text"), ("x", " ", "reason")])
def test_a_correction_says_what_and_why(app, text, reason, field):
    meeting = held(GOV, CIV)
    with pytest.raises(Conflict):
        meetings.correct_minutes(at(meeting), "x", reason="x", by=SYSTEM)
    meetings.write_minutes(at(meeting), "Se conversó.", by=SYSTEM, publish=True)
    with pytest.raises(Invalid) as error:
        meetings.correct_minutes(at(meeting), text, reason=reason, by=SYSTEM)
    assert error.value.field == field


def test_signed_minutes_are_a_pdf_and_a_refusal_keeps_nothing(app):
    meeting = held(GOV, CIV)
    with pytest.raises(Invalid) as error:
        meetings.write_minutes(at(meeting), "Se conversó.", Upload("acta.txt", b"hola"), by=SYSTEM, publish=True)
    assert error.value.field == "file"
    assert (at(meeting).minutes, at(meeting).status) == ("", MeetingStatus.HELD)
    with pytest.raises(Conflict):
        meetings.write_minutes(at(meeting), "x", by=SYSTEM, version=99)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.DIRECTORATE])
def test_only_the_directorate_writes_about_meetings(app, as_principal, role):
    meeting = held(GOV, CIV)
    who = as_principal(make.user(role, actor=make.actor() if role in {Role.INSTITUTION, Role.COUNTERPART} else None))
    for forbidden in (
        lambda: meetings.call_meeting(meeting.body, call(), by=who),
        lambda: meetings.edit_call(meeting, call(), by=who),
        lambda: meetings.record_presence(meeting, came(1, 2), by=who),
        lambda: resolving.record_resolution(meeting, decision(YES, YES), by=who),
        lambda: resolving.edit_resolution(meeting, 1, decision(YES, YES), by=who),
        lambda: resolving.remove_last(meeting, 1, by=who),
        lambda: meetings.write_minutes(meeting, "x", by=who),
        lambda: meetings.publish_minutes(meeting, by=who),
        lambda: meetings.correct_minutes(meeting, "x", reason="x", by=who),
    ):
        with pytest.raises(Forbidden):
            forbidden()
