"""What leaves the house about a proposal: open data, never who wrote it unless they asked to be named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intake.core import clock
from intake.reception import points
from intake.reception.inputs import STATUS_SLUGS
from models.enums import PublicName, TerritoryLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models import CoAuthor, Decision, Proposal, ProposalFile, Territory

#: The names are those of the import columns, so that an export can be read back.
PUBLIC_FIELDS = (
    "folio",
    "plan",
    "tipo",
    "estado",
    "titulo",
    "problema",
    "solucion",
    "resultado_esperado",
    "tema",
    "provincia",
    "canton",
    "parroquia",
    "territorio",
    "enfoques",
    "ambito",
    "canal",
    "mesa",
    "proponente",
    "idioma",
    "fecha",
    "retirada",
    "decision",
    "decision_motivo",
    "decision_fecha",
    "compromisos",
    "fuente",
)
#: Metres of a degree.
METRES = 111_320
#: What the page of one proposal tells beside them: it fits in no table.
BESIDE_FIELDS = ("coautores", "archivos", "punto")
_KINDS = {"citizen": "ciudadana", "integrated": "integrada", "collective": "colectiva"}
CATEGORIES = {
    "in_plan": "en_el_plan",
    "reserve": "reserva",
    "outside_plan": "fuera_del_plan",
    "next_plan": "proximo_plan",
}


def public_author(proposal: Proposal) -> str | None:
    """The name that its author chose to show; None for none. Needs ``contact.consent`` and ``author`` loaded."""
    if proposal.public_name is PublicName.ORGANISATION:
        return proposal.organisation_name
    if proposal.public_name is PublicName.ANONYMOUS:
        return None
    contact = proposal.contact
    if contact and contact.name and contact.consent and contact.consent.revoked_at is None:
        return contact.name
    return proposal.author.name if proposal.author else None


def place_names(territory: Territory | None) -> dict[TerritoryLevel, str]:
    """Level → name of the place and of those above it, the largest first. Needs ``parent.parent`` loaded."""
    chain = []
    while territory is not None and territory.level is not TerritoryLevel.COUNTRY:
        chain.append(territory)
        territory = territory.parent if territory.level is not TerritoryLevel.PROVINCE else None
    return {place.level: place.name for place in reversed(chain)}


def public(proposal: Proposal, decision: Decision | None, commitments: Iterable[str]) -> dict[str, Any]:
    """A proposal as open data: exactly `PUBLIC_FIELDS`. ``decision`` only if published; dates in ISO 8601."""
    places = place_names(proposal.territory)
    return {
        "folio": proposal.folio,
        "plan": proposal.plan.code,
        "tipo": _KINDS[proposal.kind.value],
        "estado": STATUS_SLUGS[proposal.status],
        "titulo": proposal.title,
        "problema": proposal.problem,
        "solucion": proposal.solution,
        "resultado_esperado": proposal.expected_result,
        "tema": proposal.theme.code if proposal.theme else None,
        "provincia": places.get(TerritoryLevel.PROVINCE),
        "canton": places.get(TerritoryLevel.CANTON),
        "parroquia": places.get(TerritoryLevel.PARISH),
        "territorio": proposal.territory.code if proposal.territory else None,
        "enfoques": [row.approach.value for row in proposal.approaches],
        "ambito": proposal.branch.value if proposal.branch else None,
        "canal": proposal.channel.value,
        "mesa": proposal.event.slug if proposal.event else None,
        "proponente": public_author(proposal),
        "idioma": proposal.language,
        "fecha": _day(proposal.submitted_at),
        "retirada": _day(proposal.withdrawn_at),
        "decision": CATEGORIES[decision.category.value] if decision else None,
        "decision_motivo": decision.reason if decision else None,
        "decision_fecha": _day(decision.published_at) if decision else None,
        "compromisos": list(commitments),
        "fuente": proposal.source,
    }


def beside(proposal: Proposal, files: Iterable[ProposalFile], people: Iterable[CoAuthor]) -> dict[str, Any]:
    """Exactly `BESIDE_FIELDS`: who proposes too and wishes to be named, files, and the point.

    ``precision_m`` is half the side of the square that the point stands for, in metres of the equator.
    """
    point = points.of(proposal)
    side = points.COARSE if points.is_coarse(proposal) else points.FINE
    return {
        "coautores": [row.name for row in people if row.is_named],
        "archivos": [
            {
                "nombre": row.file.name,
                "clase": row.kind.value,
                "tipo": row.file.media_type,
                "bytes": row.file.size_bytes,
                "sha256": row.file.sha256,
                "descripcion": row.description,
                "direccion": f"/propuestas/{proposal.folio}/archivos/{row.file.key}",
            }
            for row in files
        ],
        "punto": {"latitud": point[0], "longitud": point[1], "precision_m": round(side / 2 * METRES)}
        if point
        else None,
    }


def _day(moment: Any) -> str | None:
    return clock.local(moment).date().isoformat() if moment else None
