"""Limits on how often something may be tried, counted in the database so that they hold across workers and restarts."""

from __future__ import annotations

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import TooMany
from intake.core.i18n import lazy_gettext as _l
from intake.core.transaction import dialect, transaction
from intake.extensions import db
from models import AttemptCounter

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.sql.dml import Insert

    from intake.core.i18n import Text


@dataclass(frozen=True)
class Limit:
    """At most ``times`` in each fixed window of ``minutes``."""

    name: str
    times: int
    minutes: int


def hit(limit: Limit, *keys: str, words: Callable[[int], Text] | None = None) -> None:
    """Count one attempt for each key (an address, an account…) and raise `TooMany` if one is over the limit.

    A key may join several words with spaces ("PAGA3-00012 192.0.2.7"). Network addresses are counted as `network` says.
    ``words`` as in `refusal`. Commits at once: an attempt counts even when what follows fails.
    """
    over = False
    with transaction():
        for key in keys:
            over |= _count(limit, key) > limit.times
    if over:
        raise refusal(limit, words)


def refusal(limit: Limit, words: Callable[[int], Text] | None = None) -> TooMany:
    """What is said beyond the limit: ``words`` of the minutes that are left, or some that fit everywhere."""
    general: Text = _l("Demasiados intentos seguidos. Espere unos minutos y vuelva a intentarlo.")
    return TooMany(words(minutes_left(limit)) if words else general, retry_after_seconds=seconds_left(limit))


def take(limit: Limit, key: str) -> bool:
    """Count one within the caller's transaction; whether it is still within the limit."""
    return _count(limit, key) <= limit.times


def minutes_left(limit: Limit) -> int:
    """Minutes until the present window of the limit ends, begun ones counted whole."""
    return -(-seconds_left(limit) // 60)


def seconds_left(limit: Limit) -> int:
    """Whole seconds until the present window ends, at least one."""
    return max(1, math.ceil((_window(limit) + timedelta(minutes=limit.minutes) - clock.now()).total_seconds()))


def used(limit: Limit, key: str) -> int:
    """How many attempts the current window holds for the key."""
    query = sa.select(AttemptCounter.count).where(
        AttemptCounter.bucket == _bucket(limit, key), AttemptCounter.window_start == _window(limit)
    )
    return db.session.scalar(query) or 0


def clear(limit: Limit, key: str) -> None:
    """Forget the attempts of a key, after a success. The caller's transaction commits."""
    db.session.execute(sa.delete(AttemptCounter).where(AttemptCounter.bucket == _bucket(limit, key)))


def purge() -> int:
    """Delete windows older than a day; returns how many rows went."""
    with transaction():
        done = db.session.execute(
            sa.delete(AttemptCounter).where(AttemptCounter.window_start < clock.now() - timedelta(days=1))
        )
    return int(done.rowcount)  # type: ignore[attr-defined]


def network(word: str) -> str:
    """What a network address counts as; any other word stays as it is.

    One customer is given a whole /64 of IPv6 (RFC 6177) and may take another of its addresses for each attempt, so that
    network counts as one. An IPv4 address counts alone, also where it is written in IPv6 ("::ffff:192.0.2.7").
    """
    try:
        address = ipaddress.IPv6Address(word.partition("%")[0])
    except ValueError:
        return word
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))


def _bucket(limit: Limit, key: str) -> str:
    counted = " ".join(network(word) for word in key.split(" "))
    return f"{limit.name}:{hashlib.sha256(counted.encode()).hexdigest()[:40]}"


def _window(limit: Limit) -> datetime:
    seconds = limit.minutes * 60
    stamp = int(clock.now().timestamp()) // seconds * seconds
    return datetime.fromtimestamp(stamp, clock.now().tzinfo)


def _count(limit: Limit, key: str) -> int:
    values = {"bucket": _bucket(limit, key), "window_start": _window(limit), "count": 1}
    insert = _insert().values(values)
    upsert = insert.on_conflict_do_update(  # type: ignore[attr-defined]
        index_elements=["bucket", "window_start"], set_={"count": AttemptCounter.count + 1}
    ).returning(AttemptCounter.count)
    return int(db.session.execute(upsert).scalar_one())


def _insert() -> Insert:
    if dialect() == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 -- one dialect or the other
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415
    return insert(AttemptCounter)
