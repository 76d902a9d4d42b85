"""Commands: ``flask selection …``."""

from flask.cli import AppGroup

group = AppGroup("selection")
