"""Who may, in formalization and accountability. Subjects carry ``parties`` loaded (see `queries`)."""

from typing import Any

from intake.core.identity import Principal
from intake.core.permissions import Permission, Rules, predicate, role
from models import Commitment
from models.enums import PartyRole, Role


def commitment_of(subject: Any) -> Any:
    """The commitment that a milestone, an agreement or a report belongs to; itself for a commitment."""
    while not isinstance(subject, Commitment):
        subject = subject.milestone if hasattr(subject, "milestone_id") else subject.commitment
    return subject


def _is_party(principal: Principal, subject: Any, party: PartyRole) -> bool:
    parties = commitment_of(subject).parties
    return any(p.role is party and p.until is None and p.actor_id in principal.actor_ids for p in parties)


is_public = predicate("commitment is public")(lambda _p, s: commitment_of(s).is_public)
is_responsible = predicate("its responsible institution")(lambda p, s: _is_party(p, s, PartyRole.RESPONSIBLE))
is_counterpart = predicate("its counterpart")(lambda p, s: _is_party(p, s, PartyRole.COUNTERPART))
team = role(Role.DIRECTORATE)

RULES: Rules = {
    Permission.COMMITMENT_READ: is_public
    | team
    | role(Role.CORE_GROUP, Role.OBSERVER)
    | is_responsible
    | is_counterpart,
    Permission.COMMITMENT_DRAFT: team,
    Permission.COMMITMENT_EDIT: team,
    Permission.COMMITMENT_MOVE: team,
    Permission.AGREEMENT_MANAGE: team,
    Permission.AGREEMENT_SIGN: (role(Role.INSTITUTION) & is_responsible) | (role(Role.COUNTERPART) & is_counterpart),
    Permission.PROGRESS_REPORT: role(Role.INSTITUTION) & is_responsible,
    Permission.PROGRESS_ANSWER: role(Role.COUNTERPART) & is_counterpart,
    Permission.IRM_RATE: team,
    Permission.OWED_LIST: role(Role.INSTITUTION, Role.COUNTERPART),
}
