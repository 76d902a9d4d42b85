"""Terms of joining proposals by consent, and what a lead text begins with. Pure: no database, no request.

What joining is (every author asked, silence links without merging, originals stay, supports counted once per person)
follows the notes of the project on what peers lack (`peers.md`, B9 and C6); days and lengths are this site's own rule.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from intake.core import clock
from intake.reception.inputs import RESULT_WORDS, TEXT_WORDS, TITLE_CHARACTERS, ProposalInput
from models.enums import JoinStatus, TerritoryLevel
from models.enums import ProposalStatus as S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models import JoinRequest, Proposal, Territory

T = TypeVar("T")
#: How many proposals a collective one is made of.
LEAST_PARTS, MOST_PARTS = 2, 100
#: Days that authors get, at least and at most; how many unless said otherwise is a setting, `config.join_days`.
LEAST_DAYS, MOST_DAYS = 3, 60
#: Days before the last one on which who has not answered is reminded, once, and the hour of that day.
REMINDED_BEFORE, REMINDED_HOUR = 3, 8
#: Words of the reason for joining, and of an author's nuance.
WHY_WORDS, NUANCE_WORDS = 300, 200
#: States in which a proposal can become part of another, and in which a collective one still gathers its parts.
JOINABLE = frozenset({S.SUBMITTED, S.ADMITTED})
FORMING = frozenset({S.SUBMITTED})
#: States of the collective one in which a joining can be undone: until it has its answer.
UNDOABLE = frozenset({S.SUBMITTED, S.REFUSAL_PROPOSED, S.ADMITTED, S.IN_EVALUATION, S.EVALUATED})
#: Answers that join, and those after which both go on apart.
JOINING = frozenset({JoinStatus.ACCEPTED, JoinStatus.NUANCED})
APART = frozenset({JoinStatus.DECLINED, JoinStatus.SILENT})
#: The texts that a lead gathers from its parts, and how many words each holds at most.
_BODY = {"problem": TEXT_WORDS[1], "solution": TEXT_WORDS[1], "expected_result": RESULT_WORDS[1]}
#: What an author may answer.
ANSWERS = (JoinStatus.ACCEPTED, JoinStatus.NUANCED, JoinStatus.DECLINED)


def standing(request: JoinRequest) -> JoinStatus:
    """What became of a question as of today: who has not answered after the last day was silent."""
    if request.status is JoinStatus.ASKED and request.due_on < clock.today():
        return JoinStatus.SILENT
    return request.status


def is_awaited(request: JoinRequest) -> bool:
    """Whether its author may still answer."""
    return standing(request) is JoinStatus.ASKED


def is_joined(request: JoinRequest) -> bool:
    """Whether its author said yes and nobody has undone it."""
    return request.status in JOINING


def was_joined(request: JoinRequest) -> bool:
    """Whether its author had said yes and it was undone afterwards: who said no is never undone."""
    return request.status is JoinStatus.UNDONE and request.answered_at is not None


def settled_at(request: JoinRequest) -> datetime | None:
    """When what stands of a question came to stand: undone, or answered. None while nothing was said of it."""
    return request.undone_at if request.status is JoinStatus.UNDONE else request.answered_at


def reminded_at(request: JoinRequest) -> datetime | None:
    """When to remind an author who has not answered; None where that is no later day than today."""
    day = request.due_on - timedelta(days=REMINDED_BEFORE)
    return clock.start_of(day) + timedelta(hours=REMINDED_HOUR) if day > clock.today() else None


def lead(parts: Sequence[Proposal]) -> ProposalInput:
    """What a lead text begins with: what each proposal brings, under its folio, as much of each as there is room for.

    Theme and branch are those of most; the place is the smallest that holds all; approaches are those of any. Needs
    ``theme``, ``territory.parent.parent`` and ``approaches`` loaded.
    """
    return ProposalInput(
        title=parts[0].title[: TITLE_CHARACTERS[1]],
        problem=_gathered(parts, "problem"),
        solution=_gathered(parts, "solution"),
        expected_result=_gathered(parts, "expected_result"),
        theme_code=_most(p.theme.code for p in parts if p.theme),
        territory_code=common_place([p.territory for p in parts]),
        approaches=tuple(dict.fromkeys(row.approach for p in parts for row in p.approaches)),
        branch=_most(p.branch for p in parts if p.branch),
    )


def untouched(data: ProposalInput, parts: Sequence[Proposal]) -> str | None:
    """The first text of a lead in which a line stands as `lead` began it, under its folio; None where none does."""
    found = (name for name in _BODY if _lines(_gathered(parts, name)) & _lines(getattr(data, name)))
    return next(found, None)


def _lines(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.splitlines() if line.strip()}


def _gathered(parts: Sequence[Proposal], name: str) -> str:
    room = _BODY[name] // len(parts) - 3
    found = [(p.folio, getattr(p, name).split()) for p in parts if getattr(p, name).strip()]
    return "\n\n".join(f"{folio}: {_shortened(words, room)}" for folio, words in found)


def _shortened(words: list[str], most: int) -> str:
    return " ".join(words) if len(words) <= most else " ".join(words[: max(1, most)]) + "…"


def _most(values: Iterable[T]) -> T | None:
    """The most frequent; of equals the first."""
    found = Counter(values).most_common(1)
    return found[0][0] if found else None


def common_place(places: Sequence[Territory | None]) -> str | None:
    """The code of the smallest place that holds all; None for the whole country."""
    chains = [_above(place) for place in places]
    if not chains or not all(chains):
        return None
    shared = [codes[0] for codes in zip(*chains, strict=False) if len(set(codes)) == 1]
    return shared[-1] if shared else None


def _above(place: Territory | None) -> list[str]:
    """Codes from the province down to the place. INEC codes begin with those of the places above."""
    if place is None or place.level is TerritoryLevel.COUNTRY:
        return []
    return [place.code[:n] for n in (2, 4, 6) if n <= len(place.code)]
