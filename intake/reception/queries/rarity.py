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
_lock = threading.Lock()
_counted: WeakKeyDictionary[Any, tuple[int, Vocabulary]] = WeakKeyDictionary()


def vocabulary() -> Vocabulary:
    """How rare each stem is, kept by the process for each database. One statement, two where it is counted."""
    bind = db.session.get_bind()
    newest = db.session.scalar(sa.select(sa.func.max(Proposal.id))) or 0
    with _lock:
        kept = _counted.get(bind)
        if kept is None or (newest != kept[0] and (newest <= SMALL or newest > kept[0] + kept[0] // GROWTH)):
            kept = _counted[bind] = (newest, _count(newest))
        return kept[1]


def _count(newest: int) -> Vocabulary:
    query = sa.select(Proposal.search_stems).where(Proposal.is_public).order_by(Proposal.id.desc()).limit(COUNTED)
    return Vocabulary.of(db.session.scalars(query), max(1.0, newest / COUNTED))
