"""Places, themes and sectors: what pickers offer. Each function is one statement unless it says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import Language, People, Sector, Territory, Theme
from models.enums import TerritoryLevel

COUNTRY = "EC"


class Choices(NamedTuple):
    """The three lists of the territory picker."""

    provinces: Sequence[Territory]
    cantons: Sequence[Territory]
    parishes: Sequence[Territory]


def territory_choices(province_code: str | None = None, canton_code: str | None = None) -> Choices:
    """What `forms.territory.fill` takes after the form: one statement for each list (one to three)."""
    return Choices(
        provinces(),
        cantons(province_code) if province_code else [],
        parishes(canton_code) if canton_code else [],
    )


def country() -> Territory | None:
    """Ecuador as a place, for actors that work everywhere."""
    return territory_by_code(COUNTRY)


def provinces() -> Sequence[Territory]:
    """The provinces, by name."""
    return _ordered(Territory.level == TerritoryLevel.PROVINCE)


def cantons(province_code: str) -> Sequence[Territory]:
    """The cantons of a province, by name; none for an unknown code."""
    return _ordered(Territory.level == TerritoryLevel.CANTON, Territory.province_code == province_code)


def parishes(canton_code: str) -> Sequence[Territory]:
    """The parishes of a canton that may be chosen, by name (study zones are left out)."""
    prefix = f"{canton_code[:2]}.{canton_code}."
    return _ordered(
        Territory.level == TerritoryLevel.PARISH,
        Territory.path.startswith(prefix, autoescape=True),
        Territory.selectable.is_(True),
    )


def children(parent_code: str) -> Sequence[Territory]:
    """The cantons of a province or the parishes of a canton; none for anything else."""
    if not (parent_code.isascii() and parent_code.isdecimal()):
        return []
    if len(parent_code) == 2:
        return cantons(parent_code)
    return parishes(parent_code) if len(parent_code) == 4 else []


def territory_by_code(code: str) -> Territory | None:
    """A place of any level, None for an unknown code."""
    return db.session.scalar(sa.select(Territory).where(Territory.code == code))


def in_area(code: str) -> sa.ColumnElement[bool]:
    """A condition on `Territory`: of the province, or of the canton and its parishes, with this code."""
    if len(code) == 2:
        return Territory.province_code == code
    return Territory.path.startswith(f"{code[:2]}.{code}.", autoescape=True)


def territories(codes: Iterable[str]) -> Sequence[Territory]:
    """The places with these codes; unknown ones are missing from the answer."""
    return db.session.scalars(sa.select(Territory).where(Territory.code.in_(list(codes)))).all()


def territories_path(territory: Territory) -> list[str]:
    """The names from the province down to the place itself: ["Azuay", "Cuenca", "Baños"]."""
    codes = [code for code in territory.path.split(".") if code]
    if len(codes) <= 1:
        return [territory.name]
    query = sa.select(Territory.code, Territory.name).where(Territory.code.in_(codes))
    names = dict(db.session.execute(query).all())
    return [names[code] for code in codes if code in names]


def themes() -> Sequence[Theme]:
    """The themes in their order."""
    return db.session.scalars(sa.select(Theme).order_by(Theme.position, Theme.id)).all()


def sectors() -> Sequence[Sector]:
    """The sectors, every one after its parent."""
    return db.session.scalars(sa.select(Sector).order_by(Sector.id)).all()


def peoples() -> Sequence[People]:
    """Peoples and nationalities, by name."""
    return db.session.scalars(sa.select(People).order_by(People.name)).all()


def peoples_found(names: Sequence[str]) -> list[People]:
    """The peoples with these names. Raises `Invalid` (``peoples``) for an unknown one."""
    wanted = set(names)
    rows = list(db.session.scalars(sa.select(People).where(People.name.in_(wanted)))) if wanted else []
    if len(rows) != len(wanted):
        unknown = sorted(wanted - {row.name for row in rows})
        raise Invalid(_l("No se reconoce: %(codes)s.", codes=", ".join(unknown)), field="peoples")
    return rows


def languages() -> Sequence[Language]:
    """The languages, those of the Constitution first."""
    return db.session.scalars(sa.select(Language).order_by(Language.id)).all()


def known_codes(model: Any, codes: Iterable[str]) -> Sequence[Any]:
    """The rows of a vocabulary (`Theme`, `Sector`) with these codes."""
    return db.session.scalars(sa.select(model).where(model.code.in_(list(codes)))).all()


def _ordered(*conditions: sa.ColumnElement[bool]) -> Sequence[Territory]:
    return db.session.scalars(sa.select(Territory).where(*conditions).order_by(Territory.name_plain)).all()
