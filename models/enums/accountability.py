"""Stage 5: commitments, milestones, agreements, independent ratings."""

from __future__ import annotations

from enum import StrEnum


class CommitmentStatus(StrEnum):
    """The life of a commitment."""

    DRAFT = "draft"
    CONSULTATION = "consultation"
    CONFIRMED = "confirmed"
    FORMALIZED = "formalized"
    CONCLUDED = "concluded"
    DROPPED = "dropped"


class PartyRole(StrEnum):
    """What an organisation is to a commitment."""

    RESPONSIBLE = "responsible"
    COUNTERPART = "counterpart"
    SUPPORT_GOVERNMENT = "support_government"
    SUPPORT_OTHER = "support_other"


class MilestoneKind(StrEnum):
    """What a milestone produces. The IRM criticised plans that only design instruments (Results Report, PAGA I)."""

    DESIGN = "design"
    ADOPTION = "adoption"
    IMPLEMENTATION = "implementation"
    EVALUATION = "evaluation"


class MilestoneStatus(StrEnum):
    """The national monitoring platform's five states."""

    DEFINITION = "definition"
    PLANNING = "planning"
    EXECUTION = "execution"
    COMPLETED = "completed"
    STOPPED = "stopped"


class AgreementStatus(StrEnum):
    """The signed act between the responsible institution and its counterpart."""

    DRAFT = "draft"
    PARTLY_SIGNED = "partly_signed"
    SIGNED = "signed"
    TERMINATED = "terminated"


class Verdict(StrEnum):
    """What the counterpart says of the institution's report."""

    CONFIRMED = "confirmed"
    QUALIFIED = "qualified"
    DISPUTED = "disputed"


class IrmDimension(StrEnum):
    """What the Independent Reporting Mechanism rates; the values are a list per plan, because the scale changed."""

    VERIFIABILITY = "verifiability"
    AMBITION = "ambition"
    COMPLETION = "completion"
    EARLY_RESULTS = "early_results"
