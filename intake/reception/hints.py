"""Which proposals somebody who is writing or searching should know of, and why. Pure; `queries.similar` reads.

Meant for a page that must answer at once: the index of the database finds who shares weighty words, another word for
the same thing, or what a misspelled word was meant to be; those few are then compared as `similar.rank` compares a
whole plan, without its latent directions.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.core.search import stem_of, stems
from intake.reception import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from intake.reception.vocabulary import Vocabulary

#: Words of a text that are asked for, weightiest first; stems that are looked up for them; documents that all of them
#: together may bring to be weighed.
MOST_WORDS, MOST_STEMS, MOST_DOCUMENTS, SOME = 14, 60, 3000, 300
#: What a word weighs that no text has: who writes it cannot expect it of others.
LIGHTEST = 1.0
#: What a word of every day counts beside one that names a matter, however seldom it is written.
EVERYDAY = 0.5
#: What another word for the same thing counts, and one of the same field, beside the word itself.
SYNONYM, FIELD = 0.6, 0.4
#: The share of the weight of its words that must be answered, of a title alone and of a whole text, of which another
#: seldom covers as much, of a search: its words are all answered by the same field at least, or enough by themselves.
LEAST, LEAST_OF_WHOLE, LEAST_OF_SEARCH = 0.3, 0.18, FIELD


@dataclass(frozen=True)
class Wanted:
    """A word of the text: as written, what it weighs, and the stems that answer to it with what each counts."""

    written: str
    weight: float
    answers: dict[str, float]
    tells: bool = True  # whether it names a matter, and may be a reason


@dataclass(frozen=True)
class Hint:
    """How alike a candidate is, 0 to 1, the share of the words' weight that it answers to, and those that tell."""

    score: float
    covered: float
    shared: tuple[str, ...]  # weightiest first, as the writer spelled them


def wanted(title: str, body: str, vocabulary: Vocabulary, *, field: bool = False) -> list[Wanted]:
    """The words to ask for; one of the title counts twice. With ``field``, words of the same matter answer too."""
    times = Counter(_telling(body))
    for stem in _telling(title):
        times[stem] += 2
    written = wording.spelled(body) | wording.spelled(title)
    found = []
    for stem, n in times.items():
        meant = vocabulary.known(stem)
        answers = dict.fromkeys(wording.of_the_field(meant), FIELD) if field else {}
        others = wording.synonyms(meant)
        answers |= dict.fromkeys(others, SYNONYM) | {meant: 1.0}
        weight = vocabulary.weight(meant) or max(map(vocabulary.weight, others), default=0) or LIGHTEST
        everyday = stem in wording.EVERYDAY or meant in wording.EVERYDAY
        weight *= (1 + math.log(n)) * (EVERYDAY if everyday else 1)
        found.append(Wanted(written.get(stem, stem), weight, answers, not everyday and vocabulary.tells(meant)))
    return sorted(found, key=lambda w: (-w.weight, w.written))[:MOST_WORDS]


def _telling(text: str) -> list[str]:
    return [stem_of(word) for word in wording.words(text) if word not in wording.STOP_WORDS]


def asked(words: list[Wanted], vocabulary: Vocabulary) -> dict[str, int]:
    """The stems to look up, and how many documents of each at most.

    The words themselves before those that stand for them, the weightiest first, as many stems as bring no more than
    `MOST_DOCUMENTS`; if the first alone brings more, `SOME` of them, the newest, must do. Other words that no counted
    text has are not looked up.
    """
    stems = [(-share, stem) for word in words for stem, share in word.answers.items()]
    found: dict[str, int] = {}
    documents = 0.0
    for share, stem in sorted(stems, key=lambda pair: pair[0])[:MOST_STEMS]:
        if stem in found or (share > -1 and not vocabulary.frequency[stem]):
            continue
        documents += vocabulary.documents(stem)
        if found and documents > MOST_DOCUMENTS:
            break
        found[stem] = MOST_DOCUMENTS if documents <= MOST_DOCUMENTS else SOME
    return found


def covered(words: list[Wanted], stems: Container[str]) -> float:
    """The share of the weight of the words that a text with these stems answers to."""
    return _share(words, [_answer(word, stems) for word in words])


def _share(words: list[Wanted], answers: list[float]) -> float:
    whole = sum(word.weight for word in words)
    return sum(word.weight * answer for word, answer in zip(words, answers, strict=True)) / whole if whole else 0.0


def _answer(word: Wanted, stems: Container[str]) -> float:
    return max([share for stem, share in word.answers.items() if stem in stems], default=0.0)


def speaks_of(words: list[Wanted], title: str, kept: str) -> bool:
    """Whether another speaks of what is sought: in its title, or more than once. ``kept``: its stems."""
    answers = {stem for word in words for stem in word.answers}
    return not answers.isdisjoint(stems(title).split()) or sum(stem in answers for stem in kept.split()) > 1


class Weighing:
    """A text, and how alike others are to it.

    The mean of two cosines, both of dampened counts (1 + ln n) times rarity: of runs of characters as they sound, and
    of stems with their meanings. The length of a candidate is worked out as if no two of its stems shared a run, so
    that what a stem adds is looked up once a text: hundreds of candidates cost milliseconds. A ``short`` text, a title
    or a search, is a few words that another should have all of: there the share of them that it has, by themselves or
    by another word for the same thing, counts as much as the cosines.
    """

    def __init__(self, text: str, words: list[Wanted], vocabulary: Vocabulary, *, short: bool) -> None:
        self._words, self._vocabulary, self._short = words, vocabulary, short
        own = Counter(vocabulary.known(stem) for stem in _telling(text))
        self._runs = _weighted(own, wording.grams, vocabulary.run_weight)
        self._meanings = _weighted(own, wording.meanings, vocabulary.meaning_weight)
        self._adds: dict[str, tuple[float, float, float, float]] = {}

    def weigh(self, kept: str) -> Hint:
        """How alike, and why. ``kept``: the stems of the other, as the search keeps them."""
        stems = Counter(kept.split())
        runs = meanings = runs_size = meanings_size = 0.0
        for stem, n in stems.items():
            add = self._adds.get(stem) or self._add(stem)
            times = 1 + math.log(n) if n > 1 else 1.0
            runs, meanings = runs + times * add[0], meanings + times * add[1]
            runs_size, meanings_size = runs_size + times * times * add[2], meanings_size + times * times * add[3]
        score = min(1.0, (_over(runs, runs_size) + _over(meanings, meanings_size)) / 2)
        answers = [_answer(word, stems) for word in self._words]
        if self._short:
            score = (score + _share(self._words, [float(answer >= SYNONYM) for answer in answers])) / 2
        shared = tuple(word.written for word, answer in zip(self._words, answers, strict=True) if answer and word.tells)
        return Hint(round(score, 4), round(_share(self._words, answers), 4), shared)

    def _add(self, stem: str) -> tuple[float, float, float, float]:
        """What a stem adds to both products and to both squared lengths; filler adds nothing."""
        if stem in wording.STOP_STEMS:
            found = (0.0, 0.0, 0.0, 0.0)
        else:
            runs = sum([self._runs[run] for run in wording.grams(stem) if run in self._runs])
            meanings = sum([self._meanings[one] for one in wording.meanings(stem) if one in self._meanings])
            found = (runs, meanings, *self._vocabulary.size(stem))
        self._adds[stem] = found
        return found


def _over(product: float, size: float) -> float:
    return product / math.sqrt(size) if size else 0.0


def _weighted(
    stems: Counter[str], parts: Callable[[str], Iterable[str]], weight: Callable[[str], float]
) -> dict[str, float]:
    """Part → dampened count times rarity, of length 1, times rarity once more, which is what the other text brings."""
    counts: Counter[str] = Counter()
    for stem, n in stems.items():
        for part in parts(stem):
            counts[part] += n
    found = {part: (1 + math.log(n)) * weight(part) for part, n in counts.items()}
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {part: value / length * weight(part) for part, value in found.items()}
