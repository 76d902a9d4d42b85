"""The blueprint on which the room's pages hang."""

from flask import Blueprint

bp = Blueprint("mapping", __name__)
