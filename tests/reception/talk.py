"""What the tests of support and conversation share."""

from __future__ import annotations

import itertools
import re

import sqlalchemy as sa

from intake.core import mail
from intake.core.identity import GUEST
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import services
from intake.reception.inputs import CommentInput
from intake.reception.services import commenting
from models import Comment, OutboxMessage, Proposal, Support
from models.enums import ProposalStatus, Role, StageKind, Stance
from tests import factories

_keys = itertools.count(1)


def proposal(stage: StageKind | None = StageKind.RECEPTION, status=ProposalStatus.SUBMITTED, **values) -> Proposal:
    """A committed proposal of a plan with one stage open."""
    with transaction():
        return factories.proposal(factories.plan(stage), status, title="Agua limpia en Macas", **values)


def person(*roles: Role, **values):
    """A committed account."""
    with transaction():
        return factories.user(*roles, **values)


def say(of: Proposal, by, text: str = "Me parece bien.", to: int | None = None, **values) -> Comment:
    """A comment through the service."""
    data = CommentInput(text=text, replies_to=to, stance=values.pop("stance", Stance.NEUTRAL), **values)
    return commenting.write(of, data, by=by)


def counts(of: Proposal) -> tuple[int, int]:
    """Stored supports and comments, read past the session."""
    row = db.session.execute(
        sa.select(Proposal.support_count, Proposal.comment_count).where(Proposal.id == of.id)
    ).one()
    return tuple(row)


def supports(of: Proposal) -> int:
    """Confirmed rows."""
    query = sa.select(sa.func.count(Support.id)).where(Support.proposal_id == of.id, Support.confirmed_at.is_not(None))
    return db.session.scalar(query)


def queued(kind: str) -> list[OutboxMessage]:
    """Messages of a kind, the oldest first."""
    return list(
        db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id))
    )


def written(message: OutboxMessage) -> mail.Mail:
    """A message as its reader gets it."""
    return mail.render(message.kind, message.locale, message.context)


def link_in(message: OutboxMessage) -> str:
    """The path of the link of a support."""
    return re.search(r"/apoyos/[\w-]+", written(message).text)[0]


__all__ = ["GUEST", "counts", "link_in", "person", "proposal", "queued", "say", "services", "supports", "written"]
