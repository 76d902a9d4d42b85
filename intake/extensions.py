"""Unbound extensions. The only module that imports Flask-SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from models import Base

if TYPE_CHECKING:
    import sqlalchemy.orm as so

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
migrate = Migrate(render_as_batch=True, compare_type=True)
login_manager = LoginManager()
csrf = CSRFProtect()


def session() -> so.scoped_session[so.Session]:
    """The session of the current application context."""
    return db.session  # type: ignore[return-value]  # Flask-SQLAlchemy's own Session subclass
