"""Facts of the unit of work under way that deep code needs and must not ask HTTP for."""

from __future__ import annotations

import contextvars

#: The reference number that a person sees on an error page and that stands in the log and in the audit trail.
request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
