"""What the pages of this room are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class TrailFilters:
    """Which entries of the trail to show; an empty value asks for nothing. Days are Ecuador's, both included."""

    reference: str = ""
    action: str = ""
    role: str = ""
    since: date | None = None
    until: date | None = None
    sign_ins: bool = True  # whether people signing in are listed as well
