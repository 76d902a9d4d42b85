"""Every change of the room. One module a subject; callers take them from here."""

from intake.accountability.services.agreements import annul_signature, prepare_agreement, sign, signing_days, unsigned
from intake.accountability.services.drafting import draft, edit, editable, is_open, move
from intake.accountability.services.formalizing import (
    confirm,
    formalize,
    formalize_plan,
    open_consultation,
    plan_obstacles,
)
from intake.accountability.services.history import record_historical
from intake.accountability.services.milestones import add_milestone, edit_milestone, remove_milestone
from intake.accountability.services.parties import current, end_party, set_party
from intake.accountability.services.rating import define_scale, rate
from intake.accountability.services.readiness import checklist, obstacles, was_consulted
from intake.accountability.services.reporting import answer, report

__all__ = [
    "add_milestone",
    "annul_signature",
    "answer",
    "checklist",
    "confirm",
    "current",
    "define_scale",
    "draft",
    "edit",
    "edit_milestone",
    "editable",
    "end_party",
    "formalize",
    "formalize_plan",
    "is_open",
    "move",
    "obstacles",
    "open_consultation",
    "plan_obstacles",
    "prepare_agreement",
    "rate",
    "record_historical",
    "remove_milestone",
    "report",
    "set_party",
    "sign",
    "signing_days",
    "unsigned",
    "was_consulted",
]
