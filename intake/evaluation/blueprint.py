"""The blueprint of the room, and what its pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g

from forms.review import CriterionWords
from intake.core.errors import Forbidden, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext, localized
from intake.evaluation import queries
from intake.plans import queries as plans
from intake.web.access import principal
from models.enums import Role

if TYPE_CHECKING:
    from models import Criterion, Plan

bp = Blueprint("evaluation", __name__)


def current_plan() -> Plan:
    """The plan under way, read once a request and shown in the bar. Raises `NotFound` on an empty installation."""
    if g.get("plan") is None:
        g.plan = plans.current()
    if g.plan is None:
        raise NotFound(_l("Todavía no hay un plan en curso."))
    return g.plan  # type: ignore[no-any-return]


def require_nothing_owed() -> None:
    """Refuse results to whoever still owes a review: nobody reads what others said before having spoken."""
    who = principal()
    if who.holds(Role.REVIEWER) and who.user_id is not None and (owed := queries.open_reviews(who.user_id)):
        raise Forbidden(
            lazy_ngettext(
                "Verá los resultados cuando envíe su evaluación pendiente.",
                "Verá los resultados cuando envíe sus %(num)d evaluaciones pendientes.",
                owed,
            )
        )


def criterion_words(criterion: Criterion) -> CriterionWords:
    """A stored criterion in the reader's language, its values from the highest down."""
    values = range(criterion.maximum, criterion.minimum - 1, -1)
    return CriterionWords(
        key=criterion.key,
        label=localized(criterion, "label"),
        question=localized(criterion, "help"),
        block=localized(criterion, "block"),
        block_weight=criterion.block_weight_pct,
        anchors=[(value, _anchor(criterion, value)) for value in values],
    )


def _anchor(criterion: Criterion, value: int) -> str:
    texts = criterion.anchors.get(str(value)) or {}
    return _Anchor(texts.get("es", ""), texts.get("en", "")).words


class _Anchor:
    def __init__(self, es: str, en: str) -> None:
        self.text_es, self.text_en = es, en

    @property
    def words(self) -> str:
        return localized(self, "text")
