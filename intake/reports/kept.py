"""Invariants about promises kept over time: files, explanations, answers, what is asked, and the trace's own guard."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from intake.accountability.queries.choices import WITHOUT_ANSWER
from intake.core import files
from intake.core.errors import NotFound
from intake.core.transaction import dialect
from intake.evaluation.inputs import PENDING_STATES
from intake.extensions import db
from models import Assignment, Decision, Plan, Proposal, Round, StoredFile
from models.enums import DecisionStatus, PlanStatus, ProposalStatus, RoundStatus

_GUARDS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'",
        {"audit_entry_no_update", "audit_entry_no_delete"},
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass AND NOT tgisinternal",
        {"audit_entry_append_only", "audit_entry_no_truncate"},
    ),
}


def files_are_intact() -> Sequence[Any]:
    """Stored files whose bytes are gone or no longer give the recorded SHA-256 and size."""
    found = []
    for row in db.session.scalars(sa.select(StoredFile).order_by(StoredFile.id).execution_options(yield_per=100)):
        try:
            content = files.read(row)
        except NotFound:
            found.append(f"file {row.id}: gone")
            continue
        if (hashlib.sha256(content).hexdigest(), len(content)) != (row.sha256, row.size_bytes):
            found.append(f"file {row.id}: changed")
    return found


def departures_are_explained() -> Sequence[Any]:
    """Published decisions that depart from the order without saying why (a CHECK should make it impossible)."""
    query = sa.select(Proposal.folio).join(Decision, Decision.proposal_id == Proposal.id)
    silent = sa.and_(Decision.departs_from_order, sa.func.trim(Decision.departure_reason) == "")
    return db.session.scalars(query.where(Decision.status == DecisionStatus.PUBLISHED, silent)).all()


def formalized_plans_answered() -> Sequence[Any]:
    """Proposals without an answer in plans that were formalized: the reasoned response is a gate."""
    query = sa.select(Proposal.folio).join(Plan, Plan.id == Proposal.plan_id)
    formal = Plan.status.in_((PlanStatus.IMPLEMENTATION, PlanStatus.CLOSED))
    return db.session.scalars(query.where(formal, Proposal.status.in_(WITHOUT_ANSWER)).order_by(Proposal.id)).all()


def open_reviews_can_be_sent() -> Sequence[Any]:
    """Reviews still asked for of a proposal that is not in evaluation (withdrawn, above all), or in a closed round.

    The directorate cancels them on the page of the round.
    """
    query = (
        sa.select(Proposal.folio, Assignment.id)
        .join(Assignment, Assignment.proposal_id == Proposal.id)
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Assignment.status.in_(PENDING_STATES),
            (Proposal.status != ProposalStatus.IN_EVALUATION) | (Round.status != RoundStatus.OPEN),
        )
    )
    return [f"{folio} assignment {key}" for folio, key in db.session.execute(query.order_by(Assignment.id))]


def trace_is_guarded() -> Sequence[Any]:
    """Triggers that refuse to change the trace, and are missing."""
    statement, wanted = _GUARDS[dialect()]
    return sorted(wanted - set(db.session.scalars(sa.text(statement))))
