"""Commands: ``flask mapping …``. Exit 0 only when it was done; what went wrong is one line on standard error."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from intake.core.tabular import FORMATS
from intake.web.console import json_option

group = AppGroup("mapping", help="The registry of actors.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Judge every row and change nothing.")
@click.option("--batch", "name", help="Name of the batch, by which it can be undone; made of the file's if missing.")
@json_option
def import_(file: Path, *, dry_run: bool, name: str | None, as_json: bool) -> None:
    """Register the actors of a CSV or XLSX file: all rows or none; the same file twice adds nothing."""
    from intake.core.identity import SYSTEM
    from intake.mapping import importing
    from intake.web import transfers

    with transfers.refusals(as_json=as_json), transfers.opened(file) as source:
        with transfers.bar("Judging") as tick:
            seen = importing.preview(source, by=SYSTEM, name=name, tick=tick)
        if dry_run:
            transfers.tell_preview(seen, as_json=as_json)
            return
        with transfers.bar("Keeping", seen.rows) as tick:
            done = importing.run(source, by=SYSTEM, name=name, tick=tick)
        transfers.tell_outcome(done, as_json=as_json)


@group.command("undo-import")
@click.argument("batch")
@click.option("--reason", default="", help="Why, for the trace.")
@json_option
def undo_import(batch: str, reason: str, *, as_json: bool) -> None:
    """Take a batch out again, unless something of it was changed or used since."""
    from intake.core.identity import SYSTEM
    from intake.mapping import undoing
    from intake.web import transfers

    with transfers.refusals(as_json=as_json):
        transfers.tell_undone(undoing.undo(batch, by=SYSTEM, reason=reason), as_json=as_json)


@group.command("export")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv")
@click.option("-o", "target", type=click.Path(dir_okay=False, path_type=Path), help="File; standard output if missing.")
@click.option("--internal", is_flag=True, help="Every state, with contacts; the download is traced.")
def export(kind: str, target: Path | None, *, internal: bool) -> None:
    """Write the registry: verified actors with public fields, or with --internal everything about all."""
    from intake.core.identity import SYSTEM
    from intake.core.tabular import stream
    from intake.mapping import exporting
    from intake.mapping.queries import ActorFilters
    from intake.web import transfers

    filters = ActorFilters(status=None) if internal else ActorFilters()
    if internal:
        exporting.record_download(kind, exporting.number(filters), by=SYSTEM)
    names = exporting.fields(internal=internal)
    transfers.written(target, stream(kind, names, exporting.rows(filters, internal=internal)))
