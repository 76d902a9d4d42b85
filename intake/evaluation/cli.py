"""Commands: ``flask evaluation …``."""

from flask.cli import AppGroup

group = AppGroup("evaluation")
