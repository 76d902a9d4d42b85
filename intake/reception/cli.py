"""Commands: ``flask reception …``."""

from flask.cli import AppGroup

group = AppGroup("reception")
