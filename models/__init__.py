"""Every table of Intake. Plain SQLAlchemy: no Flask, no session, no queries."""

from models.account import AttemptCounter, Consent, OneTimeToken, Post, PostHolding, RecoveryCode, User
from models.actor import Actor, ActorContact, Body, BodyMember, Event, actor_territory, actor_theme
from models.audit import AuditEntry
from models.base import Base
from models.commitment import (
    Agreement,
    Commitment,
    CommitmentApproach,
    CommitmentParty,
    CounterpartResponse,
    Evidence,
    IrmRating,
    IrmScaleValue,
    Milestone,
    ProgressReport,
    Signature,
    commitment_policy_area,
    commitment_proposal,
    commitment_sdg,
)
from models.evaluation import Assignment, Criterion, Round, Rubric, Score
from models.file import StoredFile
from models.outbox import OutboxMessage
from models.plan import (
    Participation,
    ParticipationCount,
    Plan,
    PlanApproach,
    ReportedFigure,
    Reschedule,
    Stage,
    StageNote,
)
from models.proposal import Admission, Proposal, ProposalApproach, ProposalContact, ProposalVersion
from models.reference import People, PolicyArea, Sdg, Sector, Territory, Theme
from models.selection import Decision, SelectionSession

__all__ = [
    "Actor",
    "ActorContact",
    "Admission",
    "Agreement",
    "Assignment",
    "AttemptCounter",
    "AuditEntry",
    "Base",
    "Body",
    "BodyMember",
    "Commitment",
    "CommitmentApproach",
    "CommitmentParty",
    "Consent",
    "CounterpartResponse",
    "Criterion",
    "Decision",
    "Event",
    "Evidence",
    "IrmRating",
    "IrmScaleValue",
    "Milestone",
    "OneTimeToken",
    "OutboxMessage",
    "Participation",
    "ParticipationCount",
    "People",
    "Plan",
    "PlanApproach",
    "PolicyArea",
    "Post",
    "PostHolding",
    "ProgressReport",
    "Proposal",
    "ProposalApproach",
    "ProposalContact",
    "ProposalVersion",
    "RecoveryCode",
    "ReportedFigure",
    "Reschedule",
    "Round",
    "Rubric",
    "Score",
    "Sdg",
    "Sector",
    "SelectionSession",
    "Signature",
    "Stage",
    "StageNote",
    "StoredFile",
    "Territory",
    "Theme",
    "User",
    "actor_territory",
    "actor_theme",
    "commitment_policy_area",
    "commitment_proposal",
    "commitment_sdg",
]
