"""The co-creation events of the demonstration: called, held by counts or by list, two closed with their act.

Every person is invented. The list of Nueva Loja is made so that its people add up to the counts of the file.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

from intake.core import tokens
from intake.core.identity import GUEST
from intake.demo.load_events import KINDS
from intake.demo.source import Row, read, wall_clock
from intake.mapping import acts, attendance, gatherings, profiles, registering, services
from intake.mapping.inputs import EventInput
from intake.mapping.inputs_events import ActInput, MinutesInput, ProfileInput, RegistrationInput
from models.enums import Dimension

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Registration

_DIMENSIONS = {
    "gender": Dimension.GENDER,
    "age": Dimension.AGE_BAND,
    "sector": Dimension.SECTOR,
    "ethnicity": Dimension.SELF_IDENTIFICATION,
}
BY_LIST = "mesa-nueva-loja"
CLOSED = frozenset({"mesa-ambato", "curso-gobierno-abierto"})
#: How many registered for the event that lies ahead; its room is for fewer, so that two wait.
AHEAD, ROOM = 14, 12
#: Of the list, so many came without having registered.
AT_DOOR = 6
NOBODY_CAME = 100  # people from this number on registered and stayed away
_FIRST = (
    "Alba",
    "Bolívar",
    "Carmen",
    "Dayuma",
    "Efraín",
    "Flor",
    "Galo",
    "Hilda",
    "Inés",
    "Jairo",
    "Kaya",
    "Lida",
    "Milton",
)
_LAST = ("Andi Prueba", "Cerda Ejemplo", "Grefa Modelo")
_AGENDA = """Bienvenida y para qué nos reunimos
Problemas del territorio, por grupos
Soluciones, hitos y con quién
Plenaria y cierre"""
_ACCESS = "Intérprete de lengua de señas si se pide al inscribirse. Entrada sin gradas. Cuidado infantil y refrigerio."
_ROLE = "Equipo de facilitación (demostración)"
#: Two more: one that was cancelled, and one that only the team sees yet (name, canton, day, move).
_OTHERS = (
    ("Mesa de cocreación en Tulcán", "0401", 6, "cancel"),
    ("Mesa de cocreación en Machala", "0701", 27, ""),
)


def events(world: World) -> None:
    """Each was called ten days before and counted the day after; the act was signed the day after that."""
    for row in read("paga3_events"):
        announced = min(row["day_offset"] - 10, -1)
        world.at(announced, 9, partial(_announce, world, row))
        if row["slug"] == BY_LIST:
            _by_list(world, row)
        elif row["attendance"] is not None:
            world.at(row["day_offset"] + 1, 9, partial(_count, world, row))
        else:
            world.at(announced, 10, partial(_ahead, world, row))
        if row["slug"] in CLOSED:
            world.at(row["day_offset"] + 2, 9, partial(_close, world, row))
    for title, canton, day, move in _OTHERS:
        world.at(-8, 9, partial(_other, world, title, canton, day, move))


def _other(world: World, title: str, canton: str, day: int, move: str) -> None:
    starts_at = wall_clock(world.day(day), "09:00")
    kind, place = KINDS["table"], "Casa comunal Ejemplo"
    given = EventInput(
        plan_code="PAGA3", kind=kind, title=title, place=place, territory=canton, starts_at=starts_at, agenda=_AGENDA
    )
    event = services.create_event(given, by=world.who("facilitacion"))
    if move:
        gatherings.move_event(event, "call", by=world.who("facilitacion"))
        why = "El local ya no está disponible ese día. Daremos otra fecha en esta misma página de mesas."
        gatherings.move_event(event, move, by=world.who("facilitacion"), reason=why)


def _announce(world: World, row: Row) -> None:
    held = world.day(row["day_offset"])
    ahead = row["attendance"] is None
    given = EventInput(
        plan_code="PAGA3",
        kind=KINDS[row["kind"]],
        title=row["title_es"],
        place=row["place_es"] or "",
        territory=row["territory"],
        starts_at=wall_clock(held, row["starts_at"]),
        ends_at=wall_clock(held, row["ends_at"]),
        description=row["description_es"] or "",
        slug=row["slug"],
        themes=tuple(row["themes"]),
        agenda=_AGENDA if row["kind"] == "table" else "",
        accessibility=_ACCESS if row["kind"] == "table" else "",
        facilitator=_ROLE,
        takes_registrations=ahead or row["slug"] == BY_LIST,
        capacity=ROOM if ahead else None,
    )
    event = services.create_event(given, by=world.who(row["facilitator"]))
    world.events[row["slug"]] = gatherings.move_event(event, "call", by=world.who(row["facilitator"]))


def _count(world: World, row: Row) -> None:
    counts = {_DIMENSIONS[name]: row["attendance"][name] for name in _DIMENSIONS if row["attendance"].get(name)}
    by = world.who(row["facilitator"])
    services.record_attendance(world.events[row["slug"]], row["attendance"]["total"], counts, by=by)


def _ahead(world: World, row: Row) -> None:
    for number in range(AHEAD):
        registering.register(world.events[row["slug"]], _person(number), code=tokens.new_token(), by=GUEST)


def _person(number: int) -> RegistrationInput:
    row, column = divmod(number, len(_FIRST))
    name = f"{_FIRST[column]} {_LAST[row % len(_LAST)]}"
    return RegistrationInput(name=name, email=f"mesa.persona{number + 1}@demo.example")


def _by_list(world: World, row: Row) -> None:
    day, total = row["day_offset"], row["attendance"]["total"]
    world.at(day - 2, 10, partial(_register, world, row, total - AT_DOOR))
    world.at(day, 9, partial(_at_the_door, world, row, total))
    world.at(day + 1, 9, partial(_close_list, world, row))


def _register(world: World, row: Row, number: int) -> None:
    """Those who will come, two who will not, and one who gives the place back."""
    event, answers = world.events[row["slug"]], _profiles(row)
    for n in range(number):
        profiles.describe(_place(world, row, n), event, answers[n])
    stays_away = [_place(world, row, NOBODY_CAME + n) for n in range(3)]
    registering.cancel(stays_away[0], event, by=GUEST)


def _place(world: World, row: Row, number: int) -> Registration:
    made = registering.register(world.events[row["slug"]], _person(number), code=tokens.new_token(), by=GUEST)
    if made is None:
        raise RuntimeError(f"The demonstration's person {number} stands in the list twice")
    return made


def _at_the_door(world: World, row: Row, total: int) -> None:
    event, by, answers = world.events[row["slug"]], world.who(row["facilitator"]), _profiles(row)
    references = [person.reference for person in registering.registered(event)][: total - AT_DOOR]
    attendance.mark(event, references, references, by=by)
    for n in range(total - AT_DOOR, total):
        profiles.describe(attendance.add_at_door(event, _person(n), by=by), event, answers[n])


def _close_list(world: World, row: Row) -> None:
    attendance.close_list(world.events[row["slug"]], by=world.who(row["facilitator"]))


def _profiles(row: Row) -> list[ProfileInput]:
    """One description a person: the counts of each dimension, written out."""
    written = {
        dimension: list(chain.from_iterable(repeat(c, n) for c, n in row["attendance"][name].items()))
        for name, dimension in _DIMENSIONS.items()
    }
    return [
        ProfileInput(answers={dimension: categories[n] for dimension, categories in written.items()})
        for n in range(row["attendance"]["total"])
    ]


def _close(world: World, row: Row) -> None:
    event, by = world.events[row["slug"]], world.who(row["facilitator"])
    steps = dict.fromkeys(range(1, 9), "") if row["kind"] == "table" else {}
    words = f"{row['note_es'] or ''} Los grupos leyeron sus problemas en plenaria y acordaron entregar sus fichas."
    acts.write_minutes(event, MinutesInput(minutes=words.strip(), steps=steps), by=by)
    signed = ActInput(facilitator_name=_ROLE, participant_name=_person(0).name, participant_consents=True)
    acts.close(event, signed, by=by)
