"""Keying sheets of paper: one person at a time has a sheet, the citizen is its author, another keys a tenth again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from intake.core import audit, calendar, clock
from intake.core.errors import Conflict, Invalid, StageClosed
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import sheets
from intake.reception.paperdates import usual_day
from intake.reception.queries import desk
from intake.reception.services.codes import new_code
from intake.reception.services.moves import stages_of
from intake.reception.services.paper import forget_codes, held, hold_packet
from intake.reception.services.pressed import is_spent, received_before
from intake.reception.services.submission import submit_directly
from models import Event, Packet, Plan, Proposal, Sheet
from models.enums import Channel, EventKind, EventStatus, ProposerKind, PublicName, StageKind

if TYPE_CHECKING:
    from datetime import date

    from intake.core.identity import Principal
    from intake.reception.inputs import ContactInput, ProposalInput, Receipt, SheetInput

_SHEET = Sheet.metadata.tables["sheet"]


def claim_next(packet: Packet, *, by: Principal, again: bool = False, after: int = 0) -> str | None:
    """Take the next sheet to be keyed (``again``: a second time) for some minutes, and return its folio; None: no more.

    First those after the folio number ``after``, then from the beginning. Two people never get the same sheet: it is
    found and taken in one statement, which passes over what another person is taking.
    """
    authorize(by, Permission.SHEET_KEY)
    if by.user_id is None:
        return None
    found = desk.next_sheet(packet.id, by.user_id, again=again, after=after).correlate(None).scalar_subquery()
    until = clock.now() + timedelta(minutes=sheets.CLAIM_MINUTES)
    taken = sa.update(_SHEET).where(_SHEET.c.id == found).values(claimed_by_id=by.user_id, claimed_until=until)
    with transaction():
        folio: str | None = db.session.scalar(taken.returning(_SHEET.c.folio))
    return folio


def let_go(sheet: Sheet, *, by: Principal) -> None:
    """Give a sheet back to the queue, if this person has it."""
    with transaction():
        db.session.execute(
            sa.update(_SHEET)
            .where(_SHEET.c.id == sheet.id, _SHEET.c.claimed_by_id == by.user_id)
            .values(claimed_by_id=None, claimed_until=None)
        )


def _hold(sheet: Sheet, by: Principal) -> None:
    """Lock the sheet for this person's word on it. Raises `Conflict` where another has it or it is spoilt."""
    held(sheet)
    if sheet.spoilt_reason:
        raise Conflict(_l("Esta hoja está anulada. Si apareció, recupérela desde su paquete."))
    others = sheet.claimed_by_id not in {None, by.user_id}
    if others and sheet.claimed_until is not None and sheet.claimed_until > clock.now():
        raise Conflict(_l("Otra persona tiene esta hoja en este momento. Lo que usted escribió sigue aquí."))


def key(sheet: Sheet, given: SheetInput, *, by: Principal) -> Receipt:
    """Make the citizen's proposal out of a sheet, under the folio that was printed on it.

    ``sheet`` with its packet and event. Raises `Conflict` where it was keyed, is spoilt or another person's; `Invalid`
    (``dated_on``) where the day on it is none of reception; `StageClosed` where reception closed too long ago.
    """
    authorize(by, Permission.SHEET_KEY, sheet)
    event = sheet.packet.event
    plan = db.session.get_one(Plan, event.plan_id)
    with transaction():
        hold_packet(sheet.packet_id)  # its codes are forgotten
        _hold(sheet, by)
        if sheet.keyed_at is not None:
            raise Conflict(_l("Esta hoja ya se digitó. Pase a la siguiente."))
        receipt = submit_directly(
            plan,
            given.data,
            given.contact,
            by=by,
            channel=Channel.PAPER,
            event_id=event.id,
            at=received_at(plan, given.dated_on, event),
            sheet=sheet,
        )
        sheet.proposal_id = db.session.scalars(sa.select(Proposal.id).where(Proposal.folio == sheet.folio)).one()
        sheet.keyed_at, sheet.keyed_by_id, sheet.dated_on = clock.now(), by.user_id, given.dated_on
        sheet.claimed_by_id = sheet.claimed_until = None
        sheet.illegible_note = ""
        audit.record("sheet.key", sheet, by=by)
        forget_codes(db.session.get_one(Packet, sheet.packet_id))
    return receipt


def received_at(plan: Plan, day: date, event: Event | None = None) -> datetime:
    """The moment at which a paper counts as handed in: on the day written on it, which must be one of reception.

    It may be keyed until `sheets.KEYING_DAYS` after reception closed. Raises as `handed_in`, and `StageClosed`.
    """
    reception = next(v for v in calendar.views(stages_of(plan.id)) if v.kind is StageKind.RECEPTION)
    last = reception.closes_on + timedelta(days=sheets.KEYING_DAYS) if reception.closes_on else None
    if last is not None and clock.today() > last:
        words = _l("Las hojas se digitan hasta %(days)s días después de cerrar la recepción.", days=sheets.KEYING_DAYS)
        raise StageClosed(words, stage=reception, following=None)
    return handed_in(plan.id, day, event)


def handed_in(plan_id: int, day: date, event: Event | None = None) -> datetime:
    """The moment that stands for the day on a paper. Raises `Invalid` (``dated_on``) where it is none of reception."""
    now = clock.now()
    if day > clock.today():
        raise Invalid(_l("La fecha de la hoja no puede ser futura."), field="dated_on")
    then = next(v for v in calendar.views(stages_of(plan_id), day) if v.kind is StageKind.RECEPTION)
    if not then.is_open:
        raise Invalid(
            _l("La recepción no estaba abierta ese día. Revise la fecha escrita en la hoja."), field="dated_on"
        )
    begun = event.starts_at if event is not None else None
    if begun is not None and clock.local(begun).date() == day:
        return min(begun, now)
    return min(datetime.combine(day, time(12), clock.ECUADOR), now)


def leave_illegible(sheet: Sheet, note: str, *, by: Principal) -> None:
    """Say that one cannot read a sheet: it leaves the queue, and another person looks at it. Raises `Conflict`."""
    authorize(by, Permission.SHEET_KEY, sheet)
    with transaction():
        _hold(sheet, by)
        if sheet.keyed_at is not None:
            raise Conflict(_l("Esta hoja ya se digitó. Pase a la siguiente."))
        sheet.illegible_note = clean(note)[:400] or str(_l("No se puede leer."))
        sheet.illegible_by_id = by.user_id
        sheet.claimed_by_id = sheet.claimed_until = None
        audit.record("sheet.illegible", sheet, by=by, reason=sheet.illegible_note)


def begins_with(event: Event) -> dict[str, str]:
    """What the page of a sheet begins with, by field: the place and day of the event, and the usual answers."""
    day = usual_day(event, stages_of(event.plan_id))
    return {
        "territory": event.territory.code if event.territory else "",
        "dated_on": day.isoformat() if day else "",
        "proposer_kind": ProposerKind.PERSON.value,
        "public_name": PublicName.ANONYMOUS.value,
    }


def key_again(sheet: Sheet, given: SheetInput, *, by: Principal) -> sheets.Comparison:
    """Keep where a second person's keying differs from the first, and count it.

    Raises `Forbidden` to whoever keyed it first, `Conflict` where it is not to be keyed again, `Invalid` (``dated_on``)
    where another day is read on it that is none of reception: the first person's was one, whatever has moved since.
    """
    event = sheet.packet.event
    begun = begins_with(event)
    with transaction():
        _hold(sheet, by)
        authorize(by, Permission.SHEET_SECOND, sheet)
        if not sheet.needs_second or sheet.keyed_at is None or sheet.second_at is not None:
            raise Conflict(_l("Esta hoja no espera una segunda digitación."))
        if given.dated_on != sheet.dated_on:
            handed_in(event.plan_id, given.dated_on, event)
        told = given.fields()
        found = sheets.compare(desk.first_keying(sheet), told, begun)
        sheet.second = {name: told.get(name, "") for name in found.differing} or None
        sheet.differences, sheet.difference_count = list(found.differing), len(found.differing)
        sheet.field_count, sheet.second_at, sheet.second_by_id = len(found.fields), clock.now(), by.user_id
        sheet.wrong_count = None if found.differing else 0
        sheet.claimed_by_id = sheet.claimed_until = None
        audit.record("sheet.second", sheet, by=by)
    return found


def receive(  # noqa: PLR0913 -- what is told of a paper
    plan: Plan,
    data: ProposalInput,
    contact: ContactInput | None,
    *,
    by: Principal,
    dated_on: date,
    event: Event | None = None,
    on_paper: bool = False,
    once: str | None = None,
) -> Receipt:
    """Receive at a window or a table what a citizen says or brings. The citizen is its author; nobody's session is.

    ``once``: the random key of the page. The same words sent twice with it (a button pressed twice) are received once,
    with the same folio and code. Raises as `key`, and `Conflict` where the event was cancelled meanwhile.
    """
    authorize(by, Permission.SHEET_KEY)
    if once and is_spent(once):
        known = received_before(once, data)
        if known is not None:
            return known
        once = None  # a page that somebody went back to, for the next person
    at, code = received_at(plan, dated_on, event), new_code(once)
    try:
        with transaction():
            held_id, channel = _held_event(event), _channel(event, on_paper=on_paper)
            return submit_directly(
                *(plan, data, contact), by=by, channel=channel, event_id=held_id, at=at, key=once, code=code
            )
    except IntegrityError:  # the other press was quicker
        known = received_before(once, data) if once else None
        if known is None:
            raise
        return known


def _held_event(event: Event | None) -> int | None:
    """Its key, locked: nobody cancels it meanwhile. Raises `Conflict` where somebody has."""
    if event is None:
        return None
    db.session.refresh(event, ["status", "lock_version"], with_for_update=True)
    if event.status is EventStatus.CANCELLED:
        raise Conflict(_l("Este encuentro ya no está en la lista: quizá se canceló. Elija otro, o ninguno."))
    return event.id


def _channel(event: Event | None, *, on_paper: bool) -> Channel:
    """What is said at an event came in there; what is brought, or said at a window, goes through paper."""
    if event is None or on_paper:
        return Channel.PAPER
    return Channel.COURSE if event.kind is EventKind.COURSE else Channel.TABLE
