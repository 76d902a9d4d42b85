"""Commands: ``flask events …``."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from intake.mapping.retention import DAYS

group = AppGroup("events", help="Co-creation events.")


@group.command("forget")
@click.option("--days", type=click.IntRange(min=1), default=DAYS, show_default=True, help="Days after the event.")
def forget(days: int) -> None:
    """Erase names, addresses and needs of registrations some time after their event. Safe to run every day."""
    from intake.mapping import retention  # noqa: PLC0415 -- only this command needs it

    click.echo(f"{retention.forget(days)} registrations forgotten.")
