"""The plan that most pages of this room are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.plans import queries as plans

if TYPE_CHECKING:
    from models import Plan


def plan_under_way() -> Plan:
    """The current plan with its stages, in the header of the page too. Raises `NotFound` before the first one."""
    plan = plans.current()
    if plan is None:
        raise NotFound(_l("Todavía no hay un plan en marcha que reciba propuestas."))
    g.plan = plan
    return plan
