"""Reading analysis and evaluation. Each function says how many statements it sends."""

from intake.evaluation.queries.admission import (
    QUEUE_STATES,
    QueueFilters,
    admission_queue,
    proposal_by_folio,
    themes,
    waiting,
    waiting_days,
)
from intake.evaluation.queries.reviews import (
    Asked,
    assignment_of,
    next_folio,
    open_reviews,
    review_counts,
    review_queue,
    reviews_beside,
)
from intake.evaluation.queries.rounds import (
    criterion_score,
    latest_rubric,
    ready_ids,
    round_with_criteria,
)

__all__ = [
    "QUEUE_STATES",
    "Asked",
    "QueueFilters",
    "admission_queue",
    "assignment_of",
    "criterion_score",
    "latest_rubric",
    "next_folio",
    "open_reviews",
    "proposal_by_folio",
    "ready_ids",
    "review_counts",
    "review_queue",
    "reviews_beside",
    "round_with_criteria",
    "themes",
    "waiting",
    "waiting_days",
]
