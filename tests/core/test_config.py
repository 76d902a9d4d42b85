"""Settings refuse what is unsafe."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Config, ConfigError


@pytest.mark.parametrize("secret", [None, "", "changeme", "short", "Dev"])
def test_a_missing_or_known_secret_is_refused(secret: str | None) -> None:
    with pytest.raises(ConfigError, match="INTAKE_SECRET_KEY"):
        Config.from_env({} if secret is None else {"INTAKE_SECRET_KEY": secret})


def test_demo_makes_a_secret_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    environment = {"INTAKE_DEMO": "1", "INTAKE_INSTANCE_PATH": str(tmp_path)}
    first = Config.from_env(environment)
    assert first.secret_key == Config.from_env(environment).secret_key
    assert (tmp_path / "demo-secret-key").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="INTAKE_TRUSTED_PROXIES"):
        Config.from_env({"INTAKE_SECRET_KEY": "x" * 40, "INTAKE_TRUSTED_PROXIES": "dos"})


def test_addresses_without_a_final_slash() -> None:
    config = Config.from_env({"INTAKE_SECRET_KEY": "x" * 40, "INTAKE_BASE_URL": "https://intake.example/"})
    assert config.base_url == "https://intake.example"
