"""Reading the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from intake.core import clock
from intake.core.pagination import Page, paginate
from intake.core.permissions import Permission, can
from intake.evaluation import queries as evaluation
from intake.extensions import db
from models import AuditEntry, Decision, User
from models.enums import DecisionStatus, Role

if TYPE_CHECKING:
    from intake.core.identity import Principal
    from intake.reports.inputs import TrailFilters

#: Acts that say that somebody came, and nothing about the process.
SIGN_INS = ("user.sign_in",)
#: Roles under which nobody's name is shown: who acts as a citizen is nobody's business here.
NAMELESS = frozenset({"citizen", "guest", "system"})


#: What reviews and decisions say of a proposal: nobody reads it before having spoken.
JUDGEMENTS = frozenset(
    {"total_pct", "comment", "scores", "category", "fallback", "mean_pct", "rank", "departs_from_order"}
    | {"departure_reason", "reason"}
)


@dataclass(frozen=True)
class Sight:
    """What a reader may see: judgements of reviews and of decisions to come (``results``), and whether these exist."""

    results: bool
    pending: bool


def sight_of(reader: Principal) -> Sight:
    """The rule of the results and of the sessions, for the trail. One statement for who reviews, else none."""
    owes = reader.holds(Role.REVIEWER) and reader.user_id is not None and evaluation.open_reviews(reader.user_id) > 0
    return Sight(
        results=can(reader, Permission.RESULTS_READ) and not owes, pending=can(reader, Permission.SELECTION_READ)
    )


@dataclass(frozen=True)
class Entry:
    """An entry as it is read: ``who`` is empty where a name is not for showing; ``changes`` are (name, old, new)."""

    entry: AuditEntry
    who: str
    changes: tuple[tuple[str, Any, Any], ...]
    reason: str


def page(filters: TrailFilters, number: int, *, reader: Principal) -> Page[Entry]:
    """One page of the trail, newest first. Two statements (three for who reviews).

    Who still owes a review, or may not read results, sees that people reviewed and decided, not what; who may not read
    sessions sees nothing of decisions that are not published.
    """
    sight = sight_of(reader)
    query = (
        sa.select(AuditEntry, User.name, Decision.id)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .outerjoin(Decision, _published())
        .where(*conditions(filters))
        .order_by(AuditEntry.id.desc())
    )
    if not sight.pending:
        query = query.where(sa.or_(AuditEntry.subject_type != "decision", Decision.id.is_not(None)))
    return paginate(
        cast("sa.Select[Any]", query),
        number=number,
        row=lambda row: _entry(row[0], row[1], hidden=not sight.results and _judges(row[0], row[2])),
    )


def _published() -> sa.ColumnElement[bool]:
    return sa.and_(
        AuditEntry.subject_type == "decision",
        Decision.id == AuditEntry.subject_id,
        Decision.status == DecisionStatus.PUBLISHED,
    )


def _judges(entry: AuditEntry, published: int | None) -> bool:
    """Whether the entry may tell a judgement that is not public: of a review, or of a decision to come."""
    return entry.subject_type == "assignment" or (entry.subject_type == "decision" and published is None)


def conditions(filters: TrailFilters) -> list[sa.ColumnElement[bool]]:
    """What the filters ask of an entry."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.reference:
        found.append(AuditEntry.subject_ref == filters.reference)
    if not filters.sign_ins and not filters.action:
        found.append(AuditEntry.action.not_in(SIGN_INS))
    if filters.action:
        found.append(AuditEntry.action == filters.action)
    if filters.role:
        found.append(AuditEntry.role == filters.role)
    if filters.since:
        found.append(AuditEntry.at >= clock.start_of(filters.since))
    if filters.until:
        found.append(AuditEntry.at < clock.end_of(filters.until))
    return found


def actions() -> list[str]:
    """Every action that the trail holds, in order. One statement."""
    return list(db.session.scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def _entry(entry: AuditEntry, name: str | None, *, hidden: bool) -> Entry:
    known = {n: v for n, v in entry.changes.items() if not (hidden and n in JUDGEMENTS)}
    return Entry(
        entry,
        "" if entry.role in NAMELESS else name or "",
        tuple(_changes(known)),
        "" if hidden and entry.subject_type == "decision" else entry.reason,
    )


def _changes(changes: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Pairs as the trail keeps them; a named fact that is not a pair has no old value."""
    found = []
    for name, value in changes.items():
        old, new = value if isinstance(value, list) and len(value) == 2 else (None, value)
        found.append((name, _words(old), _words(new)))
    return found


def _words(value: Any) -> Any:
    """Lists and mappings as one line of text, everything else as it is."""
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {v}" for key, v in value.items())
    return value
