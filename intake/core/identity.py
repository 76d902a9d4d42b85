"""Who acts: a value handed to services, never the session."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.enums import ReviewSector, Role

#: Of the hash of a code, hexadecimal: who has the cookie has had the code.
MARK_CHARACTERS = 16
#: Roles that work on other people's proposals and may be asked for a second factor.
STAFF_ROLES = frozenset(
    {
        Role.FACILITATOR,
        Role.ANALYST,
        Role.REVIEWER,
        Role.CORE_GROUP,
        Role.DIRECTORATE,
        Role.INSTITUTION,
        Role.COUNTERPART,
        Role.ADMIN,
    }
)


def code_mark(code_hash: str | None) -> str:
    """What a browser keeps of the code it opened a proposal with, to tell it from the next; "" before there is one."""
    return (code_hash or "")[:MARK_CHARACTERS]


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A person as the rules see them, with the posts held at this moment.

    ``user_id`` None is a guest, or the system where ``is_system``. ``actor_ids`` are the organisations the person
    speaks for; ``claims`` are ids of proposals this browser has opened with their claim code or draft key, and
    ``marks`` tell the code that each had then (`code_mark`): another code closes them.
    """

    user_id: int | None = None
    name: str = ""
    email: str = ""
    email_confirmed: bool = False
    roles: frozenset[Role] = frozenset()
    sector: ReviewSector | None = None
    actor_ids: frozenset[int] = frozenset()
    locale: str = "es"
    claims: frozenset[int] = field(default=frozenset())
    marks: frozenset[tuple[int, str]] = field(default=frozenset())
    second_factor: bool = False  # a second factor is enrolled and was given in this session
    is_system: bool = False

    def has_opened(self, proposal_id: int, code_hash: str | None) -> bool:
        """Whether the proposal was opened with the code that it has now, or with its key in this very request."""
        if proposal_id not in self.claims:
            return False
        marks = {mark for key, mark in self.marks if key == proposal_id}
        return not marks or code_mark(code_hash) in marks

    @property
    def is_signed_in(self) -> bool:
        """Whether an account stands behind the request."""
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """Whether any role beyond citizen and observer is held."""
        return bool(self.roles & STAFF_ROLES)

    def holds(self, *roles: Role) -> bool:
        """Whether one of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def role_label(self) -> str:
        """The role under which an act is written in the audit trail: the weightiest one held."""
        if self.is_system:
            return "system"
        if not self.is_signed_in:
            return "guest"
        return next((role.value for role in reversed(Role) if role in self.roles), Role.CITIZEN.value)


SYSTEM = Principal(is_system=True, name="Intake")
GUEST = Principal()
