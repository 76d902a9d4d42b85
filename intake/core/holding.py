"""Files that wait for a person's second look, under their own hash.

A preview keeps what it showed, and the confirmation takes exactly that: the key is the person and the SHA-256 of the
bytes, and the bytes that come back must have it. No row is written, so that nothing changes before the confirmation.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import obstore

from intake.core import clock, files
from intake.core.errors import Gone
from intake.core.i18n import lazy_gettext as _l

FOLDER = "held"
#: What nobody confirmed in this time is removed when somebody holds the next file.
KEPT_FOR = timedelta(hours=24)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def hold(content: bytes, *, user_id: int) -> str:
    """Keep the bytes for this person and return their SHA-256, hexadecimal."""
    _sweep()
    digest = hashlib.sha256(content).hexdigest()
    obstore.put(files.object_store(), _key(user_id, digest), content)
    return digest


def held(digest: str, *, user_id: int) -> bytes:
    """The bytes that this person was shown. Raises `Gone` if they are not there any more, or are others."""
    if _DIGEST.fullmatch(digest):
        try:
            content = bytes(obstore.get(files.object_store(), _key(user_id, digest)).bytes())
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() == digest:
            return content
    raise Gone(_l("El archivo que revisó ya no está guardado. Súbalo otra vez: no se importó nada."))


def release(digest: str, *, user_id: int) -> None:
    """Forget the bytes."""
    obstore.delete(files.object_store(), _key(user_id, digest))


def _key(user_id: int, digest: str) -> str:
    return f"{FOLDER}/{user_id}-{digest}"


def _sweep() -> None:
    oldest = clock.now() - KEPT_FOR
    for part in obstore.list(files.object_store(), prefix=FOLDER):
        for found in part:
            if found["last_modified"] < oldest:
                obstore.delete(files.object_store(), found["path"])
