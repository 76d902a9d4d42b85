"""Sheets of paper, without a database: which are keyed twice, how two keyings are compared, the rate of errors."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from models import Sheet

#: One sheet of so many is keyed a second time, and at least one of a packet.
SHARE = 10
#: Sheets of a packet.
MOST_SHEETS = 200
#: By when a sheet is keyed: so many days after its event, and never later than so many after reception closed.
KEYING_DAYS = 15
#: How long a sheet stays with whoever has it on the screen.
CLAIM_MINUTES = 20
#: Scans are erased so many days after their sheet was keyed: by then nobody corrects a keying any more.
SCAN_DAYS = 180

#: What is compared, in the order of the sheet.
FIELDS = (
    "title",
    "problem",
    "solution",
    "expected_result",
    "theme",
    "territory",
    "branch",
    "proposer_kind",
    "organisation_name",
    "public_name",
    "contact_name",
    "contact_email",
    "contact_phone",
    "dated_on",
)
CONTACT = frozenset({"contact_name", "contact_email", "contact_phone"})
#: Fields in the writer's own words: a third person may write what neither did.
WORDS = frozenset({"title", "problem", "solution", "expected_result", "organisation_name", *CONTACT})
_NOTHING: Mapping[str, str] = MappingProxyType({})
_QUOTES = str.maketrans({"“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})


class SheetState(StrEnum):
    """Where a sheet stands, for pages."""

    WAITING = "waiting"  # printed, not keyed
    SCANNED = "scanned"
    ILLEGIBLE = "illegible"  # somebody could not read it
    SPOILT = "spoilt"
    KEYED = "keyed"
    SECOND = "second"  # keyed, drawn for a second keying
    DISPUTED = "disputed"  # two keyings differ
    CHECKED = "checked"  # keyed twice, nothing open


def state_of(sheet: Sheet) -> SheetState:
    """Where it stands. A draw is told only of sheets that are keyed: nobody knows beforehand which are looked at."""
    if sheet.spoilt_reason:
        return SheetState.SPOILT
    if sheet.keyed_at is None:
        if sheet.illegible_note:
            return SheetState.ILLEGIBLE
        return SheetState.SCANNED if sheet.scan_id else SheetState.WAITING
    if sheet.second_at is None:
        return SheetState.SECOND if sheet.needs_second else SheetState.KEYED
    open_still = bool(sheet.difference_count) and sheet.settled_at is None
    return SheetState.DISPUTED if open_still else SheetState.CHECKED


def quota(live: int) -> int:
    """How many of so many sheets are keyed twice: a tenth, rounded up."""
    return -(-live // SHARE)


def rank(seed: str, folio: str) -> str:
    """The place of a sheet in the draw: SHA-256 of seed and folio, which nobody guesses without the seed."""
    return hashlib.sha256(f"{seed}:{folio}".encode()).hexdigest()


def draw(seed: str, sheets: Iterable[Sheet]) -> list[Sheet]:
    """The sheets to be drawn now, so that a tenth of those not spoilt is: the lowest in rank, nobody taken back."""
    live = [sheet for sheet in sheets if not sheet.spoilt_reason]
    missing = quota(len(live)) - sum(sheet.needs_second for sheet in live)
    left = sorted((s for s in live if not s.needs_second), key=lambda s: rank(seed, s.folio))
    return left[: max(0, missing)]


def same_form(text: str) -> str:
    """What two keyings are compared by: spaces, capitals, shapes of quotes and dashes and a last full stop say nothing.

    Accents and every other sign do: they change words.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return re.sub(r"\s+", " ", folded).strip().removesuffix(".").rstrip()


@dataclass(frozen=True)
class Comparison:
    """``fields`` were filled in or changed by either person; ``differing`` of them are not the same."""

    fields: tuple[str, ...]
    differing: tuple[str, ...]


def compare(first: Mapping[str, str], second: Mapping[str, str], begun: Mapping[str, str] = _NOTHING) -> Comparison:
    """Compare two keyings field by field. ``begun``: with what the page began.

    What both left as the page began is not counted: agreeing on it would make the rate look better.
    """
    filled = tuple(n for n in FIELDS if {first.get(n, ""), second.get(n, "")} != {begun.get(n, "")})
    differing = (n for n in filled if same_form(first.get(n, "")) != same_form(second.get(n, "")))
    return Comparison(filled, tuple(differing))


def promised(event_day: date | None, printed_on: date, closes_on: date | None) -> date:
    """By when a sheet is keyed: days after its event (or its printing, where no day is known), and after closing."""
    by = max(event_day or printed_on, printed_on) + timedelta(days=KEYING_DAYS)
    last = closes_on + timedelta(days=KEYING_DAYS) if closes_on else by
    return min(by, last)


@dataclass(frozen=True)
class Quality:
    """How well a packet or an event was keyed. Counts; the rates are shares of the fields compared."""

    sheets: int = 0
    keyed: int = 0
    spoilt: int = 0
    twice: int = 0
    fields: int = 0
    differing: int = 0
    wrong: int = 0
    disputed: int = 0  # sheets whose differences wait for a third person
    second_waiting: int = 0  # keyed once, drawn, and not keyed again yet

    @property
    def waiting(self) -> int:
        """Sheets that were neither keyed nor spoilt."""
        return self.sheets - self.keyed - self.spoilt

    @property
    def difference_rate(self) -> float | None:
        """Percentage of the fields compared in which the two keyings differ; None where nothing was compared."""
        return 100 * self.differing / self.fields if self.fields else None

    @property
    def error_rate(self) -> float | None:
        """Percentage in which the first was wrong, as settled by a third person; None while anything is open."""
        return 100 * self.wrong / self.fields if self.fields and not self.disputed else None
