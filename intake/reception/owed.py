"""What is owed next to the author of a proposal, for the pages about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.plans import queries as plans
from intake.reception import promises

if TYPE_CHECKING:
    from models import Proposal


def owed(proposal: Proposal) -> promises.Next | None:
    """The next promise with its day; None where nothing is owed. Needs the plan's stages; one statement, or none."""
    if not proposal.is_public or proposal.status not in promises.NEXT or not promises.is_owed(proposal):
        return None
    when = promises.timetables(proposal.plan.stages, plans.reschedules(proposal.plan))
    return promises.next_of(proposal, when)
