"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("evaluation", __name__)


@bp.route("/evaluacion/")
@public()
def index() -> str:
    raise NotFound("—")
