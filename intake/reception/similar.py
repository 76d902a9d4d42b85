"""Which proposals say much the same. Pure: texts in, neighbours out; the same texts give the same answer in any order.

Three views of each text are compared by their cosines and the cosines added (weights in `WEIGHTS`):

* runs of 3 to 5 characters within words, as they sound: plurals, accents, other endings, misspellings;
* stems, and the concept that a stem belongs to (`wording.meanings`): other words for the same thing;
* both, projected on the directions in which this set of texts varies most (latent semantic analysis): words that go
  together in other proposals. Left out of sets below `LEAST_FOR_LATENT` texts.

Counts are dampened (1 + ln n) and weighted by rarity. Why so, and what it reaches: docs/decisions/0025.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from intake.core.search import stem_of
from intake.reception import wording
from intake.reception.wording import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: Shares of characters, words and latent directions in the similarity; and of the first two where there is no third.
WEIGHTS, WEIGHTS_OF_FEW = (0.5, 0.25, 0.25), (0.65, 0.35, 0.0)
#: A word of the title counts as so many of the body.
TITLE = 1.25
RARITY = (1.5, 1.0)  # exponents of the rarity of runs and of stems
LEAST_FOR_LATENT, DIRECTIONS = 60, 150
#: Texts compared at once; candidates of each whose runs of characters are compared in full.
BLOCK, CANDIDATES = 256, 100
_MATRIX = Any  # scipy.sparse.csr_array of float32; SciPy carries no types


@dataclass(frozen=True)
class Neighbour:
    """Another text by its position, and how alike it is, 0 to 1."""

    index: int
    similarity: float


def rank(texts: Sequence[Text], top: int = 5) -> list[list[Neighbour]]:
    """For each text the ``top`` most alike others, best first; without those that share nothing with it."""
    order = sorted(range(len(texts)), key=lambda i: (texts[i].title, texts[i].problem, texts[i].solution))
    views = _Views([texts[i] for i in order])
    found: list[list[Neighbour]] = [[] for _ in texts]
    for start in range(0, len(order), BLOCK):
        for row, others in enumerate(views.nearest(range(start, min(start + BLOCK, len(order))), top), start):
            neighbours = [Neighbour(order[i], value) for i, value in others]
            found[order[row]] = sorted(neighbours, key=lambda n: (-n.similarity, n.index))[:top]
    return found


class _Views:
    """The three views of a set of texts."""

    def __init__(self, texts: list[Text]) -> None:
        counts, vocabulary = _counted(texts)
        runs = _spread(counts, vocabulary, wording.grams)
        stems = _spread(counts, vocabulary, _meanings)
        self._runs, self._stems = _weighted(runs, RARITY[0]), _weighted(stems, RARITY[1])
        # Runs that very many texts have tell little and cost most: they are left out where candidates are looked for.
        seen = np.diff(self._runs.tocsc().indptr)
        telling = np.flatnonzero(seen <= max(500, len(texts) // 50))
        self._telling = self._runs[:, telling].tocsr()
        self._telling_columns, self._stem_columns = self._telling.T.tocsr(), self._stems.T.tocsr()
        self._latent = _latent(counts, vocabulary, stems) if len(texts) >= LEAST_FOR_LATENT else None
        self._shares = WEIGHTS_OF_FEW if self._latent is None else WEIGHTS

    def nearest(self, rows: range, top: int) -> list[list[tuple[int, float]]]:
        """Pairs of position and similarity for each row, those that may be among its ``top`` and a few more."""
        block = slice(rows.start, rows.stop)
        meaning = self._shares[1] * (self._stems[block] @ self._stem_columns).toarray()
        if self._latent is not None:
            meaning += self._shares[2] * np.clip(self._latent[block] @ self._latent.T, 0, 1)
        rough = meaning + self._shares[0] * (self._telling[block] @ self._telling_columns).toarray()
        rough[np.arange(len(rows)), rows] = -1
        return [self._settled(row, rough[i], meaning[i], max(CANDIDATES, top)) for i, row in enumerate(rows)]

    def _settled(self, row: int, rough: Any, meaning: Any, most: int) -> list[tuple[int, float]]:
        likely = np.argpartition(-rough, most)[:most] if most < len(rough) else np.arange(len(rough))
        likely = likely[likely != row]
        own = np.zeros(self._runs.shape[1], dtype=np.float32)
        own[self._runs[[row]].indices] = self._runs[[row]].data
        values = meaning[likely] + self._shares[0] * (self._runs[likely] @ own)
        return [
            (int(i), round(min(1.0, float(v)), 4))
            for i, v in zip(likely, values, strict=True)
            if round(float(v), 4) > 0
        ]


def _counted(texts: list[Text]) -> tuple[_MATRIX, list[str]]:
    """How often each text has each word, a word of the title counting `TITLE`; and the words."""
    numbers: dict[str, int] = {}
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for text in texts:
        times: Counter[str] = Counter()
        for part, weight in ((text.title, TITLE), (text.problem, 1.0), (text.solution, 1.0)):
            for word, n in Counter(wording.words(part)).items():
                times[word] += n * weight  # type: ignore[assignment]
        columns += [numbers.setdefault(word, len(numbers)) for word in times]
        values += times.values()
        starts.append(len(columns))
    shape = (len(texts), len(numbers))
    return _matrix(values, columns, starts, shape), list(numbers)


def _meanings(word: str) -> tuple[str, ...]:
    return wording.meanings(stem_of(word))


def _spread(counts: _MATRIX, vocabulary: list[str], parts: Callable[[str], Iterable[str]]) -> _MATRIX:
    """From counts of words to counts of what words consist of."""
    numbers: dict[str, int] = {}
    columns: list[int] = []
    starts = [0]
    for word in vocabulary:
        columns += [numbers.setdefault(part, len(numbers)) for part in parts(word)]
        starts.append(len(columns))
    shape = (len(vocabulary), len(numbers))
    consists = _matrix([1.0] * len(columns), columns, starts, shape)
    consists.sum_duplicates()
    return (counts @ consists).tocsr()


def _matrix(values: list[float], columns: list[int], starts: list[int], shape: tuple[int, int]) -> _MATRIX:
    """Rows of pairs of column and value; small numbers, or the matrices of 10,000 proposals take half as much again."""
    indices = (np.array(columns, dtype=np.int32), np.array(starts, dtype=np.int32))
    return sp.csr_array((np.array(values, dtype=np.float32), *indices), shape=shape)


def _weighted(counts: _MATRIX, power: float) -> _MATRIX:
    """Counts dampened, times rarity, each row of length 1 (or 0)."""
    rows, columns = counts.shape
    found = counts.astype(np.float32)
    frequency = np.bincount(found.indices, minlength=columns)
    rarity = (np.log((1 + rows) / (1 + frequency)) + 1) ** power
    found.data = ((1 + np.log(np.maximum(found.data, 1))) * rarity[found.indices]).astype(np.float32)
    length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1))).ravel()
    found.data /= np.repeat(np.where(length > 0, length, 1), np.diff(found.indptr)).astype(np.float32)
    return found


def _latent(counts: _MATRIX, vocabulary: list[str], stems: _MATRIX) -> Any:
    """Rows of length 1 in the directions of most variation: randomised subspace iteration, the same at every run.

    Halko, Martinsson, Tropp: Finding structure with randomness, SIAM Review 53(2), 2011, algorithm 4.4.
    """
    threes = _spread(counts, vocabulary, lambda word: wording.grams(word, 3, 3))
    matrix = _weighted(sp.hstack([threes, stems]).tocsr(), 1.0)
    size = min(DIRECTIONS, math.ceil(matrix.shape[0] / 3))
    width = min(size + 10, *matrix.shape)
    basis = np.random.default_rng(2011).standard_normal((matrix.shape[1], width)).astype(np.float32)
    transposed = matrix.T.tocsr()
    for _ in range(3):
        basis = np.linalg.qr(transposed @ np.linalg.qr(matrix @ basis)[0])[0]
    left, strength, _right = np.linalg.svd(matrix @ basis, full_matrices=False)
    found = (left * strength)[:, :size]
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return (found / np.where(length > 1e-6, length, 1)).astype(np.float32)
