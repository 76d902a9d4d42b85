"""Pages of the room. Each module adds its routes to the one blueprint."""

from intake.accountability.views import agreement, bound, drafting, files, monitoring, moves, owed, ratings, voices
from intake.accountability.views.common import bp

__all__ = ["agreement", "bound", "bp", "drafting", "files", "monitoring", "moves", "owed", "ratings", "voices"]
