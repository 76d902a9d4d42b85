"""Who may, on pages across stages."""

from intake.core.permissions import Permission, Rules, role
from models.enums import Role

RULES: Rules = {
    Permission.DESK_READ: role(Role.DIRECTORATE, Role.ADMIN, Role.OBSERVER),
    Permission.AUDIT_READ: role(Role.DIRECTORATE, Role.ADMIN, Role.OBSERVER),
    Permission.OUTBOX_READ: role(Role.DIRECTORATE, Role.ADMIN),
}
