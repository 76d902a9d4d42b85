"""The real First Plan: what is computed from its 59 milestones, beside what was published."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from intake.accountability import progress, queries, services
from intake.accountability.inputs import (
    CommitmentInput,
    HistoricalCommitment,
    HistoricalMilestone,
    HistoricalParty,
    HistoricalRating,
    ScaleValueInput,
)
from intake.core.errors import Conflict, Invalid
from intake.core.identity import SYSTEM
from models import Plan, ReportedFigure
from models.enums import CommitmentStatus, IrmDimension, MilestoneStatus, PartyRole, PlanStatus
from tests import factories
from tests.accountability import kit

DATA = Path(__file__).parents[2] / "intake" / "demo" / "data"
#: Percentages that the quarterly report of 22 October 2021 printed for the commitments (process.md §9, row 13).
PUBLISHED = {2: "17.00", 3: "52.00", 5: "42.00", 7: "42.00", 9: "39.00"}


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def pct(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def load(code: str) -> tuple[Plan, dict[str, Any]]:
    """The plan's commitments with milestones, through the service; parties and ratings have tests of their own."""
    data = json.loads((DATA / f"{code.lower()}.json").read_text(encoding="utf-8"))
    plan = factories.plan(None, code=code, is_current=False)
    for row in data["commitments"]:
        milestones = tuple(
            HistoricalMilestone(
                number=m["number"],
                title_es=m["text_es"] or "—",
                title_en=m["text_en"],
                starts_on=day(m["start_on"]),
                ends_on=day(m["end_on"]),
                progress_pct=pct(m["progress_pct"]),
                progress_as_of=day(m["progress_as_of"]),
            )
            for m in row["milestones"]
        )
        content = CommitmentInput(
            title_es=row["title_es"],
            title_en=row["title_en"],
            title_note=row["title_note_es"] or "",
            number=row["number"],
            problem=row["problem_es"] or "",
            starts_on=day(row["start_on"]),
            ends_on=day(row["end_on"]),
        )
        given = HistoricalCommitment(
            content=content,
            milestones=milestones,
            published_progress_pct=pct(row["published_progress_pct"]),
            published_progress_on=day(row["published_progress_as_of"]),
        )
        services.record_historical(plan, given, by=SYSTEM)
    return plan, data


def test_first_plan_computes_41_29_of_59_milestones_where_38_51_was_published(app: object) -> None:
    plan, _data = load("PAGA1")
    factories.save(
        ReportedFigure(
            plan_id=plan.id,
            key=queries.PLAN_PROGRESS_KEY,
            label_es="Avance",
            label_en="Progress",
            value=Decimal("38.51"),
            unit="percent",
            as_of=date(2021, 10, 22),
            source="Reporte",
        )
    )
    [found] = queries.plan_progress([plan])
    assert (found.figure.computed, found.figure.milestones) == (Decimal("41.29"), 59)
    assert (found.figure.published, found.figure.differs, found.commitments) == (Decimal("38.51"), True, 10)


@pytest.mark.parametrize(("number", "computed"), [(2, "20.00"), (3, "33.33"), (5, "76.00"), (7, "22.22"), (9, "60.00")])
def test_commitments_differ_as_the_sources_say(app: object, number: int, computed: str) -> None:
    load("PAGA1")
    figure = progress.figure_of(queries.by_reference(f"PAGA1-{number}"))
    assert (figure.computed, figure.published) == (Decimal(computed), Decimal(PUBLISHED[number]))


def test_second_plan_knows_no_progress_and_names_what_was_not_found(app: object) -> None:
    plan, _data = load("PAGA2")
    [found] = queries.plan_progress([plan])
    assert (found.figure.computed, found.figure.milestones, found.commitments) == (None, 2, 15)
    first = queries.by_reference("PAGA2-1")
    assert (first.title_es, first.title_note) == (
        None,
        "El título de este compromiso no se encontró en las fuentes públicas.",
    )


def test_parties_ratings_and_states_of_the_past(app: object) -> None:
    plan = factories.plan(None, code="PAGA1")
    factories.actor("Ministerio")
    services.define_scale(
        plan,
        IrmDimension.COMPLETION,
        [ScaleValueInput(key="limited", label_es="Limitado", label_en="Limited")],
        by=SYSTEM,
    )
    given = HistoricalCommitment(
        content=kit.content(number=5),
        status=CommitmentStatus.CONCLUDED,
        parties=(HistoricalParty(actor="ministerio", role=PartyRole.RESPONSIBLE, is_lead=True),),
        milestones=(
            HistoricalMilestone(number=1, title_es="A", progress_pct=Decimal(100), progress_as_of=date(2021, 10, 22)),
            HistoricalMilestone(number=2, title_es="B", progress_pct=Decimal(20), progress_as_of=date(2021, 10, 22)),
            HistoricalMilestone(number=3, title_es="C"),
        ),
        ratings=(
            HistoricalRating(dimension=IrmDimension.COMPLETION, value_key="limited"),
            HistoricalRating(dimension=IrmDimension.AMBITION, note="No se encontró."),
        ),
    )
    services.record_historical(plan, given, by=SYSTEM)
    found = queries.by_reference("PAGA1-5")
    assert found.status is CommitmentStatus.CONCLUDED
    assert [(p.actor.slug, p.is_lead) for p in found.parties] == [("ministerio", True)]
    assert [m.status for m in found.milestones] == [
        MilestoneStatus.COMPLETED,
        MilestoneStatus.EXECUTION,
        MilestoneStatus.DEFINITION,
    ]
    assert [(r.dimension, r.value and r.value.key) for r in found.ratings] == [
        (IrmDimension.COMPLETION, "limited"),
        (IrmDimension.AMBITION, None),
    ]
    assert progress.of_milestones(found.milestones) == Decimal("60.00")


def test_history_refuses_live_states_and_unknown_organisations(app: object) -> None:
    plan = factories.plan(None, code="PAGA1")
    kit.keep()
    with pytest.raises(Conflict):
        services.record_historical(
            plan, HistoricalCommitment(content=kit.content(), status=CommitmentStatus.DRAFT), by=SYSTEM
        )
    unknown = HistoricalParty(actor="no-existe", role=PartyRole.RESPONSIBLE)
    with pytest.raises(Invalid, match="no-existe"):
        services.record_historical(plan, HistoricalCommitment(content=kit.content(), parties=(unknown,)), by=SYSTEM)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([], None),
        ([None], None),
        ([Decimal(0)], Decimal("0.00")),
        ([Decimal(0), None, Decimal(1)], Decimal("0.50")),
        ([Decimal(1), Decimal(0), Decimal(0)], Decimal("0.33")),
        ([Decimal("0.01"), Decimal("0.02")], Decimal("0.02")),
    ],
)
def test_mean_leaves_out_only_the_unknown(values: list[Decimal | None], mean: Decimal | None) -> None:
    assert progress.mean_progress(values) == mean


class _Row:
    def __init__(self, ends_on: date | None, pct: int, as_of: date | None) -> None:
        self.ends_on, self.progress_pct, self.progress_as_of = ends_on, Decimal(pct), as_of


@pytest.mark.parametrize(
    ("row", "late"),
    [
        (_Row(date(2022, 1, 1), 99, date(2021, 1, 1)), True),
        (_Row(date(2022, 1, 1), 100, date(2021, 1, 1)), False),
        (_Row(date(2022, 1, 2), 0, date(2021, 1, 1)), False),
        (_Row(date(2022, 1, 1), 0, None), False),
        (_Row(None, 0, date(2021, 1, 1)), False),
    ],
)
def test_late_is_past_the_end_and_not_complete(row: _Row, late: bool) -> None:
    with time_machine.travel(datetime(2022, 1, 2, 12, tzinfo=UTC)):
        assert progress.is_late(row) is late


@pytest.mark.parametrize(
    ("as_of", "late", "without_news"),
    [(date(2021, 10, 22), False, True), (date(2022, 1, 1), True, False), (date(2022, 1, 2), True, False)],
)
def test_old_figures_of_what_is_over_are_without_news_and_not_late(as_of: date, late: bool, without_news: bool) -> None:
    row = _Row(date(2022, 1, 1), 50, as_of)
    with time_machine.travel(datetime(2022, 6, 1, 12, tzinfo=UTC)):
        assert (progress.is_late(row, over=True), progress.is_without_news(row, over=True)) == (late, without_news)
        assert (progress.is_late(row, over=False), progress.is_without_news(row, over=False)) == (True, False)


def _old(status: CommitmentStatus, plan_status: PlanStatus) -> Plan:
    plan = factories.plan(None, code="PAGA1", status=plan_status)
    rows = ((50, date(2021, 12, 31), date(2021, 10, 22)), (20, date(2021, 10, 1), date(2021, 10, 22)))
    given = HistoricalCommitment(
        content=kit.content(number=3, starts_on=None, ends_on=None),
        status=status,
        milestones=tuple(
            HistoricalMilestone(number=n, title_es="A", progress_pct=Decimal(p), ends_on=end, progress_as_of=as_of)
            for n, (p, end, as_of) in enumerate(rows, start=1)
        ),
    )
    services.record_historical(plan, given, by=SYSTEM)
    return plan


@pytest.mark.parametrize(
    ("status", "plan_status", "late", "without_news"),
    [
        (CommitmentStatus.CONCLUDED, PlanStatus.CLOSED, 1, 1),
        (CommitmentStatus.FORMALIZED, PlanStatus.CLOSED, 1, 1),
        (CommitmentStatus.CONCLUDED, PlanStatus.IMPLEMENTATION, 1, 1),
        (CommitmentStatus.FORMALIZED, PlanStatus.IMPLEMENTATION, 2, 0),
    ],
)
def test_plan_and_commitment_count_them_alike(
    app: object, status: CommitmentStatus, plan_status: PlanStatus, late: int, without_news: int
) -> None:
    [found] = queries.plan_progress([_old(status, plan_status)])
    figure = progress.figure_of(queries.by_reference("PAGA1-3"))
    assert (found.figure.late, found.figure.without_news) == (figure.late, figure.without_news) == (late, without_news)


def test_page_of_a_concluded_commitment_says_until_when_things_are_known(client: FlaskClient) -> None:
    _old(CommitmentStatus.CONCLUDED, PlanStatus.CLOSED)
    page = client.get("/compromisos/PAGA1-3").text
    assert "Sin información posterior al 22 de octubre de 2021." in page
    assert "«Concluido» quiere decir que el período del plan terminó" in page
    milestones = client.get("/compromisos/PAGA1-3.json").get_json()["milestones"]
    assert [(m["is_late"], m["is_without_news"]) for m in milestones] == [(False, True), (True, False)]


def test_formalized_commitment_of_a_closed_plan_says_why_it_is_not_concluded(client: FlaskClient) -> None:
    _old(CommitmentStatus.FORMALIZED, PlanStatus.CLOSED)
    assert "ninguna fuente pública dice que este compromiso se haya dado por concluido" in (
        client.get("/compromisos/PAGA1-3").text
    )
