"""The form of a review: two fields for each criterion. The view gives the criteria; nothing here reads the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag
from wtforms.validators import Length, Optional

from forms.base import NO_MEMORY, Form, MaxWords
from forms.evaluation import LONGEST
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import number_of, word_count
from intake.evaluation.inputs import LEAST_COMMENT_WORDS, NA, ReviewInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intake.evaluation.inputs import Answer


@dataclass(frozen=True)
class CriterionWords:
    """A criterion as the form shows it. ``anchors``: value → its words, empty where the source has none."""

    key: str
    label: str
    question: str
    block: str
    block_weight: Any
    anchors: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Line:
    """One criterion with its two fields."""

    words: CriterionWords
    score: Field
    note: Field


class ReviewForm(Form):
    """A review. The fields of the criteria are named by key, so that a change of order shifts nothing."""

    criteria: tuple[CriterionWords, ...] = ()

    lock_version = HiddenField()
    comment = TextAreaField(
        _l("Comentario general"),
        description=_l("En una o dos frases, qué pesó más. Para enviar hacen falta al menos 3 palabras."),
        validators=[Length(max=LONGEST)],
        render_kw=NO_MEMORY,
    )

    def lines(self) -> Iterator[Line]:
        """The criteria in the rubric's order."""
        for words in self.criteria:
            yield Line(words, self[f"score_{words.key}"], self[f"note_{words.key}"])

    def to_input(self) -> ReviewInput:
        """What is filled in, as the service takes it."""
        return ReviewInput(
            values={line.words.key: _answer(line.score.data) for line in self.lines()},
            comments={line.words.key: line.note.data or "" for line in self.lines()},
            comment=self.comment.data or "",
            lock_version=number_of(self.lock_version.data) or 0,
        )

    def demand_all(self) -> bool:
        """Note what is missing before the review can be sent; True if nothing is."""
        for line in self.lines():
            if not line.score.data:
                line.score.errors = [_l("Elija un valor o «No aplica».")]
        if word_count(self.comment.data or "") < LEAST_COMMENT_WORDS:
            self.comment.errors = [_l("Escriba al menos 3 palabras: diga en una frase qué pesó más.")]
        return not self.errors


def review_form(criteria: Sequence[CriterionWords]) -> type[ReviewForm]:
    """A form class with the two fields of every criterion."""
    fields: dict[str, Any] = {"criteria": tuple(criteria)}
    for words in criteria:
        fields[f"score_{words.key}"] = RadioField(
            words.label,
            description=words.question,
            choices=[
                *(SelectChoice(str(v), f"{v} · {text}" if text else str(v), NO_MEMORY) for v, text in words.anchors),
                SelectChoice(NA.value, _l("No aplica"), NO_MEMORY),
            ],
            validators=[Optional()],
        )
        fields[f"note_{words.key}"] = TextAreaField(
            _l("Comentario sobre este criterio"),
            validators=[Length(max=LONGEST), MaxWords(most=300)],
            render_kw={**NO_MEMORY, "rows": 2},
        )
    return type("ReviewForm", (ReviewForm,), fields)


def _answer(value: str | None) -> Answer:
    if not value:
        return None
    return NA if value == NA.value else int(value)


def given(value: int | None, *, not_applicable: bool) -> str:
    """A stored answer as its radio's value."""
    return NA.value if not_applicable else ("" if value is None else str(value))
