"""Stages 3 and 4: reviews, sessions, decisions."""

from __future__ import annotations

from enum import StrEnum


class AssignmentStatus(StrEnum):
    """The life of one review asked of one person."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CONFLICT = "conflict"
    NOT_COMPETENT = "not_competent"
    CANCELLED = "cancelled"


class RoundStatus(StrEnum):
    """A round of evaluation: results are computed from closed rounds only."""

    OPEN = "open"
    CLOSED = "closed"


class Category(StrEnum):
    """The four categories of the First Plan's stage 4 (PAGA I, pp. 23, 32-35)."""

    IN_PLAN = "in_plan"
    RESERVE = "reserve"
    OUTSIDE_PLAN = "outside_plan"
    NEXT_PLAN = "next_plan"


class DecisionStatus(StrEnum):
    """A decision is private until it is published together with the others of its session."""

    PENDING = "pending"
    PUBLISHED = "published"


class SessionStatus(StrEnum):
    """A selection session. CANCELLED: closed without publishing anything, with a reason in the trace."""

    OPEN = "open"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
