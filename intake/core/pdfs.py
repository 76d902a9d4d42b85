"""PDFs, opened in a process of their own: a broken file ends that process and not the server.

Run as a program with ``draw`` it reads a PDF from standard input and writes, for each page, the length of a JPEG in
four bytes (most significant first) and the JPEG; with ``bare``, the PDF without what is said about it. It then loads
nothing of this application but the module beside it.
"""

from __future__ import annotations

import importlib.util
import io
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Pages of one file, and the longer side of a picture in pixels (A4 at 200 dots an inch).
MOST_PAGES = 120
SIDE = 2340
#: What drawing may take: the team sends those, and waits. And making bare, which anybody may ask for.
SECONDS = 90
_BARE_SECONDS = 12
_MEMORY = 1024**3
_BARE_MEMORY = 512 * 1024**2
#: What making bare may give back: hardly more than came, unless packed objects unfold.
_BARE_BYTES = 30 * 1024 * 1024
_LENGTH = struct.Struct(">I")
#: How the program ends where a file is whole and cannot be made bare all the same.
_LOCKED, _SIGNED, _FILLED, _HEAVY = 3, 4, 5, 6


class Unreadable(Exception):
    """The file is no PDF that can be read, or drawn, or has more than `MOST_PAGES` pages."""


class Locked(Unreadable):
    """It opens with a password alone."""


class Signed(Unreadable):
    """It is signed: the signature names who signed, and breaks with any change."""


class Filled(Unreadable):
    """It holds other files."""


class Heavy(Unreadable):
    """It takes more time than there is, or grows beyond measure."""


def pages(content: bytes) -> list[bytes]:
    """One JPEG for each page, in order. Raises `Unreadable`."""
    return _parts(_run("draw", content, SECONDS))


def bare(content: bytes) -> bytes:
    """The same pages without author, program, dates, places of photographs and names of who remarked on them.

    Equal files give equal bytes. Raises `Unreadable`, `Locked`, `Signed`, `Filled`, `Heavy`.
    """
    return _run("bare", content, _BARE_SECONDS)


def _run(what: str, content: bytes, seconds: float) -> bytes:
    command = [sys.executable, "-I", __file__, what]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds, check=True)  # noqa: S603 -- our own file
    except subprocess.CalledProcessError as error:
        raise _WHY.get(error.returncode, Unreadable) from error
    except subprocess.TimeoutExpired as error:
        raise Heavy from error
    return done.stdout


_WHY = {_LOCKED: Locked, _SIGNED: Signed, _FILLED: Filled, _HEAVY: Heavy}


def _parts(given: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(given):
        (length,) = _LENGTH.unpack_from(given, at)
        at += _LENGTH.size
        found.append(given[at : at + length])
        at += length
    return found


# -- in the process of its own ---------------------------------------------------------------------------------------


def _limit(memory: int, seconds: int) -> None:
    """Give this process a share of memory (bytes) and of processor time."""
    import resource  # noqa: PLC0415 -- only in the process of its own, where the system has it

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _draw() -> None:
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 -- only in the process of its own

    _limit(_MEMORY, SECONDS)
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if not 0 < len(document) <= MOST_PAGES:
        sys.exit(2)
    for page in document:
        longer = max(page.get_width(), page.get_height(), 1)
        out = io.BytesIO()
        page.render(scale=min(SIDE / longer, 4)).to_pil().convert("RGB").save(out, "JPEG", quality=80)
        sys.stdout.buffer.write(_LENGTH.pack(out.tell()) + out.getvalue())


def _bare() -> None:
    import pikepdf  # noqa: PLC0415 -- only in the process of its own

    _limit(_BARE_MEMORY, _BARE_SECONDS)
    try:
        document = pikepdf.open(io.BytesIO(sys.stdin.buffer.read()))
    except pikepdf.PasswordError:
        sys.exit(_LOCKED)
    if not len(document.pages):
        sys.exit(2)
    without = _segments().bare
    for found in document.objects:
        for part in _parts_of(found):
            _strip(part)
        if isinstance(found, pikepdf.Stream) and (jpeg := _jpeg(document, found)) is not None:
            found.write(without(jpeg), filter=pikepdf.Name.DCTDecode)
    for key in {"/Info", "/ID"} & set(document.trailer.keys()):
        del document.trailer[key]
    out = io.BytesIO()
    document.save(out, deterministic_id=True, compress_streams=False)
    if out.tell() > _BARE_BYTES:
        sys.exit(_HEAVY)
    sys.stdout.buffer.write(out.getvalue())


def _jpeg(document: Any, found: Any) -> bytes | None:
    """The JPEG that a stream holds, also one that was packed once more; None in any other stream."""
    import pikepdf  # noqa: PLC0415 -- only in the process of its own

    filters, parameters = _listed(found.get("/Filter")), _listed(found.get("/DecodeParms"))
    if not filters or filters[-1] not in ("/DCTDecode", "/DCT"):
        return None
    packed = pikepdf.Stream(document, found.read_raw_bytes())
    if filters[:-1]:
        packed.Filter = pikepdf.Array(filters[:-1])
        packed.DecodeParms = pikepdf.Array(parameters[: len(filters) - 1])
    return bytes(packed.read_bytes(pikepdf.StreamDecodeLevel.specialized))


def _listed(value: Any) -> list[Any]:
    """The elements of an entry that is one or an array of them, or is not there."""
    import pikepdf  # noqa: PLC0415 -- only in the process of its own

    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _parts_of(found: Any) -> Iterator[Any]:
    """The dictionaries in one object of the file: itself, and those that stand within it."""
    import pikepdf  # noqa: PLC0415 -- only in the process of its own

    if isinstance(found, (pikepdf.Dictionary, pikepdf.Stream)):
        yield found
        within: Any = found.values()
    elif isinstance(found, pikepdf.Array):
        within = found
    else:
        return
    for value in within:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _parts_of(value)


def _strip(found: Any) -> None:
    """Take from one object what names somebody, or end the process where that cannot be taken away."""
    if found.get("/Type") == "/Sig" or (found.get("/FT") == "/Sig" and "/V" in found):
        sys.exit(_SIGNED)
    if "/EF" in found or found.get("/Subtype") == "/FileAttachment":
        sys.exit(_FILLED)
    for key in ("/Metadata", "/PieceInfo", "/LastModified"):
        if key in found:
            del found[key]
    remarks = found.get("/Subtype") not in ("/Widget", "/Link") and "/Rect" in found  # the name of a field stays
    for key in ("/T", "/M", "/CreationDate"):
        if remarks and key in found:
            del found[key]


def _segments() -> Any:
    """`intake.core.segments`, without what lies beside it: its neighbours have names of the standard library."""
    spec = importlib.util.spec_from_file_location("segments", Path(__file__).with_name("segments.py"))
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


if __name__ == "__main__":
    {"draw": _draw, "bare": _bare}[sys.argv[1]]()
