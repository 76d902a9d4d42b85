"""The six-month rule of the Open Government Partnership (Participation and Co-creation Standards 1.1). Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from intake.core import clock

#: The space for dialogue meets at least once in so many months.
MONTHS = 6
#: The Directorate is warned so many days before.
WARN_DAYS = 30


@dataclass(frozen=True)
class Rhythm:
    """How the space for dialogue of a plan keeps the rule; days are Ecuador's.

    ``begun_on``: the day from which it counts while nobody has met; None where no day is known. ``watched`` False: the
    plan is over, nothing is due any more.
    """

    has_body: bool
    last_on: date | None = None
    next_on: date | None = None  # of the nearest meeting called
    begun_on: date | None = None
    watched: bool = True

    @property
    def due_on(self) -> date | None:
        """The last day on which a meeting keeps the rule; None where nothing is due."""
        since = self.last_on or self.begun_on
        return months_after(since, MONTHS) if self.watched and since else None

    @property
    def late_since(self) -> date | None:
        """The first day on which the rule was broken; None while it is kept."""
        due = self.due_on
        return due + timedelta(days=1) if due is not None and due < clock.today() else None

    @property
    def is_near(self) -> bool:
        """Whether the day comes soon and no meeting before it has been called."""
        due = self.due_on
        if due is None or self.late_since is not None or (self.next_on is not None and self.next_on <= due):
            return False
        return (due - clock.today()).days <= WARN_DAYS


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
