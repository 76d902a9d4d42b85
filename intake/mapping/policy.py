"""Who may, in the mapping of actors."""

from intake.core.permissions import Permission, Rules, anyone, predicate, role
from models.enums import ActorStatus, Role

team = role(Role.FACILITATOR, Role.ANALYST, Role.DIRECTORATE)
is_verified = predicate("actor is verified")(lambda _p, actor: actor.status is ActorStatus.VERIFIED)
is_called_or_later = predicate("event was called")(lambda _p, event: event.is_public)
speaks_for = predicate("speaks for the actor")(lambda p, actor: actor.id in p.actor_ids)

RULES: Rules = {
    Permission.ACTOR_CREATE: team,
    Permission.ACTOR_SELF_REGISTER: anyone,
    Permission.ACTOR_READ: is_verified | team | speaks_for,
    Permission.ACTOR_EDIT: team | speaks_for,
    Permission.ACTOR_VERIFY: role(Role.ANALYST, Role.DIRECTORATE),
    Permission.ACTOR_CONTACTS: team | speaks_for,
    Permission.ACTOR_IMPORT: team,
    Permission.EVENT_CREATE: team,
    Permission.EVENT_EDIT: team,
    Permission.EVENT_READ: is_called_or_later | team,
    Permission.EVENT_REGISTER: anyone,
    Permission.ATTENDANCE_RECORD: role(Role.FACILITATOR, Role.DIRECTORATE),
    Permission.OUTREACH_READ: team,
    Permission.OUTREACH_EDIT: team,
    Permission.BODY_EDIT: role(Role.DIRECTORATE),
    Permission.BODY_DRAFTS: role(Role.DIRECTORATE, Role.CORE_GROUP),
}
