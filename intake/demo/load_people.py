"""The demonstration's people: the contract's accounts, and those who review or directed beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

from intake.accounts import demo, services
from intake.core import clock
from intake.core.identity import SYSTEM
from intake.demo.source import Row, moment, read
from models.enums import ReviewSector, Role

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import PostHolding

_BOUND = ("institution", "counterpart")


def people(world: World) -> None:
    """Make the accounts. Whoever signs and reports is bound to the parties of the first commitment."""
    rows = {row["key"]: row for row in read("paga3")["people"]}
    parties = {row["role"]: world.actors[row["organisation"]].id for row in rows.values() if row["role"] in _BOUND}
    password = demo.shared_password(current_app.config["INTAKE"].instance_path)
    made = demo.ensure_demo_accounts(parties, password=password)
    world.users.update({user.email.partition("@")[0]: user for user in made})
    for key, row in rows.items():
        if key not in world.users:
            _beside(world, row)


def _beside(world: World, row: Row) -> None:
    """Somebody without an own button on the sign-in page; enters by mail link."""
    since, until = world.day(row["from_offset"]), row["to_offset"]
    with clock.at(moment(since)):
        user = services.create_user(row["email"], row["name"], by=SYSTEM, confirmed=True, is_demo=True)
        world.users[row["key"]] = user
        post = services.create_post(
            row["post_es"],
            Role(row["role"]),
            sector=ReviewSector(row["sector"]) if row["sector"] else None,
            actor_id=world.actors[row["organisation"]].id,
            by=SYSTEM,
        )
        holding = services.grant_post(user, post, since=since, by=SYSTEM)
    if until is not None:
        world.at(until, 17, lambda: _leave(holding))


def _leave(holding: PostHolding) -> None:
    services.end_holding(holding, until=clock.today(), reason="Terminó su período.", by=SYSTEM)


def reviewers(world: World, number: int) -> None:
    """More reviewers, for measuring: ``number`` in all, sectors in turn."""
    sectors = list(ReviewSector)
    known = sum(1 for key in world.users if key.startswith("revision."))
    since = world.day(-200)
    with clock.at(moment(since)):
        for n in range(known + 1, number + 1):
            sector = sectors[n % len(sectors)]
            key = f"revision.{n:04d}"
            user = services.create_user(
                f"{key}@demo.example", f"Persona Ejemplo {n:04d}", by=SYSTEM, confirmed=True, is_demo=True
            )
            post = services.create_post(f"Revisión {n:04d}", Role.REVIEWER, sector=sector, by=SYSTEM)
            services.grant_post(user, post, since=since, by=SYSTEM)
            world.users[key] = user
