"""Hashes that only this server can make: they recognise a value that comes again and lead to nobody without the key.

For addresses and telephones that must be recognised but not kept. Whoever changes the server's key forgets them all.
"""

from __future__ import annotations

import hashlib
import hmac

from intake.core import clock

_key = b""


def configure(secret_key: str) -> None:
    """Derive the key from the server's secret, so that neither tells the other."""
    global _key  # noqa: PLW0603 -- one secret per process, chosen at start
    _key = hashlib.sha256(b"intake keyed hashes\x00" + secret_key.encode()).digest()


def keyed_hash(purpose: str, *parts: str) -> str:
    """HMAC-SHA256 of the parts for one purpose, hexadecimal; equal parts of another purpose give another hash.

    Raises `RuntimeError` before `configure`: a hash without a key would protect nothing.
    """
    if not _key:
        raise RuntimeError("keyed hashes need the server's secret: call configure first")
    text = "\x00".join((purpose, *parts))
    return hmac.new(_key, text.encode(), hashlib.sha256).hexdigest()


def address_hash(purpose: str, address: str) -> str:
    """The hash of a mail address, however it was written."""
    return keyed_hash(purpose, address.strip().casefold())


def stamp(purpose: str) -> str:
    """The present moment, signed, for a form to say when it was drawn: seconds and signature, joined by a dot."""
    now = str(int(clock.now().timestamp()))
    return f"{now}.{keyed_hash(purpose, now)[:32]}"


def seconds_since(stamped: str, purpose: str) -> float | None:
    """Seconds since a moment that `stamp` signed for the same purpose; None where it is missing or made up."""
    then, _dot, signature = stamped.partition(".")
    if not (then.isascii() and then.isdecimal() and len(then) < 12):
        return None
    if not hmac.compare_digest(signature.encode(), keyed_hash(purpose, then)[:32].encode()):
        return None
    return clock.now().timestamp() - int(then)
