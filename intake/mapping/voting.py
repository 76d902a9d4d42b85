"""When a body has decided something. Pure.

First Plan, p. 18: no decision "could be taken exclusively by a government authority or by one member of the Core
Group". Majority of those present, and what a quorum is, are our own: the body's final rules were not found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from intake.core.i18n import lazy_gettext as _l
from models.enums import ReviewSector, Vote

if TYPE_CHECKING:
    from intake.core.i18n import Text

#: Sector of a seat (None: no source tells it) and what the seat said.
Cast = tuple[ReviewSector | None, Vote]
#: A resolution has at least so many seats and so many sectors in favour.
LEAST = 2


def refusal(votes: Sequence[Cast], present: int) -> Text | None:
    """Why these votes are no resolution of the body, None if they are one. ``present``: seats at the meeting.

    Two known sectors always include one that is not government.
    """
    favour = [sector for sector, vote in votes if vote is Vote.IN_FAVOUR]
    sectors = {sector for sector in favour if sector is not None}
    words: Text | None = None
    if len(favour) < LEAST:
        words = _l("Ninguna autoridad ni integrante decide en solitario: hacen falta al menos dos puestos a favor.")
    elif sectors == {ReviewSector.GOVERNMENT}:
        words = _l("El Gobierno no decide solo: hace falta a favor al menos un puesto de otro sector.")
    elif len(sectors) < LEAST:
        words = _l("Una resolución necesita a favor puestos de al menos dos sectores.")
    elif 2 * len(favour) <= present:
        facts = {"favour": len(favour), "present": present}
        words = _l("Falta la mayoría: hay %(favour)d puestos a favor de %(present)d presentes.", **facts)
    return words


def has_quorum(present: int, seats: int) -> bool:
    """Whether more than half of the seats are present."""
    return 2 * present > seats
