"""What may be attached to a proposal: kinds, sizes and numbers, said on the form beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import files
from models.enums import ProposalFileKind

if TYPE_CHECKING:
    from models import ProposalFile

DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
ACCEPTED = DOCUMENTS | files.PICTURES
MOST_FILES = 5
MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
#: Pixels: enough to read a photographed sheet of paper, and a fraction of what a telephone sends.
LONGEST_SIDE = 2000
DESCRIPTION_CHARACTERS = 400
#: Stands for the words that a picture still lacks: it is kept with the draft, and nothing is sent before it has them.
NO_WORDS = "…"


def kind_of(media_type: str) -> ProposalFileKind:
    """Picture or document."""
    return ProposalFileKind.PICTURE if media_type in files.PICTURES else ProposalFileKind.DOCUMENT


def words_of(description: str) -> str:
    """What a file is said to show, "" where that is still missing."""
    return "" if description == NO_WORDS else description


def ref_of(row: ProposalFile) -> str:
    """What a form calls a file: the beginning of its random key. Never another file's, as its place in the list is."""
    return row.file.key[:12]
