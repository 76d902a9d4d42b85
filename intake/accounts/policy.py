"""Who may, in accounts."""

from intake.core.permissions import Permission, Rules, role, signed_in
from models.enums import Role

RULES: Rules = {
    Permission.ACCOUNT_OWN: signed_in,
    Permission.POST_MANAGE: role(Role.DIRECTORATE, Role.ADMIN),
}
