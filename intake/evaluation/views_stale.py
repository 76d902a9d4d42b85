"""What is shown to whoever examined or signed after somebody else had: the present state, and their own words back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from intake.evaluation import trace

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from models import Proposal


def page(proposal: Proposal, why: Text) -> str:
    """Who did what and when, and the typed reason in a box to copy. Nothing of it was saved."""
    last = trace.last_act(proposal.id)
    typed = request.form.get("reason", "")
    return render_template("evaluation/stale.html", proposal=proposal, why=why, last=last, typed=typed)
