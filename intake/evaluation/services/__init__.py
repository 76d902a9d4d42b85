"""What may be done in analysis and evaluation. Each service acts, traces and tells in one transaction."""

from intake.evaluation.services.admission import countersign, examine
from intake.evaluation.services.assigning import Skipped, assign, assign_many, cancel, remind
from intake.evaluation.services.reviewing import declare_conflict, decline, save_review, submit_review
from intake.evaluation.services.rounds import change_due, close_round, create_round, ensure_rubric, finish_ready

__all__ = [
    "Skipped",
    "assign",
    "assign_many",
    "cancel",
    "change_due",
    "close_round",
    "countersign",
    "create_round",
    "declare_conflict",
    "decline",
    "ensure_rubric",
    "examine",
    "finish_ready",
    "remind",
    "save_review",
    "submit_review",
]
