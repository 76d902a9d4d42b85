"""``/pendientes/``: what waits for the reader's organisations, each line with the link to act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from intake.accountability import queries
from intake.accountability.views.common import bp
from intake.core.pagination import number_from
from intake.core.permissions import Permission
from intake.web.access import principal, requires
from intake.web.listing import PAGE, Listing
from models.enums import Role

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/pendientes/")
@requires(Permission.OWED_LIST)
def owed() -> ResponseReturnValue:
    """Reports, answers and signatures that the reader's organisations owe, the late first."""
    who = principal()
    return render_template(
        "accountability/owed.html",
        page=Listing(queries.owed(who, number=number_from(request.args.get(PAGE)))),
        reports=who.holds(Role.INSTITUTION),
        answers=who.holds(Role.COUNTERPART),
        days={
            "answer": queries.ANSWER_DAYS,
            "sign": queries.SIGN_DAYS,
            "near": queries.NEAR_DAYS,
            "silence": queries.SILENCE_DAYS,
        },
    )
