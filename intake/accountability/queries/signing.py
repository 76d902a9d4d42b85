"""Whose signature an agreement lacks, as a condition for every query that asks."""

from __future__ import annotations

import sqlalchemy as sa

from intake.accountability.inputs import SIGNATORIES
from models import Agreement, CommitmentParty, Signature


def must_sign() -> sa.ColumnElement[bool]:
    """Whether the party of the enclosing query has still to sign the agreement of the enclosing query.

    Bound today, and without a signature of this very agreement, not of any.
    """
    signed = sa.exists().where(Signature.agreement_id == Agreement.id, Signature.actor_id == CommitmentParty.actor_id)
    return sa.and_(
        CommitmentParty.role.in_(SIGNATORIES),
        CommitmentParty.until.is_(None),
        ~signed.correlate(Agreement, CommitmentParty),
    )
