"""Who may, in accounts, and how often something may be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core.i18n import lazy_ngettext
from intake.core.limits import Limit
from intake.core.permissions import Permission, Rules, role, signed_in
from models.enums import Role

if TYPE_CHECKING:
    from intake.core.i18n import Text

RULES: Rules = {
    Permission.ACCOUNT_OWN: signed_in,
    Permission.POST_MANAGE: role(Role.DIRECTORATE, Role.ADMIN),
}

#: Failures lock the password of one account for the rest of the window; a mail link still opens it.
PASSWORD_OF_ACCOUNT = Limit("password_account", times=10, minutes=15)
#: Many people share an address in Ecuador (mobile networks, schools): wide enough for them, narrow for a machine.
SIGN_IN_FROM_ADDRESS = Limit("sign_in_address", times=100, minutes=15)
LINK_TO_ACCOUNT = Limit("link_account", times=5, minutes=60)
LINK_FROM_ADDRESS = Limit("link_address", times=40, minutes=60)
CODE_OF_ACCOUNT = Limit("mail_code", times=8, minutes=15)
SECOND_FACTOR = Limit("second_factor", times=6, minutes=15)
REGISTER_ACCOUNT = Limit("register_account", times=5, minutes=60)
REGISTER_FROM_ADDRESS = Limit("register_address", times=30, minutes=60)
OWN_PASSWORD = Limit("own_password", times=10, minutes=15)
INVITATIONS = Limit("invitations", times=60, minutes=60)


def wait(minutes: int) -> Text:
    """What is said beyond a limit, with the minutes that are left (`limits.hit`)."""
    words: Text = lazy_ngettext(
        "Demasiados intentos seguidos. Espere %(num)s minuto y vuelva a intentarlo.",
        "Demasiados intentos seguidos. Espere %(num)s minutos y vuelva a intentarlo.",
        minutes,
    )
    return words
