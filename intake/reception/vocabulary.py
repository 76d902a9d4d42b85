"""How rare words are among the proposals, and which of them a misspelled word was meant to be. Pure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from intake.reception import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Letters that a misspelled word has right at least, of those it begins with.
BEGINNING = 4
#: So many texts must be counted before a word is too common to tell anything.
LEAST_FOR_COMMON = 60
#: Exponents of the rarity of runs of characters and of meanings, as in `similar`.
RARITY = (1.5, 1.0)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Size(NamedTuple):
    """Squared lengths of what a stem consists of: its runs of characters, its meanings."""

    runs: float
    meanings: float


@dataclass
class Vocabulary:
    """In how many of ``total`` texts each stem stands; there are ``times`` as many texts as were counted."""

    total: int = 0
    times: float = 1.0
    frequency: Counter[str] = field(default_factory=Counter)
    _runs: Counter[str] = field(default_factory=Counter, repr=False)
    _meanings: Counter[str] = field(default_factory=Counter, repr=False)
    _sizes: dict[str, Size] = field(default_factory=dict, repr=False)
    _by_sound: dict[str, str] = field(default_factory=dict, repr=False)
    _by_beginning: dict[str, list[str]] = field(default_factory=dict, repr=False)  # sounds by their first letters

    @classmethod
    def of(cls, texts: Iterable[str], times: float = 1.0) -> Vocabulary:
        """Count the stems of texts that are kept as stems, separated by spaces."""
        found = cls(times=times)
        for text in texts:
            found.total += 1
            found.frequency.update(set(text.split()))
        for stem, n in sorted(found.frequency.items(), key=lambda pair: (pair[1], pair[0])):
            found._by_sound[wording.sound(stem)] = stem  # the most frequent of one sound stays
            # at most so many texts: two words of one text may have the same run, which costs too much to find out
            for run in set(wording.grams(stem)):
                found._runs[run] += n
            for meaning in wording.meanings(stem):
                found._meanings[meaning] += n
        for heard in found._by_sound:
            found._by_beginning.setdefault(heard[:BEGINNING], []).append(heard)
        return found

    def weight(self, stem: str) -> float:
        """How much a stem tells: more, the rarer; 0 if no text has it."""
        return self._rarity(self.frequency[stem]) if self.frequency[stem] else 0.0

    def run_weight(self, run: str) -> float:
        """How much a run of characters tells."""
        return float(self._rarity(self._runs[run]) ** RARITY[0])

    def meaning_weight(self, meaning: str) -> float:
        """How much a meaning tells (see `wording.meanings`)."""
        return float(self._rarity(self._meanings[meaning]) ** RARITY[1])

    def size(self, stem: str) -> Size:
        """The squared lengths of a stem; worked out once."""
        found = self._sizes.get(stem)
        if found is None:
            runs = sum(self.run_weight(run) ** 2 for run in wording.grams(stem))
            found = Size(runs, sum(self.meaning_weight(meaning) ** 2 for meaning in wording.meanings(stem)))
            self._sizes[stem] = found
        return found

    def _rarity(self, texts: int) -> float:
        return math.log((1 + self.total) / (1 + min(self.total, texts))) + 1

    def documents(self, stem: str) -> float:
        """About how many of all texts have a stem."""
        return self.frequency[stem] * self.times

    def is_common(self, stem: str) -> bool:
        """Whether more than every third text has a stem."""
        return self.frequency[stem] * 3 > self.total

    def tells(self, stem: str) -> bool:
        """Whether a stem sets texts apart; among a few, what most of them have may still do so."""
        return self.total < LEAST_FOR_COMMON or not self.is_common(stem)

    def known(self, stem: str) -> str:
        """The stem that was meant: itself if others use it, else one of its sound, a letter away, or cut elsewhere.

        (A misspelled ending hides what the stemmer would cut off: "bigilansia" keeps it, "vigilancia" does not.)
        """
        if stem in self.frequency:
            return stem
        if heard := self._by_sound.get(wording.sound(stem)):
            return heard
        near = [one for one in _one_away(stem) if one in self.frequency] if len(stem) > 4 else []
        return max(near, key=lambda one: (self.frequency[one], one), default="") or self._cut_elsewhere(stem)

    def _cut_elsewhere(self, stem: str) -> str:
        heard = wording.sound(stem)
        likely = [
            (common, self.frequency[self._by_sound[one]], one)
            for one in self._by_beginning.get(heard[:BEGINNING], ())
            if (common := _letters_in_common(one, heard)) >= max(BEGINNING + 1, 0.8 * min(len(one), len(heard)))
        ]
        return self._by_sound[max(likely)[2]] if likely else stem


def _letters_in_common(one: str, other: str) -> int:
    """How many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _one_away(word: str) -> Iterator[str]:
    """The word with one letter left out, exchanged, put in, or two that changed places."""
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
