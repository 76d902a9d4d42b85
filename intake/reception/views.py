"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("reception", __name__)


@bp.route("/propuestas/")
@public()
def index() -> str:
    raise NotFound("—")


@bp.route("/seguimiento")
@public()
def track() -> str:
    raise NotFound("—")
