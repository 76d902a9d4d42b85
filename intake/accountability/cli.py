"""Commands: ``flask accountability …``."""

from flask.cli import AppGroup

group = AppGroup("accountability")
