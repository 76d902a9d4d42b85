"""What people hand in, already clean: frozen values from forms, commands and the demonstration loader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.enums import Approach, CommitmentStatus, IrmDimension, MilestoneKind, MilestoneStatus, PartyRole, Verdict

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from intake.core.files import Upload
    from models import Proposal

#: Who signs a commitment's agreement: its two voices.
SIGNATORIES = (PartyRole.RESPONSIBLE, PartyRole.COUNTERPART)


@dataclass(frozen=True, kw_only=True)
class CommitmentInput:
    """The template of a commitment: the union of OGP's old template and that of 2022 (process.md §5).

    ``number`` None takes the next of the plan. Vocabularies are named by code: ``theme_code``, ``sdg_numbers`` (1-17),
    ``policy_area_codes``. ``budget_usd`` in United States dollars.
    """

    title_es: str | None
    title_en: str | None = None
    title_note: str = ""
    number: int | None = None
    summary_es: str = ""
    summary_en: str = ""
    theme_code: str | None = None
    cluster: str | None = None
    problem: str = ""
    causes: str = ""
    done_so_far: str = ""
    description: str = ""
    contribution: str = ""
    expected_results: str = ""
    transparency: str = ""
    accountability: str = ""
    participation: str = ""
    ogp_values: str = ""
    planning_links: str = ""
    additional: str = ""
    technical_note: str = ""
    budget_usd: Decimal | None = None
    funding_source: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    is_subnational: bool = False
    is_open_parliament: bool = False
    is_open_justice: bool = False
    approaches: tuple[Approach, ...] = ()
    sdg_numbers: tuple[int, ...] = ()
    policy_area_codes: tuple[str, ...] = ()


#: The input's fields that are columns of the same name.
COLUMNS = (
    "title_es",
    "title_en",
    "title_note",
    "summary_es",
    "summary_en",
    "cluster",
    "problem",
    "causes",
    "done_so_far",
    "description",
    "contribution",
    "expected_results",
    "transparency",
    "accountability",
    "participation",
    "ogp_values",
    "planning_links",
    "additional",
    "technical_note",
    "budget_usd",
    "funding_source",
    "starts_on",
    "ends_on",
    "is_subnational",
    "is_open_parliament",
    "is_open_justice",
)


@dataclass(frozen=True, kw_only=True)
class MilestoneInput:
    """A milestone as planned. ``number`` None takes the next; moving a formalized one's dates needs ``reason``."""

    title_es: str
    output: str
    ends_on: date
    starts_on: date | None = None
    kind: MilestoneKind | None = None
    title_en: str | None = None
    number: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SignatureInput:
    """Who signed for an organisation, as printed on the agreement."""

    signer_name: str
    signer_post: str
    signed_on: date


@dataclass(frozen=True, kw_only=True)
class EvidenceInput:
    """A document (``upload``) or an address (``url``), exactly one of both."""

    title: str
    url: str | None = None
    upload: Upload | None = None


@dataclass(frozen=True, kw_only=True)
class ReportInput:
    """What the institution says of a milestone; ``progress_pct`` 0-100. ``lowering_reason`` when it goes down."""

    status: MilestoneStatus
    progress_pct: Decimal
    text: str
    evidence: tuple[EvidenceInput, ...] = ()
    lowering_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerInput:
    """What the counterpart says of a report; ``comment`` may be empty only where it confirms."""

    verdict: Verdict
    comment: str = ""
    evidence: tuple[EvidenceInput, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScaleValueInput:
    """One step of an IRM scale, worst first; states outside the scale ("pending") come last."""

    key: str
    label_es: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class HistoricalParty:
    """An organisation of a past commitment; ``actor`` is its slug in the registry."""

    actor: str
    role: PartyRole
    is_lead: bool = False
    since: date | None = None
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class HistoricalMilestone:
    """A milestone of a past plan with the progress its source gives; None where the source gives none."""

    number: int
    title_es: str
    title_en: str | None = None
    output: str = ""
    kind: MilestoneKind | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    original_starts_on: date | None = None
    original_ends_on: date | None = None
    progress_pct: Decimal | None = None
    progress_as_of: date | None = None
    status: MilestoneStatus | None = None


@dataclass(frozen=True, kw_only=True)
class HistoricalRating:
    """A rating the IRM published; ``value_key`` None where it was not found, and ``note`` then says so."""

    dimension: IrmDimension
    value_key: str | None = None
    note: str = ""
    source_url: str | None = None
    rated_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class HistoricalCommitment:
    """A commitment of a past plan as public sources give it (shapes: intake/demo/data/README.md)."""

    content: CommitmentInput
    status: CommitmentStatus = CommitmentStatus.FORMALIZED
    ogp_id: str | None = None
    original_ends_on: date | None = None
    is_promising: bool = False
    parties: tuple[HistoricalParty, ...] = ()
    milestones: tuple[HistoricalMilestone, ...] = ()
    ratings: tuple[HistoricalRating, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    published_progress_pct: Decimal | None = None
    published_progress_on: date | None = None
    published_progress_source: str = ""
    source_url: str | None = None
    formalized_at: datetime | None = None


MAX_URL = 400


def is_address(url: str) -> bool:
    """Whether a text is an address of the web that people can follow."""
    if len(url) > MAX_URL or any(c.isspace() for c in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in parts.netloc
