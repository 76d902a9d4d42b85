"""Commands: ``flask reception …``."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

group = AppGroup("reception", help="Citizens' proposals.")


@group.command("export")
@click.option("--plan", "plan_code", required=True, help="Code of the plan, such as PAGA3.")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv")
@click.option("-o", "target", type=click.Path(dir_okay=False, path_type=Path), help="File; standard output if missing.")
def export(plan_code: str, kind: str, target: Path | None) -> None:
    """Write the submitted proposals of a plan: public fields only, CSV that no spreadsheet runs."""
    from intake.core.errors import NotFound
    from intake.plans import queries as plans
    from intake.reception import serializers

    try:
        plan = plans.by_code(plan_code.upper())
    except NotFound as error:
        raise click.ClickException(str(error.message)) from error
    rows = serializers.open_data(plan)
    text = json.dumps(rows, ensure_ascii=False, indent=2) + "\n" if kind == "json" else as_csv(rows)
    if target is None:
        sys.stdout.write(text)
        return
    try:
        target.write_text(text, encoding="utf-8" if kind == "json" else "utf-8-sig", newline="")
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror}") from error


def as_csv(rows: list[dict[str, Any]]) -> str:
    """The rows as RFC 4180 text; the file gets a byte-order mark, or spreadsheets misread its accents."""
    from intake.reception.serializers import PUBLIC_FIELDS, cell

    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(PUBLIC_FIELDS)
    writer.writerows([[cell(row[name]) for name in PUBLIC_FIELDS] for row in rows])
    return out.getvalue()
