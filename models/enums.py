"""Every closed vocabulary. A leaf: imports nothing of ours. Words for people stand in `intake.core.labels`.

Sources of vocabularies that are not ours are named at each class (see docs/domain.md for the full references).
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a post allows its holder to do. ``citizen`` comes with every account."""

    CITIZEN = "citizen"
    FACILITATOR = "facilitator"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    CORE_GROUP = "core_group"
    DIRECTORATE = "directorate"
    INSTITUTION = "institution"
    COUNTERPART = "counterpart"
    OBSERVER = "observer"
    ADMIN = "admin"


class ReviewSector(StrEnum):
    """The three sectors of the Core Group, from which reviewers are drawn."""

    GOVERNMENT = "government"
    CIVIL_SOCIETY = "civil_society"
    ACADEMIA = "academia"


class TokenPurpose(StrEnum):
    """What a one-time link sent by mail may do."""

    CONFIRM_EMAIL = "confirm_email"
    SIGN_IN = "sign_in"
    RESET_PASSWORD = "reset_password"  # noqa: S105 -- the name of a purpose, not a password
    INVITATION = "invitation"
    CHANGE_EMAIL = "change_email"


class TerritoryLevel(StrEnum):
    """Levels of the political-administrative division (INEC, DPA)."""

    COUNTRY = "country"
    PROVINCE = "province"
    CANTON = "canton"
    PARISH = "parish"


class PlanStatus(StrEnum):
    """The life of an action plan."""

    PREPARING = "preparing"
    CO_CREATION = "co_creation"
    IMPLEMENTATION = "implementation"
    CLOSED = "closed"


class StageKind(StrEnum):
    """The five official stages of the co-creation of the Second Plan, in order (ECLAC observatory, PAGA II)."""

    MAPPING = "mapping"
    RECEPTION = "reception"
    EVALUATION = "evaluation"
    SELECTION = "selection"
    ACCOUNTABILITY = "accountability"


class StageStatus(StrEnum):
    """Whether a stage's dates are a draft, public, or accounted for. Open or closed is computed from the dates."""

    PLANNED = "planned"
    PUBLISHED = "published"
    CONCLUDED = "concluded"


class Approach(StrEnum):
    """The four transversal approaches of the Second Plan."""

    HUMAN_RIGHTS = "derechos_humanos"
    INTERCULTURALITY = "interculturalidad"
    ENVIRONMENT = "ambiente"
    GENDER = "genero"


class Branch(StrEnum):
    """The branch or level of government that a proposal speaks to."""

    EXECUTIVE = "ejecutivo"
    LEGISLATIVE = "legislativo"
    JUDICIAL = "judicial"
    SUBNATIONAL = "subnacional"


class Channel(StrEnum):
    """How a proposal came in."""

    WEB = "web"
    TABLE = "mesa"
    PAPER = "papel"
    COURSE = "curso"


class ActorKind(StrEnum):
    """What an actor of the registry is."""

    PUBLIC_INSTITUTION = "public_institution"
    LOCAL_GOVERNMENT = "local_government"
    CIVIL_SOCIETY = "civil_society"
    COLLECTIVE = "collective"
    ACADEMIA = "academia"
    PRIVATE_SECTOR = "private_sector"
    COOPERATION = "cooperation"
    PEOPLE_OR_NATIONALITY = "people_or_nationality"
    COMMUNITY = "community"


class ActorStatus(StrEnum):
    """Whether somebody of the team has verified the record."""

    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"


class BodyKind(StrEnum):
    """Standing bodies that accompany a plan."""

    CORE_GROUP = "core_group"
    WORKING_GROUP = "working_group"


class EventKind(StrEnum):
    """Co-creation events. ``table`` is the Ecuadorian *mesa*."""

    SENSITISATION = "sensitisation"
    LEVELLING = "levelling"
    TERRITORIAL_TABLE = "territorial_table"
    THEMATIC_TABLE = "thematic_table"
    VIRTUAL = "virtual"
    COURSE = "course"


class Dimension(StrEnum):
    """By what attendance was counted."""

    GENDER = "gender"
    AGE_BAND = "age_band"
    SECTOR = "sector"
    SELF_IDENTIFICATION = "self_identification"


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
