"""Commands: ``flask plans …``."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup

from intake.core import clock
from intake.core.errors import IntakeError
from intake.core.identity import SYSTEM
from models import Plan, Stage
from models.enums import StageKind

group = AppGroup("plans", help="Action plans and their calendar.")
DAY = click.DateTime(["%Y-%m-%d"])


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_plans(*, as_json: bool) -> None:
    """Print every plan with the dates of its five stages."""
    from intake.plans import queries

    plans = queries.all_plans()
    if as_json:
        click.echo(json.dumps([_as_dict(plan) for plan in plans], ensure_ascii=False, indent=2))
        return
    for plan in plans:
        click.echo(f"{plan.code}  {plan.title_es}  [{plan.status.value}]")
        for stage in plan.stages:
            click.echo(f"  {stage.number} {stage.kind.value:<15} {_day(stage.opens_on)} – {_day(stage.closes_on)}")


@group.command("create")
@click.argument("code")
@click.option("--number", type=click.IntRange(1, 999), required=True, help="Its place among the country's plans.")
@click.option("--title-es", required=True, help="Title in Spanish.")
@click.option("--title-en", required=True, help="Title in English.")
@click.option("--starts-on", type=DAY, help="First day of its implementation, YYYY-MM-DD.")
@click.option("--ends-on", type=DAY, help="Last day of its implementation, YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def create(
    code: str,
    number: int,
    title_es: str,
    title_en: str,
    starts_on: datetime | None,
    ends_on: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Make a plan in preparation, with five stages that get their dates later (CODE: PAGA4)."""
    from intake.plans import services
    from intake.plans.inputs import PlanInput

    given = PlanInput(
        code=code.upper(),
        number=number,
        title_es=title_es,
        title_en=title_en,
        starts_on=starts_on.date() if starts_on else None,
        ends_on=ends_on.date() if ends_on else None,
    )
    try:
        plan = services.create_plan(given, by=SYSTEM)
    except IntakeError as error:
        raise click.ClickException(str(error.message)) from None
    words = f"{plan.code}: /planes/{plan.code}/"
    click.echo(json.dumps(_as_dict(plan), ensure_ascii=False, indent=2) if as_json else words)


@group.command("reschedule")
@click.argument("plan_code", metavar="PLAN")
@click.argument("stage_name", metavar="STAGE")
@click.option("--opens", type=DAY, help="First day, YYYY-MM-DD; as it was if left out.")
@click.option("--closes", type=DAY, help="Last day, YYYY-MM-DD; as it was if left out.")
@click.option("--reason", required=True, help="Published beside the dates.")
@click.option(
    "--decided-by", default="Dirección de Gobierno Abierto", show_default=True, help="Who decided; published."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def reschedule(
    plan_code: str,
    stage_name: str,
    opens: datetime | None,
    closes: datetime | None,
    reason: str,
    decided_by: str,
    *,
    as_json: bool,
) -> None:
    """Change the dates of a stage (its number or its name, e.g. 2 or reception)."""
    from intake.plans import queries, services

    try:
        plan = queries.by_code(plan_code.upper())
        stage = _stage(plan, stage_name)
        services.reschedule_stage(
            stage,
            opens.date() if opens else stage.opens_on,
            closes.date() if closes else stage.closes_on,
            reason=reason,
            decided_by=decided_by,
            decided_on=clock.today(),
            by=SYSTEM,
        )
    except IntakeError as error:
        raise click.ClickException(str(error.message)) from None
    words = f"{plan.code} {stage.kind.value}: {_day(stage.opens_on)} – {_day(stage.closes_on)}"
    click.echo(json.dumps(_stage_dict(stage), ensure_ascii=False) if as_json else words)


def _stage(plan: Plan, name: str) -> Stage:
    for stage in plan.stages:
        if name.lower() in {str(stage.number), stage.kind.value}:
            return stage
    known = ", ".join(kind.value for kind in StageKind)
    raise click.ClickException(f"{plan.code} has no stage {name!r}: use 1 to 5, or {known}.")


def _as_dict(plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code,
        "number": plan.number,
        "status": plan.status.value,
        "title_es": plan.title_es,
        "title_en": plan.title_en,
        "starts_on": _iso(plan.starts_on),
        "ends_on": _iso(plan.ends_on),
        "original_ends_on": _iso(plan.original_ends_on),
        "is_current": plan.is_current,
        "is_fictional": plan.is_fictional,
        "stages": [_stage_dict(stage) for stage in plan.stages],
    }


def _stage_dict(stage: Stage) -> dict[str, Any]:
    return {
        "number": stage.number,
        "kind": stage.kind.value,
        "status": stage.status.value,
        "opens_on": _iso(stage.opens_on),
        "closes_on": _iso(stage.closes_on),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(day: date | None) -> str:
    return _iso(day) or "          "
