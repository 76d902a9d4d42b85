"""What a Spanish text says, for comparing it with others: its words without accents, endings, spelling slips or filler.

Pure and without NumPy, so that the pages use it too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from intake.core.search import stem_of
from intake.core.text import plain

_WORD = re.compile(r"[^\W_]{2,}")

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

#: Words for one thing, which no stemmer and no spelling brings together. General words: Diccionario de la lengua
#: española (RAE); words of Ecuador: Diccionario de americanismos (ASALE); Kichwa: Kichwa Yachakukkunapa Shimiyuk
#: Kamu (Ministerio de Educación del Ecuador, 2009). Kept short: a group that is too wide would liken what is not alike.
CONCEPTS = (
    "agua yaku",
    "tierra allpa terreno",
    "niño niña guagua wawa infante",
    "joven guambra wambra adolescente juventud",
    "comunidad ayllu comuna recinto",
    "partera comadrona",
    "semilla muyu",
    "mujer warmi",
    "medicina remedio medicamento fármaco",
    "hospital subcentro dispensario clínica",
    "médico doctor",
    "escuela colegio plantel escolar",
    "estudiante alumno alumna",
    "maestro profesor docente",
    "vía carretera carretero camino",
    "bus autobús colectivo",
    "basura desecho residuo",
    "contrato contratación compra adquisición",
    "dinero plata recursos fondos",
    "tarifa planilla cobro valor",
    "municipio alcaldía alcalde gad municipal",
    "prefectura prefecto",
    "trabajo empleo puesto",
    "robo delito delincuencia ladrón",
    "policía patrullero",
    "alumbrado luminaria lámpara foco",
    "violencia maltrato agresión",
    "anciano abuelo mayores viejito",
    "trámite gestión permiso",
    "vivienda casa",
    "campesino agricultor campo rural",
    "riego acequia canal regante",
    "minería minero mina",
    "petróleo crudo hidrocarburo",
    "juez judicial juicio justicia",
    "pesca pescador pescado",
    "vecino morador barrio",
    "corrupción soborno coima",
    "asambleísta legislador diputado",
    "crédito préstamo",
    "vigilancia veeduría fiscalización control",
    "bicicleta ciclista ciclovía",
    "bosque árbol arbolado",
    "discapacidad sordo ciego",
    "indígena originario ancestral nacionalidad",
    "idioma lengua",
    "turismo turista",
    "ganado vaca borrego",
)

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
    """The words as written; composed first, or marks that stand apart would cut them."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


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


def _by_stem() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, group in enumerate(CONCEPTS):
        for one in dict.fromkeys(stem_of(plain(word)) for word in group.split()):
            found[one] = (*found.get(one, ()), number)
    return found


_CONCEPTS_OF = _by_stem()
_STEMS_OF = tuple(tuple(dict.fromkeys(stem_of(plain(word)) for word in group.split())) for group in CONCEPTS)
_CONCEPTS_BY_SOUND = {sound(one): numbers for one, numbers in _CONCEPTS_OF.items()}


def concepts(stemmed: str) -> tuple[int, ...]:
    """Numbers of the groups of `CONCEPTS` that a stem belongs to, however it is spelled."""
    return _CONCEPTS_BY_SOUND.get(sound(stemmed), ())


def synonyms(stemmed: str) -> list[str]:
    """Other stems for the same thing."""
    numbers = _CONCEPTS_OF.get(stemmed, ())
    return [one for one in dict.fromkeys(chain.from_iterable(_STEMS_OF[n] for n in numbers)) if one != stemmed]


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
