"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("reports", __name__)


@bp.route("/")
@public()
def home() -> str:
    raise NotFound("—")


@bp.route("/direccion/")
@public()
def desk() -> str:
    raise NotFound("—")
