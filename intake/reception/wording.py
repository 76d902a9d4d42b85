"""What a Spanish text says, for comparing it with others: its words without accents, endings, spelling slips or filler.

Pure and without NumPy, so that the pages use it too.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from intake.core.search import stem_of
from intake.core.text import plain

_WORD = re.compile(r"[^\W_]{2,}")
#: The code of a plan, and a folio: they name a paper, not what it speaks of.
_CODE = re.compile(r"\b(?:paga[\s\-]?\d+(?:[\s\-‐-―·/]*\d+)?|[a-z]{2,8}\d{1,4}[\-‐-―]\d{3,6})\b", re.IGNORECASE)

#: Words that say nothing about the subject (Snowball's Spanish list, shortened to what survives folding, and the words
#: that open every other proposal: "que", "pedimos").
_FILLER = """
al algo alguna algunas alguno algunos ante antes aqui asi aun aunque bajo bien cada casi como con contra cosa cosas
cual cuales cualquier cuando cuanta cuanto cuantos de debe deben del desde despues donde dos durante el ella ellas
ellos en entonces entre era eran eres es esa esas ese eso esos esta estaba estamos estan estar estas este esto estos
fue fueron ha haber habia hace hacen hacer haga hagan han hasta hay he incluso la las le les lo los mas me mediante
mi mis misma mismo mucha muchas mucho muchos muy nada ni ningun ninguna no nos nosotras nosotros nuestra nuestras
nuestro nuestros nunca os otra otras otro otros para parte pedimos pero poca poco podemos poder porque propone
proponemos propongo propuesta pueda puede pueden pues que queremos quien quienes quiero se sea sean segun ser si
sido siempre sin sino so sobre solo son soy su sus tal tambien tan tanto te tenemos tener tiene tienen toda todas
todo todos tras tu tus un una unas uno unos va vamos van ver vez ya yo
"""
STOP_WORDS = frozenset(_FILLER.split())
STOP_STEMS = frozenset(map(stem_of, STOP_WORDS))
_REFERENCE = Path(__file__).parents[1] / "reference"  # the sources of its files: SOURCES.md there


def _everyday() -> frozenset[str]:
    lines = (_REFERENCE / "everyday.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(stem_of(plain(word)) for line in lines if not line.startswith("#") for word in line.split())


#: Stems of words that everybody uses, whatever the matter.
EVERYDAY = _everyday()

# How writers who spell by ear write one sound; on folded words, in this order.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ch", "C"), ("qu(?=[ei])", "k"), ("gu(?=[ei])", "G"), ("g(?=[ei])", "j"), ("c(?=[ei])", "s"), ("[zx]", "s"),
        ("[cq]", "k"), ("ll", "y"), ("v", "b"), ("w", "u"), ("h", ""), ("G", "g"), ("C", "ch"), (r"(.)\1", r"\1"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A proposal as far as it is compared."""

    title: str
    problem: str = ""
    solution: str = ""


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """A folded word as it sounds: "besinos" and "vecinos" become one."""
    for pattern, written in _SOUNDS:
        word = pattern.sub(written, word)
    return word


_folded = lru_cache(maxsize=100_000)(plain)


def _written(text: str) -> list[str]:
    """The words as written, without codes; composed first, or marks that stand apart would cut them."""
    return _WORD.findall(_CODE.sub(" ", unicodedata.normalize("NFC", text)))


def words(text: str) -> list[str]:
    """The folded words that say something, in order; all of them if none does."""
    found = [_folded(word) for word in _written(text)]
    return [word for word in found if word not in STOP_WORDS] or found


def spelled(text: str) -> dict[str, str]:
    """Stem → the word as its writer put it (small letters if the whole word is in capitals), for words that matter."""
    found: dict[str, str] = {}
    for written in _written(text):
        folded = _folded(written)
        if folded not in STOP_WORDS:
            found.setdefault(stem_of(folded), written.lower() if written.isupper() else written)
    return found


# -- other words for the same thing ---------------------------------------------------------------


def _groups(bond: str) -> tuple[tuple[str, ...], ...]:
    """The stems of each group of words with this bond: the ``same`` thing, which no stemmer finds, or one ``field``."""
    rows = csv.DictReader((_REFERENCE / "synonyms.csv").read_text(encoding="utf-8").splitlines())
    groups = [row["words"] for row in rows if row["bond"] == bond]
    return tuple(tuple(dict.fromkeys(stem_of(plain(word)) for word in group.split())) for group in groups)


def _numbers(groups: tuple[tuple[str, ...], ...]) -> dict[str, tuple[int, ...]]:
    """Stem → the numbers of the groups that have it."""
    found: dict[str, tuple[int, ...]] = {}
    for number, group in enumerate(groups):
        for one in group:
            found[one] = (*found.get(one, ()), number)
    return found


_SAME, _FIELD = _groups("same"), _groups("field")
_SAME_OF, _FIELD_OF = _numbers(_SAME), _numbers(_FIELD)
_SAME_BY_SOUND = {sound(one): numbers for one, numbers in _SAME_OF.items()}


@lru_cache(maxsize=100_000)
def meanings(stemmed: str) -> tuple[str, ...]:
    """A stem as it sounds, and a mark for each thing that it is one of several words for, however it is spelled."""
    heard = sound(stemmed)
    return (heard, *(f"#{number}" for number in _SAME_BY_SOUND.get(heard, ())))


def synonyms(stemmed: str) -> list[str]:
    """Other stems for the same thing."""
    return _others(stemmed, _SAME, _SAME_OF)


def of_the_field(stemmed: str) -> list[str]:
    """Stems that belong to the same matter: who looks for buses may mean transport."""
    return _others(stemmed, _FIELD, _FIELD_OF)


def _others(stemmed: str, groups: tuple[tuple[str, ...], ...], numbers: dict[str, tuple[int, ...]]) -> list[str]:
    found = chain.from_iterable(groups[n] for n in numbers.get(stemmed, ()))
    return [one for one in dict.fromkeys(found) if one != stemmed]


# -- runs of characters ---------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def grams(word: str, shortest: int = 3, longest: int = 5) -> tuple[str, ...]:
    """Runs of characters of a folded word as it sounds, spaces at its ends; a shorter word is one run."""
    marked = f" {sound(word)} "
    found: list[str] = []
    for size in range(shortest, longest + 1):
        if len(marked) <= size:
            return (*found, marked)
        found += [marked[i : i + size] for i in range(len(marked) - size + 1)]
    return tuple(found)
