"""The files of `intake/demo/data` (shapes: its README.md) as plain data, and days relative to the day of loading."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from intake.core import clock

FOLDER = Path(__file__).resolve().parent / "data"
Row = dict[str, Any]


@lru_cache(maxsize=16)
def read(name: str) -> Any:
    """The content of ``<name>.json``."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def day(text: str | None) -> date | None:
    """A day ``YYYY-MM-DD``, or the first of a month ``YYYY-MM``; None stays None."""
    if not text:
        return None
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def moment(of: date, hour: float = 12.0) -> datetime:
    """An instant of a day in Ecuador; ``hour`` 9.5 is half past nine."""
    return datetime.combine(of, time.min, clock.ECUADOR) + timedelta(hours=hour)


def wall_clock(of: date, text: str | None) -> datetime | None:
    """The instant of a day at ``HH:MM`` in Ecuador; None without a time."""
    return None if text is None else datetime.combine(of, time.fromisoformat(text), clock.ECUADOR)


def citation(row: Row) -> tuple[str, str | None]:
    """Name and address of a row's source, for the fields ``source`` and ``source_url``."""
    key = row.get("source_key") or next(iter(row.get("source_keys") or ()), None)
    if key is None:
        return "", None
    found = str(read("sources").get(key, ""))
    return (found, found) if found.startswith("http") else (found or key, None)
