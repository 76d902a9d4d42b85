"""Whether a CSV file is UTF-8, and for whoever saved it otherwise: which letter, where, and how to save it again."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from intake.core.i18n import lazy_gettext as _l
from intake.core.tabular.reading import column_name, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from intake.core.i18n import Text
    from intake.core.tabular.problems import Problems

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: What spreadsheets of Windows write instead of UTF-8; a letter is guessed by it, never taken.
_LIKELY = "cp1252"
#: How a letter looks that cannot be read.
_BROKEN = "\ufffd"
_CHUNK_BYTES = 1 << 20
_FARTHEST = 200_000  # lines through which the column of a bad letter is looked for
_LONGEST = 20  # characters of a word that are shown on each side of the letter
_HOW = _l(
    "En su hoja de cálculo, guarde como CSV UTF-8. En Excel: Archivo, Guardar como, tipo «CSV UTF-8 (delimitado por "
    "comas)». En LibreOffice: Archivo, Guardar como, tipo «Texto CSV», marque «Editar configuración de filtros» y "
    "elija «Unicode (UTF-8)»."
)


def check(file: BinaryIO, problems: Problems, delimiters: tuple[str, ...]) -> None:
    """Raise `Refused` at the first byte that is not UTF-8, or is zero, with its line, its column and its word."""
    if file.read(2) in _UTF16:
        raise refused(problems, _l("El archivo está en UTF-16, no en UTF-8. %(how)s", how=_HOW))
    bad = _first_bad(file)
    if bad is not None:
        line, begin = _line_of(file, bad)
        file.seek(begin)
        words = _words(file.readline(), bad - begin, bad)
        column = _column(_until(file, line, bad - begin), delimiters) if line <= _FARTHEST else ""
        raise refused(problems, words, line, column)
    file.seek(0)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The whole file in pieces, not line by line: it may be millions of empty ones."""
    file.seek(0)
    while piece := file.read(_CHUNK_BYTES):
        yield piece


def _first_bad(file: BinaryIO) -> int | None:
    offset, left = 0, b""
    for piece in chain(_pieces(file), [b""]):
        whole = left + piece
        zero = whole.find(0)
        try:
            _decoded, used = codecs.utf_8_decode(whole, "strict", not piece)
        except UnicodeDecodeError as error:
            return offset + (error.start if zero < 0 else min(zero, error.start))
        if zero >= 0:
            return offset + zero
        offset, left = offset + used, whole[used:]
    return None


def _line_of(file: BinaryIO, at: int) -> tuple[int, int]:
    """The number of the line in which this byte stands, and the byte at which that line begins."""
    line, begin, offset = 1, 0, 0
    for piece in _pieces(file):
        before = piece[: max(at - offset, 0)]
        line += before.count(b"\n")
        begin = offset + before.rfind(b"\n") + 1 if b"\n" in before else begin
        offset += len(piece)
    return line, begin


def _words(raw: bytes, at: int, offset: int) -> Text:
    """What is wrong, for a person; at the end what somebody needs who looks into the file. ``raw[:at]`` is UTF-8."""
    near = raw[:at].decode("utf-8")[-_LONGEST:]  # of a line of megabytes too
    before = re.search(r"\w*$", near).group()  # type: ignore[union-attr]  # always
    after = re.match(r"\w*", raw[at + 1 :][:_LONGEST].decode(_LIKELY, "replace")).group()  # type: ignore[union-attr]
    told = {"word": f"{before}{_BROKEN}{after}", "how": _HOW, "offset": offset, "byte": f"{raw[at]:02X}"}
    letter = raw[at : at + 1].decode(_LIKELY, "replace")
    words: Text = _l(
        "No se puede leer un signo, aquí: «%(word)s». El archivo no está guardado en UTF-8 y se perderían las tildes "
        "y las eñes. %(how)s (Para quien da soporte: byte %(offset)s, 0x%(byte)s.)",
        **told,
    )
    if letter.isalpha():
        words = _l(
            "No se puede leer una letra, aquí: «%(word)s»; quizá es «%(letter)s». El archivo no está guardado en UTF-8 "
            "y se perderían las tildes y las eñes. %(how)s (Para quien da soporte: byte %(offset)s, 0x%(byte)s.)",
            letter=letter,
            **told,
        )
    return words


def _until(file: BinaryIO, line: int, at: int) -> Iterator[str]:
    """The lines up to the place, what cannot be read replaced."""
    file.seek(0)
    for number, raw in enumerate(file, start=1):
        yield raw[: at if number == line else None].decode("utf-8-sig" if number == 1 else "utf-8", "replace")
        if number == line:
            return


def _column(lines: Iterator[str], delimiters: tuple[str, ...]) -> str:
    """The column in which the lines end, as the header names it; "" in the header, and where that says nothing."""
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(delimiters, key=header.count)
    try:
        names = next(csv.reader([header], delimiter=delimiter), [])
        last = deque(csv.reader(lines, delimiter=delimiter), maxlen=1)
    except csv.Error:
        return ""
    place = max(len(last[0]), 1) - 1 if last else len(names)
    return column_name(names[place]) if place < len(names) else ""
