"""The registry as it lives: organisations that registered themselves and wait, and two records that were one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.core.identity import GUEST
from intake.mapping import merging, queries
from intake.mapping import services as mapping
from intake.mapping.inputs import ActorInput, ContactInput, MergeInput
from models.enums import ActorKind as K

if TYPE_CHECKING:
    from intake.demo.world import World

#: (day, organisation, its contact). The second one may be a known one: its name is alike.
_WAITING = (
    (
        -9,
        ActorInput(
            name="Red Ficticia de Mujeres del Pastaza",
            kind=K.COLLECTIVE,
            sector="PUE",
            territories=("16", "1601"),
            themes=("participacion", "ambiente-agua"),
            peoples=("Kichwa", "Sapara"),
            languages=("es", "qu"),
            description="Acompaña a mujeres de las comunidades del río Pastaza que vigilan las obras de su parroquia.",
            is_fictional=True,
        ),
        ContactInput(
            name="Sisa Ficticia Grefa",
            email="sisa.ficticia.grefa@demo.example",
            position="Coordinadora",
            is_public=True,
            locale="qu",
        ),
    ),
    (
        -4,
        ActorInput(
            name="Comité del Agua de Íntag (ficticio)",
            kind=K.COLLECTIVE,
            territories=("1003",),
            themes=("ambiente-agua",),
            is_fictional=True,
        ),
        ContactInput(name="Rubén Modelo Haro", email="ruben.modelo.haro@demo.example", position="Vocal"),
    ),
)
_STAYS = "veeduria-ejemplo-cuentas-claras"
_TWICE = ActorInput(
    name="Veeduría Cuentas Claras de Quito (ejemplo)",
    kind=K.COLLECTIVE,
    sector="CIU",
    territories=("1701",),
    themes=("presupuesto-abierto",),
    acronym="VECC",
    is_fictional=True,
)
_CONTACT = ContactInput(name="Andrés Prueba Salcedo", email="andres.prueba.salcedo@demo.example", position="Secretario")
_WHY = "Es la misma veeduría: se registró otra vez con el nombre que usa en Quito. Lo confirmó por teléfono."


def alive(world: World) -> None:
    """Plan what happens in the registry, each on its day."""
    for day, actor, contact in _WAITING:
        world.at(day, 15, partial(mapping.self_register, actor, contact, by=GUEST))
    world.at(-33, 9, lambda: mapping.self_register(_TWICE, _CONTACT, by=GUEST))
    world.at(-31, 12, lambda: _join(world))


def _join(world: World) -> None:
    kept, other = queries.actor(_STAYS), queries.actor("veeduria-cuentas-claras-de-quito-ejemplo")
    given = MergeInput(reason=_WHY, take={"acronym": merging.OTHER})
    merging.merge(kept, other, given, by=world.who("analisis"))
