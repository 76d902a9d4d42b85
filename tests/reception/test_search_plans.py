"""At 100,000 proposals each statement of the search and of the hint goes by an index: the plans themselves are read."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from intake.core.pagination import paginate
from intake.core.search import stems
from intake.extensions import db
from intake.reception import queries
from intake.reception.inputs import Filters
from tests import factories

NUMBER = 100_000
TOPICS = (
    "agua de riego",
    "obras del municipio",
    "medicinas",
    "transporte rural",
    "semillas nativas",
    "presupuesto",
    "riego",
)

pytestmark = pytest.mark.slow


#: The rows are made by the database itself: a tenth of the time. ``{n}`` is their number, ``{word}`` their topic.
ROWS = """
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :most)
INSERT INTO proposal (plan_id, kind, folio, folio_number, status, title, problem, solution, expected_result, channel,
  proposer_kind, public_name, claim_code_hash, language, created_at, submitted_at, updated_at, support_count,
  comment_count, search_stems, lock_version)
SELECT plan_id, kind, 'PAGA3-' || n, n + 1, status, 'Propuesta ' || n, problem, solution, expected_result, channel,
  proposer_kind, public_name, NULL, language, created_at, submitted_at, updated_at, 0, 0,
  CASE n % 7 {topics} END || ' raro' || (n % 997) || ' par' || (n % 8009), 1
FROM number CROSS JOIN proposal WHERE proposal.id = :model
"""


@pytest.fixture
def plan(app):
    made = factories.plan(code="PAGA3")
    model = factories.proposal(made)
    words = [stems(f"propuesta {topic} publicar transparencia") for topic in TOPICS]
    topics = " ".join(f"WHEN {n} THEN '{text}'" for n, text in enumerate(words))
    db.session.execute(sa.text(ROWS.replace("{topics}", topics)), {"most": NUMBER, "model": model.id})
    db.session.execute(sa.text("ANALYZE proposal"))
    return made


def statements(call: Any) -> list[tuple[str, Any]]:
    """What the call sends."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    connection = db.session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    return seen


def plan_of(statement: str, parameters: Any) -> list[str]:
    """The database's plan, a line for each step."""
    connection = db.session.connection()
    postgresql = connection.dialect.name == "postgresql"
    rows = connection.exec_driver_sql(("EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN ") + statement, parameters)
    return [str(row[-1]) for row in rows]


def whole_table(step: str) -> bool:
    """Whether a step reads every proposal."""
    if "Seq Scan on proposal" in step:
        return True
    if "Index Scan Backward using ix_proposal" in step:  # which takes the words of all apart until twenty fit
        return True
    return step.startswith("SCAN proposal") and "INDEX" not in step


def test_searches_and_hints_go_by_an_index(plan):
    def pages(**values: Any) -> None:
        filters = Filters(plan="PAGA3", **values)
        paginate(queries.listing(filters), number=1, total=queries.how_many(filters), row=lambda row: row)

    calls = {
        "rare word": lambda: pages(query="raro7"),
        "common word": lambda: pages(query="riego"),
        "phrase": lambda: pages(query='"agua de riego"'),
        "any of them": lambda: pages(query="raro7 semillas", any_word=True),
        "bodies": lambda: queries.bodies([1, 2, 3]),
        "hint": lambda: queries.similar_to("Agua de riego para la comunidad raro7", "", plan.id),
        "hint of common words": lambda: queries.similar_to("transparencia", "", plan.id),
    }
    queries.similar_to("agua", "", plan.id)  # counts how rare words are, once
    read = {(name, s): plan_of(s, p) for name, call in calls.items() for s, p in statements(call)}
    assert len(read) >= 12
    assert {key: steps for key, steps in read.items() if any(map(whole_table, steps))} == {}
