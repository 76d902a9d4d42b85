"""Files that people send: judged by their content, cleaned, hashed and kept in an object store."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filetype
import obstore
from obstore.store import LocalStore, MemoryStore, from_url
from PIL import Image, ImageOps, UnidentifiedImageError

from intake.core import clock, documents, packages, segments, tokens
from intake.core.errors import Invalid, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import clean
from intake.core.transaction import after_commit, after_rollback
from intake.extensions import db
from models import StoredFile

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

#: What is accepted: media type → extension given on download. Text formats have no signature and are checked as UTF-8.
ALLOWED = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "text/csv": "csv",
    "text/plain": "txt",
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MAX_PIXELS = 40_000_000
#: The largest attachment; pages and messages that say 10 MB mean this.
LIMIT_BYTES = 10 * 1024 * 1024
_TEXT = {"csv": "text/csv", "txt": "text/plain"}
_store: Any = None


@dataclass(frozen=True)
class Upload:
    """What arrived: the name it was given and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Clean:
    """What may be kept: a name fit for a download, and bytes of that media type as they go out again (`cleaned`)."""

    name: str
    media_type: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def configure(url: str, instance_path: str) -> None:
    """Choose the store: ``memory://``, any object store URL, or a folder below the instance folder when empty."""
    global _store  # noqa: PLW0603 -- one store per process, chosen at start
    if url == "memory://":
        _store = MemoryStore()
    elif url:
        _store = from_url(url)
    else:
        folder = Path(instance_path) / "files"
        folder.mkdir(parents=True, exist_ok=True)
        _store = LocalStore(folder)


def object_store() -> Any:
    """The store chosen at start, for `intake.core.holding`."""
    return _store


def cleaned(upload: Upload, *, longest_side: int | None = None, bare: bool = False, signed: bool = False) -> Clean:
    """Check and clean what arrived. It may take seconds: do it before the transaction that keeps it.

    Raises `Invalid` where the file is empty, too large (`LIMIT_BYTES`), of a kind that is not accepted, or not what
    its name says. Pictures are re-encoded, which drops location data, and made smaller where a side has more than
    ``longest_side`` pixels. With ``bare`` documents lose who wrote them (`documents.bare`); with ``signed``
    those that carry an electronic signature stay whole, since who signs wants to be named.
    """
    kind = judge(upload)
    content = upload.content
    if kind in PICTURES:
        content = _reencoded(content, kind, longest_side)
    elif bare:
        try:
            content = documents.bare(content, kind)
        except documents.Signed:
            if not signed:
                raise
    return Clean(clean_name(upload.name, ALLOWED[kind]), kind, content)


def store(given: Clean, *, by: Principal, public: bool = False) -> StoredFile:
    """Keep a file within the caller's transaction; its bytes are removed again if that does not commit."""
    key = f"{tokens.new_token()}.{ALLOWED[given.media_type]}"
    obstore.put(_store, key, given.content)
    after_rollback(lambda: obstore.delete(_store, key))
    row = StoredFile(
        key=key,
        name=given.name,
        media_type=given.media_type,
        size_bytes=len(given.content),
        sha256=given.sha256,
        is_public=public,
        created_at=clock.now(),
        uploaded_by_id=by.user_id,
    )
    db.session.add(row)
    return row


def judge(upload: Upload, *, takes: Text | None = None) -> str:
    """Return the media type by content. Raises `Invalid` with a message for the person.

    ``takes``: what a page says that takes less than all that is kept anywhere (`ALLOWED`).
    """
    if not upload.content:
        raise Invalid(_l("El archivo está vacío."), field="file")
    if len(upload.content) > LIMIT_BYTES:
        raise Invalid(_l("El archivo pesa demasiado. El límite es 10 MB."), field="file")
    kind = _kind_of(upload)
    if kind not in ALLOWED:
        every = _l(
            "El archivo es de un tipo que no se acepta. Use PDF, JPG, PNG, Word, Excel, OpenDocument, CSV o texto."
        )
        raise Invalid(takes or every, field="file")
    return str(kind)


def _kind_of(upload: Upload) -> str | None:
    if packages.is_package(upload.content):
        return packages.kind_of(upload.content)
    guess = filetype.guess(upload.content)
    return guess.mime if guess else _as_text(upload)


def _as_text(upload: Upload) -> str | None:
    """CSV and plain text have no signature: the extension must say so, and the content must be text without markup."""
    kind = _TEXT.get(upload.name.rpartition(".")[2].lower())
    try:
        text = upload.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text or re.search(r"<\s*(script|html|svg|!doctype)", text, re.IGNORECASE) else kind


def _reencoded(content: bytes, kind: str, longest_side: int | None) -> bytes:
    try:
        segments.refuse_busywork(content)
        with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Invalid(
                    _l("La imagen es demasiado grande (tiene demasiados píxeles). Redúzcala y vuelva a enviarla."),
                    field="file",
                )
            turned = _bare(_smaller(picture, longest_side), kind)
            out = io.BytesIO()
            turned.save(out, _FORMATS[kind], **({} if kind == "image/png" else {"quality": 85}))
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(_l("La imagen está dañada y no se pudo leer."), field="file") from error


def _smaller(picture: Image.Image, longest_side: int | None) -> Image.Image:
    """Upright, and no larger than asked for, before anything is copied: 40 million pixels are 160 MB a copy."""
    if longest_side and max(picture.size) > longest_side:
        picture.draft("RGB", (longest_side, longest_side))  # a JPEG is read smaller at once; others ignore it
        if picture.mode in {"1", "P", "PA"}:  # a palette cannot be averaged
            picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
        picture.thumbnail((longest_side, longest_side))
    return ImageOps.exif_transpose(picture)


def _bare(picture: Image.Image, kind: str) -> Image.Image:
    """The pixels alone: no place, camera, text or profile goes with them."""
    see_through = kind != "image/jpeg" and (picture.mode in {"LA", "PA", "RGBA"} or "transparency" in picture.info)
    bare = picture.convert("RGBA" if see_through else "RGB")
    bare.info.clear()
    return bare


def clean_name(name: str, extension: str) -> str:
    """A file name fit for a download: no path, no control characters, the extension of the real kind."""
    stem = clean(name.replace("\\", "/").rpartition("/")[2]).rpartition(".")[0] or "documento"
    stem = re.sub(r'[<>:"/\\|?*\n\r;]+', "-", stem).strip(" .-")[:120] or "documento"
    return f"{stem}.{extension}"


def read(row: StoredFile) -> bytes:
    """The bytes. Raises `NotFound` if the store has lost them."""
    try:
        return bytes(obstore.get(_store, row.key).bytes())
    except FileNotFoundError as error:
        raise NotFound(_l("El archivo ya no está en el almacén.")) from error


def discard_after_commit(row: StoredFile) -> None:
    """Remove the bytes once the deletion of the row has committed."""
    key = row.key
    after_commit(lambda: obstore.delete(_store, key))
