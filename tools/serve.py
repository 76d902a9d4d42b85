"""``python -m tools.serve PORT``: what ``make run`` does last. The code is loaded once: that is most of its time.

Brings database and demonstration up to date (``flask setup``) in a process forked for it, then hands this one over to
gunicorn, which finds `wsgi` loaded already and forks its workers from it. The object store starts threads with the
first file; a process forked after that has the store but not its threads, and would wait for them for ever with the
next file. So whoever forks workers must have stored nothing.
"""

from __future__ import annotations

import multiprocessing
import sys

from flask.cli import ScriptInfo
from gunicorn.app.wsgiapp import run

from wsgi import app


def main() -> None:
    """Set up, say where, serve."""
    port = sys.argv[1] if len(sys.argv) > 1 else "8000"
    setting_up = multiprocessing.get_context("fork").Process(target=_set_up)
    setting_up.start()
    setting_up.join()
    if setting_up.exitcode:
        sys.exit(setting_up.exitcode)
    print(f"\nIntake is at http://127.0.0.1:{port}   (Ctrl-C stops it)\n", flush=True)
    sys.argv = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"]
    sys.argv += ["--no-control-socket", "--log-level", "warning", "wsgi:app"]
    run()


def _set_up() -> None:
    app.cli.main(args=["setup"], prog_name="flask", obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    main()
