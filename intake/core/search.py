"""Words as search knows them: folded and stemmed in Spanish, the same on both databases."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer
import sqlalchemy as sa

from intake.core.text import plain
from intake.extensions import db
from models import Proposal

_WORD = re.compile(r"[a-z0-9]{2,}")
_STEMMER = snowballstemmer.stemmer("spanish")
MAX_TERMS = 12


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return plain(_STEMMER.stemWord(word))


def stems(*texts: str) -> str:
    """The stems of the texts' words in order, separated by spaces. Accents, capitals and plurals make no difference."""
    return " ".join(_stem(word) for text in texts for word in _WORD.findall(plain(text)))


def terms(query: str) -> list[str]:
    """The stems that a search asks for, without repetition, at most twelve."""
    return list(dict.fromkeys(stems(query).split()))[:MAX_TERMS]


def proposals_matching(query: str, *, any_word: bool = False) -> sa.ColumnElement[bool] | None:
    """A condition that holds for proposals with every word of the query (each as a prefix); None for no words.

    With ``any_word``, one of them is enough.
    """
    wanted = terms(query)
    if not wanted:
        return None
    if db.session.get_bind().dialect.name == "postgresql":
        document = sa.func.to_tsvector(sa.literal_column("'simple'::regconfig"), Proposal.search_stems)
        return document.bool_op("@@")(
            sa.func.to_tsquery(
                sa.literal_column("'simple'::regconfig"), (" | " if any_word else " & ").join(f"{t}:*" for t in wanted)
            )
        )
    match = sa.text("SELECT rowid FROM proposal_search WHERE proposal_search MATCH :fts").bindparams(
        fts=(" OR " if any_word else " AND ").join(f'"{t}"*' for t in wanted)
    )
    return Proposal.id.in_(match)
