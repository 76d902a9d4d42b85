"""In which order a search shows what it found: the words in the title before those in the text, rarer words first.

The database puts everything in order by what both databases have, lengths and replacements; the first of that order
are then judged exactly by their titles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.search import parsed, stems
from intake.reception.queries import rarity
from models import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.core.search import Term

    Weighed = list[tuple[Term, float]]

#: What a word in the title counts beside one in the text, which counts less than 1 however often it stands there.
TITLE = 2.0
#: What a word counts that no proposal has, as the beginning of another may.
LIGHTEST = 1.0


def weigh(query: str) -> Weighed:
    """The terms of a search with what each counts. No statement for one, for more see `rarity`."""
    wanted = parsed(query)
    if len(wanted) < 2:
        return [(term, 1.0) for term in wanted]
    known = rarity.vocabulary()
    return [(term, max(known.weight(stem) or LIGHTEST for stem in term.stems)) for term in wanted]


def order(weighed: Weighed) -> tuple[Any, ...]:
    """What to sort by; nothing for a search without words.

    The stems of a proposal begin with those of its title, which are no longer than its words.
    """
    if not weighed:
        return ()
    kept = sa.literal(" ") + Proposal.search_stems + sa.literal(" ")
    title = sa.func.substr(kept, 1, sa.func.length(Proposal.title) + 1)
    parts = [weight * (TITLE * _stands(title, term) + _often(kept, term)) for term, weight in weighed]
    return (sum(parts[1:], parts[0]).desc(),)


def exactly(weighed: Weighed, found: Iterable[tuple[int, str, str]]) -> list[int]:
    """The ids of triples of id, title and stems, which come in the order of the database, by what they are worth."""
    worth = {key: _worth(f" {stems(title)} ", f" {kept} ", weighed) for key, title, kept in found}
    return sorted(worth, key=lambda key: -worth[key])


def _worth(title: str, kept: str, weighed: Weighed) -> float:
    found = 0.0
    for term, weight in weighed:
        forms = _forms(term)
        times = sum(kept.count(form) for form in forms)
        found += weight * (TITLE * any(form in title for form in forms) + times / (times + 1))
    return round(found, 6)


def _forms(term: Term) -> list[str]:
    """How a term stands between stems: whole, or as the beginning of one."""
    end = " " if term.whole else ""
    return [f" {' '.join(term.stems)}{end}", *([f" {term.other} "] if term.other else [])]


def _times(text: Any, term: Term) -> Any:
    """How often a term stands in stems."""
    counts = [
        (sa.func.length(text) - sa.func.length(sa.func.replace(text, form, ""))) / len(form) for form in _forms(term)
    ]
    return sum(counts[1:], counts[0])


def _stands(text: Any, term: Term) -> Any:
    return sa.case((_times(text, term) > 0, 1.0), else_=0.0)


def _often(text: Any, term: Term) -> Any:
    """Near 0.5 for once, near 1 for very often."""
    times = _times(text, term)
    return times / (times + 1.0)
