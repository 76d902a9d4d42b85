"""The trace: who, in which role, did what to which thing, with old and new values and the reason.

Written in the transaction of the change. Database triggers refuse to change or delete it (first migration).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from intake.core import clock
from intake.core.context import request_id
from intake.extensions import db
from models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import ColumnProperty

    from intake.core.identity import Principal

#: Stands in the trace where a personal value was: it says that it changed, not to what.
PERSONAL_MARK = "(dato personal)"
#: Stands where words were that may be hidden later: the row keeps them, the trace never lets go of anything.
WORDS_MARK = "(texto)"
_MARKS = {"personal": PERSONAL_MARK, "untraced": WORDS_MARK}
#: Columns that change with every write or that only serve the machine.
_SILENT = frozenset({"id", "lock_version", "search_stems", "updated_at", "name_plain", "password_hash", "totp_secret"})
_REFERENCES = ("folio", "reference", "slug", "code")


def record(
    action: str,
    subject: Any,
    *,
    by: Principal,
    reason: str = "",
    extra: Mapping[str, Any] | None = None,
    reference: str | None = None,
) -> AuditEntry:
    """Write an entry for the pending changes of ``subject`` and flush.

    Call after assigning and before any flush: the old values come from SQLAlchemy's own history. ``extra`` adds named
    facts that no column of the subject holds; ``reference`` overrides the subject's own public name.
    """
    changes = changes_of(subject)
    changes.update({name: value_of(value) for name, value in (extra or {}).items()})
    db.session.add(subject)
    db.session.flush()
    made = AuditEntry(**_values(action, subject, changes, by=by, reason=reason, reference=reference))
    db.session.add(made)
    return made


def record_all(action: str, subjects: Sequence[Any], *, by: Principal) -> None:
    """`record` for many of one kind that are known already: as many statements as for one."""
    changed = [changes_of(subject) for subject in subjects]
    db.session.flush()
    pairs = zip(subjects, changed, strict=True)
    rows = [_values(action, subject, changes, by=by, reason="") for subject, changes in pairs]
    if rows:
        db.session.execute(sa.insert(AuditEntry), rows)


def _values(
    action: str,
    subject: Any,
    changes: dict[str, Any],
    *,
    by: Principal,
    reason: str,
    reference: str | None = None,
) -> dict[str, Any]:
    found = reference or _reference(subject)
    return entry(action, type(subject).__tablename__, subject.id, found, changes, by=by, reason=reason)


def entry(
    action: str,
    subject_type: str,
    subject_id: int | None,
    reference: str | None,
    changes: dict[str, Any],
    *,
    by: Principal,
    reason: str = "",
) -> dict[str, Any]:
    """The columns of an entry, written now by this person in this request; ``changes`` are masked already."""
    return {
        "at": clock.now(),
        "user_id": by.user_id,
        "role": by.role_label,
        "action": action,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "subject_ref": reference,
        "changes": changes,
        "reason": reason.strip(),
        "request_id": request_id.get(),
    }


def note(action: str, subject_type: str, *, by: Principal, extra: Mapping[str, Any]) -> AuditEntry:
    """Write an entry about no single row: somebody took many out of the house, say. The caller commits."""
    changes = {name: value_of(value) for name, value in extra.items()}
    noted = AuditEntry(**entry(action, subject_type, None, None, changes, by=by))
    db.session.add(noted)
    return noted


def changes_of(subject: Any) -> dict[str, Any]:
    """Map each changed column to ``[old, new]``, personal values and words that may be hidden masked.

    New rows list what they were given.
    """
    state = sa.inspect(subject)
    found: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key in _SILENT:
            continue
        history = state.get_history(attribute.key, PASSIVE_NO_INITIALIZE)
        if not history.has_changes():
            continue
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if old == new:
            continue
        found[attribute.key] = [traceable(attribute, old), traceable(attribute, new)]
    return found


def traceable(attribute: ColumnProperty[Any], value: Any) -> Any:
    """The value as the trace may keep it: of personal values and words that may be hidden, that there was one."""
    mark = next((m for name, m in _MARKS.items() if attribute.columns[0].info.get(name)), "")
    return mark if mark and value is not None else value_of(value)


def value_of(value: Any) -> Any:
    """A value as JSON can hold it: dates in ISO 8601, decimals as text, enums by value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [value_of(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str, dict)) else str(value)


def _reference(subject: Any) -> str | None:
    return next((str(v) for name in _REFERENCES if (v := getattr(subject, name, None))), None)
