"""Resolutions of a meeting: recorded with every present seat's vote, and only where the body decided them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import flush, transaction
from intake.extensions import db
from intake.mapping import voting
from intake.mapping.inputs_council import PRESENT, ResolutionInput
from intake.mapping.meetings import reference
from intake.mapping.queries import council as queries
from models import Meeting, Resolution, ResolutionVote
from models.enums import MeetingStatus

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from models import BodyMember


def record_resolution(meeting: Meeting, given: ResolutionInput, *, by: Principal) -> Resolution:
    """Record what a held meeting decided.

    Raises `Invalid` (``text``, ``votes``, ``vote_<position>``) where a seat that was not there votes, a present one
    does not, or the votes are no decision of the body (`voting.refusal`); `Conflict` once the minutes are public.
    """
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold(meeting)
        known = queries.resolutions(meeting.id)
        resolution = Resolution(
            meeting_id=meeting.id,
            number=max((r.number for r in known), default=0) + 1,
            recorded_at=clock.now(),
            recorded_by_id=by.user_id,
        )
        _fill(meeting, resolution, given)
        facts = {"votes": _votes(given)}
        name = f"{reference(meeting)}/{resolution.number}"
        audit.record("resolution.record", resolution, by=by, extra=facts, reference=name)
    return resolution


def edit_resolution(meeting: Meeting, number: int, given: ResolutionInput, *, by: Principal) -> Resolution:
    """Put a resolution right before the minutes are public. Raises as `record_resolution`."""
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold(meeting)
        resolution = _numbered(meeting, number)
        resolution.votes = []
        flush()
        _fill(meeting, resolution, given)
        facts = {"votes": _votes(given)}
        audit.record("resolution.edit", resolution, by=by, extra=facts, reference=f"{reference(meeting)}/{number}")
    return resolution


def remove_last(meeting: Meeting, number: int, *, by: Principal) -> None:
    """Take the last resolution out of minutes that are not public; the trace keeps it. Raises `Conflict`."""
    authorize(by, Permission.BODY_EDIT, meeting)
    with transaction():
        _hold(meeting)
        resolution = _numbered(meeting, number)
        if resolution is not queries.resolutions(meeting.id)[-1]:
            raise Conflict(_l("Solo se puede quitar la última resolución: las demás conservan su número."))
        name = f"{reference(meeting)}/{number}"
        audit.record("resolution.remove", resolution, by=by, extra={"text": resolution.text}, reference=name)
        db.session.delete(resolution)


def _hold(meeting: Meeting) -> None:
    db.session.refresh(meeting, ["status", "lock_version"], with_for_update=True)
    if meeting.status is not MeetingStatus.HELD:
        raise Conflict(_l("Las resoluciones se registran después de la reunión y antes de publicar el acta."))


def _numbered(meeting: Meeting, number: int) -> Resolution:
    found = next((r for r in queries.resolutions(meeting.id) if r.number == number), None)
    if found is None:
        raise Conflict(_l("Esa resolución ya no está."))
    return found


def _fill(meeting: Meeting, resolution: Resolution, given: ResolutionInput) -> None:
    if not clean(given.text):
        raise Invalid(_l("Este dato es necesario."), field="text")
    present = {row.member.position: row.member for row in queries.presences(meeting.id) if row.presence in PRESENT}
    _check_voters(present, given)
    refused = voting.refusal([(present[p].sector, vote) for p, vote in given.votes.items()], len(present))
    if refused is not None:
        raise Invalid(refused, field="votes")
    resolution.text, resolution.reason = clean(given.text), clean(given.reason)
    resolution.votes = [
        ResolutionVote(member_id=present[position].id, vote=given.votes[position]) for position in sorted(present)
    ]


def _check_voters(present: dict[int, BodyMember], given: ResolutionInput) -> None:
    """Exactly the seats that were there."""
    for position in given.votes.keys() - present.keys():
        raise Invalid(_l("El puesto %(number)d no estuvo en la reunión.", number=position), field="votes")
    for position in present.keys() - given.votes.keys():
        raise Invalid(_l("Diga qué votó este puesto."), field=f"vote_{position}")


def _votes(given: ResolutionInput) -> dict[str, str]:
    """The votes by seat as the trace keeps them."""
    return {str(position): vote.value for position, vote in sorted(given.votes.items())}
