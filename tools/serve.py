"""``python -m tools.serve PORT``: what ``make run`` does last, in one process: loading the code is most of its time.

Brings database and demonstration up to date (``flask setup``), then hands this process over to gunicorn, which finds
`wsgi` loaded already and forks its workers from it.
"""

from __future__ import annotations

import sys

from flask.cli import ScriptInfo
from gunicorn.app.wsgiapp import run

from intake.extensions import db
from wsgi import app


def main() -> None:
    """Set up, say where, serve."""
    port = sys.argv[1] if len(sys.argv) > 1 else "8000"
    app.cli.main(args=["setup"], prog_name="flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection may cross the fork
    print(f"\nIntake is at http://127.0.0.1:{port}   (Ctrl-C stops it)\n", flush=True)
    sys.argv = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"]
    sys.argv += ["--no-control-socket", "--log-level", "warning", "wsgi:app"]
    run()


if __name__ == "__main__":
    main()
