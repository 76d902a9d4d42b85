"""The lifecycle engine: a table of moves per thing with a life.

From a table come the guard on the column, the buttons, the moves' audit names, the kinds of mail, the diagrams in
docs/rooms.md, and the tests that every state can be reached and left. The guard uses ``active_history``, because
without it SQLAlchemy sees no old value on an attribute unread since the last commit and a forbidden change passes.
"""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm.base import NO_VALUE

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize, can

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from sqlalchemy.orm import InstrumentedAttribute

    from intake.core.i18n import Text
    from intake.core.identity import Principal

_moving: contextvars.ContextVar[bool] = contextvars.ContextVar("moving", default=False)
_LIFECYCLES: list[Lifecycle] = []


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row: ``action`` takes a subject from one of ``sources`` to ``target``.

    ``stamp`` names a column that receives the instant, ``first_stamp`` one that keeps the first it got; ``notifies``
    says that a mail of kind ``<noun>_<action>`` goes out; ``button`` False keeps the move out of generic buttons,
    because a page of its own makes it.
    """

    action: str
    label: Text
    sources: frozenset[Any]
    target: Any
    permission: Permission
    needs_reason: bool = False
    stamp: str | None = None
    first_stamp: str | None = None
    notifies: bool = False
    button: bool = True
    tone: str = "secondary"


class Lifecycle:
    """A state column and its table. ``noun`` begins the audit actions and the mail kinds."""

    def __init__(
        self,
        noun: str,
        column: InstrumentedAttribute[Any],
        initial: StrEnum,
        transitions: Sequence[Transition],
        *,
        final: frozenset[Any],
    ) -> None:
        self.final = final
        self.noun = noun
        self.column = column
        self.initial = initial
        self.transitions = tuple(transitions)
        self.states = type(initial)
        self._by_action = {t.action: t for t in self.transitions}
        if len(self._by_action) != len(self.transitions):
            raise RuntimeError(f"{noun}: two rows with one action")
        sa.event.listen(column, "set", self._guard, active_history=True)
        _LIFECYCLES.append(self)

    def __getitem__(self, action: str) -> Transition:
        try:
            return self._by_action[action]
        except KeyError:
            raise Invalid(_l("No existe esa acción."), action=action) from None

    def state_of(self, subject: Any) -> Any:
        """The subject's present state."""
        return getattr(subject, self.column.key)

    def open_to(self, principal: Principal, subject: Any) -> list[Transition]:
        """The moves that this person may make now, in the table's order."""
        state = self.state_of(subject)
        return [t for t in self.transitions if state in t.sources and can(principal, t.permission, subject)]

    def fire(self, subject: Any, action: str, *, by: Principal, reason: str = "", **details: Any) -> Transition:
        """Make the move, stamp it and write its audit entry. The caller's transaction commits.

        Raises `Forbidden`, `Conflict` if the state does not allow it, `Invalid` if a reason is missing. ``details`` are
        added to the audit entry's changes.
        """
        row = self._move(subject, action, by=by, reason=reason)
        audit.record(f"{self.noun}.{action}", subject, by=by, reason=reason, extra=details)
        return row

    def fire_all(self, subjects: Sequence[Any], action: str, *, by: Principal) -> None:
        """Make the move for many, all or none, with an entry each: as many statements as for one."""
        for subject in subjects:
            self._move(subject, action, by=by, reason="")
        audit.record_all(f"{self.noun}.{action}", subjects, by=by)

    def _move(self, subject: Any, action: str, *, by: Principal, reason: str) -> Transition:
        row = self[action]
        authorize(by, row.permission, subject)
        if self.state_of(subject) not in row.sources:
            raise Conflict(
                _l("Esto ya cambió de estado y la acción no es posible ahora."), state=self.state_of(subject)
            )
        if row.needs_reason and not reason.strip():
            raise Invalid(_l("Escriba el motivo."), field="reason")
        self._set(subject, row.target)
        if row.stamp:
            setattr(subject, row.stamp, clock.now())
        if row.first_stamp and getattr(subject, row.first_stamp) is None:
            setattr(subject, row.first_stamp, clock.now())
        return row

    def establish(self, subject: Any, state: Any) -> None:
        """Give a new, unsaved subject a state other than the first: for records of the past, and nothing else."""
        if sa.inspect(subject).has_identity:
            raise RuntimeError(f"{self.noun}: only a new record can be established in a state")
        self._set(subject, state)

    def mail_kind(self, action: str) -> str:
        """The kind of message that tells people of this move."""
        return f"{self.noun}_{action}"

    def _set(self, subject: Any, state: Any) -> None:
        token = _moving.set(True)
        try:
            setattr(subject, self.column.key, state)
        finally:
            _moving.reset(token)

    def _guard(self, subject: Any, value: Any, old: Any, _initiator: Any) -> None:
        if _moving.get() or value == old:
            return
        if old in {NO_VALUE, None} and value == self.initial and not sa.inspect(subject).has_identity:
            return
        raise RuntimeError(f"{self.noun}: {old} → {value} outside the lifecycle")


def lifecycles() -> tuple[Lifecycle, ...]:
    """Every table that has been loaded, for documents and tests."""
    return tuple(_LIFECYCLES)
