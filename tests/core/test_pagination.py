"""Pages count what their query would give, in one statement beside the one that reads them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core.pagination import SIZE, paginate
from models import Actor, AuditEntry, Event, actor_theme
from tests import factories as make


def test_rows_are_counted_without_what_is_loaded_beside_them(app, count_queries):
    plan = make.plan()
    for _n in range(SIZE + 1):
        make.event(plan)
    query = sa.select(Event).options(joinedload(Event.plan), joinedload(Event.themes)).order_by(Event.id)
    with count_queries() as seen:
        page = paginate(query, number=9)
    assert (page.total, page.pages, page.number, len(page.items), len(seen)) == (SIZE + 1, 2, 2, 1, 2)
    assert "JOIN" not in seen[0]


def test_groups_and_distinct_rows_are_counted_as_they_are_shown(app):
    themes = [make.theme() for _n in range(3)]
    for number in range(2):
        make.actor(f"Organización {number}", themes=themes)
    tied = sa.select(Actor).join(actor_theme, actor_theme.c.actor_id == Actor.id).order_by(Actor.id)
    assert paginate(tied.with_only_columns(Actor.id).distinct(), number=1).total == 2
    many = sa.func.count(actor_theme.c.theme_id)
    grouped = tied.with_only_columns(Actor.id, many).group_by(Actor.id)
    page = paginate(grouped, number=1, row=tuple)
    assert (page.total, [row[1] for row in page.items]) == (2, [3, 3])
    assert paginate(grouped.having(many > 3), number=1).total == 0


def test_named_values_narrow_the_count_and_the_page(app):
    query = sa.select(AuditEntry).where(AuditEntry.action == sa.bindparam("what")).order_by(AuditEntry.id)
    assert paginate(query, number=1, values={"what": "nothing"}).total == 0
