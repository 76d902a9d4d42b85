"""Every move of the lifecycle, with its mail, and the calendar that some of them ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import calendar, clock
from intake.core.errors import StageClosed
from intake.core.i18n import lazy_gettext as _l
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import mail, together
from intake.reception.lifecycle import PROPOSAL
from models import Stage
from models.enums import StageKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from intake.core.identity import Principal
    from models import Proposal


#: What other rooms do in the same transaction when a proposal is taken back, by name. The factory fills it.
_WITHDRAWN: dict[str, Callable[[Proposal, str], None]] = {}


def when_withdrawn(call: Callable[[Proposal, str], None]) -> None:
    """Have ``call(proposal, reason)`` run with every withdrawal: this room knows nothing of the later ones."""
    _WITHDRAWN[f"{call.__module__}.{call.__qualname__}"] = call


def withdraw(proposal: Proposal, *, by: Principal, reason: str) -> None:
    """Take a proposal back. It stays readable under its folio, with the reason."""
    move(proposal, "withdraw", by=by, reason=reason)


def move(proposal: Proposal, action: str, *, by: Principal, reason: str = "", **details: Any) -> None:
    """Make a move of the lifecycle and, where it notifies, queue its mail to the author; ``details`` are traced."""
    with transaction():
        fire(proposal, action, by=by, reason=reason, **details)


def fire(
    proposal: Proposal,
    action: str,
    *,
    by: Principal,
    reason: str = "",
    stamp: datetime | None = None,
    tell: bool = True,
    **details: Any,
) -> None:
    row = PROPOSAL.fire(proposal, action, by=by, reason=reason, **details)
    if row.stamp and stamp is not None:
        setattr(proposal, row.stamp, stamp)
    if action == "withdraw":
        for call in _WITHDRAWN.values():
            call(proposal, reason)
    if (row.notifies or action == "hold") and tell:  # what is held gets the same receipt
        told = "submit" if action == "hold" else action
        mail.tell_author(proposal, told, reason=reason, stages=stages_of(proposal.plan_id))
        if told != "submit":
            together.tell(proposal, told, reason=reason)


def stages_of(plan_id: int) -> Sequence[Stage]:
    return db.session.scalars(sa.select(Stage).where(Stage.plan_id == plan_id).order_by(Stage.number)).all()


def require_open(plan_id: int, at: datetime | None) -> Sequence[Stage]:
    """The stages; raises `StageClosed` unless reception is open today, or was on the day of ``at``."""
    stages = stages_of(plan_id)
    if at is None:
        calendar.require_open(stages, StageKind.RECEPTION)
        return stages
    then = next((v for v in calendar.views(stages, clock.local(at).date()) if v.kind is StageKind.RECEPTION), None)
    if then is None or not then.is_open or at > clock.now():
        raise StageClosed(_l("La recepción no estaba abierta en esa fecha."), stage=then, following=None)
    return stages
