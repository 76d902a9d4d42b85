"""Commands: ``flask reception …``. Exit 0 only when it was done; what went wrong is one line on standard error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from intake.core.tabular import FORMATS
from intake.web.console import json_option

if TYPE_CHECKING:
    from models import Plan

group = AppGroup("reception", help="Citizens' proposals.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PLAN = click.option("--plan", "plan_code", required=True, help="Code of the plan, such as PAGA3.")


def _plan(code: str) -> Plan:
    from intake.plans import queries as plans

    return plans.by_code(code.upper())


@group.command("import")
@click.argument("file", type=FILE)
@PLAN
@click.option("--dry-run", is_flag=True, help="Judge every row and change nothing.")
@click.option("--batch", "name", help="Name of the batch, by which it can be undone; made of the file's if missing.")
@click.option("--notify", is_flag=True, help="Mail their folio to authors who left an address.")
@json_option
def import_(file: Path, plan_code: str, *, dry_run: bool, name: str | None, notify: bool, as_json: bool) -> None:
    """Receive the proposals of a CSV or XLSX file: all rows or none; the same file twice adds nothing."""
    from intake.core.identity import SYSTEM
    from intake.reception.services import importing
    from intake.web import transfers

    with transfers.refusals(as_json=as_json), transfers.opened(file) as source:
        plan = _plan(plan_code)
        with transfers.bar("Judging") as tick:
            seen = importing.preview(source, plan, by=SYSTEM, name=name, tick=tick)
        if dry_run:
            transfers.tell_preview(seen, as_json=as_json)
            return
        with transfers.bar("Keeping", seen.rows) as tick:
            done = importing.run(source, plan, by=SYSTEM, name=name, notify=notify, tick=tick)
        transfers.tell_outcome(done, as_json=as_json)


@group.command("undo-import")
@click.argument("batch")
@click.option("--reason", default="", help="Why; stands under each folio.")
@json_option
def undo_import(batch: str, reason: str, *, as_json: bool) -> None:
    """Withdraw the proposals of a batch, unless one was changed, examined or used since."""
    from intake.core.identity import SYSTEM
    from intake.reception.services import undoing
    from intake.web import transfers

    with transfers.refusals(as_json=as_json):
        transfers.tell_undone(undoing.undo(batch, by=SYSTEM, reason=reason), as_json=as_json)


@group.command("forget-drafts")
@click.option("--days", default=365, show_default=True, type=click.IntRange(min=30), help="Untouched for so long.")
def forget_drafts(days: int) -> None:
    """Delete drafts, with their files, that nobody has changed for so many days."""
    from intake.reception.services import forgetting

    click.echo(f"{forgetting.forget_drafts(days)} drafts forgotten.")


@group.command("export")
@PLAN
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv")
@click.option("-o", "target", type=click.Path(dir_okay=False, path_type=Path), help="File; standard output if missing.")
@click.option("--internal", is_flag=True, help="With names, contacts and keys; the download is traced.")
def export(plan_code: str, kind: str, target: Path | None, *, internal: bool) -> None:
    """Write the proposals received of a plan: public fields, or with --internal also who proposed."""
    from intake.core.identity import SYSTEM
    from intake.core.tabular import stream
    from intake.reception import exporting, queries
    from intake.reception.inputs import Filters
    from intake.reception.services import downloads
    from intake.web import transfers

    with transfers.refusals(as_json=False):
        filters = Filters(plan=_plan(plan_code).code, order="folio")
    if internal:
        downloads.record(kind, queries.how_many(filters), by=SYSTEM)
    names = exporting.fields(internal=internal)
    transfers.written(target, stream(kind, names, exporting.rows(filters, internal=internal)))


@group.command("duplicates")
@PLAN
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True, help="How many for each proposal.")
@json_option
def duplicates(plan_code: str, top: int, *, as_json: bool) -> None:
    """For each proposal received of a plan, those that say much the same, the most alike first."""
    from intake.reception import queries, similar
    from intake.web import transfers

    with transfers.refusals(as_json=as_json):
        folios, texts = queries.comparable(_plan(plan_code))
    found = {
        folio: [{"folio": folios[n.index], "similarity": n.similarity} for n in near]
        for folio, near in zip(folios, similar.rank(texts, top), strict=True)
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for folio, near in found.items():
        click.echo(f"{folio}  " + "  ".join(f"{n['folio']} {n['similarity']:.2f}" for n in near))


@group.command("forget")
def forget() -> None:
    """Delete supports that guests asked for and never confirmed. Safe to run every day."""
    from intake.reception.services import supporting

    click.echo(f"{supporting.forget_unconfirmed()} unconfirmed supports forgotten.")


@group.command("forget-scans")
@click.option("--days", default=180, show_default=True, type=click.IntRange(min=1), help="After the sheet was keyed.")
@json_option
def forget_scans(*, days: int, as_json: bool) -> None:
    """Erase the pictures of sheets of paper that were keyed so many days ago; run it daily."""
    from intake.reception.services import scanning
    from intake.web.console import say

    number = scanning.forget_scans(days)
    say(f"Scans erased: {number}.", as_json=as_json, erased=number)


@group.command("close-joinings")
@json_option
def close_joinings(*, as_json: bool) -> None:
    """Withdraw collective proposals whose days to answer are over with fewer than two parts; may run daily."""
    from intake.reception.services import join_answers
    from intake.web.console import say

    number = join_answers.close_lapsed()
    say(f"Collective proposals closed: {number}.", as_json=as_json, closed=number)
