"""Proof of work as ALTCHA defines it (version 1): a telephone computes for a moment, and nobody is tracked.

The server picks a number below `MOST` and tells the SHA-256 of a salt and the number; whoever finds the number has done
the work. The salt carries when it runs out and what it is for; the signature can only be made with the server's key.
Each proof counts once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import sqlalchemy as sa

from intake.core import clock
from intake.core.keyed import is_signature, keyed_hash, signature
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from models import SpentProof

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Hashes that finding the number takes: half as many on average, never more (docs/performance.md says how long).
MOST = 200_000
#: A challenge that nobody answered in this time is worth nothing any more.
LIFE = timedelta(minutes=20)
ALGORITHM = "SHA-256"
LONGEST_PAYLOAD = 1_000  # characters


@dataclass(frozen=True)
class Solved:
    """A proof that is right; whether it was used before only `spend` knows."""

    challenge: str
    expires_at: datetime


def challenge(purpose: str, subject: str) -> dict[str, str | int]:
    """What the telephone is asked, as the protocol names it. The answer is good for this subject alone."""
    expires = int((clock.now() + LIFE).timestamp())
    values = urlencode({"expires": expires, "for": _subject(purpose, subject)})
    salt = f"{secrets.token_hex(12)}?{values}&"  # the last sign keeps digits of the number out of the values
    hashed = _hash(salt, secrets.randbelow(MOST) + 1)
    return {
        "algorithm": ALGORITHM,
        "challenge": hashed,
        "maxnumber": MOST,
        "salt": salt,
        "signature": signature("altcha", hashed),
    }


def solved(payload: str, purpose: str, subject: str) -> Solved | None:
    """The proof in a payload (base64 of JSON), or None: forged, wrong, run out, or for something else."""
    told = _read(payload)
    found = str(told.get("challenge", ""))
    salt, number = str(told.get("salt", "")), told.get("number")
    if told.get("algorithm") != ALGORITHM or not isinstance(number, int) or isinstance(number, bool):
        return None
    if not is_signature(str(told.get("signature", "")), "altcha", found):
        return None
    if not hmac.compare_digest(_hash(salt, number).encode(), found.encode()):
        return None
    values = parse_qs(salt.partition("?")[2])
    expires_at = datetime.fromtimestamp(int(values["expires"][0]), UTC)  # signed with the rest: it is ours
    if values["for"] != [_subject(purpose, subject)] or expires_at <= clock.now():
        return None
    return Solved(found, expires_at)


def spend(payload: str, purpose: str, subject: str) -> bool:
    """Whether the payload is a right proof that nobody has handed in before. Commits at once: it counts only now."""
    found = solved(payload, purpose, subject)
    if found is None:
        return False
    row = SpentProof(challenge=found.challenge, expires_at=found.expires_at)
    with transaction():
        return in_savepoint(lambda: db.session.add(row)) is None


def purge() -> int:
    """Forget proofs that have run out; returns how many."""
    with transaction():
        done = db.session.execute(sa.delete(SpentProof).where(SpentProof.expires_at < clock.now()))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _subject(purpose: str, subject: str) -> str:
    return keyed_hash(f"altcha:{purpose}", subject)[:16]


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _read(payload: str) -> Mapping[str, Any]:
    if len(payload) > LONGEST_PAYLOAD:
        return {}
    try:
        told = json.loads(base64.b64decode(payload, validate=True))
        json.dumps(told, ensure_ascii=False).encode()  # half a pair of "\\ud800\\udc00" is text that nothing can hash
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
