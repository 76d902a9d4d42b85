"""Terms of the questions to authors and of the right of reply. Pure: no database, no request.

Days are those of Ecuador. The right of reply (once, public, answered by a second official) and its ten days follow the
notes of the project on what peers lack (`peers.md`, C2); those of a question are this site's own working rule.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from intake.core import clock
from intake.core.i18n import lazy_gettext as _l
from models.enums import ProposalStatus as S

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from models import InformationRequest

#: Days in which an author may reply to a decision, the day of the decision not counted (`peers.md`, C2).
REPLY_DAYS = 10
#: Moves that tell an author no, or not yet: each opens the right of reply.
DECIDING = ("refuse", "reserve", "leave_outside", "defer")
#: States in which a decision can be replied to.
REPLIABLE = frozenset({S.NOT_ADMITTED, S.RESERVE, S.OUTSIDE_PLAN, S.NEXT_PLAN})
#: States in which a question can be asked, and in which a (late) answer is still taken.
ASKABLE = frozenset({S.SUBMITTED})
ANSWERABLE = frozenset(S) - {S.DRAFT, S.HELD, S.DISCARDED, S.WITHDRAWN, S.JOINED}
#: Days that an author gets for a question: at least, unless said otherwise, at most.
LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 3, 10, 60
#: Words of a question, and of an answer or a reply.
QUESTION_WORDS, ANSWER_WORDS = 300, 600


def reply_until(status: S, decided_at: datetime | None) -> date | None:
    """The last day to reply to the decision that stands; None where there is none to reply to."""
    if decided_at is None or status not in REPLIABLE:
        return None
    return clock.local(decided_at).date() + timedelta(days=REPLY_DAYS)


def is_overdue(question: InformationRequest) -> bool:
    """Whether its day has passed without an answer."""
    return question.answered_at is None and question.due_on < clock.today()


def is_late(question: InformationRequest) -> bool:
    """Whether the answer came after its day."""
    return question.answered_at is not None and clock.local(question.answered_at).date() > question.due_on


def why_not_by(day: date, least: int, most: int) -> Text | None:
    """Why nobody can be asked to answer by that day, so many days from today; None where it is right."""
    if least <= (day - clock.today()).days <= most:
        return None
    words: Text = _l("Dé entre %(least)d y %(most)d días.", least=least, most=most)
    return words
