"""Which proposals somebody who is writing should know of, and why. Pure: what is weighed here, `queries.similar` reads.

Meant for a page that must answer at once, so it looks at words only: the index of the database finds who shares rare
ones, and few candidates are then weighed. The thorough comparison of a whole plan is `similar.rank`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from intake.core.search import stem_of
from intake.reception import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Words of a text that are asked for, weightiest first; documents that all of them together may bring to be weighed.
MOST_WORDS, MOST_DOCUMENTS, SOME = 14, 3000, 300
#: What another word for the same thing counts, beside the word itself.
SYNONYM = 0.6
#: How far the title's letters count beside the words shared.
TITLE_SHARE = 0.2
#: What a hint must reach to be shown, for a title alone and for a whole text, of which another seldom covers as much.
LEAST, LEAST_OF_WHOLE = 0.3, 0.18
#: Letters that a misspelled word has right at least, of those it begins with.
BEGINNING = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Vocabulary:
    """In how many of ``total`` texts each stem stands; there are ``times`` as many texts as were counted."""

    total: int = 0
    times: float = 1.0
    frequency: Counter[str] = field(default_factory=Counter)
    _by_sound: dict[str, str] = field(default_factory=dict, repr=False)
    _by_beginning: dict[str, list[str]] = field(default_factory=dict, repr=False)  # sounds by their first letters

    @classmethod
    def of(cls, texts: Iterable[str], times: float = 1.0) -> Vocabulary:
        """Count the stems of texts that are kept as stems, separated by spaces."""
        found = cls(times=times)
        for text in texts:
            found.total += 1
            found.frequency.update(set(text.split()))
        for stem, _n in sorted(found.frequency.items(), key=lambda pair: (pair[1], pair[0])):
            found._by_sound[wording.sound(stem)] = stem  # the most frequent of one sound stays
        for heard in found._by_sound:
            found._by_beginning.setdefault(heard[:BEGINNING], []).append(heard)
        return found

    def weight(self, stem: str) -> float:
        """How much a stem tells: more, the rarer."""
        return math.log((1 + self.total) / (1 + self.frequency[stem])) + 1

    def documents(self, stem: str) -> float:
        """About how many of all texts have a stem."""
        return self.frequency[stem] * self.times

    def is_common(self, stem: str) -> bool:
        """Whether more than every third text has a stem."""
        return self.frequency[stem] * 3 > self.total

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


@dataclass(frozen=True)
class Wanted:
    """A word of the text: as written, what it weighs, and the stems that answer to it with what each counts."""

    written: str
    weight: float
    answers: dict[str, float]


@dataclass(frozen=True)
class Hint:
    """A candidate's score, 0 to 1, and the words that both texts have, weightiest first, as the writer spelled them."""

    score: float
    shared: tuple[str, ...]


def wanted(title: str, body: str, vocabulary: Vocabulary) -> list[Wanted]:
    """The words to ask for; one of the title counts twice."""
    times = Counter(_telling(body))
    for stem in _telling(title):
        times[stem] += 2
    written = wording.spelled(body) | wording.spelled(title)
    found = []
    for stem, n in times.items():
        meant = vocabulary.known(stem)
        answers = dict.fromkeys(wording.synonyms(meant), SYNONYM) | {meant: 1.0}
        found.append(Wanted(written.get(stem, stem), (1 + math.log(n)) * vocabulary.weight(meant), answers))
    return sorted(found, key=lambda w: (-w.weight, w.written))[:MOST_WORDS]


def _telling(text: str) -> list[str]:
    return [stem_of(word) for word in wording.words(text) if word not in wording.STOP_WORDS]


def asked(words: list[Wanted], vocabulary: Vocabulary) -> dict[str, int]:
    """The stems to look up, and how many documents of each at most.

    The weightiest first, as many stems as bring no more than `MOST_DOCUMENTS`; if the first alone brings more, `SOME`
    of them, the newest, must do.
    """
    found: dict[str, int] = {}
    documents = 0.0
    for stem in dict.fromkeys(stem for word in words for stem in sorted(word.answers, key=lambda s: -word.answers[s])):
        documents += vocabulary.documents(stem)
        if found and documents > MOST_DOCUMENTS:
            break
        found[stem] = MOST_DOCUMENTS if documents <= MOST_DOCUMENTS else SOME
    return found


def covered(words: list[Wanted], stems: set[str]) -> float:
    """The share of the weight of the words that a text with these stems answers to."""
    whole = sum(word.weight for word in words)
    return sum(word.weight * _answer(word, stems) for word in words) / whole if whole else 0.0


def weigh(title: str, words: list[Wanted], other_title: str, other_stems: str) -> Hint:
    """How alike, and why. ``other_stems`` are those kept for the search."""
    stems = set(other_stems.split())
    shared = [word.written for word in words if _answer(word, stems)]
    score = (1 - TITLE_SHARE) * covered(words, stems) + TITLE_SHARE * letters_alike(title, other_title)
    return Hint(round(min(1.0, score), 4), tuple(shared))


def _answer(word: Wanted, stems: set[str]) -> float:
    return max((share for stem, share in word.answers.items() if stem in stems), default=0.0)


def letters_alike(one: str, other: str) -> float:
    """Twice the runs of three characters that both titles have, by those of each: 0 to 1 (Dice 1945)."""
    a, b = _runs(one), _runs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


@lru_cache(maxsize=2_000)
def _runs(title: str) -> frozenset[str]:
    return frozenset(chain.from_iterable(wording.grams(word, 3, 3) for word in wording.words(title)))
