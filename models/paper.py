"""Stage 2: sheets of paper for places without a connection, and how they were keyed in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime

if TYPE_CHECKING:
    from models.event import Event
    from models.file import StoredFile
    from models.proposal import Proposal


class Packet(Base):
    """The printed sheets of an event, with folios that were taken for them."""

    __tablename__ = "packet"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    sheet_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    sheets: Mapped[list[Sheet]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Sheet.folio_number"
    )


class Sheet(Base):
    """One sheet: its folio, the scan, who keyed it, and the second keying of a random tenth.

    ``second`` maps fields to what the second person typed, ``differences`` names those that were not the same.
    """

    __tablename__ = "sheet"
    __table_args__ = (sa.CheckConstraint("spoilt_reason = '' OR proposal_id IS NULL", name="spoilt_or_used"),)

    packet_id: Mapped[int] = mapped_column(sa.ForeignKey("packet.id", ondelete="CASCADE"), index=True)
    folio: Mapped[str] = mapped_column(sa.String(20), unique=True)
    folio_number: Mapped[int]
    claim_code_hash: Mapped[str] = mapped_column(sa.String(64), info=PERSONAL)
    proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposal.id"), unique=True)
    scan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    spoilt_reason: Mapped[str] = mapped_column(default="")  # never used: lost, torn, left over
    keyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    keyed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    needs_second: Mapped[bool] = mapped_column(default=False)
    second: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, info=PERSONAL)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    differences: Mapped[list[str] | None] = mapped_column(sa.JSON)
    field_count: Mapped[int | None]  # fields that were compared

    proposal: Mapped[Proposal | None] = relationship(lazy="raise_on_sql")
    scan: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
