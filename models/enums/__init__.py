"""Every closed vocabulary, a module for each part. A leaf: imports nothing of ours.

Words for people stand in `intake.core.labels`.

Sources of vocabularies that are not ours are named at each class (see docs/domain.md for the full references).
"""

from models.enums.accountability import (
    AgreementStatus,
    CommitmentStatus,
    IrmDimension,
    MilestoneKind,
    MilestoneStatus,
    PartyRole,
    Verdict,
)
from models.enums.accounts import (
    ReviewSector,
    Role,
    TokenPurpose,
)
from models.enums.evaluation import (
    AssignmentStatus,
    Category,
    DecisionStatus,
    RoundStatus,
    SessionStatus,
)
from models.enums.mapping import (
    ActorKind,
    ActorStatus,
    AttendanceMethod,
    BatchKind,
    BodyKind,
    CampaignStatus,
    ContactChannel,
    EventFileKind,
    EventKind,
    EventStatus,
    GovernmentFunction,
    GovernmentLevel,
    MeetingMode,
    MeetingStatus,
    OutreachStep,
    Presence,
    RegistrationStatus,
    Seat,
    TerritoryLevel,
    Vote,
)
from models.enums.plan import (
    Approach,
    Branch,
    Dimension,
    PlanStatus,
    StageKind,
    StageStatus,
)
from models.enums.reception import (
    Channel,
    ProposalKind,
    ProposalStatus,
    ProposerKind,
    PublicName,
)

__all__ = [
    "ActorKind",
    "ActorStatus",
    "AgreementStatus",
    "Approach",
    "AssignmentStatus",
    "AttendanceMethod",
    "BatchKind",
    "BodyKind",
    "Branch",
    "CampaignStatus",
    "Category",
    "Channel",
    "CommitmentStatus",
    "ContactChannel",
    "DecisionStatus",
    "Dimension",
    "EventFileKind",
    "EventKind",
    "EventStatus",
    "GovernmentFunction",
    "GovernmentLevel",
    "IrmDimension",
    "MeetingMode",
    "MeetingStatus",
    "MilestoneKind",
    "MilestoneStatus",
    "OutreachStep",
    "PartyRole",
    "PlanStatus",
    "Presence",
    "ProposalKind",
    "ProposalStatus",
    "ProposerKind",
    "PublicName",
    "RegistrationStatus",
    "ReviewSector",
    "Role",
    "RoundStatus",
    "Seat",
    "SessionStatus",
    "StageKind",
    "StageStatus",
    "TerritoryLevel",
    "TokenPurpose",
    "Verdict",
    "Vote",
]
