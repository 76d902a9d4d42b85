"""What those are told who accepted to propose with the author: every answer, as the author. No preference hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import outbox
from intake.core.outbox import Letter
from intake.reception.queries import attached

if TYPE_CHECKING:
    from models import CoAuthor, Proposal


def tell(proposal: Proposal, action: str, *, reason: str) -> None:
    """Queue the news of a move to each of them, in the language of the proposal. One statement without any."""
    if told := attached.to_be_told(proposal):
        outbox.enqueue_all("coauthor_news", [_letter(proposal, action, reason, row, part) for row, part in told])


def _letter(proposal: Proposal, action: str, reason: str, row: CoAuthor, part: Proposal) -> Letter:
    """``part`` is what the person proposes: the proposal itself, or one that was joined to it."""
    key = f"coauthor:{row.id}:{proposal.id}:{action}:{proposal.lock_version}"
    facts = {"folio": part.folio, "title": part.title, "follow": f"/seguimiento/{proposal.folio}"}
    context = {"name": row.name, "action": action, "reason": reason.strip(), **facts}
    return Letter(row.email, proposal.language, key, context=context)
