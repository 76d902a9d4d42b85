"""The plan named in the header of every page, with its five stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from intake.core import calendar
from intake.core.i18n import localized
from intake.core.labels import label
from intake.plans import queries
from intake.web import reuse

if TYPE_CHECKING:
    from models import Plan


class PlanBar:
    """What the header says of a plan. Equal bars look the same.

    ``about``: the page is about this plan; else it is only the plan under way, shown for orientation.
    """

    def __init__(self, plan: Plan, *, about: bool = True) -> None:
        self.about = about
        self.code = plan.code
        self.title = localized(plan, "title")
        self.fictional = plan.is_fictional
        views = calendar.views(plan.stages)
        self.stages = [StageStep(plan.code, view) for view in views]
        self.key = (self.about, self.code, self.title, self.fictional, *views)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlanBar) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class StageStep:
    """A step of the stepper."""

    def __init__(self, code: str, view: calendar.StageView) -> None:
        self.number = view.number
        self.name = label(view.kind)
        self.state = view.state
        self.opens_on = view.opens_on
        self.closes_on = view.closes_on
        self.url = f"/planes/{code}/#etapa-{view.number}"


def plan_bar() -> PlanBar | None:
    """The plan of the page shown (``g.plan``, set by views), else the plan under way."""
    if (shown := g.get("plan")) is not None:
        return PlanBar(shown)
    return reuse.remembered("plan_bar", _under_way)


def _under_way() -> PlanBar | None:
    plan = queries.current()
    return PlanBar(plan, about=False) if plan else None
