"""Limits, with the wait said in words."""

from __future__ import annotations

from intake.core import clock, limits
from intake.core.errors import TooMany
from intake.core.i18n import lazy_ngettext
from intake.core.limits import Limit


def hit(limit: Limit, key: str) -> None:
    """Count an attempt. Raises `TooMany` whose message says how many minutes are left of the window."""
    try:
        limits.hit(limit, key)
    except TooMany as error:
        left = seconds_left(limit)
        raise TooMany(
            lazy_ngettext(
                "Demasiados intentos seguidos. Espere %(num)s minuto y vuelva a intentarlo.",
                "Demasiados intentos seguidos. Espere %(num)s minutos y vuelva a intentarlo.",
                -(-left // 60),
            ),
            retry_after_seconds=left,
        ) from error


def seconds_left(limit: Limit) -> int:
    """Seconds until the present window of the limit ends."""
    length = limit.minutes * 60
    return length - int(clock.now().timestamp()) % length
