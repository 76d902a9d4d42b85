"""Commands: ``flask demo load``."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from intake.core.errors import IntakeError
from intake.web.console import json_option, say

group = AppGroup("demo", help="The demonstration: three plans, one of them fictional.")


@group.command("load")
@click.option("--proposals", default=120, show_default=True, type=click.IntRange(min=120), help="How many of PAGA3.")
@click.option("--reviewers", default=6, show_default=True, type=click.IntRange(min=6))
@click.option(
    "--reviews", type=click.IntRange(min=1), help="How many reviews in all, on proposals that all wait for them."
)
@click.option("--seed", default=2026, show_default=True, help="Of the variation beyond the first 120 proposals.")
@json_option
def load(proposals: int, reviewers: int, reviews: int | None, seed: int, *, as_json: bool) -> None:
    """Load the demonstration into an empty database; does nothing where it is loaded, refuses real data."""
    from intake.demo import loader

    began = time.monotonic()
    try:
        loaded = loader.load(proposals=proposals, reviewers=reviewers, reviews=reviews, seed=seed)
    except (IntakeError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    seconds = time.monotonic() - began
    words = f"Demonstration loaded in {seconds:.1f} s." if loaded else "The demonstration is loaded already."
    say(words, as_json=as_json, loaded=loaded, proposals=proposals, seconds=round(seconds, 1))
