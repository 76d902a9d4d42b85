"""Who may, on proposals. An author is the account that wrote it, or the browser that showed its code."""

from intake.core.permissions import Permission, Rules, anyone, predicate, role
from models.enums import Role

is_author = predicate("author")(
    lambda p, proposal: (p.user_id is not None and proposal.author_id == p.user_id) or proposal.id in p.claims
)

RULES: Rules = {
    Permission.PROPOSAL_CREATE: anyone,
    Permission.PROPOSAL_EDIT: is_author,
    Permission.PROPOSAL_SUBMIT: is_author,
    Permission.PROPOSAL_WITHDRAW: is_author,
    Permission.PROPOSAL_CONTACT: role(Role.ANALYST, Role.DIRECTORATE),
    Permission.PROPOSAL_IMPORT: role(Role.FACILITATOR, Role.ANALYST, Role.DIRECTORATE),
}
