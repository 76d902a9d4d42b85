"""Proposals of past plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Forbidden, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.reception import writing
from intake.reception.folios import folio_name
from intake.reception.inputs import ProposalInput
from intake.reception.lifecycle import PROPOSAL
from models import Plan
from models.enums import ProposalKind, ProposalStatus

if TYPE_CHECKING:
    from datetime import datetime

    from intake.core.identity import Principal
    from models import Proposal

_PLAN = Plan.metadata.tables["plan"]


def record_historical(  # noqa: PLR0913 -- what a source tells
    plan: Plan,
    *,
    folio_number: int,
    title: str,
    status: ProposalStatus,
    source: str,
    submitted_at: datetime,
    by: Principal,
    data: ProposalInput | None = None,
    kind: ProposalKind = ProposalKind.INTEGRATED,
) -> Proposal:
    """Record a proposal of a past plan as its source published it; its texts may be unknown (``data`` None).

    ``folio_number`` is its line in the source. Only the system records history. Raises `Invalid` on a number in use.
    """
    if not by.is_system:
        raise Forbidden(_l("Solo la carga de datos registra propuestas de planes pasados."))
    with transaction():
        proposal = writing.new_proposal(plan, data or ProposalInput(title=title), by=by, at=submitted_at)
        PROPOSAL.establish(proposal, status)
        proposal.title, proposal.kind, proposal.source = title, kind, source
        proposal.folio, proposal.folio_number = folio_name(plan.code, folio_number), folio_number
        proposal.historical_number, proposal.submitted_at = folio_number, submitted_at
        proposal.withdrawn_at = submitted_at if status is ProposalStatus.WITHDRAWN else None
        if in_savepoint(lambda: db.session.add(proposal)) is not None:
            raise Invalid(_l("Ese número de folio ya está en uso en este plan."), field="folio_number")
        db.session.execute(
            sa.update(_PLAN)
            .where(_PLAN.c.id == plan.id, _PLAN.c.folio_counter < folio_number)
            .values(folio_counter=folio_number)
        )
        audit.record("proposal.record_historical", proposal, by=by, extra={"source": source})
    return proposal
