"""Organisations of the three plans, and the actors of the demonstration with their contacts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.core.identity import SYSTEM
from intake.demo.source import Row, citation, read
from intake.mapping import services as mapping
from intake.mapping.inputs import ActorInput, ContactInput
from models.enums import ActorKind as K
from models.enums import ActorStatus
from models.enums import GovernmentFunction as F
from models.enums import GovernmentLevel as L

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Actor

#: Kinds of organisations.json that are not public institutions.
_KINDS = {
    "local_government": K.LOCAL_GOVERNMENT,
    "local_government_association": K.LOCAL_GOVERNMENT,
    "foundation": K.CIVIL_SOCIETY,
    "network": K.CIVIL_SOCIETY,
    "professional_body": K.CIVIL_SOCIETY,
    "academia": K.ACADEMIA,
    "company": K.PRIVATE_SECTOR,
    "cooperation": K.COOPERATION,
    "community": K.COMMUNITY,
}
#: The function of the State of a public institution, by the beginning of its sector.
_FUNCTIONS = {
    "EST.EJE": F.EXECUTIVE,
    "EST.LEG": F.LEGISLATIVE,
    "EST.JUD": F.JUDICIAL,
    "EST.ELE": F.ELECTORAL,
    "EST.TCS": F.TRANSPARENCY,
}
_LEVELS = {"GAD.PRO": L.PROVINCIAL, "GAD.MUN": L.CANTONAL, "GAD.PAR": L.PARISH}
_NATIONAL_ASSOCIATION = "local_government_association"
#: Peoples of the demonstration's actors, and the languages in which they work.
_PEOPLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "colectivo-voces-ficticias-del-upano": (("Shuar",), ("es", "jiv")),
    "consejo-ejemplo-de-justicia-propia": (("Shuar", "Achuar"), ("jiv", "acu")),
    "asociacion-ejemplo-cordillera-viva": (("Shuar",), ("es", "jiv")),
    "union-ficticia-de-cabildos-de-guamote": (("Puruhá",), ("es", "qu")),
    "junta-de-agua-demostracion-rio-atillo": (("Puruhá",), ("es", "qu")),
    "comuna-ejemplo-imbaya": (("Otavalo", "Karanki"), ("es", "qu")),
    "comuna-ejemplo-del-bua": (("Tsáchila",), ("cof",)),
    "asociacion-ejemplo-de-concheras-del-manglar": (("Afroecuatoriano",), ("es",)),
    "guardianes-ejemplo-del-bobonaza": (("Kichwa",), ("qu",)),
    "asociacion-ejemplo-de-jovenes-del-aguarico": (("Cofán", "Siona", "Secoya"), ("es", "con", "snn", "sey")),
    "mesa-ficticia-de-salud-de-latacunga": (("Panzaleo",), ("es", "qu")),
}
#: What an organisation of paga3_actors.json is, by the first part of its sector.
_BY_SECTOR = {"EST": K.PUBLIC_INSTITUTION, "ACA": K.ACADEMIA, "PRI": K.PRIVATE_SECTOR, "PUE": K.COMMUNITY}
_REJECTED = "gremio-ejemplo-de-guias-de-san-cristobal"
_REJECTION = "Es el mismo gremio que ya está registrado con otro nombre; se conservó el registro anterior."


def organisations(world: World) -> None:
    """The organisations that the plans name. Their records are the project's own, from public sources."""
    for row in read("organisations"):
        source, _url = citation(row)
        actor = mapping.create_actor(
            ActorInput(
                name=row["name"],
                acronym=row["acronym"],
                kind=_KINDS.get(row["kind"], K.PUBLIC_INSTITUTION),
                sector=row["sector"],
                description=row["note_es"] or "",
                source=source,
                slug=row["slug"],
                is_fictional=row["fictional"],
                territories=("EC",) if row["is_government"] else (),
                function=_function(row),
                level=_level(row),
            ),
            by=SYSTEM,
        )
        world.actors[row["slug"]] = actor
        verify(actor)


def _function(row: Row) -> F | None:
    return _FUNCTIONS.get(row["sector"][:7]) if row["kind"] not in _KINDS else None


def _level(row: Row) -> L | None:
    if row["kind"] == _NATIONAL_ASSOCIATION:
        return None  # speaks for governments, and is none
    if row["kind"] not in _KINDS:
        return L.NATIONAL
    return _LEVELS.get(row["sector"]) if row["kind"] == "local_government" else None


def verify(actor: Actor) -> None:
    """Verify a record that its maker has not verified already."""
    if actor.status is ActorStatus.PENDING:
        mapping.move_actor(actor, "verify", by=SYSTEM)


def registry(world: World) -> None:
    """The actors that registered for the demonstration, on the day each came."""
    for row in read("paga3_actors"):
        world.at(row["registered_offset"], 10, partial(_register, world, row))


def _register(world: World, row: Row) -> None:
    by = world.directorate() if row["source"] == "directorate" else world.who("facilitacion")
    actor = mapping.create_actor(_actor(row), by=SYSTEM if row["source"] == "self" else by)
    world.actors[row["slug"]] = actor
    contact = row["contact"]
    if contact is not None:
        mapping.add_contact(
            actor,
            ContactInput(
                name=contact["name"],
                email=contact["email"],
                phone=_e164(contact["phone"]),
                is_public=contact["consent"],
            ),
            by=world.who("facilitacion"),
        )
    if row["verified"] and actor.status is ActorStatus.PENDING:
        world.at(
            row["registered_offset"] + 2, 11, lambda: mapping.move_actor(actor, "verify", by=world.who("analisis"))
        )
    elif row["slug"] == _REJECTED:
        world.at(
            row["registered_offset"] + 3,
            11,
            lambda: mapping.move_actor(actor, "reject", by=world.who("analisis"), reason=_REJECTION),
        )


def _actor(row: Row) -> ActorInput:
    peoples, languages = _PEOPLES.get(row["slug"], ((), ()))
    kind = K.COLLECTIVE if row["kind"] == "collective" else _BY_SECTOR.get(row["sector"][:3], K.CIVIL_SOCIETY)
    return ActorInput(
        name=row["name"],
        kind=K.PUBLIC_INSTITUTION if row["kind"] == "institution" else kind,
        sector=row["sector"],
        territories=tuple(row["territories"]),
        themes=tuple(row["themes"]),
        website=row["website"],
        description=row["description_es"],
        slug=row["slug"],
        is_fictional=True,
        peoples=peoples,
        languages=languages,
    )


def _e164(phone: str | None) -> str | None:
    """A national number ("099 000 0001") with Ecuador's prefix."""
    return f"+593{phone.lstrip('0')}" if phone else None
