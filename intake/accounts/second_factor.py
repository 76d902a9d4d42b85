"""The second factor: codes of an application (TOTP, RFC 6238), each accepted once, and recovery codes."""

from __future__ import annotations

import hmac
from typing import Any

import pyotp
import sqlalchemy as sa

from intake.accounts import queries
from intake.accounts.policy import SECOND_FACTOR, wait
from intake.core import audit, clock, limits, outbox, tokens
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import Principal
from intake.core.permissions import Permission, authorize
from intake.core.transaction import transaction
from intake.extensions import db
from models import RecoveryCode, User

ISSUER = "Intake Gobierno Abierto"
STEP_SECONDS = 30
DRIFT_STEPS = 1  # a telephone's clock may be half a minute off
RECOVERY_CODES = 10
RECOVERY_CHARACTERS = 10  # 50 bits


def begin(user_id: int, *, by: Principal) -> None:
    """Make a new secret to be enrolled; it counts once a code of it was given. Raises `Conflict` if one is enrolled."""
    authorize(by, Permission.ACCOUNT_OWN)
    with transaction():
        person = queries.user_to_change(user_id)
        if person.totp_enabled_at is not None:
            raise Conflict(_l("Ya tiene un segundo paso. Desactívelo antes de poner otro."))
        person.totp_secret = pyotp.random_base32()
        person.totp_last_step = None


def uri(person: User) -> str:
    """What the QR code says to the application."""
    return pyotp.TOTP(person.totp_secret or "").provisioning_uri(name=person.email, issuer_name=ISSUER)


def enrol(user_id: int, code: str, *, by: Principal) -> list[str]:
    """Switch it on with a first code; returns the recovery codes, to be shown this once.

    Raises `Invalid` and `TooMany`.
    """
    authorize(by, Permission.ACCOUNT_OWN)
    limits.hit(SECOND_FACTOR, str(user_id), words=wait)
    with transaction():
        person = queries.user_to_change(user_id)
        if person.totp_secret is None or person.totp_enabled_at is not None:
            raise Conflict(_l("Empiece de nuevo a activar el segundo paso."))
        _use_code(person, code)
        person.totp_enabled_at = clock.now()
        audit.record("user.enrol_second_factor", person, by=by)
        limits.clear(SECOND_FACTOR, str(user_id))
        _tell(person, "second_factor_on")
        return _new_recovery_codes(person)


def check(user_id: int, *, code: str, recovery_code: str = "") -> User:
    """Let through who gives a fresh code of the application or an unused recovery code.

    Raises `Invalid` and `TooMany`.
    """
    limits.hit(SECOND_FACTOR, str(user_id), words=wait)
    with transaction():
        person = queries.user_to_change(user_id)
        if recovery_code.strip():
            _use_recovery_code(person, recovery_code)
        else:
            _use_code(person, code)
        limits.clear(SECOND_FACTOR, str(user_id))
        return person


def renew_recovery_codes(user_id: int, code: str, *, by: Principal) -> list[str]:
    """Ten new recovery codes for a fresh code of the application; the old ones stop working."""
    authorize(by, Permission.ACCOUNT_OWN)
    limits.hit(SECOND_FACTOR, str(user_id), words=wait)
    with transaction():
        person = queries.user_to_change(user_id)
        _use_code(person, code)
        audit.record("user.renew_recovery_codes", person, by=by)
        return _new_recovery_codes(person)


def disable(user_id: int, *, code: str, recovery_code: str = "", by: Principal) -> None:
    """Switch it off, for a fresh code or a recovery code."""
    authorize(by, Permission.ACCOUNT_OWN)
    person = check(user_id, code=code, recovery_code=recovery_code)
    with transaction():
        person.totp_secret = None
        person.totp_enabled_at = None
        person.totp_last_step = None
        audit.record("user.disable_second_factor", person, by=by)
        db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        _tell(person, "second_factor_off")


def codes_left(user_id: int) -> int:
    """How many recovery codes have not been used."""
    query = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(query) or 0)


def _use_code(person: User, code: str) -> None:
    """Accept a code of the present half minute or its neighbours, later than the last one accepted."""
    step = _step_of(person, "".join(code.split()))
    later = sa.or_(User.totp_last_step.is_(None), User.totp_last_step < step)
    if step:
        done = db.session.execute(
            sa.update(User).where(User.id == person.id, later).values(totp_last_step=step),
            execution_options={"synchronize_session": "fetch"},
        )
        if done.rowcount:  # type: ignore[attr-defined]
            return
    raise Invalid(_l("El código no es correcto o ya se usó. Espere al siguiente y escríbalo."), field="code")


def _step_of(person: User, code: str) -> int:
    """The half minute to which a code belongs, 0 for none."""
    if person.totp_secret is None or not (code.isascii() and code.isdecimal()):
        return 0
    now = int(clock.now().timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(person.totp_secret)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(generator.generate_otp(step), code):
            return step
    return 0


def _use_recovery_code(person: User, code: str) -> None:
    unused = sa.update(RecoveryCode).where(
        RecoveryCode.user_id == person.id,
        RecoveryCode.code_hash == tokens.code_hash(code, _salt(person)),
        RecoveryCode.used_at.is_(None),
    )
    done = db.session.execute(unused.values(used_at=clock.now()), execution_options={"synchronize_session": False})
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Invalid(_l("Ese código de recuperación no es correcto o ya se usó."), field="recovery_code")
    _tell(person, "recovery_code_used", left=codes_left(person.id))


def _new_recovery_codes(person: User) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    codes = [tokens.new_code(RECOVERY_CHARACTERS) for _ in range(RECOVERY_CODES)]
    salt = _salt(person)
    db.session.add_all(RecoveryCode(user_id=person.id, code_hash=tokens.code_hash(c, salt)) for c in codes)
    return [f"{c[:5]}-{c[5:]}" for c in codes]


def _salt(person: User) -> str:
    return f"recovery:{person.id}"


def _tell(person: User, kind: str, **context: Any) -> None:
    outbox.enqueue(kind, to=person.email, locale=person.locale, name=person.name, at=clock.now(), **context)
