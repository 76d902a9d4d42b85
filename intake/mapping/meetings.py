"""Meetings of a body: the call, who came, what was decided, the minutes and their corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, files
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import flush, lock, transaction
from intake.extensions import db
from intake.mapping import event_dates, seating, voting
from intake.mapping.council import reference_of
from intake.mapping.inputs_council import PRESENT, SITS, MeetingInput, PresenceInput
from intake.mapping.lifecycle_council import MEETING
from intake.mapping.meeting_mail import tell
from intake.mapping.queries import council as queries
from intake.mapping.records import check_version
from models import Body, BodyMember, Delegate, Meeting, MeetingPresence
from models.enums import MeetingStatus

if TYPE_CHECKING:
    from intake.core.files import Upload
    from intake.core.identity import Principal

CORRECT = "meeting.correct"
_WHEN_AND_WHERE = ("starts_at", "ends_at", "place", "mode")


def reference(meeting: Meeting) -> str:
    """The meeting's public name. Two statements at most."""
    return f"{reference_of(db.session.get_one(Body, meeting.body_id))}/{meeting.number}"


def call_meeting(body: Body, given: MeetingInput, *, by: Principal) -> Meeting:
    """Call a meeting and write to the members; one of the past is only written down. Raises `Invalid` at the field."""
    authorize(by, Permission.BODY_EDIT, body)
    with transaction():
        lock(sa.select(Body.id).where(Body.id == body.id))
        last = db.session.scalar(sa.select(sa.func.max(Meeting.number)).where(Meeting.body_id == body.id))
        meeting = Meeting(
            body_id=body.id, number=(last or 0) + 1, created_at=clock.now(), created_by_id=by.user_id, lock_version=1
        )
        _check_day(given)
        _fill(meeting, given)
        audit.record("meeting.call", meeting, by=by, reference=reference(meeting))
        tell(meeting, queries.seats(body.id).values(), "meeting_call")
    return meeting


def _fill(meeting: Meeting, given: MeetingInput) -> None:
    for name in ("title", "place", "agenda"):
        if not clean(getattr(given, name)):
            raise Invalid(_l("Este dato es necesario."), field=name)
        setattr(meeting, name, clean(getattr(given, name)))
    if given.ends_at is not None and given.ends_at < given.starts_at:
        raise Invalid(_l("La reunión no puede terminar antes de empezar."), field="ends_at")
    meeting.mode, meeting.starts_at, meeting.ends_at = given.mode, given.starts_at, given.ends_at


def _check_day(given: MeetingInput, before: datetime | None = None) -> None:
    """Raise `Invalid` for an odd day, or for a new one in the past that nobody said to be meant."""
    event_dates.check_bounds(given.starts_at, before)
    if given.starts_at != before and event_dates.is_past(given.starts_at) and not given.confirmed:
        words = _l("Esa fecha ya pasó. Corríjala o confirme que la reunión ya se realizó y solo se registra.")
        raise Invalid(words, field=event_dates.CONFIRMATION)


def edit_call(meeting: Meeting, given: MeetingInput, *, by: Principal, version: int | None = None) -> Meeting:
    """Change a call; members are told of another time or place. Raises `Conflict` once the meeting was held."""
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold_row(meeting, MeetingStatus.CALLED)
        check_version(meeting, version)
        before = [getattr(meeting, name) for name in _WHEN_AND_WHERE]
        _check_day(given, meeting.starts_at)
        _fill(meeting, given)
        audit.record("meeting.edit", meeting, by=by, reference=reference(meeting))
        if before != [getattr(meeting, name) for name in _WHEN_AND_WHERE]:
            tell(meeting, queries.seats(meeting.body_id).values(), "meeting_change")
    return meeting


def _hold_row(meeting: Meeting, *states: MeetingStatus) -> None:
    """Keep others from changing the meeting meanwhile. Raises `Conflict` unless it is in one of the states."""
    db.session.refresh(meeting, ["status", "lock_version"], with_for_update=True)
    if meeting.status not in states:
        raise Conflict(_l("La reunión ya cambió de estado y esto no es posible ahora."), state=meeting.status)


def cancel_meeting(meeting: Meeting, *, reason: str, by: Principal) -> Meeting:
    """Cancel a call and say why to the members."""
    with transaction():
        _hold_row(meeting, *MeetingStatus)
        MEETING.fire(meeting, "cancel", by=by, reason=clean(reason))
        tell(meeting, queries.seats(meeting.body_id).values(), "meeting_cancel", reason=clean(reason))
    return meeting


def record_presence(meeting: Meeting, given: Sequence[PresenceInput], *, by: Principal) -> Meeting:
    """Write down for each seat in force that day who came; the first time, the meeting is held.

    Raises `Invalid` (``seat_<position>``) for a seat that is missing, not of this body, or sat in by somebody out of
    term; also where what was decided would no longer stand. `Conflict` before the meeting or after its minutes.
    """
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold_row(meeting, MeetingStatus.CALLED, MeetingStatus.HELD)
        if meeting.starts_at > clock.now():
            raise Conflict(_l("La reunión todavía no empieza: la asistencia se registra después."))
        day = clock.local(meeting.starts_at).date()
        members = {m.position: m for m in seating.seats_on(queries.seats(meeting.body_id).values(), day)}
        rows = _rows(meeting, members, given)
        _check_votes(meeting, rows)
        _replace(meeting, rows)
        came = {str(p): [row.presence.value, row.delegate_id] for p, row in rows.items()}
        if meeting.status is MeetingStatus.CALLED:
            MEETING.fire(meeting, "hold", by=by, presence=came)
        else:
            audit.record("meeting.attendance", meeting, by=by, extra={"presence": came}, reference=reference(meeting))
    return meeting


def _rows(
    meeting: Meeting, members: dict[int, BodyMember], given: Sequence[PresenceInput]
) -> dict[int, MeetingPresence]:
    by_position = {one.position: one for one in given}
    for position in by_position.keys() - members.keys():
        raise Invalid(_l("Ese puesto no es de este grupo en ese día."), field=f"seat_{position}")
    for position in members.keys() - by_position.keys():
        raise Invalid(_l("Diga quién asistió por este puesto."), field=f"seat_{position}")
    day = clock.local(meeting.starts_at).date()
    return {
        position: MeetingPresence(
            meeting_id=meeting.id,
            member_id=member.id,
            presence=by_position[position].presence,
            delegate_id=_delegate(member, by_position[position], day),
        )
        for position, member in members.items()
    }


def _delegate(member: BodyMember, given: PresenceInput, day: date) -> int | None:
    if given.presence not in PRESENT:
        return None
    found: Delegate | None = seating.numbered(member).get(given.delegate or 0)
    if found is None or not seating.in_term(found, day) or SITS[found.seat] is not given.presence:
        words = _l("Elija a quien tenía la delegación de este puesto en ese día.")
        raise Invalid(words, field=f"seat_{member.position}")
    return found.id


def _check_votes(meeting: Meeting, rows: dict[int, MeetingPresence]) -> None:
    """What was decided must still stand with those who are now said to have come."""
    present = {row.member_id for row in rows.values() if row.presence in PRESENT}
    for resolution in queries.resolutions(meeting.id):
        for vote in resolution.votes:
            if vote.member_id not in present:
                words = _l("Este puesto votó en la resolución %(number)d: corríjala primero.", number=resolution.number)
                raise Invalid(words, field=f"seat_{vote.member.position}")
        missing = len(present) - len(resolution.votes)
        if missing:
            words = _l("Falta el voto de este puesto en la resolución %(number)d.", number=resolution.number)
            voted = {vote.member_id for vote in resolution.votes}
            position = next(p for p, row in rows.items() if row.presence in PRESENT and row.member_id not in voted)
            raise Invalid(words, field=f"seat_{position}")


def _replace(meeting: Meeting, rows: dict[int, MeetingPresence]) -> None:
    flush()
    db.session.execute(sa.delete(MeetingPresence).where(MeetingPresence.meeting_id == meeting.id))
    names = ("meeting_id", "member_id", "delegate_id", "presence")
    given = [{name: getattr(row, name) for name in names} for row in rows.values()]
    if given:
        db.session.execute(sa.insert(MeetingPresence), given)
    db.session.expire(meeting, ["presences"])  # what was deleted must not be saved again with the meeting


def write_minutes(
    meeting: Meeting,
    text: str,
    upload: Upload | None = None,
    *,
    by: Principal,
    version: int | None = None,
    publish: bool = False,
) -> Meeting:
    """Keep the draft of the minutes, and the signed file where one is given (a PDF); ``publish`` them at once.

    Raises `Invalid` (``minutes``, ``file``), `Conflict`; then neither is kept.
    """
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold_row(meeting, MeetingStatus.HELD)
        check_version(meeting, version)
        meeting.minutes = clean(text)
        old = meeting.file
        if upload is not None:
            if upload.content and not upload.content.startswith(b"%PDF-"):
                raise Invalid(_l("El acta firmada tiene que ser un PDF."), field="file")
            meeting.file = files.store(files.cleaned(upload), by=by)
        audit.record("meeting.write_minutes", meeting, by=by, reference=reference(meeting))
        if upload is not None and old is not None:
            db.session.delete(old)
            files.discard_after_commit(old)
        if publish:
            flush()
            publish_minutes(meeting, by=by)
    return meeting


def publish_minutes(meeting: Meeting, *, by: Principal) -> Meeting:
    """Make attendance, resolutions and minutes public. Raises `Invalid` (``minutes``) while they are empty."""
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold_row(meeting, *MeetingStatus)
        if meeting.status is MeetingStatus.HELD and not meeting.minutes.strip():
            raise Invalid(_l("Escriba primero el texto del acta."), field="minutes")
        for resolution in queries.resolutions(meeting.id):
            words = voting.refusal([(v.member.sector, v.vote) for v in resolution.votes], len(resolution.votes))
            if words is not None:
                raise Invalid(words)
        MEETING.fire(meeting, "publish", by=by)
        if meeting.file is not None:
            meeting.file.is_public = True
    return meeting


def correct_minutes(meeting: Meeting, text: str, *, reason: str, by: Principal) -> int:
    """Add a numbered correction to public minutes, which stay as they are. Returns its number.

    It stands in the trace, which nobody can change (docs/decisions/0022). Raises `Invalid` (``text``, ``reason``).
    """
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold_row(meeting, MeetingStatus.PUBLISHED)
        for name, value in (("text", text), ("reason", reason)):
            if not clean(value):
                raise Invalid(_l("Este dato es necesario."), field=name)
        number = len(queries.traced("meeting", [meeting.id], [CORRECT])) + 1
        facts = {"number": number, "text": clean(text)}
        audit.record("meeting.correct", meeting, by=by, reason=clean(reason), extra=facts, reference=reference(meeting))
    return number
