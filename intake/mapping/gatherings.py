"""Events, their attendance, and the bodies of a plan: the part of the services that is about meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import queries
from intake.mapping.inputs import EventInput, MemberInput
from intake.mapping.records import all_found, check_version, free_slug
from intake.plans import queries as plans
from intake.plans import services as plan_services
from intake.plans.inputs import Counts
from models import Body, BodyMember, Event, Participation, Plan
from models.enums import BodyKind

if TYPE_CHECKING:
    from intake.core.identity import Principal


def create_event(given: EventInput, *, by: Principal) -> Event:
    """Announce or record a co-creation event."""
    authorize(by, Permission.EVENT_CREATE)
    with transaction():
        event = Event(created_at=clock.now(), created_by_id=by.user_id)
        _fill_event(event, given)
        event.slug = free_slug(Event, given.slug or f"{given.title}-{given.plan_code}")
        audit.record("event.create", event, by=by)
    return event


def edit_event(event: Event, given: EventInput, *, by: Principal, version: int | None = None) -> Event:
    """Change an event; its address stays."""
    authorize(by, Permission.EVENT_EDIT, event)
    with transaction():
        check_version(event, version)
        _fill_event(event, given)
        audit.record("event.edit", event, by=by)
    return event


def record_attendance(
    event: Event, total: int, counts: Counts, *, by: Principal, source: str = "", source_url: str | None = None
) -> Participation:
    """Record how many people came, as counts; a later record replaces it.

    Raises `Invalid` that names the dimension whose parts do not add up.
    """
    authorize(by, Permission.ATTENDANCE_RECORD, event)
    plan = db.session.get_one(Plan, event.plan_id)
    return plan_services.record_participation(
        plan, counts, total=total, event=event, source=source, source_url=source_url, by=by
    )


def create_body(
    plan: Plan,
    kind: BodyKind,
    members: Sequence[MemberInput],
    *,
    note: str = "",
    source: str = "",
    by: Principal,
) -> Body:
    """Set up a body of the plan with its members in order. Raises `Conflict` if the plan has it already."""
    authorize(by, Permission.PLAN_MOVE, plan)
    with transaction():
        lock(sa.select(Plan.id).where(Plan.id == plan.id))
        known = db.session.scalar(sa.select(Body.id).where(Body.plan_id == plan.id, Body.kind == kind))
        if known is not None:
            raise Conflict(_l("Este plan ya tiene ese grupo."))
        body = Body(plan_id=plan.id, kind=kind, note=note, source=source)
        body.members = [_member(position, member) for position, member in enumerate(members, 1)]
        names = {"members": [member.actor.slug for member in members]}
        audit.record("body.create", body, by=by, extra=names, reference=f"{plan.code}/{kind.value}")
    return body


def _member(position: int, given: MemberInput) -> BodyMember:
    return BodyMember(
        actor_id=given.actor.id,
        position=position,
        pair=given.pair,
        joined_on=given.joined_on,
        by_invitation=given.by_invitation,
    )


def _fill_event(event: Event, given: EventInput) -> None:
    if given.starts_at and given.ends_at and given.ends_at < given.starts_at:
        raise Invalid(_l("La mesa no puede terminar antes de empezar."), field="ends_at")
    with db.session.no_autoflush:
        plan = plans.by_code(given.plan_code)
        places = all_found(queries.territories, (given.territory,) if given.territory else (), "provincia")
    event.plan_id = plan.id
    event.kind = given.kind
    event.title = clean(given.title)
    event.place = clean(given.place)
    event.territory_id = places[0].id if places else None
    event.starts_at = given.starts_at
    event.ends_at = given.ends_at
    event.has_time = given.has_time
    event.description = clean(given.description)
    event.source = given.source
