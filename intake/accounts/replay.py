"""What is carried through sign-in: where the person was going, and what had been typed when the session ended.

Nothing here trusts what comes back from the browser: addresses stay on this site, and fields are few, short and named
like fields. They are sent on only by a press of the person, with a fresh forgery token.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from intake.web.typed import SECRET_FIELDS

MAX_PATH = 2_000
MAX_FIELDS = 400
MAX_CHARACTERS = 500_000
_NAME = re.compile(r"[A-Za-z_][\w.\-\[\]]{0,99}", re.ASCII)
_UNFIT = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


@dataclass(frozen=True)
class Carried:
    """``path`` is a local address ("" for none); ``fields`` are (name, value) pairs to be sent there by POST."""

    path: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def as_json(self) -> str:
        """The fields as they travel in a hidden input; empty for none."""
        return json.dumps(self.fields, ensure_ascii=False) if self.fields else ""


def local_path(text: str | None) -> str:
    r"""The address if it lies on this site, else "".

    Refuses other hosts (``//x``, ``/\x``, ``http:``) and control characters.
    """
    if not text or len(text) > MAX_PATH or not text.startswith("/") or text.startswith("//") or _UNFIT.search(text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else text


def fields_of(text: str | None) -> tuple[tuple[str, str], ...]:
    """The pairs of a JSON list of ``[name, value]``.

    Nothing at all unless the whole list has that shape and fits the limits.
    """
    if not text or len(text) > MAX_CHARACTERS:
        return ()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, list) or len(found) > MAX_FIELDS or not all(map(_is_pair, found)):
        return ()
    return tuple((name, value) for name, value in found if name not in SECRET_FIELDS)


def _is_pair(pair: object) -> bool:
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
        return False
    return _NAME.fullmatch(pair[0]) is not None
