"""A commitment as data. What is not named here does not leave: no person, no account, no internal key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intake.accountability.progress import figure_of, is_disputed, is_late, is_over, is_without_news, known_pct
from intake.accountability.queries import in_order
from intake.core.audit import value_of

if TYPE_CHECKING:
    from models import (
        Agreement,
        Commitment,
        CommitmentParty,
        Evidence,
        IrmRating,
        Milestone,
        ProgressReport,
        StoredFile,
    )

_TEXTS = (
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
    "funding_source",
)
_FACTS = (
    "reference",
    "number",
    "status",
    "ogp_id",
    "budget_usd",
    "starts_on",
    "ends_on",
    "original_ends_on",
    "is_subnational",
    "is_open_parliament",
    "is_open_justice",
    "is_promising",
    "consultation_opens_on",
    "consultation_closes_on",
    "formalized_at",
    "source_url",
)
_MILESTONE = (
    "number",
    "kind",
    "status",
    "title_es",
    "title_en",
    "output",
    "starts_on",
    "ends_on",
    "original_starts_on",
    "original_ends_on",
    "progress_as_of",
)


def _columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value_of(getattr(row, name)) for name in names}


def commitment(row: Commitment, *, address: str) -> dict[str, Any]:
    """A commitment read with `queries.by_reference`; percentages 0-100 as text, so that no digit is lost."""
    over = is_over(row)
    figure = figure_of(row, (m.number for m in row.milestones if is_disputed(m)))
    numbers = {r.id: n for n, r in enumerate(in_order(row), start=1)}
    return {
        "url": address,
        "plan": row.plan.code,
        **_columns(row, _FACTS),
        **_columns(row, _TEXTS),
        "theme": row.theme.code if row.theme else None,
        "approaches": [a.approach.value for a in row.approaches],
        "sdgs": [s.number for s in row.sdgs],
        "policy_areas": [a.code for a in row.policy_areas],
        "proposals": [p.folio for p in row.proposals],
        "progress": {
            "computed_pct": value_of(figure.computed),
            "published_pct": value_of(figure.published),
            "published_on": value_of(figure.published_on),
            "published_source": figure.published_source or None,
            "milestones": figure.milestones,
            "late": figure.late,
            "without_news": figure.without_news,
            "disputed": figure.disputed,
        },
        "parties": [_party(p) for p in row.parties],
        "milestones": [_milestone(m, numbers, over=over) for m in row.milestones],
        "agreement": _agreement(row.agreement) if row.agreement else None,
        "irm": [_rating(r) for r in row.ratings],
    }


def _party(row: CommitmentParty) -> dict[str, Any]:
    return {
        "organisation": row.actor.slug,
        "name": row.actor.name,
        **_columns(row, ("role", "is_lead", "since", "until")),
    }


def _milestone(row: Milestone, numbers: dict[int, int], *, over: bool) -> dict[str, Any]:
    return {
        **_columns(row, _MILESTONE),
        "progress_pct": value_of(known_pct(row)),
        "is_late": is_late(row, over=over),
        "is_without_news": is_without_news(row, over=over),
        "is_disputed": is_disputed(row),
        "reports": [_report(r, numbers) for r in row.reports],
    }


def _report(row: ProgressReport, numbers: dict[int, int]) -> dict[str, Any]:
    answer = row.response
    return {
        "number": numbers[row.id],
        **_columns(row, ("reported_at", "status", "progress_pct", "text")),
        "organisation": row.actor.slug if row.actor else None,
        "evidence": [_evidence(e) for e in row.evidence],
        "answer": None
        if answer is None
        else {
            **_columns(answer, ("answered_at", "verdict", "comment")),
            "organisation": answer.actor.slug if answer.actor else None,
            "evidence": [_evidence(e) for e in answer.evidence],
        },
    }


def _evidence(row: Evidence) -> dict[str, Any]:
    return {**_columns(row, ("title", "url", "added_at")), "file": _file(row.file) if row.file else None}


def _file(row: StoredFile) -> dict[str, Any]:
    return {**_columns(row, ("name", "media_type", "size_bytes", "sha256")), "path": f"/archivos/{row.key}"}


def _agreement(row: Agreement) -> dict[str, Any]:
    file = row.file if row.file is not None and row.file.is_public else None
    return {
        "status": row.status.value,
        "sha256": row.file.sha256 if row.file else None,
        "path": f"/archivos/{file.key}" if file else None,
        "signatures": [
            {"organisation": s.actor.slug, **_columns(s, ("signer_post", "signed_on"))} for s in row.signatures
        ],
    }


def _rating(row: IrmRating) -> dict[str, Any]:
    return {
        "dimension": row.dimension.value,
        "value": row.value.key if row.value else None,
        **_columns(row, ("note", "source_url", "rated_on")),
    }
