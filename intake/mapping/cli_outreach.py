"""The command ``flask mapping send-mailings``."""

from __future__ import annotations

import json

import click

from intake.mapping import mailings
from intake.mapping.cli import group
from intake.web.console import json_option

__all__ = ["group"]


@group.command("send-mailings")
@json_option
def send_mailings(*, as_json: bool) -> None:
    """Go on with bulk invitations that stopped half way; nobody is written to twice. Safe from many machines."""
    done = mailings.continue_all()
    if as_json:
        click.echo(json.dumps({"mailings": done, "queued": sum(done.values())}))
        return
    for name, queued in done.items():
        click.echo(f"{name}: {queued} letters queued.")
    if not done:
        click.echo("No mailing is unfinished.")
