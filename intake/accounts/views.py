"""Pages of the room (skeleton; its builder replaces it)."""

from flask import Blueprint

from intake.core.errors import NotFound
from intake.web.access import public

bp = Blueprint("accounts", __name__)


@bp.route("/cuenta/entrar")
@public()
def sign_in() -> str:
    raise NotFound("—")
