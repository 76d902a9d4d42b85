"""The letter that an author will get: rendered by the same template as the mail itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import mail
from intake.reception.lifecycle import PROPOSAL
from intake.selection.lifecycle import MOVE_OF

if TYPE_CHECKING:
    from models import Proposal
    from models.enums import Category


def preview(proposal: Proposal, category: Category, reason: str, fallback: str | None = None) -> mail.Mail:
    """The mail of the move that the category makes. Dates of the next stage are added when it is sent."""
    context = {
        "folio": proposal.folio,
        "title": proposal.title,
        "reason": reason.strip(),
        "follow": f"/seguimiento/{proposal.folio}",
        "page": f"/propuestas/{proposal.folio}",
        "has_account": False,
        "stage_opens": "",
        "stage_closes": "",
        "fallback": fallback or None,
    }
    return mail.render(PROPOSAL.mail_kind(MOVE_OF[category]), proposal.language, context)
