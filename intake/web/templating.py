"""What templates may ask for. Nothing here reads the database except the plan bar, once a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
from flask import Flask, g, request, url_for
from flask_babel import get_locale, get_translations
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from intake.core import i18n, keyed, mail, permissions
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission
from intake.web import filters, frame, spoken
from intake.web.access import principal
from intake.web.hooks import chosen_language

if TYPE_CHECKING:
    from config import Config
    from intake.core.identity import Principal

P = Permission
#: How many rows of lists each process keeps drawn: about a kilobyte each.
DRAWN_ROWS = 5_000
#: The main navigation: words, endpoint, the permission that shows it (None: everybody), the room whose pages mark it.
NAVIGATION: tuple[tuple[Any, str, Permission | None], ...] = (
    (_l("Inicio"), "reports.home", None),
    (_l("Propuestas"), "reception.index", None),
    (_l("Ventanilla"), "reception.desk_home", P.SHEET_KEY),
    (_l("Actores"), "mapping.actors", None),
    (_l("Mesas"), "mapping.events", None),
    (_l("Acercamiento"), "mapping.campaigns", P.OUTREACH_READ),
    (_l("Compromisos"), "accountability.index", None),
    (_l("Planes"), "plans.index", None),
    (_l("Seguimiento"), "reception.track", None),
    (_l("Evaluación"), "evaluation.index", P.REVIEW_LIST),
    (_l("Selección"), "selection.index", P.SELECTION_READ),
    (_l("Dirección"), "reports.desk", P.DESK_READ),
    (_l("Lo que le espera"), "accountability.owed", P.OWED_LIST),
)


class Item(NamedTuple):
    """A link of the navigation or of the language switch."""

    label: str
    url: str
    current: bool
    code: str = ""


def install(app: Flask, config: Config, plan_bar: Callable[[], Any]) -> None:
    """Configure Jinja and its globals. ``plan_bar`` is given by the factory: this package knows no room."""
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_options["autoescape"] = True
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _said
    filters.install(app)
    drawn_each = _drawn_each(app)
    app.jinja_env.globals.update(
        may=may,
        Permission=Permission,
        demo=config.demo,
        plan_bar_html=_drawn_once(app, _once("plan_bar", plan_bar), demo=config.demo),
        drawn_each=drawn_each,
        drawn=lambda template, **values: drawn_each(template, (None,), **values),
        asset=_asset_of(Path(app.root_path).parent / "static" / "dist", reload=config.testing),
        ecuador_map=_map_of(Path(app.root_path).parent / "static" / "dist"),
        csrf_token=generate_csrf,
        languages=languages,
        navigation=navigation,
        localized=i18n.localized,
        device_owner=device_owner,
        site_url=mail.url_of,  # for addresses that leave the page: what Host says is only what somebody asked for
    )
    frame.install(app)
    app.context_processor(per_request)


def per_request() -> dict[str, Any]:
    """Values that depend on the request."""
    chosen = chosen_language()
    return {
        "principal": principal(),
        "html_lang": spoken.html_lang(chosen),
        "language_pending": spoken.language_of(chosen) != chosen,
    }


def device_owner(who: Principal) -> str:
    """Whose text it is that a telephone keeps: "" is a guest's; the mark of an account leads nobody to it."""
    return keyed.keyed_hash("device_draft", str(who.user_id))[:16] if who.is_signed_in else ""


def may(permission: Permission, subject: Any = None) -> bool:
    """Whether the reader may; for showing and hiding, never instead of the service's own check."""
    return permissions.can(principal(), permission, subject)


def navigation() -> tuple[Item, ...]:
    """The links that the reader may follow; the section that the page belongs to is marked."""
    if "navigation" not in g:
        who = principal()
        shown = tuple(n for n, (_, _, p) in enumerate(NAVIGATION) if p is None or permissions.can(who, p))
        here = next((n for n in shown if f"{request.path}/".startswith(_below(_paths()[n]))), -1)
        g.navigation = _items(chosen_language(), shown, here)
    return g.navigation  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def _items(_language: str, shown: tuple[int, ...], here: int) -> tuple[Item, ...]:
    """The links numbered in `NAVIGATION`, in the language of the request, with one marked."""
    return tuple(Item(str(NAVIGATION[n][0]), _paths()[n], n == here) for n in shown)


@lru_cache(maxsize=1)
def _paths() -> tuple[str, ...]:
    """Where the navigation leads: the same on every page, so the map is asked once."""
    return tuple(url_for(endpoint) for _label, endpoint, _permission in NAVIGATION)


def _below(path: str) -> str:
    """What the addresses of a section begin with, each ended by a slash; the first page is alone in its own."""
    return f"{path.rstrip('/')}/" if path != "/" else "//"


def languages() -> list[Item]:
    """The language switch: this page's address with another ``?lang=``."""
    chosen = chosen_language()
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    found = []
    for code, label in i18n.LANGUAGES.items():
        query = jinja2.filters.do_urlencode([*kept, ("lang", code)])
        found.append(Item(label, f"{request.path}?{query}", code == chosen, code))
    return found


def _once(name: str, call: Callable[[], Any]) -> Callable[[], Any]:
    """Ask once a request."""
    key = f"once_{name}"

    def ask() -> Any:
        if key not in g:
            setattr(g, key, call())
        return getattr(g, key)

    return ask


def _drawn_once(app: Flask, plan_bar: Callable[[], Any], *, demo: bool) -> Callable[[], str]:
    """The plan bar is most of an empty page and seldom changes: each state of it is drawn once in each language."""

    @lru_cache(maxsize=64)
    def draw(_language: str, _key: Any, bar: Any) -> str:
        return app.jinja_env.get_template("macros/plan_bar.html").render(bar=bar, demo=demo)

    def plan_bar_html() -> str:
        bar = plan_bar()
        return Markup(draw(i18n.language(), bar and bar.key, bar))  # noqa: S704 -- drawn by a template of ours

    return plan_bar_html


def _drawn_each(app: Flask) -> Callable[..., str]:
    """``drawn_each("room/_row.html", rows, today=today)``: a template for each row, drawn once for equal values.

    What it draws is made of ``row``, the other values and the language alone, so that equal values look the same to
    everybody; the next page of a list, and the same one after a change, draw only the rows that are new. Rows are
    tuples.
    """

    @lru_cache(maxsize=DRAWN_ROWS)
    def draw(_language: str, template: str, row: Any, common: tuple[tuple[str, Any], ...]) -> str:
        return app.jinja_env.get_template(template).render(row=row, **dict(common))

    def drawn_each(template: str, rows: Iterable[Any], **common: Any) -> str:
        language, values = i18n.language(), tuple(common.items())
        return Markup("".join(draw(language, template, row, values) for row in rows))  # noqa: S704 -- templates of ours

    return drawn_each


def _translations() -> Any:
    """The catalogue in force, looked up once for each change of language (`force_locale`) instead of once a string."""
    locale = get_locale()
    known = g.get("translations")
    if known is None or known[0] is not locale:
        known = g.translations = (locale, get_translations())
    return known[1]


def _gettext(text: str) -> str:
    return str(_translations().ugettext(text))


@jinja2.pass_eval_context
def _said(context: jinja2.nodes.EvalContext, text: str, /, **values: Any) -> str:
    """What Jinja's own "new style" function does, without its work for the many texts that hold no value."""
    found = _gettext(text)
    if context.autoescape:
        found = Markup(found)  # noqa: S704 -- the catalogue is ours; the values are escaped as they are put in
    return found % values if "%" in found else found


def _ngettext(singular: str, plural: str, number: int) -> str:
    return str(_translations().ungettext(singular, plural, number))


def _asset_of(folder: Path, *, reload: bool) -> Callable[[str], str]:
    """Logical name → address of the built file, from the build's manifest."""

    def manifest() -> dict[str, str]:
        path = folder / "manifest.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    known = lru_cache(maxsize=1)(manifest)

    def asset(name: str) -> str:
        return f"/static/{(manifest() if reload else known()).get(name, name)}"

    return asset


def _map_of(folder: Path) -> Callable[[], dict[str, Any]]:
    @lru_cache(maxsize=1)
    def ecuador_map() -> dict[str, Any]:
        return json.loads((folder / "ecuador.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    return ecuador_map
