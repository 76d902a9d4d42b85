"""How a cookie becomes a person."""

from __future__ import annotations

from intake.accounts import queries
from intake.web.access import SignedIn


def load_user(identity: str) -> SignedIn | None:
    """The person of ``<user id>.<epoch>``; None if the account was signed out everywhere, disabled or removed."""
    user_id, _, epoch = identity.partition(".")
    if not (user_id.isdecimal() and epoch.isdecimal()):
        return None
    found = queries.principal_of(int(user_id))
    if found is None or found[1] != int(epoch):
        return None
    return SignedIn(*found)
