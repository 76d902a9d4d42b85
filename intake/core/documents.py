"""Documents without what is said about them: who wrote them, where, with what, and where their photographs were taken.

Words stay as they are, also those that name somebody. What cannot be made bare is refused, and the person learns why.
Anybody may send a document, so every pattern here ends at the next ``<``: it takes a time in proportion to its text.
"""

from __future__ import annotations

import io
import re
import threading
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intake.core import packages, pdfs, segments
from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Callable

    from intake.core.i18n import Text

_PDF = "application/pdf"
#: The same moment for every entry of a package: equal documents give equal bytes.
_THEN = (1980, 1, 1, 0, 0, 0)
#: A package in a package, as a chart has its table; no deeper.
_DEPTH = 2
#: What a document may unpack to here, where it is read and not only listed; a part of text; seconds of processor time.
_MOST_BYTES = 60 * 1024 * 1024
_MOST_TEXT = 24 * 1024 * 1024
_SECONDS = 6.0
#: Documents that one server process makes bare at the same time, and the seconds that one more waits for its turn.
_AT_ONCE = threading.BoundedSemaphore(2)
_PATIENCE = 3.0
_DECLARED = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SCHEMAS = b"http://schemas.openxmlformats.org"
#: Parts that say nothing but who, when and with what: what takes their place.
_CORE = b'<cp:coreProperties xmlns:cp="' + _SCHEMAS + b'/package/2006/metadata/core-properties"/>'
_APP = b'<Properties xmlns="' + _SCHEMAS + b'/officeDocument/2006/extended-properties"/>'
_CUSTOM = b'<Properties xmlns="' + _SCHEMAS + b'/officeDocument/2006/custom-properties"/>'
_META = (
    b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'
    b"<office:meta/></office:document-meta>"
)
#: By the names that are usual…
_PROPERTIES = {"docProps/core.xml": _CORE, "docProps/app.xml": _APP, "docProps/custom.xml": _CUSTOM}
#: …and by their elements, in whatever part a program keeps them (``…/core-properties/*.psmdcp``, ``core0.xml``).
_ELEMENTS = {
    re.compile(r"<(?:[\w.-]++:)?coreProperties[\s/>]"): _CORE,
    re.compile(r"<(?:[\w.-]++:)?Properties\s[^<]*?/extended-?[pP]roperties\b"): _APP,
    re.compile(r"<(?:[\w.-]++:)?Properties\s[^<]*?/custom-?[pP]roperties\b"): _CUSTOM,
    re.compile(r"<(?:[\w.-]++:)?document-meta[\s/>]"): _META,
}
#: What a part of text may begin with, whatever its name.
_BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
#: Attributes that name who changed or remarked something, and folders of their computers.
_NAMING = re.compile(
    r"""(\s(?:[\w.-]++:)?(?:author|initials|userId|userName|displayName|lastModifiedBy)\s*+=\s*+)"""
    r"""("[^"<]*+"|'[^'<]*+')"""
)
_FOLDER = re.compile(r"""(<(?:[\w.-]++:)?absPath\b[^<]*?\surl\s*+=\s*+)("[^"<]*+"|'[^'<]*+')""")
_TARGET = re.compile(r"""(\sTarget\s*+=\s*+)("file:[^"<]*+"|'file:[^'<]*+')""", re.IGNORECASE)
#: Elements that do: the authors of notes in a workbook; of remarks and changes in OpenDocument.
_NAMED = re.compile(
    r"(<((?:[\w.-]++:)?author|dc:creator|(?:meta:creator|loext:sender)-initials)"
    r"""(?:\s(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)?>)[^<]*+(?=</\2\s*+>)"""
)
#: Where Office and OpenDocument keep signatures; pictures that keep what they tell; objects of other programs.
_SIGNED = re.compile(r"_xmlsignatures/|META-INF/(?:document|macro)signatures\.xml")
_OPAQUE = re.compile(r"\.(?:tiff?|hei[cf]|webp|avif|jp2|jxl|psd|dng)$", re.IGNORECASE)
_OBJECT = b"\xd0\xcf\x11\xe0"


def bare(content: bytes, kind: str) -> bytes:
    """The document of this media type (`files.judge`), bare. Equal documents give equal bytes. Raises `Invalid`."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise _refusal(_l("En este momento se preparan otros documentos. Espere un minuto y vuelva a elegir el suyo."))
    try:
        return _bare(content, kind)
    finally:
        _AT_ONCE.release()


def _bare(content: bytes, kind: str) -> bytes:
    if kind == _PDF:
        return _pdf(content)
    if not packages.is_package(content):
        return content
    try:
        return _package(content, _Work(_DEPTH, packages.Allowance(_MOST_BYTES), time.thread_time() + _SECONDS))
    except (*packages.BROKEN, UnicodeError, zipfile.LargeZipFile) as error:
        raise packages.damaged() from error


class Signed(Invalid):
    """It carries an electronic signature, which names who signed and breaks with any change."""


def _pdf(content: bytes) -> bytes:
    try:
        return pdfs.bare(content)
    except pdfs.Locked as error:
        raise _refusal(_locked()) from error
    except pdfs.Signed as error:
        raise Signed(_signed(), field="file") from error
    except pdfs.Filled as error:
        raise _refusal(
            _l("El PDF lleva otros archivos dentro. Adjúntelos aparte y vuelva a guardarlo sin ellos.")
        ) from error
    except pdfs.Heavy as error:
        raise _heavy() from error
    except pdfs.Unreadable as error:
        raise packages.damaged() from error


def _refusal(words: Text) -> Invalid:
    return Invalid(words, field="file")


def _locked() -> Text:
    words: Text = _l("El documento pide una contraseña. Guárdelo sin contraseña y vuelva a adjuntarlo.")
    return words


def _signed() -> Text:
    words: Text = _l(
        "El documento lleva una firma electrónica, que dice quién lo firmó y no se puede quitar sin romperla. "
        "Imprímalo como PDF nuevo y adjunte ese."
    )
    return words


def _heavy() -> Invalid:
    return _refusal(_l("El documento es demasiado complejo para limpiarlo. Divídalo, o imprímalo como PDF nuevo."))


@dataclass(frozen=True)
class _Work:
    """How deep packages may still stand in packages, what they may unpack to, and until when, in `thread_time`."""

    depth: int
    allowance: packages.Allowance
    until: float

    def within(self) -> _Work:
        """The same for a package in this one."""
        return _Work(self.depth - 1, self.allowance, self.until)


def _package(content: bytes, work: _Work) -> bytes:
    """The package written anew, entry by entry: nothing between or behind them, no times, no remarks of the packer."""
    out = io.BytesIO()
    with packages.opened(content, work.allowance) as given, zipfile.ZipFile(out, "w") as made:
        entries = given.infolist()
        if len({entry.filename for entry in entries}) < len(entries):
            raise packages.damaged()
        for entry in entries:
            if not entry.is_dir():
                name = zipfile.ZipInfo(entry.filename, _THEN)
                name.compress_type = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
                made.writestr(name, _part(entry.filename, given.read(entry), work))
                if time.thread_time() > work.until:
                    raise _heavy()
    return out.getvalue()


def _part(name: str, content: bytes, work: _Work) -> bytes:
    """One entry of a package, bare. Raises `Invalid` for what cannot be made so."""
    if _SIGNED.match(name):
        raise Signed(_signed(), field="file")
    if name in _PROPERTIES:
        return _DECLARED + _PROPERTIES[name]
    if name.rpartition("/")[2] == "meta.xml":
        return _DECLARED + _META
    if content.startswith(_OBJECT) or _OPAQUE.search(name):
        raise _refusal(_l("El documento lleva dentro imágenes u objetos que no se pueden limpiar. Guárdelo como PDF."))
    if packages.is_package(content):
        if not work.depth:
            raise packages.damaged()
        return _package(content, work.within())
    if name.endswith((".xml", ".rels")) or content.lstrip(_BLANK).startswith(b"<"):
        return _xml(name, content)
    return segments.bare(content)


def _read(name: str, content: bytes) -> tuple[str, str]:
    """What stands in a part, and how it is encoded. Drawings, pages and hidden fonts need not be Unicode; XML must."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        return content.decode(encoding), encoding
    except UnicodeError:
        if name.endswith((".xml", ".rels")):
            raise
        return content.decode("latin-1"), "latin-1"  # which reads any bytes and gives the same ones back


def _xml(name: str, content: bytes) -> bytes:
    """A part of text without names of authors. Raises `Invalid` where it is locked, `UnicodeError` where it is none."""
    if len(content) > _MOST_TEXT:
        raise _heavy()
    text, encoding = _read(name, content)
    if name == "META-INF/manifest.xml" and "encryption-data" in text:
        raise _refusal(_locked())
    for element, empty in _ELEMENTS.items():
        if element.search(text):
            return _DECLARED + empty
    for pattern, without in _WITHOUT.items():
        text = pattern.sub(without, text)
    return text.encode(encoding)


#: What is left of each: the quotation marks, the tag that was opened, an address that leads nowhere.
_WITHOUT: dict[re.Pattern[str], str | Callable[[re.Match[str]], str]] = {
    _NAMING: r'\1""',
    _FOLDER: r'\1""',
    _TARGET: r'\1"file:///"',
    _NAMED: r"\1",
}
