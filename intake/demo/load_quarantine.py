"""What the demonstration set aside as it came: an attack probe, a test, and a real proposal that looked like one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.inputs import ProposalInput
from intake.reception.screening import Pace
from models import Proposal

if TYPE_CHECKING:
    from intake.demo.world import World

_PROBE = ProposalInput(
    title="Propuesta <script>alert(document.cookie)</script>",
    problem="' OR 1=1 -- ' UNION SELECT usuario, clave FROM cuentas -- ../../../../etc/passwd ${jndi:ldap://x}",
    solution="<img src=x onerror=alert(1)> {{7*7}} ; DROP TABLE propuestas ; sleep(10) xp_cmdshell y nada más que eso.",
    theme_code="acceso-informacion",
)
_TEST = ProposalInput(
    title="prueba prueba prueba",
    problem="Hola, hola, prueba de la prueba, prueba de la prueba, hola, hola, hola.",
    solution="Prueba, prueba, hola, otra prueba, hola, otra prueba, hola, prueba, hola.",
    theme_code="acceso-informacion",
)
#: The trap was filled in by a password manager, not by a machine: a person should let it pass.
_REAL = ProposalInput(
    title="Horario de atención del registro civil en las parroquias",
    problem="Quien vive lejos llega al registro civil y lo encuentra cerrado: nadie publica en qué días atiende.",
    solution="Que cada oficina publique sus días de atención en la cartelera de la junta y avise los cambios.",
    theme_code="acceso-informacion",
)
_REASON = "Es un intento de ataque al sitio, no dice nada que se pueda proponer."


def quarantine(world: World) -> None:
    """One is discarded by the analyst; the others wait for whoever tries the demonstration."""
    world.at(-2, 15, partial(_send, world, "probe", _PROBE, trap=False))
    world.at(-2, 16, partial(_discard, world))
    world.at(-2, 17, partial(_send, world, "test", _TEST, trap=False))
    world.at(-1, 9, partial(_send, world, "real", _REAL, trap=True))


def _send(world: World, name: str, data: ProposalInput, *, trap: bool) -> None:
    """As a guest does: a draft first, then the folio; the signs set it aside."""
    proposal, key = services.create_draft(world.plans["PAGA3"], data, None, by=GUEST)
    services.note_pace(proposal, Pace(2.0 if trap else 40.0, trap=trap))
    kept = queries.by_draft_key(key or "")
    receipt = services.submit(kept, by=services.holding(GUEST, kept), key=key)
    world.proposals[f"quarantine-{name}"] = db.session.scalars(
        sa.select(Proposal).where(Proposal.folio == receipt.folio)
    ).one()


def _discard(world: World) -> None:
    services.discard(world.proposals["quarantine-probe"], by=world.who("analisis"), reason=_REASON)
