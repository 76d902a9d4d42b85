"""Who may, in analysis and evaluation."""

from intake.core.permissions import Permission, Rules, predicate, role
from models.enums import Role

is_reviewer_of = predicate("the reviewer it was assigned to")(lambda p, assignment: assignment.reviewer_id == p.user_id)

RULES: Rules = {
    Permission.PROPOSAL_ADMIT: role(Role.ANALYST),
    Permission.PROPOSAL_COUNTERSIGN: role(Role.ANALYST, Role.DIRECTORATE),
    Permission.ROUND_MANAGE: role(Role.DIRECTORATE),
    Permission.ASSIGNMENT_MANAGE: role(Role.DIRECTORATE),
    Permission.REVIEW_LIST: role(Role.REVIEWER, Role.ANALYST, Role.DIRECTORATE),
    Permission.REVIEW_WRITE: role(Role.REVIEWER) & is_reviewer_of,
    Permission.RESULTS_READ: role(Role.DIRECTORATE, Role.CORE_GROUP, Role.ANALYST, Role.OBSERVER),
}
