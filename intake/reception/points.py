"""A point on the map: what is one in Ecuador, and how exactly it is kept (docs/decisions/0027).

A point can be a home. What is kept is what is shown: about a hundred metres for who shows a name, and for who shows
none the middle of a square of some five kilometres, which tells no more than the name of a parish does.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from models.enums import PublicName

if TYPE_CHECKING:
    from models import Proposal

#: Degrees: one of the equator has 111 km.
FINE = 0.001
COARSE = 0.05
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:[.,]\d{1,15})?)\s*°?\s*([NSEWO]?)", re.IGNORECASE)


class Box(NamedTuple):
    """Degrees; southern latitudes and western longitudes are negative."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether the point (latitude, longitude) lies in it."""
        return self.south <= point[0] <= self.north and self.west <= point[1] <= self.east


#: The outermost points of the mainland with its near islands, and of Galápagos from Darwin to Española.
MAINLAND = Box(south=-5.02, north=1.47, west=-81.09, east=-75.18)
GALAPAGOS = Box(south=-1.45, north=1.72, west=-92.05, east=-89.2)


def in_ecuador(point: tuple[float, float]) -> bool:
    """Whether it lies in one of the two boxes, corners of which lie in Colombia or Peru: no border is drawn here."""
    return MAINLAND.holds(point) or GALAPAGOS.holds(point)


def is_only_latitude_wrong(point: tuple[float, float]) -> bool:
    """Whether no point so far north or south is ours, while another one at this longitude would be."""
    latitude, longitude = point
    boxes = (MAINLAND, GALAPAGOS)
    wrong = not any(box.south <= latitude <= box.north for box in boxes)
    return wrong and any(box.west <= longitude <= box.east for box in boxes)


def degrees(text: str) -> float | None:
    """What was typed: ``-0,2295``, ``0.2295 S``, ``78,5243° O``. None where it is no number of degrees."""
    found = _NUMBER.fullmatch(text.strip().replace("−", "-"))
    if found is None:
        return None
    sign, number, side = found.groups()
    value = float(number.replace(",", "."))
    return -value if sign == "-" or side.upper() in {"S", "W", "O"} else value


def kept(point: tuple[float, float] | None, name: PublicName) -> tuple[float, float] | None:
    """The point as it is stored: no finer than it will be shown."""
    if point is None:
        return None
    return coarse(point) if name is PublicName.ANONYMOUS else _cut(point, FINE, 3)


def coarse(point: tuple[float, float]) -> tuple[float, float]:
    """The middle of the square of `COARSE` degrees that the point lies in. Of a middle, the same middle."""
    latitude, longitude = ((math.floor(round(n / COARSE, 6)) + 0.5) * COARSE for n in point)
    return round(latitude, 3), round(longitude, 3)


def _cut(point: tuple[float, float], step: float, digits: int) -> tuple[float, float]:
    latitude, longitude = (round(round(n / step) * step, digits) for n in point)
    return latitude, longitude


def of(proposal: Proposal) -> tuple[float, float] | None:
    """The point that a proposal keeps."""
    if proposal.latitude is None or proposal.longitude is None:
        return None
    return proposal.latitude, proposal.longitude


def is_coarse(proposal: Proposal) -> bool:
    """Whether its point stands for a square: no name is shown with it."""
    return proposal.public_name is PublicName.ANONYMOUS
