"""What the letters of a campaign tell: the event, whether one waits for a place there, and until when to answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from intake.core import clock, mail
from intake.mapping import seats
from intake.mapping.doors import doors
from intake.mapping.zones import in_galapagos

if TYPE_CHECKING:
    from intake.mapping.queries.letters import Recipient
    from models import Campaign, Event


def is_full(event: Event | None) -> bool:
    """Whether whoever answers now that they come waits for a place. One statement at most."""
    return event is not None and doors(event).is_open and seats.left(event) == 0


def answer_by(campaign: Campaign) -> date:
    """Up to which day letters ask for an answer: the campaign's last, but before the event; its event is loaded."""
    event = campaign.event
    if event is None or event.starts_at is None:
        return campaign.due_on
    eve = clock.local(event.starts_at).date() - timedelta(days=1)
    return min(campaign.due_on, max(eve, clock.today()))


def context(campaign: Campaign, words: str, reader: Recipient, path: str, *, full: bool) -> dict[str, Any]:
    """What the letter's template is given; ``path`` opens the answer to its reader alone; ``full``: one waits."""
    event = campaign.event
    return {
        "contact_name": reader.name,
        "actor_name": reader.actor_name,
        "plan_es": campaign.plan.title_es,
        "plan_en": campaign.plan.title_en,
        "words": words,
        "answer_by": answer_by(campaign),
        "event_full": full,
        "event_title": event.title if event else "",
        "event_starts": event.starts_at if event else None,
        "event_has_time": bool(event and event.has_time),
        "event_galapagos": bool(event and event.starts_at and event.has_time and in_galapagos(event)),
        "event_place": _place(event),
        "event_page": f"/mesas/{event.slug}" if event else "",
        "link": mail.url_of(path) + ("" if reader.locale == "es" else f"?lang={reader.locale}"),
        "unsubscribe": mail.url_of(f"{path}/baja"),
    }


def _place(event: Event | None) -> str:
    """Where the event is, in words: the place, then the territory."""
    if event is None:
        return ""
    return ", ".join(part for part in (event.place, event.territory.name if event.territory else "") if part)
