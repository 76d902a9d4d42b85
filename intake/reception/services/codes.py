"""Claim codes: made with the receipt, told again to whoever holds the draft's key, and asked for to open a proposal.

Making and comparing one takes a hash that is slow on purpose (decision 0033): neither is done while rows are locked.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from intake.core import limits, tokens
from intake.core.transaction import transaction
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from models import Proposal

#: Guesses of a claim code: few on one folio from one address, more from an address that many share (an infocentro),
#: and not many on one folio from all addresses together.
BY_ADDRESS = limits.Limit("claim_address", times=10, minutes=15)
BY_SHARED_ADDRESS = limits.Limit("claim_shared", times=60, minutes=15)
BY_FOLIO = limits.Limit("claim_folio", times=40, minutes=60)


class ClaimCode(NamedTuple):
    """A new code as its author is told it, and as the row keeps it."""

    told: str
    kept: str


def new_code(key: str | None = None) -> ClaimCode:
    """A code for a proposal that is about to get its folio; the one of ``key``, where a secret key goes with it."""
    told = derived_code(key) if key else tokens.new_code()
    return ClaimCode(told, tokens.sealed(told))


def derived_code(key: str, folio: str | None = None) -> str:
    """Eight characters that only the holder of the key can work out (40 bits of SHA-256; 256 divides by 32).

    A key of one draft says it all; the key of a packet gives each of its folios another.
    """
    digest = hashlib.sha256(":".join(("claim", key, *([folio] if folio else []))).encode()).digest()
    return "".join(tokens.ALPHABET[b % len(tokens.ALPHABET)] for b in digest[: tokens.CLAIM_CODE_CHARACTERS])


def same_code(proposal: Proposal, key: str | None) -> str | None:
    """The code that the holder of the key was told with the receipt, as long as it is the proposal's."""
    if key is None:
        return None
    kept, folio = proposal.claim_code_hash, proposal.folio or ""
    code = derived_code(key, None if tokens.is_sealed(kept) else folio)  # until 0033 the folio was part of it
    return code if tokens.matches(code, folio, kept) else None


def is_opened_by(proposal: Proposal, key: str) -> bool:
    """Whether a guest's draft key still opens it: always while it is a draft, then as long as its first code stands."""
    return proposal.status is ProposalStatus.DRAFT or same_code(proposal, key) is not None


def claim(proposal: Proposal, code: str, *, address: str) -> bool:
    """Whether the code is the proposal's. Counts the attempt first; raises `TooMany` beyond the limits."""
    folio, kept = proposal.folio or "", proposal.claim_code_hash
    count_guess(folio, address)
    if not tokens.matches(code, folio, kept):
        return False
    with transaction():
        limits.clear(BY_ADDRESS, f"{folio} {address}")
        limits.clear(BY_FOLIO, folio)
    return True


def count_guess(folio: str, address: str) -> None:
    """Count a guess of the code of a folio from a network address. Raises `TooMany` beyond the limits."""
    limits.hit(BY_ADDRESS, f"{folio} {address}")
    limits.hit(BY_SHARED_ADDRESS, address)
    limits.hit(BY_FOLIO, folio)
