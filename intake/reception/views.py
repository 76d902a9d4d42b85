"""Pages of reception. Each group of pages stands in a module of its own and attaches itself to the blueprint."""

from intake.reception import (
    views_asking,
    views_author,
    views_code,
    views_comments,
    views_feed,
    views_held,
    views_list,
    views_moderation,
    views_read,
    views_similar,
    views_support,
    views_track,
    views_transfer,
    views_write,
)
from intake.reception.blueprint import bp

__all__ = [
    "bp",
    "views_asking",
    "views_author",
    "views_code",
    "views_comments",
    "views_feed",
    "views_held",
    "views_list",
    "views_moderation",
    "views_read",
    "views_similar",
    "views_support",
    "views_track",
    "views_transfer",
    "views_write",
]
