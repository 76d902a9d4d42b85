"""Intake: the co-creation of Open Government action plans. Begin reading at `intake.factory`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: Config) -> Flask:
    """Build the application. The factory is imported late, so that `import intake.core` stays free of Flask."""
    from intake.factory import create_app as build  # noqa: PLC0415 -- app factory

    return build(config)
