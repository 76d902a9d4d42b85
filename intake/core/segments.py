"""Pictures within documents, without what is said about them: place, camera, person, remarks. No pixel changes.

Nothing but the standard library: `intake.core.pdfs` loads it in a process of its own.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
#: After the beginning of a scan: the next byte pair that is a marker and not data, padding or a restart.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_SCAN, _END = 0xDA, 0xD9
#: Parts of one picture, and passes over its pixels: photographs have hundreds, and a dozen. More serve to keep us busy.
MOST_PARTS = 20_000
MOST_SCANS = 40
#: Application segments and remarks; of them the frame, the colours (Adobe, ICC profile) are needed to draw it.
_TOLD = frozenset({*range(0xE0, 0xF0), 0xFE})
_NEEDED = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_EXIF, _TURNED = b"Exif\0\0", 0x0112
#: What a PNG needs to be drawn alike; texts, times and Exif are none of it.
_CHUNKS = frozenset(
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"sBIT", b"bKGD", b"pHYs"]
)


def bare(picture: bytes) -> bytes:
    """The same JPEG or PNG with its pixels, colours and how it is turned; anything else as it came.

    Raises `ValueError` for more than `MOST_PARTS`.
    """
    if picture.startswith(_JPEG):
        return _JPEG + b"".join(_kept(picture))
    if picture.startswith(_PNG):
        return _PNG + b"".join(_chunks(picture))
    return picture


def refuse_busywork(picture: bytes) -> None:
    """Raise `ValueError` for a JPEG that is drawn over and over: each pass takes as long as the picture is large."""
    if picture.startswith(_JPEG):
        passes = sum(part.startswith(bytes((0xFF, _SCAN))) for part in _kept(picture))
        if passes > MOST_SCANS:
            raise ValueError(passes)


def _kept(picture: bytes) -> Iterator[bytes]:
    """The parts of a JPEG that stay, up to its end: what hangs on behind (a second picture, say) goes."""
    at, parts = len(_JPEG), 0
    while (found := _MARKER.search(picture, at)) is not None:
        parts = _counted(parts)
        start, marker = found.start(), found[0][1]
        if marker == _END:
            yield found[0]
            return
        end = start + 2 + int.from_bytes(picture[start + 2 : start + 4])
        segment = picture[start:end]
        if marker not in _TOLD or segment[4:].startswith(_NEEDED.get(marker, b"\0none")):
            yield segment
        elif segment[4:].startswith(_EXIF) and (turned := _orientation(segment[10:])) > 1:
            yield _upright(turned)
        if marker == _SCAN:
            following = _MARKER.search(picture, end)
            yield picture[end : following.start() if following else len(picture)]
            end = following.start() if following else len(picture)
        at = max(end, start + 2)


def _counted(parts: int) -> int:
    if parts >= MOST_PARTS:
        raise ValueError(parts)
    return parts + 1


def _orientation(tiff: bytes) -> int:
    """How the camera was held (1 to 8), by the first directory of an Exif block; 1 where it does not say."""
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for n in range(count):
            tag, _kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * n)
            if tag == _TURNED:
                return int(value)
    except struct.error:
        pass
    return 1


def _upright(turned: int) -> bytes:
    """An Exif block that says nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _TURNED, 3, 1, turned, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff


def _chunks(picture: bytes) -> Iterator[bytes]:
    at, parts = len(_PNG), 0
    while at + 8 <= len(picture):
        parts = _counted(parts)
        length, kind = int.from_bytes(picture[at : at + 4]), picture[at + 4 : at + 8]
        if kind in _CHUNKS:
            yield picture[at : at + 12 + length]
        if kind == b"IEND":
            return
        at += 12 + length
