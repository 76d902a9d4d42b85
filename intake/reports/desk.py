"""The desk's order: what is late first, then what has waited longest. Pure: it is given what `queries.desk` read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from intake.core import calendar, clock
from intake.plans import notice
from intake.reception.inputs import STATUS_SLUGS
from intake.reports.queries.desk import ALLOWED_DAYS
from models.enums import ProposalStatus as S
from models.enums import StageKind, StageStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from intake.mapping.queries.outreach import Late
    from intake.mapping.rhythm import Rhythm
    from intake.reports.queries.commitments import LateMilestone, Unanswered, Unsigned
    from intake.reports.queries.desk import Counts, Stand
    from intake.reports.queries.load import ReviewerLoad
    from models import Plan

#: A stage that closes within these days is announced.
SOON_DAYS = 14


@dataclass(frozen=True)
class Waiting:
    """Something that waits for somebody. ``what`` names it, ``who`` a person or an organisation where one is known.

    ``days`` since it waits (or since it was due, for what has a due day); ``late`` by the desk's rule or the due day.
    """

    what: str
    count: int
    days: int | None
    late: bool
    who: str = ""
    reference: str = ""
    number: int = 0
    since: date | None = None
    late_count: int = 0  # how many of ``count`` are late
    user_id: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the funnel: its states, how many stand there now, how many came this far or further."""

    key: str
    states: tuple[S, ...]
    now: int
    reached: int
    parts: tuple[tuple[S, int], ...] = ()


_FUNNEL: tuple[tuple[str, tuple[S, ...]], ...] = (
    ("received", (S.SUBMITTED, S.REFUSAL_PROPOSED)),
    ("admitted", (S.ADMITTED,)),
    ("in_evaluation", (S.IN_EVALUATION,)),
    ("evaluated", (S.EVALUATED,)),
    ("decided", (S.SELECTED, S.RESERVE, S.OUTSIDE_PLAN, S.NEXT_PLAN)),
)
_ASIDE = (S.NOT_ADMITTED, S.WITHDRAWN, S.JOINED)


def funnel(stands: Mapping[S, Stand], in_commitments: int) -> list[Step]:
    """The steps in order. What was not admitted, withdrawn or joined to another is counted as received and no further.

    A collective proposal goes the way for all that were joined to it, and is not counted as received beside them.
    """
    at = [(key, states, sum(_count(stands, s) for s in states)) for key, states in _FUNNEL]
    left = sum(_count(stands, state) for state in _ASIDE) - sum(stand.collective for stand in stands.values())
    steps = []
    for i, (key, states, now) in enumerate(at):
        further = sum(n for _key, _states, n in at[i:])
        public = tuple(dict.fromkeys(STATUS_SLUGS[s] for s in states))  # states that the public list cannot tell apart
        parts = tuple((s, _count(stands, s)) for s in states) if len(public) > 1 else ((states[0], now),)
        steps.append(Step(key, states, now, further + (0 if i else left), parts))
    return [*steps, Step("in_commitments", (), in_commitments, in_commitments)]


def _count(stands: Mapping[S, Stand], state: S) -> int:
    return stands[state].count if state in stands else 0


def aside(stands: Mapping[S, Stand]) -> list[tuple[S, int]]:
    """Proposals that left the way: not admitted, withdrawn, joined to another."""
    return [(state, _count(stands, state)) for state in _ASIDE]


def days_since(moment: datetime | date | None) -> int | None:
    """Whole days from then to today in Ecuador."""
    if moment is None:
        return None
    day = clock.local(moment).date() if isinstance(moment, datetime) else moment
    return (clock.today() - day).days


def waiting(
    stands: Mapping[S, Stand],
    counts: Counts,
    reviewers: Sequence[ReviewerLoad],
    agreements: Sequence[Unsigned],
    milestones: Sequence[LateMilestone],
    reports: Sequence[Unanswered],
    campaigns: Sequence[Late] = (),
) -> list[Waiting]:
    """Everything that waits, what is late first, then what has waited longest."""
    found = [
        *_queues(stands, counts),
        *(_review(r) for r in reviewers),
        *(_named("sign", a.reference, a.since, count=a.missing, who=a.title or "") for a in agreements),
        *(
            Waiting("milestone", 1, days_since(m.ends_on), True, m.title, m.reference, m.number, m.ends_on)
            for m in milestones
        ),
        *(_named("answer_report", r.reference, r.reported_at, who=r.title, number=r.number) for r in reports),
        *(
            Waiting("campaign", 1, days_since(c.due_on), True, c.owner, c.slug, since=c.due_on, title=c.title)
            for c in campaigns
        ),
    ]
    return sorted(found, key=lambda w: (not w.late, -(w.days or 0), w.what))


def _queues(stands: Mapping[S, Stand], counts: Counts) -> list[Waiting]:
    """What waits for whoever takes it next."""
    found = (
        _queue("examine", stands.get(S.SUBMITTED)),
        _queue("countersign", stands.get(S.REFUSAL_PROPOSED)),
        _counted("assign", _count(stands, S.ADMITTED), None),
        _counted("verify_actor", counts.actors_to_verify, counts.oldest_actor, counts.actors_late),
        _counted("decide", counts.undecided, None),
        _counted("publish", counts.unpublished, None),
        _counted("answer_reply", counts.replies, counts.oldest_reply, counts.replies_late),
    )
    return [one for one in found if one is not None]


def _review(load: ReviewerLoad) -> Waiting:
    """What one person has to review in a round."""
    return Waiting(
        "review",
        load.pending,
        max(0, days_since(load.due_on) or 0),
        bool(load.late),
        who=load.name,
        number=load.round_number,
        since=load.due_on,
        late_count=int(load.late or 0),
        user_id=load.user_id,
    )


def _queue(what: str, stand: Stand | None) -> Waiting | None:
    return None if stand is None else _counted(what, stand.count, stand.oldest, stand.late)


def _counted(what: str, count: int, since: datetime | None, late: int = 0) -> Waiting | None:
    if not count:
        return None
    days = days_since(since)
    day = clock.local(since).date() if since else None
    return Waiting(what, count, days, late > 0, since=day, late_count=late)


def _named(what: str, reference: str, since: datetime, *, count: int = 1, who: str = "", number: int = 0) -> Waiting:
    days = days_since(since) or 0
    return Waiting(what, count, days, days > ALLOWED_DAYS[what], who, reference, number, clock.local(since).date())


@dataclass(frozen=True)
class CalendarWarning:
    """Something about the calendar that somebody should see to. ``kind`` names it, ``day`` is the day it speaks of."""

    kind: str
    stage: StageKind | None = None
    day: date | None = None


def calendar_warnings(plan: Plan) -> list[CalendarWarning]:
    """What is wrong or near in the plan's calendar; ``plan`` has its stages loaded."""
    found = _notice(plan)
    for stage, view in zip(sorted(plan.stages, key=lambda s: s.number), calendar.views(plan.stages), strict=True):
        if stage.opens_on is None:
            found.append(CalendarWarning("without_dates", stage.kind))
        elif stage.status is StageStatus.PLANNED:
            found.append(CalendarWarning("not_published", stage.kind, stage.opens_on))
        if view.is_open and view.closes_on and (view.closes_on - clock.today()).days <= SOON_DAYS:
            found.append(CalendarWarning("closes_soon", stage.kind, view.closes_on))
    return found


def _notice(plan: Plan) -> list[CalendarWarning]:
    """What is due, or was missed, of the two weeks before the first stage."""
    first = notice.first_opening(plan.stages)
    if first is None:
        return []
    last_day = first - timedelta(days=notice.NOTICE_DAYS)
    published = plan.calendar_published_at
    if published is None and clock.today() <= last_day:
        return [CalendarWarning("notice_due", None, last_day)]
    in_time = published is not None and clock.local(published).date() <= last_day
    return [] if in_time else [CalendarWarning("late_notice", None, last_day)]


def forum_warnings(forum: Rhythm) -> list[CalendarWarning]:
    """What is late or near in the meetings of the Core Group (`intake.mapping.rhythm`)."""
    if not forum.watched:
        return []
    found = [] if forum.has_body else [CalendarWarning("without_forum")]
    if forum.late_since is not None:
        found.append(CalendarWarning("forum_late", None, forum.late_since))
    elif forum.is_near:
        found.append(CalendarWarning("forum_due", None, forum.due_on))
    return found
