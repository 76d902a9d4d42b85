"""The Core Group of the demonstration: seats, delegates, and four meetings. Everybody in it is fictional."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from intake.core.transaction import flush
from intake.demo.source import Row, read, wall_clock
from intake.mapping import council, meetings, resolving, seating
from intake.mapping.inputs import MemberInput
from intake.mapping.inputs_council import SITS, DelegateInput, MeetingInput, PresenceInput, ResolutionInput, SeatInput
from intake.mapping.queries import council as queries
from models.enums import BodyKind, MeetingMode, Presence, ReviewSector, Seat, Vote

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Body, BodyMember, Meeting

CODE, KIND = "PAGA3", "grupo-nucleo"


def core_group(world: World) -> None:
    """Set the group up on its day and let its meetings happen on theirs."""
    data = read("paga3_council")
    world.at(data["created_offset"], 9, partial(_create, world, data))
    world.at(data["leaves"]["offset"], 16, partial(_leave, world, data["leaves"]))
    world.at(data["joins"]["offset"], 10, partial(_join, world, data["joins"]))
    for number, row in enumerate(data["meetings"], 1):
        world.at(row["call_offset"], 9, partial(_call, world, row))
        if row["presence"] is not None:
            world.at(row["day_offset"], 20, partial(_hold, world, row, number))
        if row["published_offset"] is not None:
            world.at(row["published_offset"], 11, partial(_publish, world, row, number))
        if row["correction"] is not None:
            world.at(row["correction"]["offset"], 11, partial(_correct, world, row["correction"], number))


def _body() -> Body:
    flush()
    return queries.body(CODE, KIND)


def _create(world: World, data: Row) -> None:
    members = [
        MemberInput(
            actor=world.actors[row["organisation"]],
            sector=ReviewSector(row["sector"]),
            joined_on=world.day(data["created_offset"]),
        )
        for row in data["seats"]
    ]
    by = world.directorate()
    council.create_body(world.plans[CODE], BodyKind.CORE_GROUP, members, note=data["note_es"], by=by)
    body = _body()
    for position, row in enumerate(data["seats"], 1):
        _name(world, body, position, row["delegates"])


def _name(world: World, body: Body, position: int, rows: list[Row]) -> None:
    for row in rows:
        given = DelegateInput(
            seat=Seat(row["seat"]),
            name=row["name"],
            position=row["position"],
            email=row["email"],
            since=world.day(row["since"]),
            until=None if row["until"] is None else world.day(row["until"]),
            designated_by=row["designated_by"],
            is_public=row["is_public"],
        )
        council.name_delegate(body, position, given, by=world.directorate())


def _seats(body: Body) -> dict[str, BodyMember]:
    return {member.actor.slug: member for member in queries.seats(body.id).values()}


def _leave(world: World, row: Row) -> None:
    body = _body()
    position = _seats(body)[row["organisation"]].position
    council.end_seat(body, position, world.day(row["offset"]), reason=row["reason_es"], by=world.directorate())


def _join(world: World, row: Row) -> None:
    body = _body()
    given = SeatInput(
        organisation=row["organisation"],
        sector=ReviewSector(row["sector"]),
        joined_on=world.day(row["offset"]),
        by_invitation=True,
    )
    member = council.add_seat(body, given, by=world.directorate())
    _name(world, _body(), member.position, row["delegates"])


def _call(world: World, row: Row) -> None:
    held = world.day(row["day_offset"])
    starts = wall_clock(held, row["starts_at"])
    assert starts is not None  # every meeting of the file has its hour
    given = MeetingInput(
        title=row["title_es"],
        mode=MeetingMode(row["mode"]),
        place=row["place_es"],
        agenda=row["agenda_es"],
        starts_at=starts,
        ends_at=wall_clock(held, row["ends_at"]),
    )
    meetings.call_meeting(_body(), given, by=world.directorate())


def _meeting(number: int) -> Meeting:
    flush()
    return queries.meeting(CODE, KIND, number)


def _hold(world: World, row: Row, number: int) -> None:
    meeting, day = _meeting(number), world.day(row["day_offset"])
    seats = _seats(_body())
    came = [_presence(seats[slug], Presence(said), day) for slug, said in row["presence"].items()]
    meetings.record_presence(meeting, came, by=world.directorate())
    for one in row["resolutions"]:
        votes = {seats[slug].position: Vote(said) for slug, said in one["votes"].items()}
        given = ResolutionInput(text=one["text_es"], reason=one["reason_es"], votes=votes)
        resolving.record_resolution(_meeting(number), given, by=world.directorate())


def _presence(member: BodyMember, presence: Presence, day: date) -> PresenceInput:
    speaking = {SITS[d.seat]: d.id for d in seating.speaking(member, day)}
    numbers = {delegate.id: number for number, delegate in seating.numbered(member).items()}
    delegate = numbers[speaking[presence]] if presence in SITS.values() else None
    return PresenceInput(position=member.position, presence=presence, delegate=delegate)


def _publish(world: World, row: Row, number: int) -> None:
    meetings.write_minutes(_meeting(number), row["minutes_es"], by=world.directorate(), publish=True)


def _correct(world: World, row: Row, number: int) -> None:
    text, reason = row["text_es"], row["reason_es"]
    meetings.correct_minutes(_meeting(number), text, reason=reason, by=world.directorate())
