"""One vocabulary of permissions, one policy row for each, one place that asks.

Rooms state their rows in ``policy.RULES``; `install` merges them and refuses to start unless every permission has
exactly one. A predicate answers from the principal and the subject alone: it reads no database.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from intake.core.errors import Forbidden, SignInNeeded
from intake.core.i18n import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from intake.core.identity import Principal
    from models.enums import Role


class Permission(StrEnum):
    """What may be permitted, ``room:verb``."""

    PLAN_CREATE = "plans:create"
    PLAN_RESCHEDULE = "plans:reschedule"
    PLAN_MOVE = "plans:move"

    ACCOUNT_OWN = "accounts:own"
    POST_MANAGE = "accounts:manage_posts"

    ACTOR_CREATE = "mapping:create_actor"
    ACTOR_SELF_REGISTER = "mapping:self_register_actor"
    ACTOR_READ = "mapping:read_actor"
    ACTOR_EDIT = "mapping:edit_actor"
    ACTOR_VERIFY = "mapping:verify_actor"
    ACTOR_CONTACTS = "mapping:read_contacts"
    ACTOR_IMPORT = "mapping:import_actors"
    EVENT_CREATE = "mapping:create_event"
    EVENT_EDIT = "mapping:edit_event"
    EVENT_READ = "mapping:read_event"
    EVENT_REGISTER = "mapping:register_for_event"
    ATTENDANCE_RECORD = "mapping:record_attendance"
    OUTREACH_READ = "mapping:read_outreach"
    OUTREACH_EDIT = "mapping:edit_outreach"
    BODY_EDIT = "mapping:edit_body"
    BODY_DRAFTS = "mapping:read_body_drafts"

    PROPOSAL_CREATE = "reception:create"
    PROPOSAL_EDIT = "reception:edit"
    PROPOSAL_SUBMIT = "reception:submit"
    PROPOSAL_WITHDRAW = "reception:withdraw"
    PROPOSAL_ADOPT = "reception:adopt"
    PROPOSAL_CONTACT = "reception:read_contact"
    PROPOSAL_IMPORT = "reception:import"
    PROPOSAL_JOIN = "reception:join"
    PACKET_MANAGE = "reception:manage_packets"
    PACKET_CODES = "reception:read_packet_codes"
    SHEET_KEY = "reception:key_sheets"
    SHEET_SECOND = "reception:key_again"
    SHEET_SETTLE = "reception:settle_keying"
    REPLY_ANSWER = "reception:answer_reply"
    SUPPORT_GIVE = "reception:support"
    COMMENT_WRITE = "reception:comment"
    COMMENT_OWN = "reception:own_comment"
    COMMENT_OFFICIAL = "reception:answer_officially"
    COMMENT_REPORT = "reception:report_comment"
    COMMENT_MODERATE = "reception:moderate"
    APPEAL_DECIDE = "reception:decide_appeal"

    PROPOSAL_ADMIT = "evaluation:admit"
    PROPOSAL_COUNTERSIGN = "evaluation:countersign"
    ROUND_MANAGE = "evaluation:manage_rounds"
    ASSIGNMENT_MANAGE = "evaluation:manage_assignments"
    REVIEW_LIST = "evaluation:list_own_reviews"
    REVIEW_WRITE = "evaluation:write_review"
    RESULTS_READ = "evaluation:read_results"

    SELECTION_READ = "selection:read"
    SESSION_MANAGE = "selection:manage_sessions"
    DECISION_WRITE = "selection:decide"
    DECISION_PUBLISH = "selection:publish"

    COMMITMENT_READ = "accountability:read"
    COMMITMENT_DRAFT = "accountability:draft"
    COMMITMENT_EDIT = "accountability:edit"
    COMMITMENT_MOVE = "accountability:move"
    AGREEMENT_MANAGE = "accountability:manage_agreement"
    AGREEMENT_SIGN = "accountability:sign"
    PROGRESS_REPORT = "accountability:report_progress"
    PROGRESS_ANSWER = "accountability:answer_report"
    IRM_RATE = "accountability:rate"
    OWED_LIST = "accountability:list_owed"

    DESK_READ = "reports:read_desk"
    AUDIT_READ = "reports:read_audit"
    OUTBOX_READ = "reports:read_outbox"


class Predicate:
    """A yes-or-no question about a principal and a subject; combine with ``&``, ``|`` and ``~``."""

    def __init__(self, test: Callable[[Principal, Any], bool], words: str) -> None:
        self.test = test
        self.words = words  # for docs/access.md

    def __call__(self, principal: Principal, subject: Any = None) -> bool:
        return principal.is_system or self.test(principal, subject)

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(lambda p, s: self.test(p, s) and other.test(p, s), f"({self.words} and {other.words})")

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(lambda p, s: self.test(p, s) or other.test(p, s), f"({self.words} or {other.words})")

    def __invert__(self) -> Predicate:
        return Predicate(lambda p, s: not self.test(p, s), f"not {self.words}")

    def __repr__(self) -> str:
        return self.words


Rules = dict[Permission, Predicate]

anyone = Predicate(lambda _p, _s: True, "anyone")
nobody = Predicate(lambda _p, _s: False, "nobody")
signed_in = Predicate(lambda p, _s: p.is_signed_in, "signed in")


def role(*roles: Role) -> Predicate:
    """Whether one of the roles is held now."""
    return Predicate(lambda p, _s: p.holds(*roles), " or ".join(r.value for r in roles))


def predicate(words: str) -> Callable[[Callable[[Principal, Any], bool]], Predicate]:
    """Make a predicate of a function; without a subject it answers no."""

    def make(test: Callable[[Principal, Any], bool]) -> Predicate:
        return Predicate(lambda p, s: s is not None and test(p, s), words)

    return make


_RULES: dict[Permission, Predicate] = {}


def install(tables: Iterable[Mapping[Permission, Predicate]]) -> None:
    """Merge the rooms' tables. Raises `RuntimeError` on a permission without a row or with two."""
    merged: dict[Permission, Predicate] = {}
    for table in tables:
        if twice := merged.keys() & table.keys():
            raise RuntimeError(f"Permissions with two rows: {sorted(twice)}")
        merged.update(table)
    if missing := set(Permission) - merged.keys():
        raise RuntimeError(f"Permissions without a row: {sorted(missing)}")
    _RULES.clear()
    _RULES.update(merged)


def rules() -> Mapping[Permission, Predicate]:
    """The installed table (for documents and tests)."""
    return _RULES


def can(principal: Principal, permission: Permission, subject: Any = None) -> bool:
    """Whether the principal may; never raises."""
    return _RULES[permission](principal, subject)


def authorize(principal: Principal, permission: Permission, subject: Any = None) -> None:
    """Raise `SignInNeeded` for a guest and `Forbidden` for anybody else who may not."""
    if can(principal, permission, subject):
        return
    if not principal.is_signed_in:
        raise SignInNeeded(_l("Para continuar necesita entrar con su cuenta."), permission=permission)
    raise Forbidden(_l("Su cuenta no tiene permiso para hacer esto."), permission=permission)
