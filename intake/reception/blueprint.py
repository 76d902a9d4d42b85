"""The blueprint of the room, apart from its pages so that they can share it."""

from flask import Blueprint

bp = Blueprint("reception", __name__)
