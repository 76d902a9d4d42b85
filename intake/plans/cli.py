"""Commands: ``flask plans …``."""

from flask.cli import AppGroup

group = AppGroup("plans")
