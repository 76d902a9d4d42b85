"""Pages of the selection. Each group of pages stands in a module of its own and attaches itself to the blueprint."""

from intake.selection import views_decision, views_public, views_publish, views_session_edit, views_sessions
from intake.selection.blueprint import bp

__all__ = ["bp", "views_decision", "views_public", "views_publish", "views_session_edit", "views_sessions"]
