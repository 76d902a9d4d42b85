"""Stage 2: several proposals that their authors agree to make one."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import JoinStatus, ProposalStatus
from models.proposal import Proposal


class JoinRequest(Base):
    """The question to one author whether a collective proposal may speak for theirs, and the answer.

    ``joined_from`` is the state to which the original goes back if the joining is undone.
    """

    __tablename__ = "join_request"
    __table_args__ = (
        sa.UniqueConstraint("collective_id", "proposal_id"),
        sa.CheckConstraint("collective_id <> proposal_id", name="two_proposals"),
    )

    collective_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"))
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    status: Mapped[JoinStatus] = mapped_column(enum_type(JoinStatus), default=JoinStatus.ASKED)
    nuance: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why these two speak of the same
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True, info=PERSONAL)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    joined_from: Mapped[ProposalStatus | None] = mapped_column(enum_type(ProposalStatus, "joinedfrom_known"))

    collective: Mapped[Proposal] = relationship(lazy="raise_on_sql", foreign_keys=[collective_id])
    proposal: Mapped[Proposal] = relationship(lazy="raise_on_sql", foreign_keys=[proposal_id])


def sent_by_people() -> sa.ColumnElement[bool]:
    """What people sent, without what the team made of several of them: a condition for every count of what came in.

    Asked of the questions to authors rather than of the kind, so that counts stay within the indexes of the filters.
    """
    return Proposal.id.not_in(sa.select(JoinRequest.collective_id))
