"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("plans", __name__)


@bp.route("/planes/")
@public()
def index() -> str:
    raise NotFound("—")
