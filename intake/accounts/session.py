"""How a cookie becomes a person, and a person a cookie."""

from __future__ import annotations

from flask import current_app, g, session
from flask_login import login_user, logout_user

from intake.accounts import queries
from intake.core import clock
from intake.core.identity import Principal
from intake.web import reuse
from intake.web.access import CLAIMS, SignedIn, principal
from models import User

#: Seconds without a request after which a session ends: staff work on other people's proposals.
STAFF_IDLE_SECONDS = 12 * 3600
CITIZEN_IDLE_SECONDS = 30 * 24 * 3600
PENDING_SECONDS = 15 * 60
_SEEN, _ENTERED, _HOW, _PENDING = "seen", "entered", "how", "pending"
_SEEN_EVERY_SECONDS = 300


def load_user(identity: str) -> SignedIn | None:
    """The person of ``<user id>.<epoch>``; None if the account was signed out everywhere, disabled or removed."""
    user_id, _, epoch = identity.partition(".")
    if not (user_id.isdecimal() and epoch.isdecimal() and len(user_id) < 19):
        return None
    found = reuse.remembered(f"principal:{int(user_id)}", lambda: queries.principal_of(int(user_id)))
    if found is None or found[1] != int(epoch):
        return None
    return SignedIn(*found)


def _now() -> int:
    return int(clock.now().timestamp())


def enter(person: User, how: str) -> None:
    """Begin a new session for the person; of the old one only the proposals opened by code stay."""
    found = queries.principal_of(person.id)
    if found is None:
        return
    claims = session.get(CLAIMS)
    forget()
    if claims:
        session[CLAIMS] = claims
    session.permanent = True
    session[_ENTERED] = session[_SEEN] = _now()
    session[_HOW] = how
    login_user(SignedIn(*found))
    g.pop("principal", None)


def forget() -> None:
    """End the session, with everything in it."""
    logout_user()
    session.clear()
    for kept in ("principal", "csrf_token", "navigation"):  # made for the session that has just ended
        g.pop(kept, None)


def begin_second_factor(person: User, how: str) -> None:
    """Remember that the first factor was right; nobody is signed in yet."""
    claims = session.get(CLAIMS)
    forget()
    if claims:
        session[CLAIMS] = claims
    session[_PENDING] = [person.id, person.session_epoch, _now(), how]


def pending() -> tuple[int, str] | None:
    """Whose second factor is awaited, and how the first was given; None once too late or signed out everywhere."""
    found = session.get(_PENDING)
    if not isinstance(found, list) or len(found) != 4 or _now() - int(found[2]) > PENDING_SECONDS:
        return None
    known = queries.principal_of(int(found[0]))
    if known is None or known[1] != int(found[1]):
        return None
    return int(found[0]), str(found[3])


def entered_by_link_within(minutes: int) -> bool:
    """Whether the person came in by a mailed link or code so recently that the mailbox is proved."""
    return session.get(_HOW) in {"link", "code"} and _now() - int(session.get(_ENTERED, 0)) <= minutes * 60


def end_when_idle() -> bool:
    """End a session that was left alone too long, or note that it is used. Returns whether it ended."""
    who: Principal = principal()
    if not who.is_signed_in:
        return False
    idle = _now() - int(session.get(_SEEN, _now()))
    if idle > (STAFF_IDLE_SECONDS if who.is_staff else CITIZEN_IDLE_SECONDS):
        forget()
        return True
    if idle > _SEEN_EVERY_SECONDS or _SEEN not in session:
        session[_SEEN] = _now()
    return False


def must_enrol() -> bool:
    """Whether the installation demands a second factor that this person has not enrolled."""
    who = principal()
    return bool(current_app.config["INTAKE"].staff_totp_required and who.is_staff and not who.second_factor)
