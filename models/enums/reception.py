"""Stage 2: proposals."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a proposal came in."""

    WEB = "web"
    TABLE = "mesa"
    PAPER = "papel"
    COURSE = "curso"


class ProposalKind(StrEnum):
    """One citizen's proposal, or one that a working group integrated out of several (First Plan, stage 2)."""

    CITIZEN = "citizen"
    INTEGRATED = "integrated"


class ProposalStatus(StrEnum):
    """The life of a proposal, across the stages."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REFUSAL_PROPOSED = "refusal_proposed"
    NOT_ADMITTED = "not_admitted"
    ADMITTED = "admitted"
    IN_EVALUATION = "in_evaluation"
    EVALUATED = "evaluated"
    SELECTED = "selected"
    RESERVE = "reserve"
    OUTSIDE_PLAN = "outside_plan"
    NEXT_PLAN = "next_plan"
    WITHDRAWN = "withdrawn"


class ProposerKind(StrEnum):
    """In whose name a proposal is made."""

    PERSON = "person"
    ORGANISATION = "organisation"


class PublicName(StrEnum):
    """What the public reads as the proposer."""

    NAME = "name"
    ORGANISATION = "organisation"
    ANONYMOUS = "anonymous"
