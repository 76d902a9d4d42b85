"""Commands: ``flask outbox …``."""

from __future__ import annotations

import json
import time

import click
from flask.cli import AppGroup

outbox_group = AppGroup("outbox", help="Messages waiting to be delivered.")


@outbox_group.command("send")
@click.option("--limit", type=click.IntRange(min=1), default=500, show_default=True, help="At most so many messages.")
@click.option(
    "--every", type=click.IntRange(min=1), metavar="SECONDS", help="Go on, looking again after so many seconds."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def send(limit: int, every: int | None, *, as_json: bool) -> None:
    """Deliver what is due. Safe to run from many machines at once.

    Exit status 1 if a message could not be delivered. As it runs all the time, it also deletes one-time links and
    counts of attempts that ended more than a day ago.
    """
    from intake.accounts import signing_in  # noqa: PLC0415 -- slow imports stay out of the other commands
    from intake.core import delivery  # noqa: PLC0415

    while True:
        signing_in.tidy()
        sent, failed = delivery.deliver_due(limit), delivery.waiting_after_failure()
        if as_json:
            click.echo(json.dumps({"sent": sent, "failed": failed}))
        elif sent or not every:
            click.echo(f"{sent} sent.")
        if every is None:
            break
        time.sleep(every)
    if failed:
        raise click.ClickException(f"{failed} messages could not be delivered yet; see /direccion/correo/.")
