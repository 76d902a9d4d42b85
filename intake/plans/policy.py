"""Who may, on plans and their calendar."""

from intake.core.permissions import Permission, Rules, role
from models.enums import Role

RULES: Rules = {
    Permission.PLAN_CREATE: role(Role.DIRECTORATE, Role.ADMIN),
    Permission.PLAN_RESCHEDULE: role(Role.DIRECTORATE),
    Permission.PLAN_MOVE: role(Role.DIRECTORATE),
}
