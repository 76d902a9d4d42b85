"""How far each actor has come: noting a step, and taking one back with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from intake.core import audit, bulk, clock
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import flush, lock, transaction
from intake.extensions import db
from intake.mapping.doors import has_come
from intake.mapping.inputs_outreach import MOST_MARKED, NOTABLE, ORDER, RANK, StepInput, furthest
from intake.mapping.queries import targets
from intake.mapping.records import require_open
from models import Actor, AuditEntry, Campaign, Event, Target, TargetStep
from models.enums import OutreachStep

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

#: The same step noted again by the same person within this time is the same press of the button.
SAME_PRESS = timedelta(seconds=30)
S = OutreachStep
_TOOK_PART = frozenset({S.ATTENDED, S.CONTRIBUTED})
#: The box with which a person says that an actor took part although it had declined.
CONFIRMATION = "came_anyway"


class Entry(NamedTuple):
    """A step to write into the log of a target, and the name of the target in the trace."""

    target: Target
    given: StepInput
    reference: str


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
        require_open(campaign)
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
    noted, left = [], []
    with transaction():
        require_open(campaign)
        _check_time(campaign, given.step)
        for target in _held(campaign, slugs[:MOST_MARKED]):
            if refusal(target.step, given.step) is None and not _needs_word(target.step, given):
                noted.append(Entry(target, given, f"{campaign.slug}/{target.actor.slug}"))
            else:
                left.append(target.actor.name)
        put_all(noted, by=by)
    return Marked(len(noted), tuple(left))


def _held(campaign: Campaign, slugs: Sequence[str]) -> Sequence[Target]:
    """The campaign's targets for these actors, each held as by `hold`. Two statements."""
    actors = sa.select(Actor.id).where(Actor.slug.in_(slugs))
    mine = sa.select(Target.id).where(Target.campaign_id == campaign.id, Target.actor_id.in_(actors))
    lock(mine.order_by(Target.id))
    return targets.targets_by_slug(campaign, slugs)


def take_back(campaign: Campaign, target: Target, step: OutreachStep, *, by: Principal, reason: str) -> Target:
    """Go back to a step that the actor had: what was noted beyond it is removed, and stays in the trace.

    Raises `Invalid` without a reason or where the actor never had the step or stands at it.
    """
    authorize(by, Permission.OUTREACH_EDIT, campaign)
    if not reason.strip():
        raise Invalid(_l("Escriba el motivo."), field="reason")
    with transaction():
        require_open(campaign)
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
    return put_all([Entry(target, given, reference)], by=by) == 1


def put_all(entries: Sequence[Entry], *, by: Principal) -> int:
    """`put` for many targets, each once: as many statements as for one. Returns how many entries were new."""
    if not entries:
        return 0
    logs, now, rows = _logs(entries), clock.now(), bulk.Rows()
    new = [one for one in entries if not _is_known(logs[one.target.id], one.given, clean(one.given.note), by)]
    for target, given, reference in new:
        step = {"step": given.step, "channel": given.channel, "note": clean(given.note)}
        rows.add(TargetStep, target_id=target.id, at=now, noted_by_id=by.user_id, **step)
        if RANK[given.step] > RANK[target.step]:
            target.step, target.since = given.step, now
        changes = {**audit.changes_of(target), "noted": given.step, "channel": given.channel}
        rows.add(AuditEntry, **bulk.entry("target.step", Target, target.id, reference, by=by, changes=changes))
    flush()
    rows.write()
    for one in new:
        db.session.expire(one.target, ["log"])
    return len(new)


def _logs(entries: Sequence[Entry]) -> Mapping[int, Sequence[TargetStep]]:
    """The log of each target as it stands now. One statement."""
    found = defaultdict(list)
    for row in db.session.scalars(
        sa.select(TargetStep).where(TargetStep.target_id.in_([e.target.id for e in entries]))
    ):
        found[row.target_id].append(row)
    return found


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
