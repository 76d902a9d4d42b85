"""What is wrong with a file, line by line, in words for the person who has to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.core.errors import Invalid
from intake.core.i18n import gettext as _
from intake.core.i18n import lazy_ngettext, ngettext

if TYPE_CHECKING:
    from intake.core.i18n import Text

MOST_KEPT = 200  # problems shown; the others are counted


@dataclass(frozen=True)
class Problem:
    """``line`` counts from 1 as a text editor or a spreadsheet shows it; ``column`` "" is the whole line."""

    line: int
    column: str
    reason: Text

    def __str__(self) -> str:
        """One line for people."""
        if not self.column:
            return str(_("línea %(line)s: %(reason)s", line=self.line, reason=self.reason))
        place = {"line": self.line, "column": self.column}
        return str(_("línea %(line)s, columna %(column)s: %(reason)s", reason=self.reason, **place))


class Problems:
    """The first `MOST_KEPT` problems, and how many there were."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.total = 0

    def __bool__(self) -> bool:
        return self.total > 0

    def add(self, line: int, column: str, reason: Text) -> None:
        """Note one more."""
        self.total += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Problem(line, column, reason))

    @property
    def more(self) -> int:
        """How many are only counted."""
        return self.total - len(self.kept)

    def lines(self, most: int = MOST_KEPT) -> list[str]:
        """The problems as sentences, the last saying how many more there are."""
        shown = [str(problem) for problem in self.kept[:most]]
        left = self.total - len(shown)
        return [*shown, ngettext("y %(num)s más", "y %(num)s más", left)] if left else shown


class Refused(Invalid):
    """A file that cannot be taken as it is. Nothing of it was kept."""

    def __init__(self, problems: Problems) -> None:
        words = lazy_ngettext(
            "El archivo tiene %(num)s error y no se importó nada.",
            "El archivo tiene %(num)s errores y no se importó nada.",
            problems.total,
        )
        super().__init__(words, field="file", lines=problems.lines(20))
        self.problems = problems
