"""Files kept in the object store: content-addressed facts here, bytes there."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


class StoredFile(Base):
    """A stored file. ``key`` is random and is its public address; ``name`` is what the uploader called it, cleaned."""

    __tablename__ = "stored_file"
    __table_args__ = (sa.CheckConstraint("size_bytes > 0", name="not_empty"),)

    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
