"""Reading packets and sheets of paper. Each function says what it loads and in how many statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, raiseload

from intake.core import clock
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import (
    Event,
    LooseScan,
    Packet,
    Plan,
    Proposal,
    ProposalContact,
    ProposalVersion,
    Sheet,
    StoredFile,
    Territory,
    Theme,
)
from models.enums import EventStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


_EVENT = (
    joinedload(Packet.event).joinedload(Event.plan).selectinload(Plan.stages),
    joinedload(Packet.event).joinedload(Event.territory),
)


def packet(reference: str, *, with_sheets: bool = False) -> Packet:
    """A packet with its event, the event's plan with stages, and its place. Two or three statements; `NotFound`."""
    query = sa.select(Packet).where(Packet.reference == reference).options(*_EVENT)
    if with_sheets:
        query = query.options(sa.orm.selectinload(Packet.sheets))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe un paquete con esa referencia."))
    return found


def packets(plan_id: int, *, number: int = 1) -> Page[Packet]:
    """The packets of a plan with their events, the latest first. Two statements."""
    query = (
        sa.select(Packet)
        .join(Event, Event.id == Packet.event_id)
        .where(Event.plan_id == plan_id)
        .options(joinedload(Packet.event))
        .order_by(Packet.created_at.desc(), Packet.id.desc())
    )
    return paginate(query, number=number)


def sheet(folio: str) -> Sheet:
    """A sheet with its scan, packet, event, plan with stages, and place. Two statements; `NotFound`."""
    found = sheet_by_folio(folio)
    if found is None:
        raise NotFound(_l("No existe una hoja con ese folio."))
    return found


def sheet_by_folio(folio: str) -> Sheet | None:
    """As `sheet`; None where there is none. Two statements."""
    to_packet = joinedload(Sheet.packet).joinedload(Packet.event)
    query = (
        sa.select(Sheet)
        .where(Sheet.folio == folio.upper())
        .options(
            joinedload(Sheet.scan),
            to_packet.joinedload(Event.plan).selectinload(Plan.stages),
            to_packet.joinedload(Event.territory),
        )
    )
    return db.session.scalars(query).one_or_none()


def sheets_of(of: Packet, *, number: int = 1) -> Page[Sheet]:
    """A packet's sheets in the order of their folios, 20 a page. Two statements."""
    query = sa.select(Sheet).where(Sheet.packet_id == of.id).options(raiseload("*")).order_by(Sheet.folio_number)
    return paginate(query, number=number)


def loose(of: Packet) -> Sequence[LooseScan]:
    """Scans of the packet that wait to be matched, with their files, in the order in which they came. One statement."""
    query = sa.select(LooseScan).where(LooseScan.packet_id == of.id).options(joinedload(LooseScan.file))
    return db.session.scalars(query.order_by(LooseScan.id)).all()


def file_of(reference: str, key: str) -> StoredFile:
    """A scan of the packet, matched or not. One statement; `NotFound`."""
    of = sa.select(Packet.id).where(Packet.reference == reference).scalar_subquery()
    matched = sa.select(Sheet.scan_id).where(Sheet.packet_id == of, Sheet.scan_id.is_not(None))
    waiting = sa.select(LooseScan.file_id).where(LooseScan.packet_id == of)
    query = sa.select(StoredFile).where(
        StoredFile.key == key, sa.or_(StoredFile.id.in_(matched), StoredFile.id.in_(waiting))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("No existe un escaneo con esa dirección."))
    return found


def free_for(user_id: int) -> sa.ColumnElement[bool]:
    """Whether nobody else has the sheet on the screen now."""
    return sa.or_(Sheet.claimed_by_id.is_(None), Sheet.claimed_by_id == user_id, Sheet.claimed_until < clock.now())


def _waits_for(user_id: int, *, again: bool) -> list[sa.ColumnElement[bool]]:
    """What a sheet must be for this person to key it (``again``: a second time), whoever has it on the screen."""
    if again:
        another = sa.or_(Sheet.keyed_by_id.is_(None), Sheet.keyed_by_id != user_id)
        return [Sheet.needs_second.is_(True), Sheet.keyed_at.is_not(None), Sheet.second_at.is_(None), another]
    return [Sheet.keyed_at.is_(None), Sheet.spoilt_reason == "", Sheet.illegible_note == ""]


def next_sheet(packet_id: int, user_id: int, *, again: bool, after: int) -> sa.Select[int]:
    """The key of the next sheet for this person: those with a scan first, in order from ``after`` on.

    Locks its row; one that another transaction has locked at this moment is passed over.
    """
    passed = sa.case((Sheet.folio_number > after, 0), else_=1)
    without_scan = sa.case((Sheet.scan_id.is_(None), 1), else_=0)
    waits = _waits_for(user_id, again=again)
    query = sa.select(Sheet.id).where(Sheet.packet_id == packet_id, *waits, free_for(user_id))
    return query.order_by(without_scan, passed, Sheet.folio_number).limit(1).with_for_update(skip_locked=True)


def are_others_at_it(packet_id: int, user_id: int, *, again: bool) -> bool:
    """Whether sheets wait that other people have on their screens. One statement."""
    waits = _waits_for(user_id, again=again)
    query = sa.select(Sheet.id).where(Sheet.packet_id == packet_id, *waits, ~free_for(user_id)).limit(1)
    return db.session.scalar(query) is not None


def illegible(of: Packet) -> Sequence[Sheet]:
    """Sheets that somebody could not read. One statement."""
    query = sa.select(Sheet).where(
        Sheet.packet_id == of.id, Sheet.illegible_note != "", Sheet.keyed_at.is_(None), Sheet.spoilt_reason == ""
    )
    return db.session.scalars(query.order_by(Sheet.folio_number)).all()


def to_settle(plan_id: int) -> Sequence[Sheet]:
    """Sheets whose two keyings differ and that no third person has looked at, at most 50. One statement."""
    query = (
        sa.select(Sheet)
        .join(Packet, Packet.id == Sheet.packet_id)
        .join(Event, Event.id == Packet.event_id)
        .where(Event.plan_id == plan_id, Sheet.difference_count > 0, Sheet.settled_at.is_(None))
        .options(joinedload(Sheet.packet).joinedload(Packet.event))
        .order_by(Sheet.second_at, Sheet.id)
        .limit(50)
    )
    return db.session.scalars(query).all()


def first_keying(of: Sheet) -> dict[str, str]:
    """What the first person keyed, as `SheetInput.fields` writes it. Two statements; three with a contact.

    Texts come from the first version, which the author's corrections leave as it is.
    """
    row = db.session.execute(
        sa.select(Proposal.proposer_kind, ProposalVersion.content, ProposalContact)
        .join(ProposalVersion, (ProposalVersion.proposal_id == Proposal.id) & (ProposalVersion.number == 1))
        .outerjoin(ProposalContact, ProposalContact.proposal_id == Proposal.id)
        .where(Proposal.id == of.proposal_id)
    ).one()
    content, contact = row.content, row.ProposalContact
    names = ("title", "problem", "solution", "expected_result", "theme", "territory", "branch")
    return {
        **{name: content.get(name) or "" for name in (*names, "organisation_name", "public_name")},
        "proposer_kind": row.proposer_kind.value,
        "contact_name": (contact.name or "") if contact else "",
        "contact_email": (contact.email or "") if contact else "",
        "contact_phone": (contact.phone or "") if contact else "",
        "dated_on": of.dated_on.isoformat() if of.dated_on else "",
    }


def events_to_choose(plan_id: int) -> Sequence[Event]:
    """The events of a plan that were not cancelled, those nearest to today first. One statement."""
    query = (
        sa.select(Event)
        .where(Event.plan_id == plan_id, Event.status != EventStatus.CANCELLED)
        .options(joinedload(Event.territory))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    return db.session.scalars(query).all()


def words_of(field: str, value: str) -> str:
    """What a coded value of a keying means: the name of a theme or place. None or one statement."""
    if not value or field not in {"theme", "territory"}:
        return value
    kind = Theme.name_es if field == "theme" else Territory.name
    code = Theme.code if field == "theme" else Territory.code
    return db.session.scalar(sa.select(kind).where(code == value)) or value
