"""The grids of `queries.reach`, kept between requests until something changes that they count."""

from __future__ import annotations

from collections.abc import Mapping

from intake.mapping.queries import reach as counted
from intake.mapping.queries.reach import Group, Key, Meetings, Reach
from intake.web.kept import kept

#: What each is computed from, as subjects of the trace.
_REACH = ("actor", "import_batch", "campaign", "target", "registration", "event", "proposal")
_MEETINGS = ("event", "participation")
_PROPOSALS = ("proposal",)
#: What a page of them shows besides: the plans, and the words of places and themes, which commands load.
EVERYTHING = (*dict.fromkeys((*_REACH, *_MEETINGS, *_PROPOSALS, "plan")),)


def reach(plan_id: int | None, province: str = "", sector: str = "", people: str = "") -> Mapping[Key, Reach]:
    """See `queries.reach.reach`."""
    key = ("reach", plan_id, province, sector, people)
    return kept(key, _REACH, lambda: counted.reach(plan_id, province, sector=sector, people=people))


def proposals(plan_id: int | None, province: str = "") -> Mapping[Key, int]:
    """See `queries.reach.proposals`."""
    return kept(("proposals", plan_id, province), _PROPOSALS, lambda: counted.proposals(plan_id, province))


def meetings(plan_id: int | None, province: str = "", group: Group | None = None) -> Mapping[Key, Meetings]:
    """See `queries.reach.meetings`; the events are read once for the country and its provinces."""
    key = ("meetings", plan_id, province, group)
    return kept(key, _MEETINGS, lambda: _meetings(plan_id, province, group))


def _meetings(plan_id: int | None, province: str, group: Group | None) -> Mapping[Key, Meetings]:
    events = kept(("held", plan_id, group), _MEETINGS, lambda: counted.held(plan_id, group))
    return counted.meetings(events, province)
