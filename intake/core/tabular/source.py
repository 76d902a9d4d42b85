"""A file that is read more than once and must be the same each time."""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from intake.core.errors import Conflict
from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK_BYTES = 1 << 20


class Source:
    """A seekable file with its name, size in bytes and SHA-256 (hexadecimal) at the moment it was opened."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self.name = name
        self.file = file
        self.sha256, self.size_bytes = _measured(file)

    @classmethod
    def of(cls, name: str, content: bytes) -> Source:
        """A file that is in memory."""
        return cls(name, io.BytesIO(content))

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Source]:
        """A file of this machine, open while the block lasts. Raises `OSError`."""
        with path.open("rb") as file:
            yield cls(path.name, file)

    def content(self) -> bytes:
        """All its bytes."""
        self.file.seek(0)
        return self.file.read()

    def require_same(self) -> None:
        """Raise `Conflict` if the file has changed since it was opened."""
        if _measured(self.file)[0] != self.sha256:
            raise Conflict(_l("El archivo cambió mientras se leía. No se importó nada: vuelva a intentarlo."))


def _measured(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size
