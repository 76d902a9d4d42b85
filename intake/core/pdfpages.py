"""The pages of a PDF as pictures, made in a process of its own: a broken file ends that process and not the server.

Run as a program it reads a PDF from standard input and writes, for each page, the length of a JPEG in four bytes (most
significant first) and the JPEG.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys

#: Pages of one file, and the longer side of a picture in pixels (A4 at 200 dots an inch).
MOST_PAGES = 120
SIDE = 2340
SECONDS = 90
_MEMORY = 1024**3
_LENGTH = struct.Struct(">I")


class Unreadable(Exception):
    """The file is no PDF that can be drawn, or has more than `MOST_PAGES` pages."""


def pages(content: bytes) -> list[bytes]:
    """One JPEG for each page, in order. Raises `Unreadable`."""
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 -- our own file
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Unreadable from error
    return _parts(done.stdout)


def _parts(given: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(given):
        (length,) = _LENGTH.unpack_from(given, at)
        at += _LENGTH.size
        found.append(given[at : at + length])
        at += length
    return found


def _limit() -> None:
    """Give this process a share of memory and time."""
    import resource  # noqa: PLC0415 -- only in the process of its own, where the system has it

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> None:
    """Draw what comes in."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 -- only in the process of its own

    _limit()
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if not 0 < len(document) <= MOST_PAGES:
        sys.exit(2)
    for page in document:
        longer = max(page.get_width(), page.get_height(), 1)
        out = io.BytesIO()
        page.render(scale=min(SIDE / longer, 4)).to_pil().convert("RGB").save(out, "JPEG", quality=80)
        sys.stdout.buffer.write(_LENGTH.pack(out.tell()) + out.getvalue())


if __name__ == "__main__":
    main()
