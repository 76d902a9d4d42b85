"""Who may, on proposals. An author is the account that wrote it, or the browser that showed its code."""

from intake.core.permissions import Permission, Rules, anyone, predicate, role, signed_in
from models.enums import Role

is_author = predicate("author")(
    lambda p, proposal: (
        (p.user_id is not None and proposal.author_id == p.user_id)
        or (proposal.id in p.claims and p.has_opened(proposal.id, proposal.claim_code_hash))
    )
)
is_commenter = predicate("author of the comment")(
    lambda p, comment: p.user_id is not None and comment.author_id == p.user_id
)
is_another = predicate("not who hid it")(lambda p, comment: p.user_id is not None and comment.hidden_by_id != p.user_id)
is_first_hand = predicate("keyed it first")(lambda p, sheet: p.user_id is not None and sheet.keyed_by_id == p.user_id)
is_second_hand = predicate("keyed it again")(lambda p, sheet: p.user_id is not None and sheet.second_by_id == p.user_id)
prepared_it = predicate("prepared the packet")(
    lambda p, packet: p.user_id is not None and packet.created_by_id == p.user_id
)
facilitates = predicate("facilitates its event")(
    lambda p, packet: p.user_id is not None and packet.event.facilitator_id == p.user_id
)
is_guests = predicate("of a guest")(lambda _p, proposal: proposal.author_id is None)
is_staff = predicate("of the team")(lambda p, _proposal: p.is_staff)
desk = role(Role.FACILITATOR, Role.ANALYST, Role.DIRECTORATE)

RULES: Rules = {
    Permission.PROPOSAL_CREATE: anyone,
    Permission.PROPOSAL_EDIT: is_author,
    Permission.PROPOSAL_SUBMIT: is_author,
    Permission.PROPOSAL_WITHDRAW: is_author,
    Permission.PROPOSAL_ADOPT: signed_in & is_guests & ~is_staff,  # never the clerk who typed it in
    Permission.PROPOSAL_CONTACT: role(Role.ANALYST, Role.DIRECTORATE),
    Permission.PROPOSAL_IMPORT: role(Role.FACILITATOR, Role.ANALYST, Role.DIRECTORATE),
    Permission.PROPOSAL_JOIN: role(Role.ANALYST),
    Permission.PACKET_MANAGE: desk,
    Permission.PACKET_CODES: role(Role.DIRECTORATE) | (desk & (prepared_it | facilitates)),
    Permission.SHEET_KEY: desk,
    Permission.SHEET_SECOND: desk & ~is_first_hand,
    Permission.SHEET_SETTLE: role(Role.ANALYST, Role.DIRECTORATE) & ~is_first_hand & ~is_second_hand,
    Permission.REPLY_ANSWER: role(Role.ANALYST, Role.DIRECTORATE),
    Permission.SUPPORT_GIVE: signed_in,
    Permission.COMMENT_WRITE: signed_in,
    Permission.COMMENT_OWN: is_commenter,
    Permission.COMMENT_OFFICIAL: role(Role.ANALYST, Role.DIRECTORATE),
    Permission.COMMENT_REPORT: signed_in,
    Permission.COMMENT_MODERATE: role(Role.ANALYST, Role.DIRECTORATE) & ~is_commenter,
    Permission.APPEAL_DECIDE: role(Role.ANALYST, Role.DIRECTORATE) & is_another & ~is_commenter,
}
