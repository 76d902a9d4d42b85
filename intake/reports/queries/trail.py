"""Reading the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from intake.core import clock
from intake.core.pagination import Page, paginate
from intake.extensions import db
from models import AuditEntry, User

if TYPE_CHECKING:
    from intake.reports.inputs import TrailFilters

#: Roles under which nobody's name is shown: who acts as a citizen is nobody's business here.
NAMELESS = frozenset({"citizen", "guest", "system"})


@dataclass(frozen=True)
class Entry:
    """An entry as it is read: ``who`` is empty where a name is not for showing; ``changes`` are (name, old, new)."""

    entry: AuditEntry
    who: str
    changes: tuple[tuple[str, Any, Any], ...]


def page(filters: TrailFilters, number: int) -> Page[Entry]:
    """One page of the trail, newest first. Two statements."""
    query = (
        sa.select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(*conditions(filters))
        .order_by(AuditEntry.id.desc())
    )
    return paginate(cast("sa.Select[Any]", query), number=number, row=lambda row: _entry(row[0], row[1]))


def conditions(filters: TrailFilters) -> list[sa.ColumnElement[bool]]:
    """What the filters ask of an entry."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.reference:
        found.append(AuditEntry.subject_ref == filters.reference)
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


def _entry(entry: AuditEntry, name: str | None) -> Entry:
    return Entry(entry, "" if entry.role in NAMELESS else name or "", tuple(_changes(entry.changes)))


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
