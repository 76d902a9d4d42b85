"""How many proposals each choice of the list's filters would leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.extensions import db
from intake.reception.inputs import STATUS_SLUGS
from intake.reception.queries.lists import among, narrowing
from models import Event, Plan, Proposal, ProposalApproach, Territory, Theme
from models.enums import ProposalStatus

if TYPE_CHECKING:
    from intake.reception.inputs import Filters

#: What is counted, by the name of its filter: all in one index, ``ix_proposal_facets``.
_COLUMNS = {
    "estado": Proposal.status,
    "plan": Proposal.plan_id,
    "tema": Proposal.theme_id,
    "provincia": Proposal.territory_id,
    "ambito": Proposal.branch,
    "canal": Proposal.channel,
    "mesa": Proposal.event_id,
}


def facets(filters: Filters) -> dict[str, dict[str, int]]:
    """Filter → its value → how many public proposals would be left with it and with all the other filters.

    What would leave none is not in it. One statement: a table of counts by all columns is made in one pass over an
    index and added up for each filter; a row is in it if it fails no filter, or one, which is then the one counted.
    """
    found: dict[str, dict[str, int]] = {name: {} for name in (*_COLUMNS, "enfoque")}
    for name, value, number in db.session.execute(_statement(filters)):
        code = STATUS_SLUGS[ProposalStatus(value)] if name == "estado" else value
        found[name][code] = found[name].get(code, 0) + int(number)
    return found


def total(filters: Filters, numbers: dict[str, dict[str, int]]) -> int:
    """How many proposals the list has, from the `facets` of the same filters: each has one state. No statement."""
    states = numbers["estado"]
    return states.get(filters.status, 0) if filters.status else sum(states.values())


def _statement(filters: Filters) -> sa.CompoundSelect[Any]:
    wanted = narrowing(filters)
    cells = _cells(filters, wanted)
    kind, approach = sa.literal_column, ProposalApproach.approach
    with_approaches: Any = (
        sa.select(kind("'enfoque'"), sa.type_coerce(approach, sa.String), sa.func.count())
        .join(Proposal, Proposal.id == ProposalApproach.proposal_id)
        .where(*among(filters), *(condition for name, condition in wanted.items() if name != "enfoque"))
        .group_by(approach)
    )
    return sa.union_all(*(_added_up(name, cells, wanted) for name in _COLUMNS), with_approaches)


def _cells(filters: Filters, wanted: dict[str, sa.ColumnElement[bool]]) -> sa.CTE:
    """Numbers by all columns, and for each filter that is on whether the row passes it."""
    columns = [column.label(name) for name, column in _COLUMNS.items()]
    passes = [
        sa.case((condition, 1), else_=0).label(f"passes_{name}")
        for name, condition in wanted.items()
        if name in _COLUMNS
    ]
    beside = (condition for name, condition in wanted.items() if name not in _COLUMNS)
    row = sa.select(*columns, *passes).where(*among(filters), *beside).subquery("row")
    cells = sa.select(row, sa.func.count().label("number")).group_by(*row.c)
    if passes:
        together: Any = sum((row.c[flag.name] for flag in passes[1:]), start=row.c[passes[0].name])
        cells = cells.where(together >= len(passes) - 1)
    return cells.cte("cell")


#: Where the value that stands in an address is found for those that are kept as keys: table, key, value.
_NAMED: dict[str, tuple[Any, Any]] = {
    "plan": (Plan.id, Plan.code),
    "tema": (Theme.id, Theme.code),
    "provincia": (Territory.id, Territory.province_code),
    "mesa": (Event.id, Event.slug),
}


def _added_up(name: str, cells: sa.CTE, wanted: dict[str, Any]) -> sa.Select[Any]:
    """The part of one filter: its value and the number, among what all the others let through."""
    column = cells.c[name]
    others = [cells.c[f"passes_{other}"] == 1 for other in wanted if other in _COLUMNS and other != name]
    key, value = _NAMED.get(name, (None, sa.type_coerce(column, sa.String)))
    part = sa.select(sa.literal_column(f"'{name}'").label("name"), value.label("value"), sa.func.sum(cells.c.number))
    part = part.select_from(cells) if key is None else part.join_from(cells, key.class_, key == column)
    if name == "mesa":
        part = part.where(Event.is_public)
    return part.where(column.is_not(None), *others).group_by(value)
