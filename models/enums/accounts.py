"""Who may do what."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a post allows its holder to do. ``citizen`` comes with every account."""

    CITIZEN = "citizen"
    FACILITATOR = "facilitator"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    CORE_GROUP = "core_group"
    DIRECTORATE = "directorate"
    INSTITUTION = "institution"
    COUNTERPART = "counterpart"
    OBSERVER = "observer"
    ADMIN = "admin"


class ReviewSector(StrEnum):
    """The three sectors of the Core Group, from which reviewers are drawn."""

    GOVERNMENT = "government"
    CIVIL_SOCIETY = "civil_society"
    ACADEMIA = "academia"


class TokenPurpose(StrEnum):
    """What a one-time link sent by mail may do."""

    CONFIRM_EMAIL = "confirm_email"
    SIGN_IN = "sign_in"
    RESET_PASSWORD = "reset_password"  # noqa: S105 -- the name of a purpose, not a password
    INVITATION = "invitation"
    CHANGE_EMAIL = "change_email"
    CLAIM_CODE = "claim_code"  # a new code for a proposal whose old one was lost
