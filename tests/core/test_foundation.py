"""The shared ground: commits, traces, limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import audit, limits
from intake.core.errors import TooMany
from intake.core.identity import SYSTEM
from intake.core.transaction import Doomed, in_savepoint, transaction
from intake.extensions import db
from models import AuditEntry, Theme
from tests import factories


def test_trace_holds_old_and_new_values_and_hides_personal_ones(app: object) -> None:
    person = factories.user(name="Ana Ejemplo")
    with transaction():
        person.name = "Eva Ejemplo"
        person.locale = "en"
        audit.record("user.edit", person, by=SYSTEM, reason="prueba")
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert entry.changes == {"name": [audit.PERSONAL_MARK, audit.PERSONAL_MARK], "locale": ["es", "en"]}
    assert (entry.role, entry.action, entry.reason) == ("system", "user.edit", "prueba")


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"])
def test_trace_cannot_be_changed(app: object, statement: str) -> None:
    with transaction():
        audit.record("user.edit", factories.user(), by=SYSTEM)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(sa.text(statement))


@pytest.mark.usefixtures("inside_window")
def test_limit_counts_across_sessions(app: object) -> None:
    few = limits.Limit("test", times=2, minutes=60)
    limits.hit(few, "a")
    limits.hit(few, "a", "b")
    with pytest.raises(TooMany):
        limits.hit(few, "a")
    assert limits.used(few, "b") == 1


@pytest.mark.parametrize(("second", "left"), [(0, 3600), (1, 3599), (3541, 59), (3599.5, 1)])
def test_the_wait_is_what_is_left_of_the_window(app: object, second: float, left: int) -> None:
    few = limits.Limit("test", times=0, minutes=60)
    with time_machine.travel(datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(seconds=second), tick=False):
        with pytest.raises(TooMany) as refused:
            limits.hit(few, "a", words=lambda minutes: f"{minutes} min")
        assert (refused.value.details["retry_after_seconds"], limits.seconds_left(few)) == (left, left)
        assert refused.value.message == f"{-(-left // 60)} min"


@pytest.mark.usefixtures("inside_window")
def test_limit_counts_a_network_of_ipv6_as_one_and_each_address_of_ipv4(app: object) -> None:
    few = limits.Limit("test", times=2, minutes=60)
    limits.hit(few, "PAGA3-00001 2001:db8:a:b::1", "2001:db8:a:b::1")
    limits.hit(few, "PAGA3-00001 2001:0DB8:a:b:ffff::2", "2001:db8:a:b:1:2:3:4%eth0")
    with pytest.raises(TooMany):
        limits.hit(few, "PAGA3-00001 2001:db8:a:b:9::9")
    assert limits.used(few, "2001:db8:a:b::5") == 2
    assert [limits.used(few, k) for k in ("2001:db8:a:c::1", "PAGA3-00002 2001:db8:a:b::1", "::")] == [0, 0, 0]
    limits.hit(few, "192.0.2.7", "::ffff:192.0.2.7", "::ffff:192.0.2.8")
    assert [limits.used(few, k) for k in ("192.0.2.7", "192.0.2.8", "::ffff:192.0.2.9")] == [2, 1, 0]


def test_nothing_stays_of_a_failed_transaction(app: object) -> None:
    def fail() -> None:
        with transaction():
            factories.theme("perdido")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    from models import Theme

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Theme)) == 0


def _themes() -> list[str]:
    return list(db.session.scalars(sa.select(Theme.code).order_by(Theme.code)))


def test_a_swallowed_failure_inside_dooms_the_whole(app: object) -> None:
    def half() -> None:
        factories.theme("mitad")
        with pytest.raises(ValueError, match="no"), transaction():
            raise ValueError("no")

    with pytest.raises(Doomed), transaction():
        half()
    assert _themes() == []
    with transaction():
        factories.theme("entera")
    assert _themes() == ["entera"]


def test_a_savepoint_takes_back_only_its_part(app: object) -> None:
    def twice() -> None:
        with transaction():
            factories.theme("uno")

    with transaction():
        factories.theme("uno")
        assert in_savepoint(twice) is not None
        factories.theme("dos")
    assert _themes() == ["dos", "uno"]
