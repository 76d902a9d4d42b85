"""Words as search knows them: folded and stemmed in Spanish, the same on both databases."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import snowballstemmer
import sqlalchemy as sa

from intake.core.text import plain
from intake.core.transaction import dialect
from models import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_WORD = re.compile(r"[a-z0-9]{2,}")
#: What stands between quotation marks, of whatever kind a keyboard has, is looked for as it stands.
_PIECE = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”|([^"«“]+|["«“])')
#: It keeps the word at hand on itself: threads would stem each other's words, and `stem_of` would keep the result.
_STEMMER, _ONE_AT_A_TIME = snowballstemmer.stemmer("spanish"), threading.Lock()
_SIMPLE: sa.ColumnClause[Any] = sa.literal_column("'simple'::regconfig")
MAX_TERMS = 12
#: A stem of so many letters is no beginning: "bus" would find "buscar". With one more it is none either where the end
#: of the word was taken off ("parte" would find "participar"); "educ" and Kichwa's "yaku" are typed as beginnings.
SHORT = 3
#: Words that hold a sentence together: a search does not demand them, unless it has no others.
_FILLER = """
al ante bajo como con contra cuando de del desde donde durante el en entre es esa esas ese eso esos esta estas este
esto estos ha han hasta hay la las le les lo los me mi mis nos para pero por que se segun ser si sin sobre son su sus
tras tu tus un una unas uno unos ya
"""
_JOINING = frozenset(_FILLER.split())


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """The stem of a folded word."""
    with _ONE_AT_A_TIME:
        stem = _STEMMER.stemWord(word)
    return plain(stem)


def stems(*texts: str) -> str:
    """The stems of the texts' words in order, separated by spaces. Accents, capitals and plurals make no difference."""
    return " ".join(stem_of(word) for text in texts for word in _WORD.findall(plain(text)))


class Term(NamedTuple):
    """Stems that follow each other.

    A ``whole`` term stood between quotation marks or is one short stem; another has one stem and is also the beginning
    of longer ones. ``other``: the stem of the plural or singular where the stemmer keeps them apart ("rio", "rios").
    """

    stems: tuple[str, ...]
    whole: bool
    other: str = ""


def parsed(query: str) -> list[Term]:
    """What a search asks for, without repetition and filler, at most twelve words."""
    found: dict[Term, None] = {}
    left = MAX_TERMS
    for term in list(_all_terms(query)) or _all_terms(query, filler=True):
        short = term._replace(stems=term.stems[:left])
        if short.stems and short not in found:
            found[short] = None
            left -= len(short.stems)
    return list(found)


def _all_terms(query: str, *, filler: bool = False) -> Iterator[Term]:
    for quoted, guillemets, curly, free in _PIECE.findall(query):
        if phrase := tuple(stems(quoted or guillemets or curly).split()):
            yield Term(phrase, whole=True)
        words = _WORD.findall(plain(free))
        yield from (_term_of(word) for word in words if filler or word not in _JOINING)


def _term_of(word: str) -> Term:
    stem = stem_of(word)
    other = _other_number(stem)
    return Term((stem,), len(stem) <= SHORT or bool(other) or (len(stem) == SHORT + 1 and stem != word), other)


def _other_number(stem: str) -> str:
    """What the stemmer makes of a short word in the other number where it does not bring both together, or ""."""
    if len(stem) <= SHORT and stem[-1] in "aeiou":
        return f"{stem}s"
    return stem[:-1] if len(stem) == SHORT + 1 and stem[-1] == "s" and stem[-2] in "aeiou" else ""


def terms(query: str) -> list[str]:
    """The stems that a search asks for, without repetition, at most twelve."""
    return list(dict.fromkeys(stem for term in parsed(query) for stem in term.stems))


def proposals_matching(query: str, *, any_word: bool = False) -> sa.ColumnElement[bool] | None:
    """A condition that holds for proposals with every term of the query; None for no words.

    With ``any_word``, one of them is enough.
    """
    wanted = parsed(query)
    if not wanted:
        return None
    expression = _expression(wanted, any_word=any_word)
    return _document(Proposal.search_stems, expression) if _postgresql() else Proposal.id.in_(_matches(expression))


def matches_first(order: tuple[Any, ...]) -> tuple[Any, ...]:
    """The order of a list that is searched, such that PostgreSQL begins with the index of the search.

    It believes that a prefix finds far more than it does, walks the index of the order and takes the words of every
    proposal apart, seconds for a rare word. So the order begins with what no index has and what is the same for all.
    """
    return (Proposal.id < 0, *order) if _postgresql() else order


def proposals_with(stem: str, *, most: int, common: bool = False) -> sa.Subquery:
    """The ids of the newest ``most`` proposals that have a stem; ``common``: more than every third has it.

    PostgreSQL takes them from the index of the search and sorts them; OFFSET keeps it from walking all proposals from
    the newest on and taking their words apart, which pays for common words only.
    """
    expression = _expression([Term((stem,), whole=True)])
    if _postgresql():
        found = sa.select(_ANOTHER.c.id).where(_document(_ANOTHER.c.search_stems, expression))
        if not common:
            kept = found.offset(0).subquery()
            return sa.select(kept.c.id).order_by(kept.c.id.desc()).limit(most).subquery()
        return found.order_by(_ANOTHER.c.id.desc()).limit(most).subquery()
    return _matches(expression).order_by(_INDEX.c.rowid.desc()).limit(most).subquery()


#: The full-text index of SQLite; its hidden column of the same name is what a search is put to.
_INDEX = sa.table("proposal_search", sa.column("rowid"), sa.column("proposal_search"))
_ANOTHER = Proposal.__table__.alias("found")


def _postgresql() -> bool:
    return dialect() == "postgresql"


def _document(column: Any, expression: str) -> sa.ColumnElement[bool]:
    """PostgreSQL: whether the words of a column fit; the expression of ``ix_proposal_search``."""
    return sa.func.to_tsvector(_SIMPLE, column).bool_op("@@")(sa.func.to_tsquery(_SIMPLE, expression))


def _matches(expression: str) -> sa.Select[Any]:
    """SQLite: the ids of proposals that fit."""
    return sa.select(_INDEX.c.rowid.label("id")).where(_INDEX.c.proposal_search.match(expression))


def _expression(wanted: list[Term], *, any_word: bool = False) -> str:
    """The terms in the language of this database's index."""
    if _postgresql():
        return (" | " if any_word else " & ").join(map(_for_postgresql, wanted))
    return (" OR " if any_word else " AND ").join(map(_for_sqlite, wanted))


def _for_postgresql(term: Term) -> str:
    if not term.whole:
        return f"{term.stems[0]}:*"
    return "(" + " <-> ".join(term.stems) + (f" | {term.other}" if term.other else "") + ")"


def _for_sqlite(term: Term) -> str:
    phrase = f'"{" ".join(term.stems)}"'
    if not term.whole:
        return f"{phrase}*"
    return f'({phrase} OR "{term.other}")' if term.other else phrase


# -- where it was found ---------------------------------------------------------------------------

_WRITTEN = re.compile(r"[^\W_]+")


def passages(text: str, wanted: list[Term]) -> list[tuple[int, int]]:
    """Where in a text, as written, the terms stand: begin and end of each word or phrase, in order, apart."""
    words = [(m.start(), m.end(), stem) for m in _WRITTEN.finditer(text) for stem in [stems(m[0])] if stem]
    spans = [span for term in wanted for span in _spans(words, term)]
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _spans(words: list[tuple[int, int, str]], term: Term) -> list[tuple[int, int]]:
    if not term.whole:
        return [(begin, end) for begin, end, stem in words if stem.startswith(term.stems[0])]
    if term.other:
        return [(begin, end) for begin, end, stem in words if stem in {term.stems[0], term.other}]
    size = len(term.stems)
    return [
        (words[i][0], words[i + size - 1][1])
        for i in range(len(words) - size + 1)
        if tuple(word[2] for word in words[i : i + size]) == term.stems
    ]
