"""What the loaders share: when "today" is, who acts, and what has been made so far, by its name in the files."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from intake.accounts import queries as accounts
from intake.core import clock
from intake.core.identity import Principal
from intake.demo.source import moment

if TYPE_CHECKING:
    from models import Actor, Commitment, Event, Plan, Proposal, Round, User

Call = Callable[[], object]


@dataclass
class World:
    """Rows by the key that the files give them, and the steps of the past still to be taken."""

    today: date
    plans: dict[str, Plan] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    rounds: dict[int, Round] = field(default_factory=dict)
    commitments: dict[int, Commitment] = field(default_factory=dict)
    _steps: list[tuple[datetime, int, Call]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _principals: dict[str, Principal] = field(default_factory=dict)

    def day(self, offset: int) -> date:
        """The day so many days from today (negative: before)."""
        return self.today + timedelta(days=offset)

    def at(self, offset: int, hour: float, call: Call) -> None:
        """Do something on that day at that hour (9.5 is half past nine), in its turn."""
        heapq.heappush(self._steps, (moment(self.day(offset), hour), next(self._order), call))

    def live(self) -> None:
        """Take every step in the order of time, those included that a step adds, with the clock at its moment."""
        while self._steps:
            when, _n, call = heapq.heappop(self._steps)
            with clock.at(when):
                call()

    def who(self, key: str) -> Principal:
        """The person as the rules see them on the day at which the clock stands."""
        if key not in self._principals:
            found = accounts.principal_of(self.users[key].id)
            if found is None:
                raise RuntimeError(f"The demonstration's person {key} has no account")
            self._principals[key] = found[0]
        return self._principals[key]

    def directorate(self) -> Principal:
        """Whoever directs on the day at which the clock stands: the post changed hands 91 days ago."""
        return self.who("direccion" if clock.today() >= self.day(-90) else "direccion.anterior")
