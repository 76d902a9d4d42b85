"""Invariants that are checked by computing again what the application once computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from intake.core import workflow
from intake.evaluation import queries as evaluation
from intake.evaluation import scoring
from intake.extensions import db
from intake.reception import serializers as reception
from intake.reception.lifecycle import PROPOSAL
from intake.reception.writing import search_words
from intake.reports import publictables
from models import (
    Assignment,
    AuditEntry,
    OutboxMessage,
    Proposal,
    ProposalContact,
    ProposalVersion,
    Round,
    Rubric,
    Territory,
    Theme,
    User,
)
from models.base import Base
from models.enums import AssignmentStatus, ProposalStatus

TEXTS = ("title", "problem", "solution", "expected_result")


def review_totals() -> Sequence[Any]:
    """Submitted reviews whose stored total is not what `intake.evaluation.scoring` makes of their scores."""
    rounds = db.session.scalars(
        sa.select(Round).options(joinedload(Round.rubric).selectinload(Rubric.criteria))
    ).unique()
    criteria = {one.id: one.rubric.criteria for one in rounds}
    query = (
        sa.select(Assignment)
        .where(Assignment.status == AssignmentStatus.SUBMITTED)
        .options(selectinload(Assignment.scores))
        .order_by(Assignment.id)
        .execution_options(yield_per=1000)
    )
    found = []
    for review in db.session.scalars(query):
        values = {score.criterion_id: score.value for score in review.scores}
        scores = [evaluation.criterion_score(c, values.get(c.id)) for c in criteria[review.round_id]]
        total = scoring.review_total(scores)
        stored = None if review.total_pct is None else Decimal(review.total_pct)
        if total != stored:
            found.append(f"assignment {review.id}")
    return found


def states_are_traced() -> Sequence[Any]:
    """Things whose state is not the one that the trace last gave them.

    Proposals received must have such an entry; those of past plans have one that records them in their state.
    """
    last = _last_states()
    past = set(db.session.scalars(sa.select(Proposal.id).where(Proposal.source.is_not(None))))
    found = []
    for lifecycle in workflow.lifecycles():
        model = lifecycle.column.class_
        table = model.__tablename__
        for key, state in db.session.execute(sa.select(model.id, lifecycle.column).order_by(model.id)):
            traced = last.get((table, key))
            must = model is Proposal and state is not ProposalStatus.DRAFT and key not in past
            if (traced is None and must) or (traced is not None and traced != state.value):
                found.append(f"{table} {key}")
    return found


def _last_states() -> dict[tuple[str, int | None], str]:
    """The state that the latest entry about a thing's state left it in."""
    tables = [lifecycle.column.class_.__tablename__ for lifecycle in workflow.lifecycles()]
    query = (
        sa.select(AuditEntry.subject_type, AuditEntry.subject_id, AuditEntry.changes)
        .where(AuditEntry.subject_type.in_(tables))
        .order_by(AuditEntry.id)
        .execution_options(yield_per=2000)
    )
    last = {}
    for table, key, changes in db.session.execute(query):
        change = changes.get("status")
        if isinstance(change, list):
            last[table, key] = change[-1]
    return last


def authors_are_told() -> Sequence[Any]:
    """Moves of proposals that notify, whose author has an address, for which no mail was ever queued."""
    notifying = {PROPOSAL.mail_kind(t.action): t.action for t in PROPOSAL.transitions if t.notifies}
    moves = [f"{PROPOSAL.noun}.{action}" for action in notifying.values()]
    query = (
        sa.select(AuditEntry.subject_id, AuditEntry.action, AuditEntry.subject_ref)
        .join(Proposal, Proposal.id == AuditEntry.subject_id)
        .outerjoin(ProposalContact, ProposalContact.proposal_id == Proposal.id)
        .outerjoin(User, User.id == Proposal.author_id)
        .where(
            AuditEntry.subject_type == Proposal.__tablename__,
            AuditEntry.action.in_(moves),
            sa.func.coalesce(User.email, ProposalContact.email).is_not(None),
        )
    )
    keys = db.session.scalars(sa.select(OutboxMessage.dedupe_key).where(OutboxMessage.kind.in_(notifying)))
    told = Counter((parts[1], parts[2]) for key in keys if key and len(parts := key.split(":")) > 2)
    made: Counter[tuple[str, str]] = Counter()
    references: dict[tuple[str, str], str | None] = {}
    for key, action, reference in db.session.execute(query):
        move = (str(key), action.partition(".")[2])
        made[move] += 1
        references[move] = reference
    return sorted(f"{references[move]} {move[1]}" for move, times in made.items() if told[move] < times)


def versions_are_kept() -> Sequence[Any]:
    """Submitted proposals whose latest version is missing, numbered with a hole, or says something else."""
    query = (
        sa.select(Proposal, ProposalVersion.number, ProposalVersion.content)
        .outerjoin(ProposalVersion, ProposalVersion.proposal_id == Proposal.id)
        .where(Proposal.status != ProposalStatus.DRAFT, Proposal.source.is_(None))
        .order_by(Proposal.id, ProposalVersion.number)
    )
    latest: dict[Proposal, tuple[int, int, dict[str, Any]]] = {}
    for proposal, number, content in db.session.execute(query):
        seen = latest.get(proposal, (0, 0, {}))[0]
        latest[proposal] = (seen + 1, number or 0, content or {})
    return [
        proposal.folio
        for proposal, (versions, number, content) in latest.items()
        if versions != number or any(content.get(name) != getattr(proposal, name) for name in TEXTS)
    ]


def search_in_step() -> Sequence[Any]:
    """Proposals whose words for search are not those of their texts, theme and place."""
    names = {row.code: row.name for row in db.session.execute(sa.select(Territory.code, Territory.name))}
    columns = (Proposal.id, Proposal.search_stems, *(getattr(Proposal, name) for name in TEXTS))
    rows = db.session.execute(
        sa.select(*columns, Theme.name_es.label("theme"), Territory.code.label("place"))
        .outerjoin(Theme, Theme.id == Proposal.theme_id)
        .outerjoin(Territory, Territory.id == Proposal.territory_id)
        .order_by(Proposal.id)
    )
    return [f"proposal {row.id}" for row in rows if row.search_stems != search_words(row, _beside(row, names))]


def _beside(row: Any, places: dict[str, str]) -> list[str]:
    """The names of theme and places, the codes of the places above being the beginnings of a place's own."""
    code = row.place or ""
    found = [places[code[:n]] for n in (2, 4, 6) if n <= len(code) and code[:n] in places]
    return found + ([row.theme] if row.theme else [])


def nothing_personal_is_public() -> Sequence[Any]:
    """Published fields that bear the name of, or are made from, a column of personal data."""
    personal = {c for table in Base.metadata.sorted_tables for c in table.columns if c.info.get("personal")}
    found = [f"proposal.{name}" for name in reception.PUBLIC_FIELDS if name in _personal_names()]
    for name, query in publictables.QUERIES.items():
        columns = {c for c in sa.sql.visitors.iterate(query()) if isinstance(c, sa.Column)}
        found += [f"{name}: {c.table.name}.{c.name}" for c in sorted(columns & personal, key=str)]
    return found


def _personal_names() -> set[str]:
    """Names of personal columns of proposals' contacts, which no public field may bear."""
    return {c.name for c in ProposalContact.__table__.columns if c.info.get("personal")} | {"contact", "author"}
