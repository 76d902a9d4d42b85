"""Reading proposals. Each function says what it loads and in how many statements."""

from intake.reception.queries.choices import Choice, Place, choices, places, themes
from intake.reception.queries.facets import facets, total
from intake.reception.queries.held import by_folios, held, held_numbers, holds_of, next_held, screened
from intake.reception.queries.lists import bodies, first, how_many, keys, page, rows_of
from intake.reception.queries.news import News, by_public_folios, news
from intake.reception.queries.one import (
    Reader,
    author_of,
    by_draft_key,
    by_folio,
    by_idempotency_key,
    complete,
    is_public,
    last_change,
    versions,
)
from intake.reception.queries.similar import Meaning, Similar, comparable, of_the_meaning, similar_to
from intake.reception.queries.story import CommitmentLink, Story, answers, commitments_of, fallback_of, story

__all__ = [
    "Choice",
    "CommitmentLink",
    "Meaning",
    "News",
    "Place",
    "Reader",
    "Similar",
    "Story",
    "answers",
    "author_of",
    "bodies",
    "by_draft_key",
    "by_folio",
    "by_folios",
    "by_idempotency_key",
    "by_public_folios",
    "choices",
    "commitments_of",
    "comparable",
    "complete",
    "facets",
    "fallback_of",
    "first",
    "held",
    "held_numbers",
    "holds_of",
    "how_many",
    "is_public",
    "keys",
    "last_change",
    "news",
    "next_held",
    "of_the_meaning",
    "page",
    "places",
    "rows_of",
    "screened",
    "similar_to",
    "story",
    "themes",
    "total",
    "versions",
]
