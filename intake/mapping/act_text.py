"""The words of a closing act, in Spanish, from what the record says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core.i18n import CATALOGUES, force_locale, ngettext
from intake.core.i18n import gettext as _
from intake.core.labels import label
from intake.core.mail import fecha, fecha_hora, fecha_hora_galapagos
from intake.core.smallcells import Withheld, is_reserved
from intake.core.text import clean
from intake.extensions import db
from intake.mapping.serializers import CountGroup, count_groups
from intake.mapping.steps import STEP_WORDS
from intake.mapping.zones import in_galapagos
from models import Event, EventStep, Participation, Plan, Proposal, Territory

if TYPE_CHECKING:
    from intake.mapping.inputs_events import ActInput

_WITHHELD = {Withheld.FEW: "menos de 5", Withheld.KEPT: "no se publica"}


def body(event: Event) -> str:
    """The act without its signatures. Five statements."""
    with force_locale(CATALOGUES["es"]):
        blocks = [_heading(event), _people(event), _steps(event), _minutes(event), _proposals(event)]
        return "\n\n".join(block for block in blocks if block) + "\n"


def signed(draft: str, given: ActInput, at: datetime) -> str:
    """The act as it is kept: the text and who signed it, when."""
    hidden = "una persona participante que prefirió no publicar su nombre"
    participant = clean(given.participant_name) if given.participant_consents else hidden
    sheet = "\nLa hoja firmada en papel consta en el registro." if given.sheet is not None else ""
    with force_locale(CATALOGUES["es"]):
        when = fecha_hora(at)
    return (
        f"{draft}\nFIRMAS\nPor la facilitación: {clean(given.facilitator_name)}, {when}.\n"
        f"Por quienes participaron: {participant}, {when}.{sheet}\n"
    )


def _heading(event: Event) -> str:
    plan = db.session.get_one(Plan, event.plan_id)
    place = db.session.get(Territory, event.territory_id) if event.territory_id else None
    when = "sin fecha conocida"
    if event.starts_at:
        when = fecha_hora(event.starts_at) if event.has_time else fecha(event.starts_at)
    lines = [
        "ACTA DE CIERRE",
        event.title,
        f"{label(event.kind)}. {plan.title_es}",
        f"Fecha: {when} (hora del Ecuador continental)" + _island(event),
        f"Lugar: {', '.join(part for part in (event.place, place.name if place else '') if part) or 'en línea'}",
    ]
    return "\n".join([*lines, *([f"Facilitación: {event.facilitator}"] if event.facilitator else [])])


def _island(event: Event) -> str:
    """The same moment by the clock of Galápagos, where the event took place there."""
    if event.starts_at is None or not event.has_time or not in_galapagos(event):
        return ""
    return f"; {fecha_hora_galapagos(event.starts_at)} (hora de Galápagos)"


def _people(event: Event) -> str:
    query = sa.select(Participation).where(Participation.event_id == event.id)
    found = db.session.scalars(query.options(joinedload(Participation.counts))).unique().one_or_none()
    if found is None:
        return ""
    groups = [_group(group) for group in count_groups(found, exact=False, part=event.counted_in_id is not None)]
    how = label(found.method).lower()
    total = ngettext("Asistió %(num)s persona.", "Asistieron %(num)s personas.", found.total)
    if is_reserved(found.total):
        total = _("Asistieron menos de 5 personas.")
    return "\n".join([f"ASISTENCIA ({how})", total, *groups])


def _group(group: CountGroup) -> str:
    rows = [f"{row.label} {row.people if row.withheld is None else _WITHHELD[row.withheld]}" for row in group.rows]
    return f"{group.label}: {'; '.join(rows)}."


def _steps(event: Event) -> str:
    query = sa.select(EventStep).where(EventStep.event_id == event.id).order_by(EventStep.number)
    steps: Sequence[EventStep] = db.session.scalars(query).all()
    if not steps:
        return ""
    lines = [f"{s.number}. {STEP_WORDS[s.number]}{f' ({s.note})' if s.note else ''}" for s in steps]
    return "\n".join([f"PASOS CUMPLIDOS: {len(steps)} de {len(STEP_WORDS)}", *lines])


def _minutes(event: Event) -> str:
    return f"MEMORIA\n{event.minutes}" if event.minutes else ""


def _proposals(event: Event) -> str:
    query = sa.select(Proposal.folio, Proposal.title).where(Proposal.event_id == event.id, Proposal.is_public)
    rows = [f"{folio}: {title}" for folio, title in db.session.execute(query.order_by(Proposal.id))]
    return "\n".join(["PROPUESTAS QUE NACIERON AQUÍ", *(rows or [_("Ninguna propuesta registrada.")])])
