"""What may be done in the selection of commitments."""

from intake.selection.services.deciding import decide, undecide
from intake.selection.services.publishing import publish
from intake.selection.services.reserve import call_up, release
from intake.selection.services.sessions import (
    cancel_session,
    edit_session,
    open_session,
    record_historical_session,
    require_open,
)

__all__ = [
    "call_up",
    "cancel_session",
    "decide",
    "edit_session",
    "open_session",
    "publish",
    "record_historical_session",
    "release",
    "require_open",
    "undecide",
]
