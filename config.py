"""Settings, read once from the environment. The only module that looks at ``os.environ``.

A default must be right in production and fit to publish; anything else is required or belongs to demo mode.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
#: Keys that people leave in place by mistake; the application refuses to start with one.
KNOWN_KEYS = frozenset({"", "dev", "secret", "changeme", "change-me", "cambiar", "intake"})
MINIMUM_KEY_CHARACTERS = 32


class ConfigError(Exception):
    """A setting is missing or unsafe; the message names it and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that differs between installations.

    ``*_bytes`` are bytes, ``*_seconds`` seconds, ``*_minutes`` minutes. URLs are as SQLAlchemy, SMTP or object
    stores write them.
    """

    database_url: str
    secret_key: str = dataclasses.field(repr=False)
    earlier_keys: tuple[str, ...] = dataclasses.field(default=(), repr=False)  # what they signed stays good
    hash_key: str = dataclasses.field(default="", repr=False)  # of hashes that must never change; empty: the secret key
    demo: bool = False
    testing: bool = False
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = ""  # empty: messages stay readable in the outbox; smtp://user:pass@host:587 sends them
    mail_from: str = "no-responder@gobiernoabierto.example"
    storage_url: str = ""  # empty: a folder below the instance folder; s3://bucket/prefix; memory:// in tests
    instance_path: str = str(INSTANCE)
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0  # how many reverse proxies set X-Forwarded-*
    body_limit_bytes: int = 12 * 1024 * 1024  # room for one attachment (intake.core.files.LIMIT_BYTES) and its form
    staff_totp_required: bool = False  # staff roles must enrol a second factor before they may act
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65_536
    page_cache_seconds: int = 5  # how long a guest's page may be reused; 0 switches reuse off
    join_days: int = 15  # days that authors get to say whether theirs is joined with others
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read ``INTAKE_*`` variables. Raises `ConfigError` on a missing or known secret outside demo mode."""
        env = os.environ if environ is None else environ
        demo = _flag(env.get("INTAKE_DEMO", ""))
        instance = Path(env.get("INTAKE_INSTANCE_PATH", str(INSTANCE)))
        return cls(
            database_url=env.get("INTAKE_DATABASE_URL") or f"sqlite:///{instance / 'intake.sqlite3'}",
            secret_key=_secret(env.get("INTAKE_SECRET_KEY"), demo=demo, instance=instance),
            **_other_keys(env),
            demo=demo,
            base_url=env.get("INTAKE_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            mail_url=env.get("INTAKE_MAIL_URL", ""),
            mail_from=env.get("INTAKE_MAIL_FROM", "no-responder@gobiernoabierto.example"),
            storage_url=env.get("INTAKE_STORAGE_URL", ""),
            instance_path=str(instance),
            trusted_hosts=tuple(h.strip() for h in env.get("INTAKE_TRUSTED_HOSTS", "").split(",") if h.strip()),
            trusted_proxies=_number(env, "INTAKE_TRUSTED_PROXIES", 0),
            staff_totp_required=_flag(env.get("INTAKE_STAFF_TOTP_REQUIRED", "")),
            page_cache_seconds=_number(env, "INTAKE_PAGE_CACHE_SECONDS", 5),
            join_days=_number(env, "INTAKE_JOIN_DAYS", 15),
            log_level=env.get("INTAKE_LOG_LEVEL", "INFO").upper(),
        )

    @classmethod
    def for_tests(cls, **changes: object) -> Self:
        """A configuration for one test process: cheap hashes, memory storage, no page reuse."""
        return dataclasses.replace(
            cls(
                database_url="sqlite://",
                secret_key="only-for-tests-" + "0" * 32,
                testing=True,
                base_url="http://localhost",
                storage_url="memory://",
                argon2_time_cost=1,
                argon2_memory_kib=8,
                page_cache_seconds=0,
                log_level="ERROR",
            ),
            **changes,  # type: ignore[arg-type]
        )


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "si", "sí"}


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        message = f"{name} must be a whole number, not {text!r}."
        raise ConfigError(message)
    return int(text)


def _is_safe(key: str) -> bool:
    return key.strip().lower() not in KNOWN_KEYS and len(key) >= MINIMUM_KEY_CHARACTERS


class _OtherKeys(TypedDict):
    earlier_keys: tuple[str, ...]
    hash_key: str


def _other_keys(env: Mapping[str, str]) -> _OtherKeys:
    """The keys beside the secret key. Whoever changes that one must say which key the hashes keep."""
    earlier = tuple(key.strip() for key in env.get("INTAKE_SECRET_KEY_EARLIER", "").split(",") if key.strip())
    kept = env.get("INTAKE_HASH_KEY", "")
    for name, keys in (("INTAKE_SECRET_KEY_EARLIER", earlier), ("INTAKE_HASH_KEY", (kept,) if kept else ())):
        if not all(map(_is_safe, keys)):
            message = f"{name} holds a key that is well known or shorter than {MINIMUM_KEY_CHARACTERS} characters."
            raise ConfigError(message)
    if earlier and not kept:
        message = (
            "INTAKE_SECRET_KEY_EARLIER needs INTAKE_HASH_KEY: the first secret key that this installation had. Without "
            "it, whoever asked for no more letters would not be recognised (docs/deployment.md)."
        )
        raise ConfigError(message)
    return {"earlier_keys": earlier, "hash_key": kept}


def _secret(given: str | None, *, demo: bool, instance: Path) -> str:
    """Return the given key, or in demo mode one kept beside the demo database (so that sessions survive a restart)."""
    if given is not None and _is_safe(given):
        return given
    if not demo:
        message = (
            f"INTAKE_SECRET_KEY is missing, well known or shorter than {MINIMUM_KEY_CHARACTERS} characters. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
        raise ConfigError(message)
    path = instance / "demo-secret-key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
