"""What authors are told by mail of each move. Queued in the transaction of the move, never promised and lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from intake.core import calendar, clock, outbox
from intake.reception import answers, queries
from intake.reception.lifecycle import PROPOSAL
from models.enums import StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models import Proposal, Stage

#: The stage that each move leads to: its dates are what the author waits for.
NEXT_STAGE = {
    "submit": StageKind.EVALUATION,
    "admit": StageKind.EVALUATION,
    "overrule": StageKind.EVALUATION,
    "select": StageKind.ACCOUNTABILITY,
    "call_up": StageKind.ACCOUNTABILITY,
    "reserve": StageKind.SELECTION,
}


def tell_author(proposal: Proposal, action: str, *, reason: str, stages: Sequence[Stage]) -> None:
    """Queue the mail of a move to the account or contact, in its language; nothing where neither has an address."""
    reader = queries.author_of(proposal)
    if reader.email is None:
        return
    opens, closes = _dates(stages, NEXT_STAGE.get(action))
    outbox.enqueue(
        PROPOSAL.mail_kind(action),
        to=reader.email,
        locale=reader.locale,
        dedupe_key=f"proposal:{proposal.id}:{action}:{proposal.lock_version}",
        folio=proposal.folio,
        title=proposal.title,
        reason=reason.strip(),
        follow=f"/seguimiento/{proposal.folio}",
        page=f"/propuestas/{proposal.folio}",
        has_account=proposal.author_id is not None,
        stage_opens=opens,
        stage_closes=closes,
        fallback=queries.fallback_of(proposal) if action == "reserve" else None,
        reply_until=clock.today() + timedelta(days=answers.REPLY_DAYS) if action in answers.DECIDING else None,
    )


def write_to_author(proposal: Proposal, kind: str, *, dedupe_key: str, **context: Any) -> None:
    """Queue a mail of another kind to the account or contact; nothing where neither has an address."""
    reader = queries.author_of(proposal)
    write(proposal, kind, to=reader.email, locale=reader.locale, dedupe_key=dedupe_key, **context)


def write(proposal: Proposal, kind: str, *, to: str | None, locale: str, dedupe_key: str, **context: Any) -> None:
    """Queue a mail about the proposal, with its folio, title and addresses."""
    outbox.enqueue(
        kind,
        to=to,
        locale=locale,
        dedupe_key=dedupe_key,
        folio=proposal.folio,
        title=proposal.title,
        follow=f"/seguimiento/{proposal.folio}",
        page=f"/propuestas/{proposal.folio}",
        **context,
    )


def _dates(stages: Sequence[Stage], kind: StageKind | None) -> tuple[date | None, date | None]:
    view = next((v for v in calendar.views(stages) if v.kind is kind), None)
    return (view.opens_on, view.closes_on) if view else (None, None)
