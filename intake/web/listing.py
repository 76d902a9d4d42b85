"""A list and its address: the neighbouring pages, sorting, and the filters that are on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from intake.core.pagination import Page

PAGE = "pagina"


@dataclass(frozen=True)
class Chip:
    """A filter that is on; ``url`` is this address without it."""

    label: str
    url: str


class Listing:
    """A page that knows the addresses of its neighbours (`templates/macros/pagination.html`)."""

    def __init__(self, page: Page[Any]) -> None:
        self._page = page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)

    @staticmethod
    def url_of(number: int) -> str:
        """The present address with another page number."""
        return url_with(**{PAGE: str(number)})


def url_with(**values: str) -> str:
    """The present address with some arguments given other values ("" takes one out), back on the first page."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in {*values, PAGE, "lang"} and v]
    query = urlencode([*kept, *((k, v) for k, v in values.items() if v)])
    return f"{request.path}?{query}" if query else request.path


def filters_query() -> str:
    """The filters of the present address as another address takes them over: "?q=agua", "" for none."""
    _path, mark, query = url_with().partition("?")
    return mark + query


def chips(active: Iterable[tuple[str, str]]) -> list[Chip]:
    """A chip for each pair of argument and words; those without words are not on."""
    return [Chip(words, url_with(**{name: ""})) for name, words in active if words]


def sort_of(column: str, chosen: str) -> tuple[str, str]:
    """The address that sorts by a column (again: the other way round) and the direction it has now."""
    direction = {column: "ascending", f"-{column}": "descending"}.get(chosen, "")
    return url_with(orden=f"-{column}" if chosen == column else column), direction
