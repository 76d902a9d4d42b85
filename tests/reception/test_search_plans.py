"""At 100,000 proposals each statement of the search and of the hint goes by an index: the plans themselves are read."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from intake.core.search import stems
from intake.extensions import db
from intake.reception import queries
from intake.reception.inputs import ORDERS, RANDOM, Filters
from intake.reception.queries import mapped
from models.enums import Approach, Branch, Channel
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
        queries.page(filters, 1, queries.how_many(filters))

    calls = {
        "rare word": lambda: pages(query="raro7"),
        "common word": lambda: pages(query="riego"),
        "phrase": lambda: pages(query='"agua de riego"'),
        "any of them": lambda: pages(query="raro7 semillas", any_word=True),
        "rare word by relevance": lambda: queries.first(Filters(query="raro7", order="parecidas")),
        "words by relevance": lambda: queries.first(Filters(query="riego raro7", order="parecidas", plan="PAGA3")),
        "bodies": lambda: queries.bodies([1, 2, 3]),
        "hint": lambda: queries.similar_to("Agua de riego para la comunidad raro7", "", plan.id),
        "hint of common words": lambda: queries.similar_to("transparencia", "", plan.id),
        "meaning": lambda: queries.of_the_meaning(Filters(query="riego autobuses raro7", plan="PAGA3")),
        "meaning of common words": lambda: queries.of_the_meaning(Filters(query="acequias", status="recibida")),
    }
    queries.similar_to("agua", "", plan.id)  # counts how rare words are, once
    read = {(name, s): plan_of(s, p) for name, call in calls.items() for s, p in statements(call)}
    assert len(read) >= 22
    assert {key: steps for key, steps in read.items() if any(map(whole_table, steps))} == {}


def test_lists_of_every_order_and_filter_their_counts_and_their_news_go_by_an_index(plan):
    def page(order: str = "recientes", **values: Any) -> None:
        filters = Filters(order=order, **values)
        queries.page(filters, 1, queries.how_many(filters))

    calls = {
        **{order: lambda order=order: page(order) for order in ORDERS if order != RANDOM},
        **{f"{order} of a plan": lambda order=order: page(order, plan="PAGA3") for order in ORDERS if order != RANDOM},
        "theme": lambda: page(theme="agua"),
        "province": lambda: page(territory="14"),
        "approach": lambda: page(approach=Approach.GENDER),
        "channel": lambda: page(channel=Channel.PAPER),
        "branch": lambda: page(branch=Branch.JUDICIAL),
        "state": lambda: page(status="retirada"),
        "table": lambda: page(event="mesa"),
        "rows": lambda: queries.rows_of([1, 2, 3]),
        "map": lambda: mapped.marks(Filters()),
        "map of a plan": lambda: mapped.marks(Filters(plan="PAGA3")),
        "news": lambda: queries.news(Filters()),
        "news of a plan": lambda: queries.news(Filters(plan="PAGA3")),
    }
    if db.session.get_bind().dialect.name == "postgresql":  # whose sampling now and then prefers the whole table
        db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    read = {(name, s): plan_of(s, p) for name, call in calls.items() for s, p in statements(call)}
    assert len(read) >= 30
    if db.session.get_bind().dialect.name == "sqlite":
        assert {key: steps for key, steps in read.items() if any(map(reads_texts, steps))} == {}
    else:  # counting everything may read everything: there is no index that PostgreSQL trusts within a transaction
        shown = {key: steps for key, steps in read.items() if "count(*)" not in key[1]}
        assert {key: steps for key, steps in shown.items() if any(map(reads_texts, steps))} == {}


def reads_texts(step: str) -> bool:
    """Whether a step reads the rows of all proposals, with their texts, in no order."""
    return "Seq Scan on proposal" in step or (step.startswith("SCAN proposal") and "INDEX" not in step)


def test_counts_of_filters_and_the_random_order_never_read_the_texts(plan):
    """They take every proposal into account: on SQLite in one pass over an index, which holds all that is counted."""
    calls = {
        "facets": lambda: queries.facets(Filters()),
        "facets, filtered": lambda: queries.facets(Filters(plan="PAGA3", status="recibida", theme="agua")),
        "shuffled": lambda: db.session.execute(queries.keys(Filters(order="azar", seed=7)).limit(20)).all(),
        "shuffled, of a plan": lambda: db.session.execute(
            queries.keys(Filters(order="azar", plan="PAGA3")).limit(20)
        ).all(),
    }
    read = {name: [plan_of(s, p) for s, p in statements(call)] for name, call in calls.items()}
    assert [len(plans) for plans in read.values()] == [1] * 4
    if db.session.get_bind().dialect.name == "sqlite":
        passes = [step for plans in read.values() for step in plans[0] if re.match(r"(SCAN|SEARCH) proposal\b", step)]
        assert len(passes) >= 4
        assert [step for step in passes if "COVERING INDEX" not in step and "PRIMARY KEY" not in step] == []
    else:
        passes = [step for plans in read.values() for step in plans[0] if re.search(r"Seq Scan on proposal\b", step)]
        assert len(passes) <= 6  # one each, and one for the approaches
