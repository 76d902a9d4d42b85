"""Vocabularies with their own rows, from `intake/reference/*.csv` into the database."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit
from intake.core.errors import Forbidden
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain
from intake.core.transaction import transaction
from intake.extensions import db
from models import Base, Language, People, PolicyArea, Sdg, Sector, Territory, Theme
from models.enums import ReviewSector, Role, TerritoryLevel

if TYPE_CHECKING:
    from intake.core.identity import Principal

Row = Mapping[str, str]
FOLDER = Path(__file__).resolve().parent.parent / "reference"
COUNTRY = "EC"
REVIEW_SECTORS = {sector.value: sector for sector in ReviewSector}


def load_reference(*, by: Principal) -> None:
    """Load the vocabularies that have rows; rows that are there already stay as they are.

    Only the system (commands, the demonstration) and administrators may. About 1,700 rows in ten statements.
    """
    if not (by.is_system or by.holds(Role.ADMIN)):
        raise Forbidden(_l("Su cuenta no tiene permiso para hacer esto."))
    with transaction():
        added = {"territory": _territories()}
        added["theme"] = _missing(Theme, "code", map(_theme, _read("themes")))
        added["sdg"] = _missing(Sdg, "number", map(_sdg, _read("sdgs")))
        added["sector"] = _missing(Sector, "code", map(_sector, _read("sectors")))
        added["people"] = _missing(People, "name", map(_people, _read("peoples")))
        added["language"] = _missing(Language, "code", map(_language, _read("languages")))
        added["policy_area"] = _missing(PolicyArea, "code", _policy_areas())
        if any(added.values()):
            country = db.session.scalars(sa.select(Territory).where(Territory.code == COUNTRY)).one()
            audit.record("reference.load", country, by=by, extra=added)


def _read(name: str) -> Iterator[Row]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _missing(model: type[Base], key: str, rows: Iterable[dict[str, Any]]) -> int:
    """Insert the rows whose key the table does not hold yet; how many those were."""
    known = set(db.session.scalars(sa.select(getattr(model, key))))
    new = [row for row in rows if row[key] not in known]
    if new:
        db.session.execute(sa.insert(model), new)
    return len(new)


def _territories() -> int:
    """Level by level, so that every place finds its parent."""
    rows = list(_read("territories"))
    paths: dict[str, str] = {}
    added = 0
    for level in TerritoryLevel:
        ids = dict(db.session.execute(sa.select(Territory.code, Territory.id)).all())
        here = [_territory(row, ids, paths) for row in rows if row["level"] == level.value]
        paths.update({place["code"]: place["path"] for place in here})
        added += _missing(Territory, "code", here)
    return added


def _territory(row: Row, ids: Mapping[str, int], paths: Mapping[str, str]) -> dict[str, Any]:
    code, parent = row["code"], row["parent_code"]
    above = "" if parent in {"", COUNTRY} else paths[parent]
    in_province = code != COUNTRY and (row["level"] == TerritoryLevel.PROVINCE.value or parent != COUNTRY)
    return {
        "code": code,
        "level": TerritoryLevel(row["level"]),
        "parent_id": ids.get(parent),
        "province_code": code[:2] if in_province else None,
        "path": "" if code == COUNTRY else f"{above}{code}.",
        "name": row["name"],
        "name_plain": plain(row["name"]),
        "region": row["region"] or None,
        "population_2022": _number(row["population_2022"]),
        "population_2025": _number(row["population_2025"]),
        "latitude": float(row["lat"]) if row["lat"] else None,
        "longitude": float(row["lon"]) if row["lon"] else None,
        "selectable": row["selectable"] == "true",
    }


def _number(text: str) -> int | None:
    return int(text) if text else None


def _theme(row: Row) -> dict[str, Any]:
    names = ("code", "name_es", "name_en", "description_es", "description_en")
    return {**{name: row[name] for name in names}, "position": int(row["order"])}


def _sdg(row: Row) -> dict[str, Any]:
    return {
        "number": int(row["code"]),
        "name_es": row["short_es"],
        "name_en": row["short_en"],
        "title_es": row["title_es"],
        "title_en": row["title_en"],
    }


def _sector(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "parent_code": row["parent"] or None,
        "name_es": row["name_es"],
        "name_en": row["name_en"],
        "review_sector": REVIEW_SECTORS.get(row["group"]),
    }


def _people(row: Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": row["kind"],
        "language": row["language_name"] or None,
        "provinces": row["province_codes"].replace("|", ",") or None,
    }


def _language(row: Row) -> dict[str, Any]:
    return {**_names(row), "standing": row["status"]}


def _policy_areas() -> list[dict[str, Any]]:
    """OGP's policy and challenge areas, and its values; a code that is both is kept as the value."""
    values = [{**_names(row), "kind": "value"} for row in _read("ogp_values")]
    taken = {row["code"] for row in values}
    areas = [{**_names(row), "kind": row["kind"]} for row in _read("policy_areas") if row["code"] not in taken]
    return [*values, *areas]


def _names(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("code", "name_es", "name_en")}
