"""How far sheets of paper are, and how well they were keyed: counts by packet and by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.sheets import Quality
from models import Packet, Sheet
from models.enums import SpoiltReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _sums() -> list[sa.ColumnElement[Any]]:
    def count(*conditions: sa.ColumnExpressionArgument[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    disputed = [Sheet.difference_count > 0, Sheet.settled_at.is_(None)]
    return [
        sa.func.count(Sheet.id),
        count(Sheet.keyed_at.is_not(None)),
        count(Sheet.spoilt_reason != ""),
        count(Sheet.second_at.is_not(None)),
        sa.func.coalesce(sa.func.sum(Sheet.field_count), 0),
        sa.func.coalesce(sa.func.sum(Sheet.difference_count), 0),
        sa.func.coalesce(sa.func.sum(Sheet.wrong_count), 0),
        count(*disputed),
        count(Sheet.needs_second, Sheet.keyed_at.is_not(None), Sheet.second_at.is_(None)),
    ]


def of_event(event_id: int) -> Quality:
    """The figures of all packets of an event. One statement."""
    packets = sa.select(Packet.id).where(Packet.event_id == event_id)
    row = db.session.execute(sa.select(*_sums()).where(Sheet.packet_id.in_(packets))).one()
    return Quality(*(int(n) for n in row))


def of_packets(packet_ids: Sequence[int]) -> Mapping[int, Quality]:
    """The figures of each packet. One statement."""
    query = sa.select(Sheet.packet_id, *_sums()).where(Sheet.packet_id.in_(packet_ids)).group_by(Sheet.packet_id)
    return {row[0]: Quality(*(int(n) for n in row[1:])) for row in db.session.execute(query)}


def spoilt_of_event(event_id: int) -> Sequence[tuple[SpoiltReason, int]]:
    """How many sheets of an event were spoilt, by reason, the most first. One statement."""
    number = sa.func.count(Sheet.id)
    query = (
        sa.select(Sheet.spoilt_reason, number)
        .join(Packet, Packet.id == Sheet.packet_id)
        .where(Packet.event_id == event_id, Sheet.spoilt_reason != "")
        .group_by(Sheet.spoilt_reason)
        .order_by(number.desc(), Sheet.spoilt_reason)
    )
    return [(SpoiltReason(reason), count) for reason, count in db.session.execute(query)]
