"""Who may, in the selection of commitments. No single authority decides alone: the session names the body that did."""

from intake.core.permissions import Permission, Rules, role
from models.enums import Role

RULES: Rules = {
    Permission.SELECTION_READ: role(Role.CORE_GROUP, Role.DIRECTORATE, Role.OBSERVER),
    Permission.SESSION_MANAGE: role(Role.DIRECTORATE, Role.CORE_GROUP),
    Permission.DECISION_WRITE: role(Role.CORE_GROUP, Role.DIRECTORATE),
    Permission.DECISION_PUBLISH: role(Role.DIRECTORATE),
}
