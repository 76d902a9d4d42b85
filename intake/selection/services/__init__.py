"""What may be done in the selection of commitments."""

from intake.selection.services.deciding import decide, undecide
from intake.selection.services.publishing import publish, still_undecided
from intake.selection.services.reserve import call_up, release
from intake.selection.services.sessions import open_session, record_historical_session

__all__ = [
    "call_up",
    "decide",
    "open_session",
    "publish",
    "record_historical_session",
    "release",
    "still_undecided",
    "undecide",
]
