"""How rare each stem is among the proposals: counted once by each process, and again as they grow."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.vocabulary import Vocabulary
from models import Proposal

if TYPE_CHECKING:
    from typing import Any

#: Texts that rarity is counted on, the newest.
COUNTED = 20_000
#: A set of fewer texts is counted again after every change, a larger one after it grew by a twentieth.
SMALL, GROWTH = 300, 20
#: Held while a process counts: one at a time.
_counting = threading.Lock()
_counted: WeakKeyDictionary[Any, tuple[int, Vocabulary]] = WeakKeyDictionary()


def vocabulary() -> Vocabulary:
    """How rare each stem is, kept by the process for each database. One statement, two where it is counted.

    While one counts again, the others go on with what was counted before, which lacks the texts that came since: about
    a twentieth of many, any share of up to `SMALL`. Before there is anything, each waits for the first count rather
    than reading the same texts once more.
    """
    bind = db.session.get_bind()
    newest = db.session.scalar(sa.select(sa.func.max(Proposal.id))) or 0
    kept = _counted.get(bind)
    if kept is None:
        with _counting:
            return _renewed(bind, newest)
    if _is_fit(kept[0], newest) or not _counting.acquire(blocking=False):
        return kept[1]
    try:
        return _renewed(bind, newest)
    finally:
        _counting.release()


def _is_fit(counted: int, newest: int) -> bool:
    """Whether what was counted up to one proposal is good for those up to another."""
    return newest == counted or SMALL < newest <= counted + counted // GROWTH


def _renewed(bind: Any, newest: int) -> Vocabulary:
    """Count, unless another has meanwhile."""
    kept = _counted.get(bind)
    if kept is None or not _is_fit(kept[0], newest):
        kept = _counted[bind] = (newest, _count(newest))
    return kept[1]


def _count(newest: int) -> Vocabulary:
    query = sa.select(Proposal.search_stems).where(Proposal.is_public).order_by(Proposal.id.desc()).limit(COUNTED)
    return Vocabulary.of(db.session.scalars(query), max(1.0, newest / COUNTED))
