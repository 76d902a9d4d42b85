"""The receipt as a PDF that screen readers can read (PDF/UA-1): values in, bytes out. No database, no request."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

_TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "reception" / "receipt.typ"


@dataclass(frozen=True, kw_only=True)
class PrintedReceipt:
    """Every word of the receipt, in its reader's language. ``code`` is None where it may not be shown (again)."""

    lang: str
    title: str
    site: str
    folio_label: str
    folio: str
    code_label: str
    code: str | None
    code_words: str
    proposal: str
    proposal_lang: str
    received: str
    qr_label: str
    address: str
    next_label: str
    next_words: str
    steps: tuple[tuple[str, str], ...]  # what follows, and when
    foot: str


@lru_cache(maxsize=1)
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def render(receipt: PrintedReceipt) -> bytes:
    """The document. What no font of ours can draw (a pictogram in a title) costs the mark of PDF/UA alone."""
    drawn = io.BytesIO()
    segno.make(receipt.address, error="m").save(drawn, kind="svg", scale=4, border=2, dark="#0d3b44")
    files: Any = {"main.typ": _template(), "qr.svg": drawn.getvalue()}  # the stubs know of one file only
    said = {"said": json.dumps(asdict(receipt), ensure_ascii=False)}
    try:
        return bytes(typst.compile(files, sys_inputs=said, pdf_standards=["ua-1"], ignore_system_fonts=True))
    except typst.TypstError:
        return bytes(typst.compile(files, sys_inputs=said, ignore_system_fonts=True))
