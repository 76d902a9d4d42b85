"""URL types: public references, never primary keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.routing import BaseConverter

if TYPE_CHECKING:
    from flask import Flask


class FolioConverter(BaseConverter):
    """A proposal's folio: ``PAGA3-00042``; small letters are accepted and answered with capitals."""

    regex = r"[A-Za-z]{2,8}[0-9]{0,4}-[0-9]{5,6}"

    def to_python(self, value: str) -> str:
        return value.upper()


class CommitmentConverter(BaseConverter):
    """A commitment's reference: ``PAGA1-3``."""

    regex = r"[A-Za-z]{2,8}[0-9]{0,4}-[0-9]{1,3}"

    def to_python(self, value: str) -> str:
        return value.upper()


class PlanConverter(BaseConverter):
    """A plan's code: ``PAGA3``."""

    regex = r"[A-Za-z]{2,8}[0-9]{1,4}"

    def to_python(self, value: str) -> str:
        return value.upper()


class ProvinceConverter(BaseConverter):
    """The code of a province (INEC): two digits."""

    regex = r"[0-9]{2}"


class SlugConverter(BaseConverter):
    """Words joined by hyphens."""

    regex = r"[a-z0-9]+(?:-[a-z0-9]+)*"


class KeyConverter(BaseConverter):
    """A secret or a file key in an address."""

    regex = r"[A-Za-z0-9_-]{20,80}(?:\.[a-z0-9]{2,5})?"


def install(app: Flask) -> None:
    """Attach ``<folio:…>``, ``<commitment:…>``, ``<plan:…>``, ``<province:…>``, ``<slug:…>`` and ``<key:…>``."""
    app.url_map.converters.update(
        folio=FolioConverter,
        commitment=CommitmentConverter,
        plan=PlanConverter,
        province=ProvinceConverter,
        slug=SlugConverter,
        key=KeyConverter,
    )
