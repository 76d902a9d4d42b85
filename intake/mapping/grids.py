"""The grids of `queries.reach` and `queries.held`, kept between requests until something changes that they count.

Counting twenty thousand actors takes a moment that nobody should have to wait for after each change of anybody: who
does not work on the plan is shown numbers up to `SECONDS` old, and the page says of when they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from intake.mapping.queries import held as gathered
from intake.mapping.queries import reach as counted
from intake.mapping.queries.cells import Key, Scope
from intake.mapping.queries.held import Group, Meetings
from intake.mapping.queries.reach import Reach
from intake.web.kept import kept

#: How old the numbers of the public page may be beyond the newest change. Those of the team are never.
SECONDS = 60
#: What each is computed from, as subjects of the trace.
_REACH = ("actor", "import_batch", "campaign", "target", "registration", "event", "proposal")
_MEETINGS = ("event", "participation")
_PROPOSALS = ("proposal",)
#: What a page of them shows besides: the plans, and the words of places and themes, which commands load.
WORDS = ("territory",)
EVERYTHING = (*dict.fromkeys((*_REACH, *_MEETINGS, *_PROPOSALS, *WORDS, "plan")),)


def reach(scope: Scope, sector: str = "", people: str = "", *, seconds: int = 0) -> Mapping[Key, Reach]:
    """See `queries.reach.reach`."""
    make = partial(counted.reach, scope, sector, people)
    return kept(("reach", scope, sector, people), _REACH, make, seconds=seconds)


def proposals(scope: Scope, *, seconds: int = 0) -> Mapping[Key, int]:
    """See `queries.reach.proposals`."""
    return kept(("proposals", scope), _PROPOSALS, partial(counted.proposals, scope), seconds=seconds)


def meetings(scope: Scope, group: Group | None = None, *, seconds: int = 0) -> Mapping[Key, Meetings]:
    """See `queries.held.meetings`; the events are read once for the country and its provinces."""

    def make() -> Mapping[Key, Meetings]:
        held = partial(gathered.held, scope.plan_id, group)
        return gathered.meetings(kept(("held", scope.plan_id, group), _MEETINGS, held, seconds=seconds), scope)

    return kept(("meetings", scope, group), _MEETINGS, make, seconds=seconds)
