"""What those are told who accepted to propose with the author: every answer, as the author. No preference hides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import outbox
from intake.reception.queries import attached

if TYPE_CHECKING:
    from models import Proposal


def tell(proposal: Proposal, action: str, *, reason: str) -> None:
    """Queue the news of a move to each of them, in the language of the proposal. One statement without any."""
    for row, part in attached.to_be_told(proposal):
        folio, title = (part.folio, part.title) if part.id != proposal.id else (proposal.folio, proposal.title)
        outbox.enqueue(
            "coauthor_news",
            to=row.email,
            locale=proposal.language,
            dedupe_key=f"coauthor:{row.id}:{proposal.id}:{action}:{proposal.lock_version}",
            name=row.name,
            action=action,
            reason=reason.strip(),
            folio=folio,
            title=title,
            follow=f"/seguimiento/{proposal.folio}",
        )
