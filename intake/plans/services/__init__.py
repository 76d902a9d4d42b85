"""Doing things to plans: make them, move them, change their dates in public, keep what sources published."""

from intake.plans.services.dates import reschedule_plan, reschedule_stage
from intake.plans.services.making import create_plan
from intake.plans.services.moving import move_plan, move_stage
from intake.plans.services.recording import (
    add_reported_figure,
    check_counts,
    record_participation,
)

__all__ = [
    "add_reported_figure",
    "check_counts",
    "create_plan",
    "move_plan",
    "move_stage",
    "record_participation",
    "reschedule_plan",
    "reschedule_stage",
]
