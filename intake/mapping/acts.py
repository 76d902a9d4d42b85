"""What an event leaves: minutes and steps, photographs and documents, and the closing act that two people sign.

The act is a text in Spanish, made of what the record says at that moment. It is public, so it tells no few people
(`smallcells`), and it is kept as it was signed: its SHA-256 lets whoever holds a copy compare.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, files
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean, plain
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import act_text
from intake.mapping.doors import WITH_STEPS, check_reason
from intake.mapping.event_lifecycle import EVENT
from intake.mapping.inputs_events import STEPS, ActInput, FileInput, MinutesInput
from intake.mapping.records import check_version, hold_event
from models import Event, EventAct, EventFile, EventStep, Participation, Registration, StoredFile
from models.enums import AttendanceMethod, EventFileKind, EventStatus, RegistrationStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal

#: The longer side of a published photograph, in pixels: what a telephone shows well, at a tenth of the camera's bytes.
LONGEST_SIDE = 1600
_OVER = frozenset({EventStatus.HELD, EventStatus.CLOSED})


def write_minutes(event: Event, given: MinutesInput, *, by: Principal, version: int | None = None) -> Event:
    """Keep the minutes and which steps were gone through; with a signed act this needs a reason."""
    authorize(by, Permission.EVENT_EDIT, event)
    with transaction():
        hold_event(event)
        check_version(event, version)
        if event.status not in _OVER:
            raise Conflict(_l("La memoria se escribe cuando el encuentro ya se realizó."))
        check_reason(event, given.reason)
        event.minutes = clean(given.minutes)
        steps = dict(given.steps) if event.kind in WITH_STEPS else {}
        if any(number not in STEPS for number in steps):
            raise Invalid(_l("Los pasos van del 1 al 8."), field="steps")
        audit.record("event.minutes", event, by=by, reason=given.reason, extra={"steps": sorted(steps)})
        _keep_steps(event, steps, by)
    return event


def _keep_steps(event: Event, steps: dict[int, str], by: Principal) -> None:
    """A step keeps the moment at which it was first ticked."""
    known = {s.number: s for s in db.session.scalars(sa.select(EventStep).where(EventStep.event_id == event.id))}
    for number, step in known.items():
        if number not in steps:
            db.session.delete(step)
    for number, note in steps.items():
        if number in known:
            known[number].note = clean(note)
        else:
            new = EventStep(event_id=event.id, number=number, note=clean(note), done_at=clock.now())
            new.done_by_id = by.user_id
            db.session.add(new)


def add_file(event: Event, given: FileInput, *, by: Principal) -> EventFile:
    """Keep a photograph or a document. Raises `Invalid` for a photograph without a description, or that is none.

    It is public: photographs are made smaller and written anew, which drops where they were taken; documents lose who
    wrote them.
    """
    authorize(by, Permission.EVENT_EDIT, event)
    if given.kind is EventFileKind.ACT:
        raise Invalid(_l("La hoja firmada se sube al cerrar con el acta."), field="kind")
    if given.kind is EventFileKind.PHOTO and not clean(given.description):
        raise Invalid(_l("Diga qué muestra la fotografía, para quien no puede verla."), field="description")
    if given.kind is EventFileKind.PHOTO and files.judge(given.upload) not in files.PICTURES:
        raise Invalid(_l("Una fotografía es un archivo JPG o PNG."), field="file")
    side = LONGEST_SIDE if given.kind is EventFileKind.PHOTO else None
    cleaned = files.cleaned(given.upload, longest_side=side, bare=True, signed=True)
    with transaction():
        if not event.is_public:
            raise Conflict(_l("Publique primero la convocatoria."))
        stored = files.store(cleaned, by=by, public=True)
        db.session.flush()
        row = EventFile(event_id=event.id, file_id=stored.id, kind=given.kind, description=clean(given.description))
        row.added_at, row.added_by_id = clock.now(), by.user_id
        audit.record("event.add_file", row, by=by, reference=event.slug)
    return row


def remove_file(event: Event, row: EventFile, *, by: Principal) -> None:
    """Take a file away for good, before the act is signed."""
    authorize(by, Permission.EVENT_EDIT, event)
    with transaction():
        hold_event(event)
        if event.status is EventStatus.CLOSED:
            raise Conflict(_l("El acta ya está firmada: los archivos de este encuentro ya no cambian."))
        audit.record("event.remove_file", row, by=by, reference=event.slug)
        stored = db.session.get_one(StoredFile, row.file_id)
        db.session.delete(row)
        db.session.flush()
        db.session.delete(stored)
        files.discard_after_commit(stored)


def close(event: Event, given: ActInput, *, by: Principal) -> EventAct:
    """Sign the closing act; from then on the record changes only with a reason.

    Raises `Conflict` if the text is no longer the one that was read (``given.seen``), `Invalid` if something lacks.
    """
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    sheet = files.cleaned(given.sheet) if given.sheet is not None else None
    with transaction():
        hold_event(event)
        draft = act_text.body(event)
        check_ready(event)
        _check_two(given)
        if given.seen and digest(draft) != given.seen:
            raise Conflict(_l("Algo cambió mientras leían el acta. Léanla otra vez antes de firmar."))
        content = act_text.signed(draft, given, clock.now())
        act = EventAct(
            event_id=event.id,
            content=content,
            sha256=digest(content),
            facilitator_name=clean(given.facilitator_name),
            facilitator_signed_at=clock.now(),
            signed_by_id=by.user_id,
            participant_name=clean(given.participant_name),
            participant_consents=given.participant_consents,
            participant_signed_at=clock.now(),
            file_id=_sheet(event, sheet, by),
        )
        EVENT.fire(event, "close", by=by, sha256=act.sha256)
        db.session.add(act)
    return act


def _check_two(given: ActInput) -> None:
    """Raise `Invalid` where one person would sign as both."""
    if plain(given.facilitator_name) == plain(given.participant_name):
        words = _l("Firman dos personas distintas: quien facilita no puede firmar también como participante.")
        raise Invalid(words, field="participant_name")


def is_unlisted(event: Event, name: str) -> bool:
    """Whether a list gave the figures and nobody of that name is marked on it. At most two statements."""
    method = db.session.scalar(sa.select(Participation.method).where(Participation.event_id == event.id))
    if method is not AttendanceMethod.LIST:
        return False
    query = sa.select(Registration.name).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.ATTENDED
    )
    return plain(name) not in {plain(known) for known in db.session.scalars(query)}


def _sheet(event: Event, given: files.Clean | None, by: Principal) -> int | None:
    """The sheet signed on paper; it shows names, so only the team may open it."""
    if given is None:
        return None
    stored = files.store(given, by=by, public=False)
    db.session.flush()
    row = EventFile(event_id=event.id, file_id=stored.id, kind=EventFileKind.ACT, description="")
    row.added_at, row.added_by_id = clock.now(), by.user_id
    db.session.add(row)
    return stored.id


def check_ready(event: Event) -> None:
    """Raise `Invalid` that says what the act still lacks."""
    if event.status is EventStatus.CLOSED:
        raise Conflict(_l("Este encuentro ya tiene su acta."))
    if event.status is not EventStatus.HELD:
        raise Conflict(_l("El acta se firma cuando el encuentro ya se realizó."))
    counted = db.session.scalar(sa.select(Participation.id).where(Participation.event_id == event.id))
    if counted is None:
        raise Invalid(_l("Antes del acta registre la asistencia."))
    if not event.minutes.strip():
        raise Invalid(_l("Antes del acta escriba la memoria: qué se conversó y qué se acordó."))


def digest(content: str) -> str:
    """SHA-256 of the text in UTF-8, hexadecimal: what ``sha256sum`` says of the downloaded file."""
    return hashlib.sha256(content.encode()).hexdigest()
