"""What commands share: their answer in words, or with ``--json`` as one JSON document."""

from __future__ import annotations

import json
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def say(words: str, *, as_json: bool, **facts: Any) -> None:
    """Print the sentence, or the facts."""
    click.echo(json.dumps(facts, ensure_ascii=False, default=str) if as_json else words)
