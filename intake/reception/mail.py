"""What authors are told by mail of each move. Queued in the transaction of the move, never promised and lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from intake.core import calendar, clock, outbox
from intake.core.outbox import Letter
from intake.reception import answers, queries
from intake.reception.lifecycle import PROPOSAL
from intake.reception.queries import joining
from models.enums import ProposalStatus, StageKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from intake.reception.queries.joining import Told
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


def tell_author(
    proposal: Proposal, action: str, *, stages: Sequence[Stage], reason: str = "", people: Sequence[Told] | None = None
) -> None:
    """Queue the mail of a move to the account or contact, in its language; nothing where neither has an address.

    What becomes of a collective proposal is told to the author of each of its parts, once. ``people``: who that is,
    where the caller has looked already.
    """
    opens, closes = _dates(stages, NEXT_STAGE.get(action))
    fallback = queries.fallback_of(proposal) if action == "reserve" else None
    last = clock.today() + timedelta(days=answers.REPLY_DAYS) if action in answers.DECIDING else None
    write_to_author(
        proposal,
        PROPOSAL.mail_kind(action),
        dedupe_key=f"proposal:{proposal.id}:{action}:{proposal.lock_version}",
        people=people,
        reason=reason.strip(),
        has_account=proposal.author_id is not None,
        is_held=proposal.status is ProposalStatus.HELD,
        stage_opens=opens,
        stage_closes=closes,
        fallback=fallback,
        reply_until=last,
    )


def _suffix(told: Told) -> str:
    return f":{told.part_id}" if told.part_id else ""


def _facts(proposal: Proposal, told: Told) -> dict[str, Any]:
    """What a mail says of the proposal. Through a part of it, its reader follows that part, whose code they have."""
    return {
        "folio": proposal.folio,
        "title": proposal.title,
        "follow": f"/seguimiento/{told.folio or proposal.folio}",
        "page": f"/propuestas/{proposal.folio}",
        "part": told.folio,
        "part_title": told.title,
    }


def write_to_author(
    proposal: Proposal,
    kind: str,
    *,
    dedupe_key: str,
    not_before: datetime | None = None,
    people: Sequence[Told] | None = None,
    **context: Any,
) -> None:
    """Queue a mail of a kind to the account or contact; nothing where neither has an address.

    Of a collective proposal the author of each of its parts gets it, once: as many statements for one as for all. The
    caller holds the proposal, or what the key names is its own. ``people`` as in `tell_author`.
    """
    letters = [
        Letter(
            told.reader.email,
            told.reader.locale,
            dedupe_key + _suffix(told),
            not_before,
            {**_facts(proposal, told), **context},
        )
        for told in (joining.told_of(proposal) if people is None else people)
    ]
    outbox.enqueue_all(kind, letters)


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
