"""What every table shares: names of constraints, types, timestamps."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: Constraint names are part of the schema: migrations on SQLite cannot drop what has no name.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept in UTC on every database (SQLite has no zones and would return it naive)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"A naive time was about to be stored: {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(kind: type[enum.Enum], name: str | None = None) -> sa.Enum:
    """Return a column type that stores the member's value, guarded by a CHECK on both databases."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or f"{kind.__name__.lower()}_known",
        values_callable=lambda members: [m.value for m in members],
        validate_strings=True,
    )


class Base(DeclarativeBase):
    """Declarative base. ``lazy="raise_on_sql"`` on every relationship: the query says what it loads."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        date: sa.Date(),
        Decimal: sa.Numeric(14, 2),
        str: sa.Text(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
    }

    id: Mapped[int] = mapped_column(primary_key=True)

    def __repr__(self) -> str:
        """Class and key only: a row's text may be personal data, and representations end up in logs."""
        return f"<{type(self).__name__} {self.__dict__.get('id', 'new')}>"


#: Put in a column's ``info`` when its values are personal data: audit keeps only that they changed.
PERSONAL: dict[Any, Any] = {"personal": True}
#: For words that people wrote and that may be hidden: audit keeps that they changed, only the row what they say.
UNTRACED: dict[Any, Any] = {"untraced": True}
