"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("accountability", __name__)


@bp.route("/compromisos/")
@public()
def index() -> str:
    raise NotFound("—")
