"""Pages of the mapping."""

from intake.mapping.views import actors, contacts, coverage, events, merging, registration
from intake.mapping.views.blueprint import bp

__all__ = ["actors", "bp", "contacts", "coverage", "events", "merging", "registration"]
