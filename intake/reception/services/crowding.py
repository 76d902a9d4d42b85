"""When very many proposals come from one network: a moment of computing is asked for, never a refusal.

Whoever cannot compute (no JavaScript, an old telephone) sends all the same, and a person looks at it before it is
published. The form and the telephone that had no network come through here alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import altcha, limits
from intake.core.i18n import lazy_ngettext
from intake.core.transaction import transaction

if TYPE_CHECKING:
    from intake.core.i18n import Text

PURPOSE = "proposal_send"
#: Sendings from one network address: a school or a table shares one, so there is room for a whole class.
SENDINGS = limits.Limit("proposal_send", times=60, minutes=60)
#: Beyond `SENDINGS` a sending brings a proof of work or waits for a person's look; beyond this, for the next hour.
FLOODS = limits.Limit("proposal_flood", times=600, minutes=60)
#: Remembers that a sending was counted when a proof was asked of it: the answer does not count once more.
_ASKED = limits.Limit("proposal_asked", times=1, minutes=60)


class ProofNeeded(Exception):
    """A proof of work is asked for: ``challenge``. ``refused``: one came and counts for nothing."""

    def __init__(self, challenge: dict[str, str | int], *, refused: bool) -> None:
        super().__init__()
        self.challenge, self.refused = challenge, refused


def proven(key: str, payload: str | None, address: str) -> bool | None:
    """None where nothing is asked for, True with a proof, False where it was asked for and none could be made.

    ``key`` is the sending's own; ``payload`` what came as its proof, "" where none could be made, None before one was
    asked for. Counts the sending, once with all its rounds. Commits. Raises `ProofNeeded`, and `TooMany` beyond
    `FLOODS`.
    """
    if not (payload is not None and limits.used(_ASKED, key)) and not _is_crowded(address):
        return None
    if payload is None or (payload and not altcha.spend(payload, PURPOSE, key)):
        with transaction():
            limits.take(_ASKED, key)
        raise ProofNeeded(altcha.challenge(PURPOSE, key), refused=payload is not None)
    return bool(payload)


def sent_from(address: str) -> int:
    """How many sendings from a network address the present window has counted."""
    return limits.used(SENDINGS, address) if address else 0


def _is_crowded(address: str) -> bool:
    """Count a sending from a network address; whether it is beyond `SENDINGS`. Raises `TooMany` beyond `FLOODS`."""
    with transaction():
        if limits.take(SENDINGS, address):
            return False
        within = limits.take(FLOODS, address)
    if within:
        return True
    raise limits.refusal(FLOODS, _many_sent)


def _many_sent(minutes: int) -> Text:
    words: Text = lazy_ngettext(
        "Desde su red se enviaron muchas propuestas en la última hora. Su texto quedó guardado como borrador: "
        "espere %(num)s minuto y vuelva a enviarlo.",
        "Desde su red se enviaron muchas propuestas en la última hora. Su texto quedó guardado como borrador: "
        "espere %(num)s minutos y vuelva a enviarlo.",
        minutes,
    )
    return words
