"""Telling the members of a body about its meeting: delegates with an account, else the organisation's contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import clock, outbox
from intake.core.outbox import Letter
from intake.extensions import db
from intake.mapping import seating
from intake.mapping.inputs_council import SLUGS
from intake.mapping.queries import council as queries
from intake.mapping.queries.contacts import with_mail
from models import Body, Meeting, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models import BodyMember

#: Address of a person, and the language in which to write.
Reader = tuple[str, str]


def readers(members: Iterable[BodyMember], meeting: Meeting) -> list[Reader]:
    """Whom to write, each address once. Two statements."""
    day = clock.local(meeting.starts_at).date()
    speaking = {m.actor_id: seating.speaking(m, day) for m in seating.seats_on(members, day)}
    known = queries.accounts(d.user_id for ds in speaking.values() for d in ds if d.user_id)
    told = {actor: [d.user_id for d in ds if d.user_id in known] for actor, ds in speaking.items()}
    found = {known[key].email: known[key].locale for keys in told.values() for key in keys if key}
    for contact in with_mail(actor for actor, keys in told.items() if not keys):
        found.setdefault(contact.email or "", contact.locale)
    return sorted(found.items())


def tell(meeting: Meeting, members: Iterable[BodyMember], kind: str, *, reason: str = "") -> int:
    """Queue a message of ``kind`` for everybody concerned, nothing for a meeting of the past. Returns how many."""
    if meeting.starts_at < clock.now():
        return 0
    body = db.session.get_one(Body, meeting.body_id)
    plan = db.session.get_one(Plan, body.plan_id)
    facts = {
        "body_kind": body.kind,
        "plan": plan.code,
        "title": meeting.title,
        "starts_at": meeting.starts_at,
        "mode": meeting.mode,
        "place": meeting.place,
        "agenda": meeting.agenda,
        "reason": reason,
        "path": f"/nucleo/{plan.code}/{SLUGS[body.kind]}/reuniones/{meeting.number}",
    }
    to, key = readers(members, meeting), f"{kind}:{meeting.id}:{meeting.lock_version}"
    outbox.enqueue_all(kind, (Letter(address, locale, f"{key}:{address}", context=facts) for address, locale in to))
    return len(to)
