"""Commands: ``flask demo …``."""

from flask.cli import AppGroup

group = AppGroup("demo")
