"""Reading the mapping of actors: vocabularies and places, actors, events, coverage."""

from intake.mapping.queries.actors import (
    ActorFilters,
    actor,
    actors,
    bodies_of,
    commitments_of,
    verified_actors,
    verified_by,
    waiting,
)
from intake.mapping.queries.contacts import contacts_of, numbered_contacts
from intake.mapping.queries.coverage import events_by_province
from intake.mapping.queries.events import (
    EventFilters,
    event,
    events,
    participation_of,
    proposals_born,
)
from intake.mapping.queries.events import for_calendar as events_for_calendar
from intake.mapping.queries.events import of_month as events_of_month
from intake.mapping.queries.vocabulary import (
    cantons,
    children,
    country,
    known_codes,
    languages,
    parishes,
    peoples,
    peoples_found,
    provinces,
    sectors,
    territories,
    territories_path,
    territory_by_code,
    territory_choices,
    themes,
)

__all__ = [
    "ActorFilters",
    "EventFilters",
    "actor",
    "actors",
    "bodies_of",
    "cantons",
    "children",
    "commitments_of",
    "contacts_of",
    "country",
    "event",
    "events",
    "events_by_province",
    "events_for_calendar",
    "events_of_month",
    "known_codes",
    "languages",
    "numbered_contacts",
    "parishes",
    "participation_of",
    "peoples",
    "peoples_found",
    "proposals_born",
    "provinces",
    "sectors",
    "territories",
    "territories_path",
    "territory_by_code",
    "territory_choices",
    "themes",
    "verified_actors",
    "verified_by",
    "waiting",
]
