"""Pages of the mapping."""

from intake.mapping.views import actors, coverage, events, registration
from intake.mapping.views.blueprint import bp

__all__ = ["actors", "bp", "coverage", "events", "registration"]
