"""Commands that cross the rooms: ``flask setup``, ``flask check``, ``flask outbox send``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

commands: tuple[click.Command, ...] = ()
