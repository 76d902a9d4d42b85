"""How people describe themselves, kept apart from who they are.

A profile says what somebody is like and knows no name. What joins it to a registration for a moment is a keyed hash
that needs the server's secret; nothing stores the two together, and no page reads a profile back. Describing oneself is
not written in the trace either: its line would name the person or the moment.

What is answered through a registration stays with it (`own_key`) and touches no other answers, of whomever. Only the
list that is counted (`attendance`), by people who saw who came, gives the answers to the person of the plan
(`people`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.keyed import keyed_hash
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.mapping.inputs_events import ProfileInput
from intake.mapping.records import hold_event
from intake.plans.inputs import CATEGORIES
from models import Event, Participation, PersonProfile, ProfileAttendance, Registration
from models.enums import AttendanceMethod, Dimension, RegistrationStatus

NOT_STATED = "not_stated"


def own_key(plan_id: int, reference: str) -> str:
    """The key under which the answers given through one registration wait to be counted: 64 hexadecimal digits."""
    return keyed_hash("own_profile", str(plan_id), reference)


def describe(registration: Registration, event: Event, given: ProfileInput) -> None:
    """Keep how the person describes themselves. Raises `Conflict` once the list of this event was counted.

    Whoever calls has shown that the registration is theirs (its code) or hands the person the telephone. That they are
    who the registration names is shown by nothing, so no answers but its own change, and nothing tells of others.
    """
    for dimension, category in given.answers.items():
        if category not in CATEGORIES[dimension]:
            raise Invalid(_l("Elija una de las opciones."), field=dimension.value)
    with transaction():
        hold_event(event)
        db.session.refresh(registration, ["status", "name"], with_for_update=True)  # it may be forgotten meanwhile
        if registration.status is RegistrationStatus.CANCELLED or is_erased(registration):
            raise Conflict(_l("Esta inscripción ya no está vigente."))
        method = db.session.scalar(sa.select(Participation.method).where(Participation.event_id == event.id))
        if method is AttendanceMethod.LIST:
            raise Conflict(_l("Las respuestas ya se contaron al cerrar la lista y no cambian."))
        key = own_key(event.plan_id, registration.reference)
        _answer(_profiles(event.plan_id, [key])[key], {d: given.answers.get(d, NOT_STATED) for d in Dimension})


def _answer(profile: PersonProfile, answers: Mapping[Dimension, str]) -> None:
    for dimension, category in answers.items():
        setattr(profile, dimension.value, category)


def is_erased(registration: Registration) -> bool:
    """Whether the personal data is gone (`retention`)."""
    return not registration.name


def counts(profiles: Sequence[PersonProfile]) -> dict[Dimension, dict[str, int]]:
    """People by category of each dimension, those of nobody included, as a form of numbers has them."""
    if not profiles:
        return {}
    found = {dimension: Counter(getattr(p, dimension.value) for p in profiles) for dimension in Dimension}
    return {dimension: {c: found[dimension][c] for c in CATEGORIES[dimension]} for dimension in Dimension}


def described(event: Event, people: Mapping[str, Sequence[Registration]]) -> list[PersonProfile]:
    """The profiles of these people, with what they answered for this event. A constant number of statements.

    Answers that another event's list has counted stay as they are: its figures are made of them.
    """
    known = _profiles(event.plan_id, list(people))
    ids = [profile.id for profile in known.values()]
    # another event's list counts the same people after us, or did so before: read what it left
    mine = sa.select(PersonProfile).where(PersonProfile.id.in_(ids)).order_by(PersonProfile.id).with_for_update()
    db.session.scalars(mine.execution_options(populate_existing=True)).all()
    own_keys = {row.id: own_key(event.plan_id, row.reference) for rows in people.values() for row in rows}
    own = _known(event.plan_id, list(own_keys.values()))
    counted = set(
        db.session.scalars(sa.select(ProfileAttendance.profile_id).where(ProfileAttendance.profile_id.in_(ids)))
    )
    for key, rows in people.items():
        answered = next((own[own_keys[row.id]] for row in rows if own_keys[row.id] in own), None)
        if answered is not None and known[key].id not in counted:
            _answer(known[key], {d: getattr(answered, d.value) for d in Dimension})
    return list(known.values())


def attend(event: Event, profiles: Sequence[PersonProfile]) -> None:
    rows = [{"profile_id": profile.id, "event_id": event.id} for profile in profiles]
    if rows:
        db.session.execute(sa.insert(ProfileAttendance), rows)


def _profiles(plan_id: int, keys: Sequence[str]) -> dict[str, PersonProfile]:
    """The profile of each key, in their order; new ones state nothing."""
    known = _known(plan_id, keys)
    while missing := [key for key in keys if key not in known]:
        new: list[dict[str, Any]] = [{"plan_id": plan_id, "person_key": key} for key in missing]
        in_savepoint(partial(_add, new))
        known = _known(plan_id, keys)  # also what another list made a moment ago
    return {key: known[key] for key in keys}


def _add(new: list[dict[str, Any]]) -> None:
    db.session.execute(sa.insert(PersonProfile), new)


def _known(plan_id: int, keys: Sequence[str]) -> dict[str, PersonProfile]:
    query = sa.select(PersonProfile).where(PersonProfile.plan_id == plan_id, PersonProfile.person_key.in_(keys))
    return {profile.person_key: profile for profile in db.session.scalars(query)}
