"""What must hold of sheets of paper. That a second and a third person are others, the database itself refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from intake.reception import sheets
from models import Event, Packet, Proposal, Sheet


def printed_folios() -> sa.Select[int, int]:
    """Plan and number of every folio that was printed on a sheet."""
    return (
        sa.select(Event.plan_id, Sheet.folio_number)
        .join(Packet, Packet.id == Sheet.packet_id)
        .join(Event, Event.id == Packet.event_id)
    )


def sheets_keep_their_folio() -> Sequence[Any]:
    """Keyed sheets whose proposal has another folio, code or event."""
    same = sa.and_(
        Proposal.folio == Sheet.folio,
        Proposal.folio_number == Sheet.folio_number,
        Proposal.event_id == Packet.event_id,
    )
    query = (
        sa.select(Sheet.folio)
        .join(Proposal, Proposal.id == Sheet.proposal_id)
        .join(Packet, Packet.id == Sheet.packet_id)
    )
    return db.session.scalars(query.where(~same | Proposal.event_id.is_(None)).order_by(Sheet.folio)).all()


def no_folio_twice() -> Sequence[Any]:
    """Folios of sheets that a proposal has which was not keyed from them."""
    other = sa.or_(Sheet.proposal_id.is_(None), Sheet.proposal_id != Proposal.id)
    query = sa.select(Sheet.folio).join(Proposal, Proposal.folio == Sheet.folio)
    return db.session.scalars(query.where(other).order_by(Sheet.folio)).all()


def a_tenth_is_drawn() -> Sequence[Any]:
    """Packets of whose sheets that are not spoilt less than a tenth is drawn for a second keying."""
    drawn = sa.func.coalesce(sa.func.sum(sa.case((Sheet.needs_second, 1), else_=0)), 0)
    query = (
        sa.select(Packet.reference, sa.func.count(Sheet.id), drawn)
        .join(Sheet, Sheet.packet_id == Packet.id)
        .where(Sheet.spoilt_reason == "")
        .group_by(Packet.reference)
        .order_by(Packet.reference)
    )
    return [reference for reference, live, chosen in db.session.execute(query) if chosen < sheets.quota(live)]


def clerks_are_no_authors() -> Sequence[Any]:
    """Sheets whose proposal belongs to the account that keyed it."""
    query = sa.select(Sheet.folio).join(Proposal, Proposal.id == Sheet.proposal_id)
    return db.session.scalars(query.where(Proposal.author_id == Sheet.keyed_by_id).order_by(Sheet.folio)).all()


def codes_are_on_paper() -> Sequence[Any]:
    """Packets with a sheet that was scanned or keyed, whose codes could still be printed."""
    back = sa.or_(Sheet.keyed_at.is_not(None), Sheet.scan_id.is_not(None))
    came = sa.exists().where(Sheet.packet_id == Packet.id, back)
    return db.session.scalars(
        sa.select(Packet.reference).where(Packet.print_key.is_not(None), came).order_by(Packet.reference)
    ).all()
