"""What may go wrong for a person, each with a stable code. `intake.web.errors` gives each its page and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intake.core.i18n import Text


class IntakeError(Exception):
    """An expected refusal. ``message`` is for the person, already translatable; ``code`` is for machines."""

    code = "error"

    def __init__(self, message: Text, **details: object) -> None:
        super().__init__(str(message))
        self.message = message
        self.details = details


class NotFound(IntakeError):
    """There is no such thing under this address."""

    code = "not_found"


class Gone(IntakeError):
    """There was such a thing; ``details`` say what happened, when and why."""

    code = "gone"


class Forbidden(IntakeError):
    """The person is known and may not do this."""

    code = "forbidden"


class SignInNeeded(IntakeError):
    """Nobody is signed in, and this needs somebody."""

    code = "sign_in_needed"


class Invalid(IntakeError):
    """A value breaks a rule that the form could not know. ``field`` names the form's field, when there is one."""

    code = "invalid"

    def __init__(self, message: Text, *, field: str | None = None, **details: object) -> None:
        super().__init__(message, **details)
        self.field = field


class Conflict(IntakeError):
    """Somebody else changed it meanwhile, or its state no longer allows the move."""

    code = "conflict"


class StageClosed(IntakeError):
    """The stage that this needs is not open; ``details['stage']`` is a `calendar.StageView`."""

    code = "stage_closed"


class TooMany(IntakeError):
    """Tried too often; ``details['retry_after_seconds']`` says how long to wait."""

    code = "too_many"
