"""Proposals that say much the same, shown to who writes one and to who examines one. Never in anybody's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import jsonify, request, url_for

from intake.core.i18n import gettext as _
from intake.core.i18n import ngettext
from intake.core.labels import label
from intake.core.text import clean
from intake.plans import queries as plans
from intake.reception import queries
from intake.reception.blueprint import bp
from intake.reception.inputs import public_status
from intake.web.access import public
from intake.web.filters import lista

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from flask.typing import ResponseReturnValue

    from models import Proposal

#: Lines below a title that is being typed: on a telephone the form must stay in sight.
WHILE_TYPING = 3
#: Characters that are read of a title and of the rest; a shorter title is not looked up yet; words told as the reason.
LONGEST_TITLE, LONGEST_BODY, SHORTEST_TITLE, WORDS = 300, 6000, 8, 3


class Alike(NamedTuple):
    """A line of the hint. ``reason`` says why; ``can_join``: whether its author may be asked to join it with others."""

    folio: str
    url: str
    title: str
    language: str
    state: str
    reason: str
    can_join: bool


@bp.route("/propuestas/similares")
@public()
def similar() -> ResponseReturnValue:
    """What is alike to a title that is being typed: ``?titulo=``, with what else is written in ``problema``."""
    title, body = clean(request.args.get("titulo"))[:LONGEST_TITLE], clean(request.args.get("problema"))[:LONGEST_BODY]
    plan = plans.current() if len(title) >= SHORTEST_TITLE else None
    found = alike(title, body, plan.id)[:WHILE_TYPING] if plan else []
    shown = ("folio", "url", "title", "language", "state", "reason")
    items = [{name: getattr(one, name) for name in shown} for one in found]
    return jsonify(heading=heading(len(found)) if found else "", items=items)


def alike(title: str, body: str, plan_id: int, *, without: int | None = None, only: Sequence[Any] = ()) -> list[Alike]:
    """At most five lines, best first, as `queries.similar_to` finds them."""
    return [
        Alike(
            found.folio,
            url_for("reception.show", folio=found.folio),
            found.title,
            found.language,
            str(label(public_status(found.status))),
            reason(found.shared),
            found.can_join,
        )
        for found in queries.similar_to(title, body, plan_id, without=without, only=only)
    ]


def alike_to(proposal: Proposal, *, only: Sequence[Any] = ()) -> list[Alike]:
    """The same for a proposal or a draft."""
    body = f"{proposal.problem} {proposal.solution}"
    return alike(proposal.title, body[:LONGEST_BODY], proposal.plan_id, without=proposal.id, only=only)


def heading(number: int) -> str:
    """What stands above the lines."""
    return str(ngettext("Hay %(num)s propuesta que se parece", "Hay %(num)s propuestas que se parecen", number))


def reason(shared: tuple[str, ...]) -> str:
    """Why both are alike, in the words of the one who asks; "" if only their letters are."""
    return _("Porque ambas hablan de %(words)s.", words=lista(f"«{word}»" for word in shared[:WORDS])) if shared else ""
