"""What only this server can make: hashes that recognise a value that comes again, and signatures of what it said.

Hashes are for addresses, telephones and people that must be recognised but not kept; they lead to nobody without the
key. Their key never changes: with another one, everybody who asked for no more letters would get letters again.
Signatures are made with the present secret and accepted under earlier ones, so that the secret can be changed while
letters with links are in mailboxes and forms stand open.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from intake.core import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

_hash_key = b""
_signing: tuple[bytes, ...] = ()  # the present one first
_STAMP_CHARACTERS = 32


def configure(secret_key: str, *, earlier: Sequence[str] = (), hash_key: str = "") -> None:
    """Derive the keys from the server's secrets, so that neither tells the other. Without ``hash_key``: the secret."""
    global _hash_key, _signing  # noqa: PLW0603 -- one secret per process, chosen at start
    _hash_key = _derived(hash_key or secret_key)
    _signing = tuple(_derived(one) for one in (secret_key, *earlier))


def _derived(secret: str) -> bytes:
    return hashlib.sha256(b"intake keyed hashes\x00" + secret.encode()).digest()


def _hmac(key: bytes, purpose: str, parts: Sequence[str]) -> str:
    return hmac.new(key, "\x00".join((purpose, *parts)).encode(), hashlib.sha256).hexdigest()


def keyed_hash(purpose: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts for one purpose, hexadecimal; equal parts of another purpose give another hash.

    Raises `RuntimeError` before `configure`: a hash without a key would protect nothing.
    """
    if not _hash_key:
        raise RuntimeError("keyed hashes need the server's secret: call configure first")
    return _hmac(_hash_key, purpose, parts)


def address_hash(purpose: str, address: str) -> str:
    """The hash of a mail address, however it was written."""
    return keyed_hash(purpose, address.strip().casefold())


def signature(purpose: str, *parts: str, characters: int = 64) -> str:
    """The server's word for the parts: the beginning of an HMAC, hexadecimal. `RuntimeError` before `configure`."""
    if not _signing:
        raise RuntimeError("signatures need the server's secret: call configure first")
    return _hmac(_signing[0], purpose, parts)[:characters]


def is_signature(given: str, purpose: str, *parts: str, characters: int = 64) -> bool:
    """Whether the server gave its word for the parts, with the present secret or an earlier one. In constant time."""
    made = [_hmac(key, purpose, parts)[:characters] for key in _signing]
    return any([hmac.compare_digest(given.encode(), one.encode()) for one in made])  # noqa: C419 -- all, each time


def stamp(purpose: str) -> str:
    """The present moment, signed, for a form to say when it was drawn: seconds and signature, joined by a dot."""
    now = str(int(clock.now().timestamp()))
    return f"{now}.{signature(purpose, now, characters=_STAMP_CHARACTERS)}"


def seconds_since(stamped: str, purpose: str) -> float | None:
    """Seconds since a moment that `stamp` signed for the same purpose; None where it is missing or made up."""
    then, _dot, signed = stamped.partition(".")
    if not (then.isascii() and then.isdecimal() and len(then) < 12):
        return None
    if not is_signature(signed, purpose, then, characters=_STAMP_CHARACTERS):
        return None
    return clock.now().timestamp() - int(then)
