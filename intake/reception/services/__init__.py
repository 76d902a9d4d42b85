"""Changing proposals: drafts, submission, revision, withdrawal and every move of the lifecycle, with its mail."""

from intake.reception.services.adopting import adopt, has_shown_code
from intake.reception.services.codes import BY_ADDRESS, BY_FOLIO, BY_SHARED_ADDRESS, claim, derived_code
from intake.reception.services.drafts import create_draft, draft_reference, holding, save_draft
from intake.reception.services.history import record_historical
from intake.reception.services.lost_code import ask_for_code, look_at_link, renew_code
from intake.reception.services.moves import move, withdraw
from intake.reception.services.quarantine import discard, hold_by_hand, note_pace, release, release_all
from intake.reception.services.revision import revise
from intake.reception.services.sending import Arrived, send_whole
from intake.reception.services.submission import submit, submit_directly

__all__ = [
    "BY_ADDRESS",
    "BY_FOLIO",
    "BY_SHARED_ADDRESS",
    "Arrived",
    "adopt",
    "ask_for_code",
    "claim",
    "create_draft",
    "derived_code",
    "discard",
    "draft_reference",
    "has_shown_code",
    "hold_by_hand",
    "holding",
    "look_at_link",
    "move",
    "note_pace",
    "record_historical",
    "release",
    "release_all",
    "renew_code",
    "revise",
    "save_draft",
    "send_whole",
    "submit",
    "submit_directly",
    "withdraw",
]
