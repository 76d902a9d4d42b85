"""The lead text after somebody left: who leads the union is told, and says that it was read again and stays.

The text itself is not changed: those who are still joined said yes to these very words (docs/decisions/0029).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import audit, outbox
from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l
from intake.core.outbox import Letter
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.reception import families
from intake.reception.queries import unions
from intake.reception.services.asking import words_of
from intake.reception.services.joining import lock_all

if TYPE_CHECKING:
    from collections.abc import Collection

    from intake.core.identity import Principal
    from models import JoinRequest, Proposal


def tell_leaders(request: JoinRequest, *, reason: str, by: Principal) -> None:
    """Write to who leads the union, but not to who took the proposal out: its words may stand in the lead text.

    Nothing where the whole is over anyway.
    """
    collective, gone = request.collective, request.proposal
    if collective.status not in families.UNDOABLE:
        return
    context = {
        "folio": gone.folio,
        "title": gone.title,
        "collective": collective.folio,
        "collective_title": collective.title,
        "reason": reason,
        "union": f"/propuestas/{collective.folio}/union/texto",
    }
    outbox.enqueue_all(
        "join_left",
        [
            Letter(leader.email, leader.locale, f"join:{request.id}:left:{leader.id}", context=context)
            for leader in unions.leaders_of(collective)
            if leader.id != by.user_id
        ],
    )


def keep(collective: Proposal, folios: Collection[str], *, reason: str, by: Principal) -> None:
    """Say that the lead text was read again without these, who left, and stays as it is, with the reason.

    ``folios`` are those that the reader was shown: who leaves meanwhile waits for another look. Raises `Invalid`
    (``reason``), and `Conflict` where nobody waits or the collective proposal has its answer.
    """
    authorize(by, Permission.PROPOSAL_JOIN)
    why = words_of(reason, families.WHY_WORDS, empty=_l("Escriba por qué el texto puede seguir igual."), field="reason")
    with transaction():
        lock_all([collective])
        if collective.status not in families.UNDOABLE:
            raise Conflict(_l("La propuesta colectiva ya tiene su respuesta."))
        waiting = [str(request.proposal.folio) for request in unions.left([collective.id])[collective.id]]
        read = [folio for folio in waiting if folio in folios]
        if not read:
            raise Conflict(_l("Otra persona ya revisó el texto."))
        audit.record(unions.KEPT, collective, by=by, reason=why, extra={unions.WITHOUT: read})
