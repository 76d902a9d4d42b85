"""Nothing typed is lost where somebody else acted first: the form comes again, or the page of the refusal keeps it.

A view that shows a form (``form=True``) is run once more with the refusal waiting: its form then refuses by itself, as
it does after a failed forgery check, says what happened meanwhile, and keeps everything (`forms.base.Form.validate`).
Where that page has no room for the words any more, the page of the refusal gives them back (`intake.web.errors`).
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from flask import g, make_response, request
from werkzeug.exceptions import HTTPException

from intake.core.errors import Conflict, Forbidden, IntakeError, Invalid, StageClosed, TooMany
from intake.core.text import clean
from intake.extensions import db
from intake.web import errors
from intake.web.typed import texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask.typing import ResponseReturnValue

#: Refusals that depend on what others did or on how often it was tried, or that the form could not know.
REFUSALS = (Conflict, StageClosed, Forbidden, Invalid, TooMany)
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Refusal:
    """What waits for the form of the second run, as lines for its summary."""

    def __init__(self, error: IntakeError) -> None:
        self.field = error.field if isinstance(error, Invalid) else None
        self.lines = [error.message, *errors.lines_about(error.details)]
        self.shown = False


def run(enter: Callable[[], tuple[Any, ...]], view: Callable[..., Any]) -> Any:
    """The view's answer to what ``enter`` loads and allows, with its form again if the service refused."""
    given = enter()
    try:
        return view(*given)
    except REFUSALS as error:
        if request.method in _READING:
            raise
        answer = _again(enter, view, error)
        if answer is None:
            raise
        return answer


def _again(enter: Callable[[], tuple[Any, ...]], view: Callable[..., ResponseReturnValue], error: Any) -> Any:
    """The page with the form, None where it cannot be shown or has lost a word."""
    db.session.rollback()
    for name in ("plan", "navigation"):
        g.pop(name, None)
    g.refusal = waiting = Refusal(error)
    try:
        answer = make_response(view(*enter()))
    except (IntakeError, HTTPException):
        return None
    finally:
        g.pop("refusal", None)
    if not waiting.shown or answer.status_code // 100 == 3 or not _keeps(answer):
        return None
    answer.status_code = errors.status_of(error)
    return answer


def _keeps(answer: Response) -> bool:
    page = clean(html.unescape(answer.get_data(as_text=True)))
    return all(clean(text) in page for text in texts())
