"""One-time links: issued by mail, looked at by GET, consumed by POST, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from intake.core import clock, tokens
from intake.core.errors import Gone, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from models import OneTimeToken
from models.enums import TokenPurpose

MINUTES = 60
INVITATION_DAYS = 7
LIVES: dict[TokenPurpose, timedelta] = {
    purpose: timedelta(days=INVITATION_DAYS) if purpose is TokenPurpose.INVITATION else timedelta(minutes=MINUTES)
    for purpose in TokenPurpose
}


@dataclass(frozen=True)
class Issued:
    """What goes into the mail, and nowhere else."""

    token: str
    code: str  # "" where none can be typed


def issue(
    purpose: TokenPurpose,
    email: str,
    *,
    user_id: int | None = None,
    post_id: int | None = None,
    proposal_id: int | None = None,
    coded: bool = False,
) -> Issued:
    """Make a link (and with ``coded`` a short code to type) within the caller's transaction; only hashes are kept."""
    issued = Issued(tokens.new_token(), tokens.new_code() if coded else "")
    hashes = [tokens.token_hash(issued.token)]
    if coded:
        hashes.append(_code_hash(purpose, email, issued.code))
    for kept in hashes:
        db.session.add(
            OneTimeToken(
                purpose=purpose,
                token_hash=kept,
                email=email,
                user_id=user_id,
                post_id=post_id,
                proposal_id=proposal_id,
                created_at=clock.now(),
                expires_at=clock.now() + LIVES[purpose],
            )
        )
    return issued


def _code_hash(purpose: TokenPurpose, email: str, code: str) -> str:
    return tokens.code_hash(code, f"{purpose}:{email}")


def look(purpose: TokenPurpose, token: str) -> OneTimeToken:
    """The row of a link that still works. Raises `NotFound` for an unknown one, `Gone` for a used or old one."""
    query = sa.select(OneTimeToken).where(
        OneTimeToken.token_hash == tokens.token_hash(token), OneTimeToken.purpose == purpose
    )
    row = db.session.scalar(query)
    if row is None:
        raise NotFound(_l("Este enlace no es válido. Cópielo entero del correo, o pida otro."))
    if row.used_at is not None:
        raise Gone(_l("Este enlace ya se usó. Cada enlace sirve una sola vez; si lo necesita, pida otro."))
    if row.expires_at <= clock.now():
        raise Gone(_l("Este enlace caducó. Pida otro y úselo antes de que pase su tiempo."))
    return row


def look_by_code(purpose: TokenPurpose, email: str, code: str) -> OneTimeToken | None:
    """The row of a typed code that still works, None otherwise."""
    query = sa.select(OneTimeToken).where(
        OneTimeToken.token_hash == _code_hash(purpose, email, code),
        OneTimeToken.purpose == purpose,
        OneTimeToken.email == email,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
    )
    return db.session.scalar(query)


def consume(row: OneTimeToken) -> None:
    """Use it up, and with it every other link of the same purpose for the same address, post and proposal.

    Raises `Gone` if somebody was faster.
    """
    used = sa.update(OneTimeToken).where(OneTimeToken.id == row.id, OneTimeToken.used_at.is_(None))
    done = db.session.execute(used.values(used_at=clock.now()), execution_options={"synchronize_session": False})
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Gone(_l("Este enlace ya se usó. Cada enlace sirve una sola vez; si lo necesita, pida otro."))
    void(row.purpose, row.email, post_id=row.post_id, proposal_id=row.proposal_id)


def void(purpose: TokenPurpose, email: str, *, post_id: int | None = None, proposal_id: int | None = None) -> None:
    """Use up every open link of a purpose for an address (only those about the same post or proposal)."""
    others = sa.update(OneTimeToken).where(
        OneTimeToken.purpose == purpose, OneTimeToken.email == email, OneTimeToken.used_at.is_(None)
    )
    if purpose is TokenPurpose.INVITATION:
        others = others.where(OneTimeToken.post_id.is_not_distinct_from(post_id))
    if purpose is TokenPurpose.CLAIM_CODE:
        others = others.where(OneTimeToken.proposal_id.is_not_distinct_from(proposal_id))
    db.session.execute(others.values(used_at=clock.now()), execution_options={"synchronize_session": False})


def void_change_of(user_id: int) -> None:
    """Use up every open link by which this account would take another address, whichever address that is."""
    theirs = sa.update(OneTimeToken).where(
        OneTimeToken.purpose == TokenPurpose.CHANGE_EMAIL,
        OneTimeToken.user_id == user_id,
        OneTimeToken.used_at.is_(None),
    )
    db.session.execute(theirs.values(used_at=clock.now()), execution_options={"synchronize_session": False})


def purge() -> int:
    """Delete links that ended more than a day ago; the caller's transaction commits. Returns how many."""
    done = db.session.execute(sa.delete(OneTimeToken).where(OneTimeToken.expires_at < clock.now() - timedelta(days=1)))
    return int(done.rowcount)  # type: ignore[attr-defined]
