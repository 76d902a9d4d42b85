"""Reference vocabularies with their own rows: territory, themes, goals, sectors, peoples."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, enum_type
from models.enums import ReviewSector, TerritoryLevel


class Territory(Base):
    """A place of the political-administrative division; ``code`` is INEC's (2, 4 or 6 digits; EC for the country).

    ``path`` holds the codes from the province down, each followed by a full stop (``14.1401.140150.``), so that one
    prefix condition finds a place and all below it.
    """

    __tablename__ = "territory"

    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    level: Mapped[TerritoryLevel] = mapped_column(enum_type(TerritoryLevel), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("territory.id"), index=True)
    province_code: Mapped[str | None] = mapped_column(sa.String(2), index=True)
    path: Mapped[str] = mapped_column(sa.String(24), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    name_plain: Mapped[str] = mapped_column(sa.String(120), index=True)  # lower case, no accents
    region: Mapped[str | None] = mapped_column(sa.String(20))
    population_2022: Mapped[int | None]  # people; INEC, census 2022
    population_2025: Mapped[int | None]  # people; INEC, projection (revision 2024)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    selectable: Mapped[bool] = mapped_column(default=True)  # study zones are not offered

    parent: Mapped[Territory | None] = relationship(remote_side="Territory.id", lazy="raise_on_sql")


class Theme(Base):
    """What a proposal or an actor is about."""

    __tablename__ = "theme"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    position: Mapped[int]
    name_es: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    description_es: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")


class Sdg(Base):
    """A Sustainable Development Goal (United Nations)."""

    __tablename__ = "sdg"

    number: Mapped[int] = mapped_column(unique=True)
    name_es: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    title_es: Mapped[str]
    title_en: Mapped[str]


class Sector(Base):
    """Two-level sector of an actor; ``review_sector`` says from which chair of the Core Group it would speak."""

    __tablename__ = "sector"

    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    parent_code: Mapped[str | None] = mapped_column(sa.String(20))
    name_es: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160))
    review_sector: Mapped[ReviewSector | None] = mapped_column(enum_type(ReviewSector))


class People(Base):
    """An indigenous nationality or people, Afro-Ecuadorian or Montubio people."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str | None] = mapped_column(sa.String(120))
    provinces: Mapped[str | None] = mapped_column(sa.String(240))


class Language(Base):
    """A language of Ecuador; ``standing``: official, or official for intercultural relations (Constitution, art. 2)."""

    __tablename__ = "language"

    code: Mapped[str] = mapped_column(sa.String(12), unique=True)  # ISO 639
    name_es: Mapped[str] = mapped_column(sa.String(80))
    name_en: Mapped[str] = mapped_column(sa.String(80))
    standing: Mapped[str] = mapped_column(sa.String(24), default="")


class PolicyArea(Base):
    """An OGP policy area, challenge area or value tag."""

    __tablename__ = "policy_area"

    kind: Mapped[str] = mapped_column(sa.String(40))
    code: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_es: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160))
