"""How far each actor has come: noting a step, and taking one back with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.mapping.doors import has_come
from intake.mapping.inputs_outreach import MOST_MARKED, NOTABLE, ORDER, RANK, StepInput, furthest
from intake.mapping.queries import targets
from models import Actor, Campaign, Event, Target, TargetStep
from models.enums import CampaignStatus, OutreachStep

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

#: The same step noted again by the same person within this time is the same press of the button.
SAME_PRESS = timedelta(seconds=30)
S = OutreachStep
_TOOK_PART = frozenset({S.ATTENDED, S.CONTRIBUTED})
#: The box with which a person says that an actor took part although it had declined.
CONFIRMATION = "came_anyway"


@dataclass(frozen=True)
class Marked:
    """What became of marking several actors at once: how many were noted, and the names of those left as they were."""

    noted: int
    left: tuple[str, ...]


def note_step(campaign: Campaign, target: Target, given: StepInput, *, by: Principal) -> Target:
    """Note a step of an actor; the furthest one is kept.

    Raises `Invalid` where the step cannot follow: declining after having come, confirming after having declined,
    taking part in what lies ahead; at `CONFIRMATION`, taking part after having declined unless ``given`` is confirmed.
    """
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    _require_notable(given)
    with transaction():
        _require_open(campaign)
        actor = db.session.get_one(Actor, target.actor_id)
        hold(target)
        _check_time(campaign, given.step)
        if (why := refusal(target.step, given.step)) is not None:
            raise Invalid(why, field="step")
        if _needs_word(target.step, given):
            raise Invalid(_l("Había dicho que no. Si participó de todos modos, confírmelo."), field=CONFIRMATION)
        put(target, given, by=by, reference=f"{campaign.slug}/{actor.slug}")
    return target


def note_steps(campaign: Campaign, slugs: Sequence[str], given: StepInput, *, by: Principal) -> Marked:
    """Note one step of several actors; those that it cannot follow are left as they are and named."""
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    _require_notable(given)
    noted, left = 0, []
    with transaction():
        _require_open(campaign)
        _check_time(campaign, given.step)
        for target in targets.targets_by_slug(campaign, slugs[:MOST_MARKED]):
            hold(target)
            if refusal(target.step, given.step) is None and not _needs_word(target.step, given):
                put(target, given, by=by, reference=f"{campaign.slug}/{target.actor.slug}")
                noted += 1
            else:
                left.append(target.actor.name)
    return Marked(noted, tuple(left))


def take_back(campaign: Campaign, target: Target, step: OutreachStep, *, by: Principal, reason: str) -> Target:
    """Go back to a step that the actor had: what was noted beyond it is removed, and stays in the trace.

    Raises `Invalid` without a reason or where the actor never had the step or stands at it.
    """
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    if not reason.strip():
        raise Invalid(_l("Escriba el motivo."), field="reason")
    with transaction():
        _require_open(campaign)
        hold(target)
        if step not in {entry.step for entry in log_of(target)} or RANK[step] >= RANK[target.step]:
            raise Invalid(_l("Elija un paso anterior de este actor."), field="step")
        actor = db.session.get_one(Actor, target.actor_id)
        beyond = [later for later in ORDER if RANK[later] > RANK[step]]
        cut(target, beyond, by=by, reason=reason, reference=f"{campaign.slug}/{actor.slug}")
    return target


def cut(target: Target, gone: Sequence[OutreachStep], *, by: Principal, reason: str, reference: str) -> None:
    """Remove these steps from the log of a target held by `hold`; what they said stays in the trace."""
    log = log_of(target)
    removed = [entry for entry in log if entry.step in gone]
    kept = [entry for entry in log if entry not in removed]
    target.step = furthest([entry.step for entry in kept])
    target.since = min(entry.at for entry in kept if entry.step is target.step)
    said = [{"step": e.step.value, "at": e.at.isoformat(), "noted_by": e.noted_by_id} for e in removed]
    audit.record("target.take_back", target, by=by, reason=reason, extra={"removed": said}, reference=reference)
    db.session.execute(sa.delete(TargetStep).where(TargetStep.id.in_([entry.id for entry in removed])))
    db.session.expire(target, ["log"])


def hold(target: Target) -> None:
    """Read the target's step again under a lock: what somebody else may just have noted."""
    db.session.refresh(target, ["step", "since"], with_for_update=True)


def log_of(target: Target) -> Sequence[TargetStep]:
    """The target's log as it stands now. One statement."""
    query = sa.select(TargetStep).where(TargetStep.target_id == target.id).order_by(TargetStep.at, TargetStep.id)
    return db.session.scalars(query).all()


def refusal(now: OutreachStep, step: OutreachStep) -> Text | None:
    """Why a step cannot follow the present one, None if it can."""
    why: Text | None = None
    if step is S.DECLINED and RANK[now] > RANK[S.DECLINED]:
        why = _l("Ya participó: no se puede anotar que no vendrá.")
    elif step is S.CONFIRMED and now is S.DECLINED:
        why = _l("Dijo que no puede o no quiere. Si cambió de opinión, abra su historia y quite ese paso.")
    return why


def _check_time(campaign: Campaign, step: OutreachStep) -> None:
    """Raise `Invalid` where nobody can have taken part yet: the event lies ahead. One statement at most."""
    if step not in _TOOK_PART or campaign.event_id is None:
        return
    if not has_come(db.session.get_one(Event, campaign.event_id)):
        raise Invalid(_l("El encuentro todavía no se realiza: nadie pudo participar en él."), field="step")


def _needs_word(now: OutreachStep, given: StepInput) -> bool:
    """Whether somebody has to say that it is so: the actor had declined."""
    return now is S.DECLINED and given.step in _TOOK_PART and not given.confirmed


def put(target: Target, given: StepInput, *, by: Principal, reference: str) -> bool:
    """Write a step into the log of a target held by `hold`, and move it on if the step is further; never back.

    Returns False where the log says it already: the same press twice, or a step without anything new.
    """
    note = clean(given.note)
    if _is_known(log_of(target), given, note, by):
        return False
    now = clock.now()
    db.session.add(
        TargetStep(
            target_id=target.id, step=given.step, channel=given.channel, note=note, at=now, noted_by_id=by.user_id
        )
    )
    if RANK[given.step] > RANK[target.step]:
        target.step, target.since = given.step, now
    extra = {"noted": given.step, "channel": given.channel}
    audit.record("target.step", target, by=by, extra=extra, reference=reference)
    db.session.expire(target, ["log"])
    return True


def _is_known(log: Sequence[TargetStep], given: StepInput, note: str, by: Principal) -> bool:
    known = [entry for entry in log if entry.step is given.step]
    if given.step is not S.CONTACTED and known and not note:
        return True
    recent = clock.now() - SAME_PRESS
    mine = [e for e in known if e.noted_by_id == by.user_id and (e.channel, e.note) == (given.channel, note)]
    return any(entry.at > recent for entry in mine)


def _require_notable(given: StepInput) -> None:
    if given.step not in NOTABLE:
        raise Invalid(_l("Elija qué pasó."), field="step")


def _require_open(campaign: Campaign) -> None:
    db.session.refresh(campaign, ["status", "lock_version"])
    if campaign.status is not CampaignStatus.OPEN:
        raise Conflict(_l("Esta campaña ya no está en marcha."))
