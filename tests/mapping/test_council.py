"""Bodies: their seats, who speaks for them, the rule of six months, and what a decision is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import council, rhythm, seating, voting
from intake.mapping.inputs_council import SeatInput
from intake.mapping.queries import council as queries
from models import AuditEntry, Body, BodyMember, Delegate
from models.enums import BodyKind, MeetingStatus, PlanStatus, ReviewSector, Role, Seat, Vote
from tests import factories as make

GOV, CIV, ACA = ReviewSector.GOVERNMENT, ReviewSector.CIVIL_SOCIETY, ReviewSector.ACADEMIA
YES, NO, BLANK = Vote.IN_FAVOUR, Vote.AGAINST, Vote.ABSTAINED


def day(offset: int) -> date:
    return clock.today() + timedelta(days=offset)


@pytest.mark.parametrize(
    ("votes", "begins"),
    [
        ([], "Ninguna autoridad"),
        ([(GOV, YES)], "Ninguna autoridad"),
        ([(CIV, YES), (GOV, NO)], "Ninguna autoridad"),
        ([(GOV, YES), (GOV, YES), (CIV, BLANK)], "El Gobierno no decide solo"),
        ([(CIV, YES), (CIV, YES)], "Una resolución necesita"),
        ([(CIV, YES), (None, YES)], "Una resolución necesita"),
        ([(None, YES), (None, YES)], "Una resolución necesita"),
        ([(CIV, YES), (GOV, YES), (ACA, NO), (GOV, BLANK)], "Falta la mayoría: hay 2 puestos a favor de 4"),
        ([(CIV, YES), (GOV, YES), (ACA, NO)], None),
        ([(CIV, YES), (ACA, YES)], None),
        ([(CIV, YES), (GOV, YES), (None, YES)], None),
    ],
)
def test_what_is_a_decision_of_the_body(app, votes, begins):
    words = voting.refusal(votes, len(votes))
    assert (words is None) if begins is None else str(words).startswith(begins)


@pytest.mark.parametrize(("present", "seats", "enough"), [(6, 12, False), (7, 12, True), (0, 0, False)])
def test_a_quorum_is_more_than_half(present, seats, enough):
    assert voting.has_quorum(present, seats) is enough


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 6, 30), date(2026, 12, 30)),
        (date(2023, 8, 31), date(2024, 2, 29)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(start, expected):
    assert rhythm.months_after(start, 6) == expected


def test_the_rule_is_broken_the_day_after_it_was_due():
    with clock.at(clock.start_of(date(2026, 7, 10)) + timedelta(hours=12)):
        kept = rhythm.Rhythm(True, last_on=date(2026, 1, 10))
        assert (kept.due_on, kept.late_since, kept.is_near) == (date(2026, 7, 10), None, True)
        called = rhythm.Rhythm(True, last_on=date(2026, 1, 10), next_on=date(2026, 7, 10))
        assert called.is_near is False
        too_late = rhythm.Rhythm(True, last_on=date(2026, 1, 10), next_on=date(2026, 7, 11))
        assert too_late.is_near is True
        broken = rhythm.Rhythm(True, last_on=date(2026, 1, 9))
        assert (broken.late_since, broken.is_near) == (date(2026, 7, 10), False)
        over = rhythm.Rhythm(True, last_on=date(2026, 1, 9), watched=False)
        assert (over.due_on, over.late_since) == (None, None)
        begun = rhythm.Rhythm(True, begun_on=date(2026, 6, 1))
        assert (begun.due_on, begun.is_near) == (date(2026, 12, 1), False)
        assert rhythm.Rhythm(True).due_on is None


def test_last_and_next_meeting_of_each_plan_are_read_at_once(app, count_queries):
    one, two, over = make.plan(), make.plan(is_current=False), make.plan(status=PlanStatus.CLOSED, is_current=False)
    body = make.body(one)
    now = clock.now()
    make.meeting(body, starts_at=now - timedelta(days=40), status=MeetingStatus.HELD)
    make.meeting(body, starts_at=now - timedelta(days=5), status=MeetingStatus.CALLED)
    make.meeting(body, starts_at=now + timedelta(days=9), status=MeetingStatus.CALLED)
    make.meeting(body, starts_at=now - timedelta(days=2), status=MeetingStatus.CANCELLED)
    make.meeting(make.body(two, kind=BodyKind.WORKING_GROUP), starts_at=now, status=MeetingStatus.HELD)
    from intake.plans import queries as plans

    known = plans.all_plans()
    with count_queries() as seen:
        found = queries.forums(known)
    assert len(seen) == 1
    first = min(s.opens_on for s in plans.by_code(one.code).stages)
    assert found[one.id] == rhythm.Rhythm(True, day(-40), day(9), first, watched=True)
    assert (found[two.id].has_body, found[two.id].last_on) == (False, None)
    assert found[over.id].watched is False


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.DIRECTORATE])
def test_only_the_directorate_changes_bodies(app, as_principal, role):
    body = make.body()
    who = as_principal(make.user(role, actor=make.actor() if role in {Role.INSTITUTION, Role.COUNTERPART} else None))
    with pytest.raises(Forbidden):
        council.create_body(make.plan(), BodyKind.CORE_GROUP, [], by=who)
    with pytest.raises(Forbidden):
        council.add_seat(body, SeatInput(organisation="x", sector=CIV), by=who)
    with pytest.raises(Forbidden):
        council.edit_body(body, note="x", source="", by=who)


def seat_given(name: str, **values) -> SeatInput:
    return SeatInput(**{"organisation": name, "sector": CIV, **values})


def test_an_organisation_is_found_by_name_acronym_or_address(app):
    body = make.body()
    for text, actor in (("fundación río", make.actor("Fundación Río")), ("CRE", make.actor("Cruz", acronym="CRE"))):
        assert council.add_seat(body, seat_given(text), by=SYSTEM).actor_id == actor.id
    third = make.actor("Universidad del Sur")
    assert council.add_seat(body, seat_given(third.slug, sector=ACA), by=SYSTEM).position == 3


@pytest.mark.parametrize("text", ["", "Río", "nadie", "Pendiente"])
def test_an_organisation_that_is_not_clear_is_refused_with_names(app, text):
    from models.enums import ActorStatus

    body = make.body()
    make.actor("Fundación Río Claro")
    make.actor("Junta del Río")
    make.actor("Pendiente", status=ActorStatus.PENDING)
    with pytest.raises(Invalid) as error:
        council.add_seat(body, seat_given(text), by=SYSTEM)
    assert error.value.field == "organisation"
    assert ("«Junta del Río»" in str(error.value)) is (text == "Río")
    assert db.session.scalar(sa.select(sa.func.count(BodyMember.id))) == 0


def test_one_seat_an_organisation_and_a_new_one_after_it_ended(app):
    body, actor = make.body(), make.actor("Fundación Río")
    council.add_seat(body, seat_given(actor.slug, joined_on=day(-100)), by=SYSTEM)
    with pytest.raises(Invalid) as error:
        council.add_seat(body, seat_given(actor.slug), by=SYSTEM)
    assert error.value.field == "organisation"
    council.end_seat(body, 1, day(-10), reason="Renunció.", by=SYSTEM)
    with pytest.raises(Invalid):
        council.add_seat(body, seat_given(actor.slug, joined_on=day(-10)), by=SYSTEM)
    assert council.add_seat(body, seat_given(actor.slug, joined_on=day(-9)), by=SYSTEM).position == 2


def test_a_seat_ends_with_its_delegations_and_stays_in_the_history(app):
    plan = make.plan()
    body = make.body(plan, seats=2)
    council.name_delegate(body, 1, make.delegation(since=day(-50)), by=SYSTEM)
    council.end_seat(body, 1, day(-3), reason="Se disolvió.", by=SYSTEM)
    member = queries.seats(body.id)[1]
    assert (member.left_on, [d.until for d in member.delegates]) == (day(-3), [day(-3)])
    entry = queries.traced("body_member", [member.id], ["body_member.leave"])[0]
    assert (entry.reason, entry.subject_ref) == ("Se disolvió.", f"{plan.code}/grupo-nucleo/1")
    with pytest.raises(Conflict):
        council.end_seat(body, 1, day(-2), reason="Otra vez.", by=SYSTEM)
    with pytest.raises(Conflict):
        council.name_delegate(body, 1, make.delegation(), by=SYSTEM)


@pytest.mark.parametrize(
    ("left_on", "reason", "field"),
    [(1, "x", "left_on"), (-200, "x", "left_on"), (-60, "x", "left_on"), (-10, "x", "left_on"), (0, " ", "reason")],
)
def test_when_a_seat_cannot_end(app, left_on, reason, field):
    body = make.body(seats=1, joined_on=day(-100))
    council.name_delegate(body, 1, make.delegation(since=day(-50)), by=SYSTEM)
    make.sitting(make.meeting(body, starts_at=clock.now() - timedelta(days=5), status=MeetingStatus.HELD))
    with pytest.raises(Invalid) as error:
        council.end_seat(body, 1, day(left_on), reason=reason, by=SYSTEM)
    assert error.value.field == field
    assert queries.seats(body.id)[1].left_on is None


@pytest.mark.parametrize(
    ("since", "until", "seat", "field"),
    [
        (-20, None, Seat.PRINCIPAL, "since"),
        (-200, -40, Seat.PRINCIPAL, "since"),
        (-40, -40, Seat.PRINCIPAL, "since"),
        (5, 4, Seat.ALTERNATE, "until"),
        (-39, None, Seat.PRINCIPAL, None),
        (-90, -81, Seat.PRINCIPAL, None),
        (-60, None, Seat.ALTERNATE, None),
        (-101, -81, Seat.ALTERNATE, "since"),
    ],
)
def test_one_principal_and_one_alternate_at_a_time(app, since, until, seat, field):
    body = make.body(seats=1, joined_on=day(-100))
    council.name_delegate(body, 1, make.delegation(since=day(-80), until=day(-40)), by=SYSTEM)
    if since == -20:
        council.name_delegate(body, 1, make.delegation(since=day(-30)), by=SYSTEM)
    given = make.delegation(seat=seat, since=day(since), until=None if until is None else day(until))
    if field is None:
        assert council.name_delegate(body, 1, given, by=SYSTEM).seat is seat
        return
    if since == -200:
        field = "since"
    with pytest.raises(Invalid) as error:
        council.name_delegate(body, 1, given, by=SYSTEM)
    assert error.value.field == field


def test_a_delegate_may_have_an_account_and_the_trace_does_not_tell_the_name(app):
    body, user = make.body(seats=1), make.user(email="rosa@demo.example")
    made = council.name_delegate(body, 1, make.delegation(email="Rosa@Demo.Example "), by=SYSTEM)
    assert made.user_id == user.id
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "delegate.name")).one()
    assert entry.changes["name"] == [None, "(dato personal)"]
    for values, field in (({"email": "nadie@demo.example"}, "email"), ({"name": " "}, "name")):
        with pytest.raises(Invalid) as error:
            council.name_delegate(body, 1, make.delegation(seat=Seat.ALTERNATE, **values), by=SYSTEM)
        assert error.value.field == field


@pytest.mark.parametrize(("until", "field"), [(-60, "until"), (-10, "until"), (None, "until"), (-5, None), (-2, None)])
def test_a_term_ends_after_the_last_meeting_and_before_the_next_term(app, until, field):
    body = make.body(seats=1)
    council.name_delegate(body, 1, make.delegation(since=day(-50), until=day(-2)), by=SYSTEM)
    council.name_delegate(body, 1, make.delegation(since=day(-1)), by=SYSTEM)
    make.sitting(make.meeting(body, starts_at=clock.now() - timedelta(days=5), status=MeetingStatus.HELD))
    last = None if until is None else day(until)
    if field is None:
        council.edit_delegate(body, 1, 1, until=last, is_public=True, by=SYSTEM)
        found = seating.numbered(queries.seats(body.id)[1])[1]
        assert (found.until, found.is_public) == (last, True)
        return
    with pytest.raises(Invalid) as error:
        council.edit_delegate(body, 1, 1, until=last, is_public=True, by=SYSTEM)
    assert error.value.field == field


def test_who_speaks_on_a_day(app):
    body = make.body(seats=1)
    for seat, since, until in ((Seat.ALTERNATE, -50, None), (Seat.PRINCIPAL, -50, -10), (Seat.PRINCIPAL, -9, None)):
        given = make.delegation(seat=seat, since=day(since), until=None if until is None else day(until))
        council.name_delegate(body, 1, given, by=SYSTEM)
    member = queries.seats(body.id)[1]
    numbers = {d.id: n for n, d in seating.numbered(member).items()}
    said = {at: [numbers[d.id] for d in seating.speaking(member, day(at))] for at in (-51, -50, -10, -9, 0)}
    assert said == {-51: [], -50: [2, 1], -10: [2, 1], -9: [3, 1], 0: [3, 1]}


def test_balance_counts_sectors_in_order(app):
    body = make.body(sectors=(ACA, GOV, None, GOV, CIV))
    assert seating.balance(list(queries.seats(body.id).values())) == [(GOV, 2), (CIV, 1), (ACA, 1), (None, 1)]
    assert db.session.scalar(sa.select(sa.func.count(Delegate.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Body.id))) == 1
