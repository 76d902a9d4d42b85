"""Bodies of a plan: their seats, and who speaks for each. Nothing is deleted: seats and terms end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import lock, transaction
from intake.extensions import db
from intake.mapping import seating
from intake.mapping.inputs import MemberInput
from intake.mapping.inputs_council import SLUGS, DelegateInput, SeatInput
from intake.mapping.queries import council as queries
from models import Actor, Body, BodyMember, Delegate, Plan
from models.enums import BodyKind

if TYPE_CHECKING:
    from intake.core.identity import Principal


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
    authorize(by, Permission.BODY_EDIT, plan)
    with transaction():
        lock(sa.select(Plan.id).where(Plan.id == plan.id))
        known = db.session.scalar(sa.select(Body.id).where(Body.plan_id == plan.id, Body.kind == kind))
        if known is not None:
            raise Conflict(_l("Este plan ya tiene ese grupo."))
        body = Body(plan_id=plan.id, kind=kind, note=clean(note), source=clean(source))
        body.members = [_member(position, member) for position, member in enumerate(members, 1)]
        names = {"members": [member.actor.slug for member in members]}
        audit.record("body.create", body, by=by, extra=names, reference=f"{plan.code}/{SLUGS[kind]}")
    return body


def _member(position: int, given: MemberInput) -> BodyMember:
    return BodyMember(
        actor_id=given.actor.id,
        position=position,
        pair=given.pair,
        joined_on=given.joined_on,
        by_invitation=given.by_invitation,
        sector=given.sector,
    )


def reference_of(body: Body) -> str:
    """A body's public name. A statement at most."""
    return f"{db.session.get_one(Plan, body.plan_id).code}/{SLUGS[body.kind]}"


def edit_body(body: Body, *, note: str, source: str, by: Principal) -> Body:
    """Say what the body is for and where that stands."""
    authorize(by, Permission.BODY_EDIT, body)
    with transaction():
        body.note, body.source = clean(note), clean(source)
        audit.record("body.edit", body, by=by, reference=reference_of(body))
    return body


def add_seat(body: Body, given: SeatInput, *, by: Principal) -> BodyMember:
    """Give a verified organisation a seat. Raises `Invalid` (``organisation``, ``joined_on``)."""
    authorize(by, Permission.BODY_EDIT, body)
    with transaction():
        lock(sa.select(Body.id).where(Body.id == body.id))
        known = queries.seats(body.id)
        actor = _organisation(given.organisation)
        day = given.joined_on or clock.today()
        if any(m.actor_id == actor.id and (m.left_on is None or m.left_on >= day) for m in known.values()):
            words = _l("%(name)s ya tiene un puesto en este grupo.", name=actor.name)
            raise Invalid(words, field="organisation")
        member = _member(
            max(known, default=0) + 1,
            MemberInput(
                actor=actor,
                pair=given.pair,
                joined_on=given.joined_on,
                by_invitation=given.by_invitation,
                sector=given.sector,
            ),
        )
        member.body_id = body.id
        audit.record("body_member.add", member, by=by, reference=_seat_reference(body, member.position))
    return member


def _seat_reference(body: Body, position: int) -> str:
    return f"{reference_of(body)}/{position}"


def _organisation(text: str) -> Actor:
    """The one organisation meant. Raises `Invalid` that names the likely ones."""
    found = queries.organisations_named(clean(text)) if clean(text) else []
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"«{actor.name}»" for actor in found)
        raise Invalid(_l("Escriba el nombre completo. Tal vez sea: %(names)s.", names=names), field="organisation")
    raise Invalid(_l("No hay una organización verificada con ese nombre."), field="organisation")


def end_seat(body: Body, position: int, left_on: date, *, reason: str, by: Principal) -> BodyMember:
    """End a seat, with the reason, and the terms of its delegates with it. ``left_on`` is its last day.

    Raises `Invalid` (``left_on``, ``reason``) also where the seat sat at a later meeting; `Conflict` if it has ended.
    """
    authorize(by, Permission.BODY_EDIT, body)
    with transaction():
        lock(sa.select(Body.id).where(Body.id == body.id))
        member = _seat(body, position)
        _check_end(member, left_on)
        if not clean(reason):
            raise Invalid(_l("Escriba el motivo: se publicará en la historia del grupo."), field="reason")
        for delegate in member.delegates:
            if delegate.until is None or delegate.until > left_on:
                delegate.until = left_on
                audit.record("delegate.end", delegate, by=by, reference=_seat_reference(body, position))
        member.left_on = left_on
        name = _seat_reference(body, position)
        audit.record("body_member.leave", member, by=by, reason=clean(reason), reference=name)
    return member


def _seat(body: Body, position: int) -> BodyMember:
    """The seat, read anew, while it has not ended."""
    member = queries.seats(body.id)[position]
    if member.left_on is not None:
        raise Conflict(_l("Este puesto ya terminó."))
    return member


def _check_end(member: BodyMember, left_on: date) -> None:
    if left_on > clock.today():
        raise Invalid(_l("Escriba el día de hoy o uno que ya pasó."), field="left_on")
    if member.joined_on is not None and left_on < member.joined_on:
        raise Invalid(_l("El puesto no puede terminar antes de empezar."), field="left_on")
    if any(delegate.since > left_on for delegate in member.delegates):
        raise Invalid(_l("El puesto tiene una delegación que empieza después de ese día."), field="left_on")
    _check_meetings(queries.last_sat(member), left_on, "left_on")


def _check_meetings(last: datetime | None, day: date, field: str) -> None:
    sat = clock.local(last).date() if last else None
    if sat is not None and sat > day:
        raise Invalid(_l("Consta en una reunión posterior, del %(day)s.", day=f"{sat:%d/%m/%Y}"), field=field)


def name_delegate(body: Body, position: int, given: DelegateInput, *, by: Principal) -> Delegate:
    """Name who speaks for a seat. One principal and one alternate at a time.

    Raises `Invalid` (``since``, ``until``, ``name``, ``email``), `Conflict` if the seat has ended.
    """
    authorize(by, Permission.BODY_EDIT, body)
    with transaction():
        lock(sa.select(Body.id).where(Body.id == body.id))
        member = _seat(body, position)
        if not clean(given.name):
            raise Invalid(_l("Este dato es necesario."), field="name")
        if member.joined_on is not None and given.since < member.joined_on:
            words = _l("El puesto empieza el %(day)s.", day=f"{member.joined_on:%d/%m/%Y}")
            raise Invalid(words, field="since")
        _check_term(member.delegates, given)
        delegate = Delegate(
            member_id=member.id,
            seat=given.seat,
            name=clean(given.name),
            position=clean(given.position),
            user_id=_account(given.email),
            since=given.since,
            until=given.until,
            designated_by=clean(given.designated_by),
            is_public=given.is_public,
        )
        audit.record("delegate.name", delegate, by=by, reference=_seat_reference(body, position))
    return delegate


def _check_term(known: Sequence[Delegate], given: DelegateInput) -> None:
    if given.until is not None and given.until < given.since:
        raise Invalid(_l("El período no puede terminar antes de empezar."), field="until")
    clash = seating.overlaps(known, given.seat, given.since, given.until)
    if clash is None:
        return
    words = _l(
        "En esas fechas el lugar es de %(name)s. Ponga fin primero a ese período, o elija otras fechas.",
        name=clash.name,
    )
    raise Invalid(words, field="since")


def _account(email: str) -> int | None:
    address = clean(email).lower()
    if not address:
        return None
    user = queries.account(address)
    if user is None:
        words = _l("No hay una cuenta con ese correo. Déjelo vacío si la persona no tiene cuenta.")
        raise Invalid(words, field="email")
    return user.id


def edit_delegate(
    body: Body, position: int, number: int, *, until: date | None, is_public: bool, by: Principal
) -> Delegate:
    """Set the last day of a delegate's term (None: goes on), and whether the name is public.

    Raises `Invalid` (``until``), `Conflict` if the seat has ended.
    """
    authorize(by, Permission.BODY_EDIT, body)
    with transaction():
        lock(sa.select(Body.id).where(Body.id == body.id))
        member = queries.seats(body.id)[position]
        delegate = seating.numbered(member)[number]
        if until != delegate.until:
            _check_until(member, delegate, until)
            delegate.until = until
        delegate.is_public = is_public
        audit.record("delegate.edit", delegate, by=by, reference=_seat_reference(body, position))
    return delegate


def _check_until(member: BodyMember, delegate: Delegate, until: date | None) -> None:
    if member.left_on is not None:
        raise Invalid(_l("Este puesto ya terminó."), field="until")
    if until is not None:
        if until < delegate.since:
            raise Invalid(_l("El período no puede terminar antes de empezar."), field="until")
        _check_meetings(queries.last_sat(member, delegate), until, "until")
    others = [d for d in member.delegates if d is not delegate]
    clash = seating.overlaps(others, delegate.seat, delegate.since, until)
    if clash is not None:
        words = _l("Desde el %(day)s el lugar es de %(name)s.", day=f"{clash.since:%d/%m/%Y}", name=clash.name)
        raise Invalid(words, field="until")
