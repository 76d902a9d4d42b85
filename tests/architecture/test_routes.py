"""Every address: what it demands, how it is written."""

from __future__ import annotations

import re

from flask import Flask

from intake.web.access import access_of

#: Converters that are public references by construction.
TYPED = {
    "FolioConverter",
    "CommitmentConverter",
    "PlanConverter",
    "ProvinceConverter",
    "SlugConverter",
    "KeyConverter",
    "IntegerConverter",
    "AnyConverter",
}
_ARGUMENT = r"<(?:[a-z_]+|any\([a-z, _'-]+\)):[a-z_]+>"
PATH = re.compile(rf"^/(?:(?:[a-z0-9-]+|{_ARGUMENT})(?:\.(?:[a-z]+|{_ARGUMENT}))?/?)*$")


def rules(app: Flask):
    return list(app.url_map.iter_rules())


def test_every_view_declares_a_permission_or_that_it_is_public(session_app: Flask) -> None:
    silent = [r.endpoint for r in rules(session_app) if access_of(session_app.view_functions[r.endpoint]) is None]
    assert silent == []


def test_every_url_argument_is_typed(session_app: Flask) -> None:
    loose = [
        (r.rule, name, type(c).__name__)
        for r in rules(session_app)
        for name, c in r._converters.items()
        if type(c).__name__ not in TYPED
    ]
    assert loose == []


def test_every_path_is_lower_case_with_hyphens(session_app: Flask) -> None:
    assert [r.rule for r in rules(session_app) if not PATH.match(r.rule)] == []


def test_every_view_that_shows_its_form_again_also_answers_get(session_app: Flask) -> None:
    """A form view keeps what was typed after a failed forgery check, so it must be able to show itself."""
    odd = [
        r.rule
        for r in rules(session_app)
        if (a := access_of(session_app.view_functions[r.endpoint])) and a.form and "POST" not in r.methods
    ]
    assert odd == []


def test_a_reusable_page_is_public(session_app: Flask) -> None:
    views = session_app.view_functions.values()
    assert [v for v in views if (a := access_of(v)) and a.reusable and a.permission is not None] == []


def test_the_application_can_be_made_twice() -> None:
    from config import Config
    from intake import create_app

    assert create_app(Config.for_tests()) is not create_app(Config.for_tests())
