"""Pages of lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa

from intake.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
SIZE = 20
LARGEST_NUMBER = 100_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """``items`` of page ``number`` (from 1), ``size`` a page, of ``total`` rows."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_prev(self) -> bool:
        """Whether a page comes before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page comes after."""
        return self.number < self.pages

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1; 0 on an empty page."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self.items) - 1 if self.items else 0


def number_from(text: str | None) -> int:
    """A page number from an address; anything odd is page 1."""
    if text and text.isdecimal() and text.isascii() and len(text) < 9:
        return min(max(1, int(text)), LARGEST_NUMBER)
    return 1


def paginate(
    query: sa.Select[Any],
    *,
    number: int,
    row: Callable[[Any], T] | None = None,
    total: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> Page[Any]:
    """Run an ordered query for one page, and count it: two statements, one if ``total`` is given.

    A page past the end is the last one. ``values`` are those of the query's named parameters.
    """
    if total is None:
        total = int(db.session.scalar(_counted(query), values) or 0)
    number = min(max(1, number), max(1, -(-total // SIZE)))
    result = db.session.execute(query.limit(SIZE).offset((number - 1) * SIZE), values).unique()
    items = [row(r) if row else r[0] for r in result]
    return Page(items, number, SIZE, total)


def _counted(query: sa.Select[Any]) -> sa.Select[Any]:
    """How many rows it has, groups and DISTINCT included. Databases look into it and fetch none of its columns."""
    return sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
