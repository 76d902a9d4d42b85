"""Stage 2: sheets of paper for places without a connection, and how they were keyed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import PERSONAL, Base, UtcDateTime, enum_type
from models.enums import ScanMatch

if TYPE_CHECKING:
    from models.event import Event
    from models.file import StoredFile
    from models.proposal import Proposal


class Packet(Base):
    """The printed sheets of an event, with folios that were taken for them.

    ``print_key`` is what the claim codes on the sheets are made from; it is forgotten once they are printed.
    ``seed`` decides which sheets are keyed twice; its hash stands in the trace from the beginning.
    """

    __tablename__ = "packet"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    sheet_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    seed: Mapped[str] = mapped_column(sa.String(64), default="", info=PERSONAL)
    print_key: Mapped[str | None] = mapped_column(sa.String(64), info=PERSONAL)
    printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  # since then the codes stand on paper alone

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    sheets: Mapped[list[Sheet]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="Sheet.folio_number"
    )
    scans: Mapped[list[LooseScan]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="LooseScan.id"
    )


class Sheet(Base):
    """One sheet: its folio, the scan, who keyed it, and the second keying of a random tenth.

    ``second`` maps the fields that were not the same to what the second person typed; ``differences`` names them.
    ``wrong_count`` is how many of them the first person had wrong, known once a third person has looked.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        sa.CheckConstraint("spoilt_reason = '' OR proposal_id IS NULL", name="spoilt_or_used"),
        sa.CheckConstraint("(proposal_id IS NULL) = (keyed_at IS NULL)", name="keyed_is_dated"),
        sa.CheckConstraint("second_at IS NULL OR keyed_at IS NOT NULL", name="second_after_first"),
        sa.CheckConstraint("second_by_id IS NULL OR second_by_id <> keyed_by_id", name="second_by_another"),
        sa.CheckConstraint(
            "settled_by_id IS NULL OR (settled_by_id <> keyed_by_id AND settled_by_id <> second_by_id)",
            name="settled_by_a_third",
        ),
    )

    packet_id: Mapped[int] = mapped_column(sa.ForeignKey("packet.id", ondelete="CASCADE"), index=True)
    folio: Mapped[str] = mapped_column(sa.String(20), unique=True)
    folio_number: Mapped[int]
    claim_code_hash: Mapped[str] = mapped_column(sa.String(64), info=PERSONAL)
    proposal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("proposal.id"), unique=True)
    scan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stored_file.id"))
    spoilt_reason: Mapped[str] = mapped_column(default="")  # a code of SpoiltReason: never used, lost, torn
    spoilt_note: Mapped[str] = mapped_column(default="")
    illegible_note: Mapped[str] = mapped_column(default="")  # what somebody could not read; another tries
    illegible_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    claimed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))  # who has it on the screen
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    dated_on: Mapped[date | None]  # the day written on the sheet
    keyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    keyed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    needs_second: Mapped[bool] = mapped_column(default=False)
    second: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, info=PERSONAL)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    second_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    differences: Mapped[list[str] | None] = mapped_column(sa.JSON)
    difference_count: Mapped[int | None]
    field_count: Mapped[int | None]  # fields that were compared
    wrong_count: Mapped[int | None]  # of the differences, those in which the first was wrong
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    packet: Mapped[Packet] = relationship(lazy="raise_on_sql", viewonly=True)
    proposal: Mapped[Proposal | None] = relationship(lazy="raise_on_sql")
    scan: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")


class LooseScan(Base):
    """A picture of a sheet that waits for somebody to confirm which sheet it is."""

    __tablename__ = "loose_scan"

    packet_id: Mapped[int] = mapped_column(sa.ForeignKey("packet.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    name: Mapped[str] = mapped_column(sa.String(160))  # of the file it came in, with the page
    folio: Mapped[str] = mapped_column(sa.String(20), default="")  # the sheet that it seems to be
    matched: Mapped[ScanMatch] = mapped_column(enum_type(ScanMatch))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")
