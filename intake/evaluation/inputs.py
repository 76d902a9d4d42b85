"""What the room's services are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from models.enums import AssignmentStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: Reviews that wait for the reviewer.
PENDING_STATES = frozenset({AssignmentStatus.PENDING, AssignmentStatus.IN_PROGRESS})
#: Reviews that still count: those not taken back nor refused.
LIVE_STATES = PENDING_STATES | {AssignmentStatus.SUBMITTED}


class NotApplicable(Enum):
    """The answer "this criterion does not apply". Never a number: see `models.Score`."""

    NA = "na"


#: A total without a word beside it helps nobody; a sentence of three words already says what weighed.
LEAST_COMMENT_WORDS: Final = 3
NA: Final = NotApplicable.NA
#: What a reviewer may answer to a criterion: a value of its scale, "does not apply", or nothing yet.
Answer = int | NotApplicable | None


@dataclass(frozen=True, kw_only=True)
class ExaminationInput:
    """An analyst's answers to the four criteria of admission (PAGA I, p. 20) and the reason for the author."""

    is_clear: bool
    is_collaborative: bool
    is_open_government: bool
    is_public_policy: bool
    reason: str

    @property
    def meets_all(self) -> bool:
        """Whether the proposal is admitted: only if it meets all four."""
        return self.is_clear and self.is_collaborative and self.is_open_government and self.is_public_policy


@dataclass(frozen=True, kw_only=True)
class RoundInput:
    """A round of evaluation. ``rubric_version`` None takes the latest version of the rubric."""

    name: str
    due_on: date | None = None
    reviews_per_proposal: int = 3
    rubric_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReviewInput:
    """What a reviewer has filled in, by criterion key; keys left out are unanswered.

    ``lock_version`` is the version of the assignment that the form showed; None skips the check for stale edits.
    """

    values: Mapping[str, Answer]
    comments: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    lock_version: int | None = None
