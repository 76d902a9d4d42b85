"""Events and their attendance: the part of the services that is about meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping import attendance, calling, event_changes, event_dates, queries, registering, seats
from intake.mapping.doors import check_begun, check_reason
from intake.mapping.event_lifecycle import EVENT
from intake.mapping.inputs import EventInput
from intake.mapping.records import all_found, check_version, free_slug, hold_event
from intake.plans import queries as plans
from intake.plans import services as plan_services
from intake.plans.inputs import Counts
from models import Event, Participation, Plan, Theme
from models.enums import AttendanceMethod, EventStatus, Role

if TYPE_CHECKING:
    from intake.core.identity import Principal

_TEXTS = ("title", "place", "description", "agenda", "accessibility", "facilitator")
_VALUES = (
    "kind",
    "starts_at",
    "ends_at",
    "has_time",
    "online_url",
    "takes_registrations",
    "registration_closes_on",
    "capacity",
    "source",
)


def create_event(given: EventInput, *, by: Principal) -> Event:
    """Prepare a co-creation event, or record one of the past: that is held at once, unless ``given`` says otherwise."""
    authorize(by, Permission.EVENT_CREATE)
    event_dates.check_new(given)
    with transaction():
        event = Event(created_at=clock.now(), created_by_id=by.user_id)
        EVENT.establish(event, given.status or _first_state(given))
        if event.status is EventStatus.CALLED:
            event.called_at = clock.now()
        event.facilitator_id = by.user_id if by.holds(Role.FACILITATOR) else None
        themes = _fill_event(event, given)
        event.slug = free_slug(Event, given.slug or f"{given.title}-{given.plan_code}")
        audit.record("event.create", event, by=by, extra=themes)
    return event


def edit_event(
    event: Event, given: EventInput, *, by: Principal, version: int | None = None, reason: str = ""
) -> Event:
    """Change an event; its address stays. Those who move up when there is more room are told.

    Once the call is out, those who are coming are told of another day, hour or place; and nobody loses a place: less
    room than places given raises `Invalid`. With a signed act it needs a reason: the act stays as it was signed, and
    its page says that there was a correction. A day on the other side of today moves the event (`event_dates.turn`).
    """
    authorize(by, Permission.EVENT_EDIT, event)
    with transaction():
        hold_event(event)
        check_version(event, version)
        check_reason(event, reason)
        _check_room(event, given)
        before, lacking = event_changes.last_told(event), calling.lacking(event)
        move = event_dates.turn(event, given)
        if move != "hold":
            event_dates.make(event, move, by=by)
        waiting = seats.waiting(event) if event.status is EventStatus.CALLED else []
        themes = _fill_event(event, given)
        calling.check_public(event, lacking)
        with db.session.no_autoflush:  # the trace compares what is pending: nothing may be written before it
            told = event_changes.readers(event, before)
        extra = themes | ({"told": told.letters} if told.letters else {})
        audit.record("event.edit", event, by=by, reason=reason, extra=extra)
        if event.status is EventStatus.CALLED:
            registering.seat_those_waiting(event, waiting)
            registering.move_reminders(event)
            event_changes.tell(event, before, told)
        if move == "hold":
            event_dates.make(event, move, by=by)
    return event


def _check_room(event: Event, given: EventInput) -> None:
    if given.capacity is None or given.capacity == event.capacity:
        return
    number = seats.given(event)
    if given.capacity < number:
        words = lazy_ngettext(
            "%(num)s persona ya tiene su lugar: escriba al menos ese número.",
            "%(num)s personas ya tienen su lugar: escriba al menos ese número.",
            number,
        )
        raise Invalid(words, field="capacity")


def move_event(event: Event, action: str, *, by: Principal, reason: str = "") -> Event:
    """Call, hold or cancel an event. Whoever had registered is told why it does not take place."""
    authorize(by, EVENT[action].permission, event)
    if action == "close":
        raise Invalid(_l("Un encuentro se cierra firmando su acta."))
    with transaction():
        if action == "call":
            calling.check(event)
        if action == "hold":
            check_begun(event)
        if action == "cancel":
            event.status_reason = clean(reason)
        EVENT.fire(event, action, by=by, reason=reason)
        if action == "cancel":
            registering.tell_cancelled(event)
    return event


def record_attendance(
    event: Event,
    total: int,
    counts: Counts,
    *,
    by: Principal,
    source: str = "",
    switch: bool = False,
    reason: str = "",
) -> Participation:
    """Record how many people came, as counts; a later record replaces it.

    Raises `Invalid` that names the dimension whose parts do not add up, or ``switch`` where a list gave the figures:
    it stays, but no longer counts.
    """
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    plan = db.session.get_one(Plan, event.plan_id)
    with transaction():
        attendance.begin(event, AttendanceMethod.COUNTS, switch=switch, reason=reason, by=by)
        return plan_services.record_participation(plan, counts, total=total, event=event, source=source, by=by)


def _first_state(given: EventInput) -> EventStatus:
    past = event_dates.is_past(given.starts_at, has_time=given.has_time)
    return EventStatus.HELD if past else EventStatus.PLANNED


def _fill_event(event: Event, given: EventInput) -> dict[str, object]:
    """Write down what was given. Returns the themes for the trace, where they changed."""
    if given.starts_at and given.ends_at and given.ends_at < given.starts_at:
        raise Invalid(_l("La mesa no puede terminar antes de empezar."), field="ends_at")
    with db.session.no_autoflush:
        plan = plans.by_code(given.plan_code)
        places = all_found(queries.territories, (given.territory,) if given.territory else (), "provincia")
        themes = _themes(given.themes)
        same = _same_people(event, given, plan)
        changed = _set_themes(event, themes)
    event.plan_id = plan.id
    event.territory_id = places[0].id if places else None
    event.counted_in_id = same.id if same else None
    for name in _TEXTS:
        setattr(event, name, clean(getattr(given, name)))
    for name in _VALUES:
        setattr(event, name, getattr(given, name))
    return changed


def _set_themes(event: Event, themes: list[Theme]) -> dict[str, object]:
    # read first where the event is known: a list that was not loaded cannot be compared
    if sa.inspect(event).has_identity:
        db.session.refresh(event, ["themes"])
    before, event.themes = {theme.code for theme in event.themes}, themes
    after = {theme.code for theme in themes}
    return {} if after == before else {"themes": sorted(after)}


def _themes(codes: tuple[str, ...]) -> list[Theme]:
    found = list(db.session.scalars(sa.select(Theme).where(Theme.code.in_(codes)))) if codes else []
    if len(found) != len(set(codes)):
        raise Invalid(_l("Uno de los temas no existe."), field="themes")
    return found


def _same_people(event: Event, given: EventInput, plan: Plan) -> Event | None:
    """The event in whose people these are counted: of the same plan, and itself counted in no other."""
    if not given.counted_in:
        return None
    found = db.session.scalar(sa.select(Event).where(Event.slug == given.counted_in, Event.plan_id == plan.id))
    if found is None or found.id == event.id or found.counted_in_id is not None:
        raise Invalid(_l("Elija otro encuentro del mismo plan que se cuente por sí mismo."), field="counted_in")
    if event.id and db.session.scalar(sa.select(Event.id).where(Event.counted_in_id == event.id).limit(1)):
        raise Invalid(_l("Las personas de otro encuentro ya se cuentan en este."), field="counted_in")
    return found
