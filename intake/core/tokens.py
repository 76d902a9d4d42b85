"""Random secrets handed to people, and how they are kept: only as hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

#: Crockford's alphabet: no I, L, O or U, so that a code read over the telephone or from paper is unambiguous.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CLAIM_CODE_CHARACTERS = 8  # 40 bits; guessing is bounded by the limit on attempts
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CONFUSED = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_token() -> str:
    """A 256-bit secret for links."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether the text has the shape of `new_token`: 43 characters of URL-safe Base64."""
    return bool(_TOKEN.fullmatch(text))


def token_hash(token: str) -> str:
    """How a 256-bit secret is stored (no salt needed at that length), hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code(characters: int = CLAIM_CODE_CHARACTERS) -> str:
    """A code that people can read and type."""
    return "".join(secrets.choice(ALPHABET) for _ in range(characters))


def readable(code: str) -> str:
    """A code in groups of four: ``7K2M-9QXA``."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def normalised(code: str) -> str:
    """What a person typed, as the code was made: capitals, no separators, look-alikes replaced."""
    return "".join(c for c in code.upper().translate(_CONFUSED) if c in ALPHABET)


def code_hash(code: str, salt: str) -> str:
    """How a short code is stored: scrypt (a few milliseconds), salted with what it belongs to. Hexadecimal."""
    return hashlib.scrypt(normalised(code).encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=32).hex()


def sealed(code: str) -> str:
    """How a claim code is stored: 160 bits of `code_hash` with a random salt of its own, a dot, and that salt.

    It needs nothing that is known only later, so that it can be worked out before any row is locked.
    """
    salt = secrets.token_urlsafe(12)
    return f"{code_hash(code, salt)[:40]}.{salt}"


def is_sealed(stored: str | None) -> bool:
    """Whether it is of `sealed`, and not a bare `code_hash`."""
    return "." in (stored or "")


def matches(code: str, salt: str, stored: str | None) -> bool:
    """Whether the typed code is the stored one, in constant time. ``salt`` is that of a bare `code_hash`."""
    kept, _dot, own = (stored or "").partition(".")
    return hmac.compare_digest(code_hash(code, own or salt)[: len(kept) or None], kept)
