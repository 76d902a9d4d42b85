"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("mapping", __name__)


@bp.route("/actores/")
@public()
def actors() -> str:
    raise NotFound("—")


@bp.route("/mesas/")
@public()
def events() -> str:
    raise NotFound("—")
