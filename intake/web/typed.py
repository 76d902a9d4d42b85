"""What a person wrote in the form that was sent: words that would be work to write again."""

from __future__ import annotations

import re

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

#: Fields that are never handed back to the browser with what a person had typed.
SECRET_FIELDS = frozenset(
    {"csrf_token", "password", "new_password", "current_password", "code", "recovery_code", "claim_code"}
)
#: Fields in which a single word may be a text too; everywhere else it is a choice or a key.
_REASONS = frozenset({"reason", "note", "text", "question", "answer"})
#: How the words of our vocabularies are written: `reason` may be a choice.
_CHOICE = re.compile(r"[a-z0-9_]+")


def texts() -> list[str]:
    """Every text of the form, in its order: values of more than one word, and reasons; none of what is too much."""
    try:
        sent = [(k, v.strip()) for k, v in request.form.items(multi=True)] if request.method == "POST" else []
    except RequestEntityTooLarge:
        return []
    return [v for name, v in sent if name not in SECRET_FIELDS and _is_text(name, v)]


def _is_text(name: str, value: str) -> bool:
    return len(value.split()) > 1 or (name in _REASONS and bool(value) and not _CHOICE.fullmatch(value))


def of_ours() -> bool:
    """Whether a page of ours sent the form: what another site made the browser send is not handed back."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
