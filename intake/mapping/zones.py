"""Which clock hangs on the wall where an event takes place: Galápagos is one hour behind the mainland."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.extensions import db
from models import Territory

if TYPE_CHECKING:
    from models import Event

#: The province of Galápagos (INEC).
GALAPAGOS = "20"


def in_galapagos(event: Event) -> bool:
    """Whether the event takes place there. At most one statement, none where its territory is known already."""
    place = db.session.get(Territory, event.territory_id) if event.territory_id else None
    return place is not None and place.province_code == GALAPAGOS
