"""The baseline: a Flask page of given bytes, served as ours is. ``BARE_BYTES`` names how many."""

import os

from flask import Flask, request

app = Flask(__name__)
# The same number of bytes, and text rather than zeros, so that nothing between here and there makes it smaller.
BODY = ("Propuesta ciudadana de gobierno abierto. " * 6000)[: int(os.environ.get("BARE_BYTES", "10000"))]


@app.route("/")
def page() -> str:
    """The bytes."""
    return BODY


@app.post("/")
def accept() -> tuple[str, int, dict[str, str]]:
    """The same answer as a submission: a redirect."""
    request.form.to_dict()
    return "", 302, {"Location": "/"}
