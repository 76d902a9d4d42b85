"""With what measure proposals are read: public, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from intake.core.i18n import localized
from intake.evaluation import paga_rubric, queries
from intake.evaluation.blueprint import bp, criterion_words
from intake.evaluation.services.rounds import paga_criteria
from intake.web.access import public

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from forms.review import CriterionWords


@bp.route("/evaluacion/rubrica")
@public(reusable=True)
def rubric() -> ResponseReturnValue:
    """The criteria of admission and the rubric in its latest version."""
    found = queries.latest_rubric(paga_rubric.CODE)
    words = [criterion_words(c) for c in (found.criteria if found else paga_criteria())]
    blocks: dict[tuple[str, object], list[CriterionWords]] = {}
    for one in words:
        blocks.setdefault((one.block, one.block_weight), []).append(one)
    return render_template(
        "evaluation/rubric.html",
        blocks=blocks,
        version=found.version if found else 1,
        source=found.source if found else paga_rubric.SOURCE,
        admission=[(localized(c, "label"), localized(c, "question")) for c in paga_rubric.ADMISSION],
        admission_source=paga_rubric.ADMISSION_SOURCE,
    )
