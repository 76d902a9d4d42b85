"""The composition root: the only module that knows every room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from intake import engine
from intake.accountability import policy as accountability_policy
from intake.accountability.views import bp as accountability_bp
from intake.accounts import passwords as accounts_passwords
from intake.accounts import policy as accounts_policy
from intake.accounts import session as accounts_session
from intake.accounts.cli import group as users_cli
from intake.accounts.outbox_cli import outbox_group as outbox_cli
from intake.accounts.views import bp as accounts_bp
from intake.core import delivery, files, keyed, mail, permissions
from intake.demo.cli import group as demo_cli
from intake.evaluation import policy as evaluation_policy
from intake.evaluation.services import assigning
from intake.evaluation.views import bp as evaluation_bp
from intake.extensions import csrf, db, login_manager, migrate
from intake.mapping import policy as mapping_policy
from intake.mapping.cli_events import group as events_cli
from intake.mapping.cli_outreach import group as mapping_cli
from intake.mapping.views import bp as mapping_bp
from intake.plans import policy as plans_policy
from intake.plans.bar import plan_bar
from intake.plans.cli import group as plans_cli
from intake.plans.views import bp as plans_bp
from intake.reception import policy as reception_policy
from intake.reception.cli import group as reception_cli
from intake.reception.services import join_answers
from intake.reception.services import moves as reception_moves
from intake.reception.views import bp as reception_bp
from intake.reports import policy as reports_policy
from intake.reports.cli import commands as reports_commands
from intake.reports.views import bp as reports_bp
from intake.selection import policy as selection_policy
from intake.selection.views import bp as selection_bp
from intake.web import converters, errors, hooks, kept, log, reuse, security, templating

if TYPE_CHECKING:
    from config import Config

ROOT = Path(__file__).resolve().parent.parent
POLICIES = (
    accounts_policy.RULES,
    plans_policy.RULES,
    mapping_policy.RULES,
    reception_policy.RULES,
    evaluation_policy.RULES,
    selection_policy.RULES,
    accountability_policy.RULES,
    reports_policy.RULES,
)
BLUEPRINTS = (
    reports_bp,
    accounts_bp,
    plans_bp,
    mapping_bp,
    reception_bp,
    evaluation_bp,
    selection_bp,
    accountability_bp,
)
COMMANDS = (
    users_cli,
    outbox_cli,
    plans_cli,
    mapping_cli,
    events_cli,
    reception_cli,
    demo_cli,
    *reports_commands,
)


def create_app(config: Config) -> Flask:
    """Build an application; may be called more than once in a process."""
    log.configure(config.log_level)
    app = Flask("intake", root_path=str(ROOT / "intake"), static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(settings(config))
    permissions.install(POLICIES)
    reception_moves.when_withdrawn(assigning.cancel_for_withdrawn)
    reception_moves.when_withdrawn(join_answers.close_for_withdrawn)
    files.configure(config.storage_url, config.instance_path)
    mail.configure(config.base_url)
    keyed.configure(config.secret_key, earlier=config.earlier_keys, hash_key=config.hash_key)
    delivery.configure(
        url=config.mail_url, sender=config.mail_from, instance_path=config.instance_path, demo=config.demo
    )
    accounts_passwords.configure(time_cost=config.argon2_time_cost, memory_kib=config.argon2_memory_kib)
    _extensions(app)
    hooks.install(app)
    security.install(app)
    errors.install(app)
    converters.install(app)
    templating.install(app, config, plan_bar)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    reuse.install(app)
    kept.install(app)
    _serving(app, config)
    return app


def settings(config: Config) -> dict[str, Any]:
    """Flask's settings out of ours."""
    return {
        "INTAKE": config,
        "TESTING": config.testing,
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": list(config.earlier_keys),
        "WTF_CSRF_SECRET_KEY": [*reversed(config.earlier_keys), config.secret_key],  # itsdangerous signs with the last
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine.options(config.database_url),
        "MAX_CONTENT_LENGTH": config.body_limit_bytes,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 400,
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "SESSION_COOKIE_NAME": "intake",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_REFRESH_EACH_REQUEST": False,  # intake.accounts.session notes every few minutes that it is used
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.base_url.startswith("https://"),
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SECURE": config.base_url.startswith("https://"),
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open, or wait offline, for longer than an hour
        # intake.web.security checks every request, and knows the forms that keep their text
        "WTF_CSRF_CHECK_DEFAULT": False,
        "BABEL_DEFAULT_LOCALE": "es_EC",
        "BABEL_DEFAULT_TIMEZONE": "America/Guayaquil",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "PAGE_CACHE_SECONDS": config.page_cache_seconds,
    }


def _extensions(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    login_manager.init_app(app)
    login_manager.user_loader(accounts_session.load_user)
    login_manager.session_protection = None  # addresses of telephones change; the epoch signs out what must be
    csrf.init_app(app)
    Babel(app, locale_selector=hooks.select_locale)


def _serving(app: Flask, config: Config) -> None:
    """Built files straight from the server, and the real address of clients behind proxies."""
    dist = ROOT / "static" / "dist"
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(dist) if dist.exists() else None,
        prefix="static/",
        max_age=31_536_000,
        allow_all_origins=False,
    )
    if config.trusted_proxies:
        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
