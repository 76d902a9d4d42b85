"""Commands that cross the rooms: ``flask setup`` and ``flask check``."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config import Config


@contextmanager
def _said(what: str) -> Iterator[None]:
    """One line for a step: what it does, and when it is over how long it took."""
    click.echo(f"{what}… ", nl=False)
    began = time.monotonic()
    yield
    click.echo(f"{time.monotonic() - began:.1f} s")


@click.command("setup")
@click.pass_context
@with_appcontext
def setup(context: click.Context) -> None:
    """Bring the database up to date: migrations, reference data and, in demo mode on an empty database, the demo."""
    from flask_migrate import upgrade

    from intake.core.identity import SYSTEM
    from intake.mapping.reference import load_reference

    with _said("Bringing the tables up to date"):
        upgrade()
    with _said("Loading territories, themes and goals"):
        load_reference(by=SYSTEM)
    config: Config = current_app.config["INTAKE"]
    if config.demo:
        _demo(context, config)


def _demo(context: click.Context, config: Config) -> None:
    """Load the demonstration if no plan is there, and say with which accounts to enter."""
    from intake.accounts import demo
    from intake.plans import queries as plans

    if not plans.all_plans():
        click.echo("Loading the demonstration (three plans, 120 proposals)…")
        group = current_app.cli.get_command(context, "demo")
        if isinstance(group, click.Group):  # named, not imported: the demonstration stands above every room
            context.invoke(group.commands["load"])
    if any(plan.is_fictional for plan in plans.all_plans()):
        click.echo(f"Demo accounts (password: {demo.shared_password(config.instance_path)})")
        for account in demo.ACCOUNTS:
            click.echo(f"  {account.email:<36} {account.title}")


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_appcontext
def check(as_json: bool) -> None:  # noqa: FBT001 -- click hands it over
    """Check every invariant of the data; exit 1 and name what breaks one."""
    from intake.reports import invariants

    found = invariants.broken()
    if as_json:
        click.echo(json.dumps({"ok": not any(found.values()), "broken": {k: v for k, v in found.items() if v}}))
    else:
        for one in invariants.INVARIANTS:
            offending = found[one.name]
            click.echo(f"{'broken' if offending else 'ok':<7}{one.name}: {one.words}")
            for reference in offending:
                click.echo(f"       {reference}")
    if any(found.values()):
        broken = ", ".join(name for name, offending in found.items() if offending)
        raise click.exceptions.Exit(_report(broken))


def _report(broken: str) -> int:
    click.echo(f"Broken: {broken}", err=True)
    return 1


commands: tuple[click.Command, ...] = (setup, check)
