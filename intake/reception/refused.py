"""What a service refused, on the form that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.base import Form
    from intake.core.errors import Conflict, Invalid, StageClosed


def blame(form: Form, error: Conflict | Invalid | StageClosed) -> None:
    """Put a refusal on the field that it names, else on the whole form."""
    target = getattr(form, getattr(error, "field", None) or "", None)
    if target is None:
        form.form_errors.append(error.message)
    else:
        target.errors = [*target.errors, error.message]
