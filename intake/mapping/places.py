"""From the province, canton and parish of a row, by name or INEC code, to a place."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain
from intake.extensions import db
from models import Territory
from models.enums import TerritoryLevel

if TYPE_CHECKING:
    from intake.core.tabular import Problems, Row

COLUMNS = ("provincia", "canton", "parroquia")
COUNTRY = "EC"
_COUNTRY_NAMES = frozenset({"ec", "ecuador", "todo el pais", "nacional"})
#: Column → (level, digits of its code). Spreadsheets drop the first zero of a code.
_LEVELS = {
    "provincia": (TerritoryLevel.PROVINCE, 2),
    "canton": (TerritoryLevel.CANTON, 4),
    "parroquia": (TerritoryLevel.PARISH, 6),
}


def folded(name: str) -> str:
    """A name without accents, capitals, stops or what stands in brackets: ``Dr. Miguel Egas`` → ``dr miguel egas``."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\([^)]*\)", " ", plain(name))))


class Places:
    """Every place that may be chosen, read once. One statement."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self._by_name: dict[TerritoryLevel, defaultdict[str, list[str]]] = {
            level: defaultdict(list) for level in TerritoryLevel
        }
        self._levels: dict[str, TerritoryLevel] = {}
        columns = (Territory.id, Territory.code, Territory.name, Territory.level, Territory.selectable)
        for key, code, name, level, selectable in db.session.execute(sa.select(*columns).order_by(Territory.code)):
            if selectable or code == COUNTRY:
                self.ids[code], self.names[code], self._levels[code] = key, name, level
                self._by_name[level][folded(name)].append(code)

    def find(self, row: Row, problems: Problems, *, country: bool = False) -> str | None:
        """The code of the smallest place that the row names, None for none or where something is wrong (noted).

        ``country``: the province may be the whole country.
        """
        if country and plain(row["provincia"]) in _COUNTRY_NAMES and COUNTRY in self.ids:
            return COUNTRY
        above: str | None = None
        for column in COLUMNS:
            if text := row[column]:
                found, reason = self._one(column, text, above)
                if found is None:
                    problems.add(row.line, column, reason)
                    return None
                above = found
        return above

    def further(self, row: Row, column: str, problems: Problems) -> tuple[str, ...]:
        """The places of a column that lists codes with ``;``."""
        codes = [code.strip().upper() for code in row[column].split(";") if code.strip()]
        padded = [code.zfill(len(code) + len(code) % 2) if code.isdecimal() else code for code in codes]
        for code in (c for c in padded if c not in self.ids):
            problems.add(row.line, column, _l("No hay un lugar con el código «%(text)s».", text=code[:40]))
        return tuple(dict.fromkeys(padded))

    def _one(self, column: str, text: str, above: str | None) -> tuple[str | None, object]:
        level, digits = _LEVELS[column]
        if text.isascii() and text.isdecimal():
            code = text.zfill(digits)
            if self._levels.get(code) is not level:
                return None, _l("No hay un lugar de este nivel con el código «%(text)s».", text=text[:40])
            fitting = [code]
        else:
            fitting = self._by_name[level].get(folded(text), [])
            if not fitting:
                return None, self._unknown(level, text)
        within = [code for code in fitting if code.startswith(above or "")]
        if not within:
            return None, _l("«%(text)s» no queda en %(place)s.", text=text[:80], place=self.names[above or ""])
        if len(within) > 1:
            words = _l(
                "Hay varios lugares con el nombre «%(text)s»: añada el de arriba o use el código INEC.", text=text
            )
            return None, words
        return within[0], ""

    def _unknown(self, level: TerritoryLevel, text: str) -> object:
        near = get_close_matches(folded(text), self._by_name[level], n=1, cutoff=0.75)
        if not near:
            return _l("No se conoce el lugar «%(text)s».", text=text[:80])
        name = self.names[self._by_name[level][near[0]][0]]
        return _l("No se conoce el lugar «%(text)s». ¿Es «%(near)s»?", text=text[:80], near=name)
