"""Supporting a proposal: once for each account, once for each address of a guest, and once where both are the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, limits, mail, outbox, tokens
from intake.core.errors import Gone, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.reception import conversation
from intake.reception.queries.conversation import supporter_key
from intake.reception.services.moves import stages_of
from models import Plan, Proposal, Support, User

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

#: An account's changes of mind; mails asked for from one network (a school shares one), for one proposal with one
#: address, and to one address about all proposals together: guests may write anybody's.
BY_ACCOUNT = limits.Limit("support_account", times=60, minutes=10)
FROM_NETWORK = limits.Limit("support_network", times=60, minutes=60)
FOR_ONE = limits.Limit("support_one", times=3, minutes=60)
TO_ADDRESS = limits.Limit("support_mailbox", times=10, minutes=60)
LINK_HOURS = 48
FORGOTTEN_DAYS = 7
_PROPOSAL = Proposal.metadata.tables["proposal"]


def give(proposal: Proposal, *, by: Principal) -> bool:
    """Count the account's support; False where it, or a guest with its address, had supported already.

    Raises `Conflict`, `StageClosed`, `TooMany`.
    """
    authorize(by, Permission.SUPPORT_GIVE, proposal)
    limits.hit(BY_ACCOUNT, str(by.user_id))
    with transaction():
        _lock(proposal)
        conversation.require_open(proposal, stages_of(proposal.plan_id))
        row = _row_of(proposal, by)
        if row.confirmed_at is not None:
            return False
        _confirm(row, proposal, by=by)
    return True


def _lock(proposal: Proposal) -> None:
    """Whoever changes a proposal's counts waits here, so that counts and rows agree."""
    db.session.refresh(proposal, ["status", "folio", "support_count", "lock_version"], with_for_update=True)


def _row_of(proposal: Proposal, by: Principal) -> Support:
    """The account's row: its own, the one that a guest left with its address, or a new one. At most one is left."""
    key = supporter_key(by.email)
    own = _one(proposal, Support.user_id == by.user_id)
    keyed = _one(proposal, Support.person_key == key)
    if keyed is not None and keyed.user_id is None:
        if own is None:
            keyed.user_id = by.user_id
            return keyed
        _remove(keyed, proposal, by=by)  # the account's address has changed since: one person all the same
    if own is not None:
        return own
    taken = keyed is not None and keyed.user_id is not None  # another account's, from when the address was its own
    made = Support(
        proposal_id=proposal.id,
        user_id=by.user_id,
        person_key=None if taken else key,
        created_at=clock.now(),
    )
    if in_savepoint(lambda: db.session.add(made)) is None:
        return made
    return _row_of(proposal, by)  # written by another press a moment ago


def _one(proposal: Proposal, condition: sa.ColumnElement[bool]) -> Support | None:
    return db.session.scalar(sa.select(Support).where(Support.proposal_id == proposal.id, condition))


def _confirm(row: Support, proposal: Proposal, *, by: Principal) -> None:
    row.confirmed_at = clock.now()
    audit.record("support.give", row, by=by, reference=proposal.folio)
    _add(proposal, 1)


def _add(proposal: Proposal, number: int) -> None:
    """Past the version of the row: who is correcting the text meanwhile has lost nothing by a support."""
    values = {"support_count": _PROPOSAL.c.support_count + number}
    db.session.execute(sa.update(_PROPOSAL).where(_PROPOSAL.c.id == proposal.id).values(**values))
    db.session.expire(proposal, ["support_count"])


def _remove(row: Support, proposal: Proposal, *, by: Principal) -> None:
    if row.confirmed_at is not None:
        audit.record("support.take_back", row, by=by, reference=proposal.folio)
        _add(proposal, -1)
    db.session.delete(row)
    db.session.flush()


def take_back(proposal: Proposal, *, by: Principal) -> bool:
    """Take the account's support back, at any time; False if there was none."""
    authorize(by, Permission.SUPPORT_GIVE, proposal)
    limits.hit(BY_ACCOUNT, str(by.user_id))
    with transaction():
        _lock(proposal)
        own = _one(proposal, Support.user_id == by.user_id)
        keyed = _one(proposal, sa.and_(Support.person_key == supporter_key(by.email), Support.user_id.is_(None)))
        found = [row for row in (own, keyed) if row is not None]
        for row in found:
            _remove(row, proposal, by=by)
    return bool(found)


def ask(proposal: Proposal, email: str, *, address: str, locale: str = "es") -> None:
    """Mail a guest the link that confirms a support. ``address`` is the IP.

    Nothing tells the asker whether that address supports already, or has an account. Raises `Conflict`, `StageClosed`,
    and `TooMany`, counted before anything is looked up.
    """
    typed = clean(email).casefold()
    limits.hit(FROM_NETWORK, address)
    with transaction():
        _lock(proposal)
        conversation.require_open(proposal, stages_of(proposal.plan_id))
        within = limits.take(FOR_ONE, f"{proposal.folio} {typed}") and limits.take(TO_ADDRESS, typed)
        if within:
            _write_to(proposal, typed, locale)
    if not within:
        raise limits.refusal(FOR_ONE, _asked_often)


def _asked_often(minutes: int) -> Text:
    words: Text = lazy_ngettext(
        "Ya pidió varias veces este correo. Revise su buzón, o espere %(num)s minuto.",
        "Ya pidió varias veces este correo. Revise su buzón, o espere %(num)s minutos.",
        minutes,
    )
    return words


def _write_to(proposal: Proposal, typed: str, locale: str) -> None:
    """A new link for the address's row; what it does (confirm, or take back) depends on the row when it is opened."""
    account = db.session.scalar(sa.select(User.id).where(User.email == typed, User.email_confirmed_at.is_not(None)))
    row = _one(proposal, Support.user_id == account) if account else None
    row = row or _one(proposal, Support.person_key == supporter_key(typed))
    if row is None:
        row = Support(proposal_id=proposal.id, person_key=supporter_key(typed), user_id=account)
        db.session.add(row)
    token = tokens.new_token()
    row.token_hash = tokens.token_hash(token)
    if row.confirmed_at is None:
        row.created_at = clock.now()
    outbox.enqueue(
        "support_counted" if row.confirmed_at else "support_confirm",
        to=typed,
        locale=locale,
        folio=proposal.folio,
        title=proposal.title,
        link=mail.url_of(f"/apoyos/{token}"),
        hours=LINK_HOURS,
    )


def look_at_link(token: str) -> tuple[Proposal, bool]:
    """The proposal of a link and whether the support is counted. Raises `NotFound`, and `Gone` where it is too old."""
    row = _of(token)
    return db.session.get_one(Proposal, row.proposal_id), row.confirmed_at is not None


def _of(token: str) -> Support:
    row = db.session.scalar(sa.select(Support).where(Support.token_hash == tokens.token_hash(token)))
    if row is None:
        raise NotFound(_l("Este enlace ya se usó o no es válido. Cópielo entero del último correo, o pida otro."))
    if row.confirmed_at is None and clock.now() - row.created_at > timedelta(hours=LINK_HOURS):
        raise Gone(_l("Este enlace venció. Pida otro en la página de la propuesta."))
    return row


def confirm(token: str, *, by: Principal) -> tuple[Proposal, bool]:
    """Count the support of the link's address, once; False where it counted already.

    The link is the right to do it, whoever ``by`` is. Raises as `look_at_link`, `Conflict` and `StageClosed`.
    """
    with transaction():
        proposal = _locked_of(token)
        row = _of(token)
        if row.confirmed_at is not None:
            return proposal, False
        conversation.require_open(proposal, stages_of(proposal.plan_id))
        _confirm(row, proposal, by=by)
    return proposal, True


def take_back_by_link(token: str, *, by: Principal) -> Proposal:
    """Take back the support of the link's address, at any time. Raises as `look_at_link`."""
    with transaction():
        proposal = _locked_of(token)
        _remove(_of(token), proposal, by=by)
    return proposal


def _locked_of(token: str) -> Proposal:
    """The proposal, locked before the row is read for good: what another press did meanwhile is seen."""
    row = _of(token)
    proposal = db.session.get_one(Proposal, row.proposal_id)
    _lock(proposal)
    db.session.expire(row)
    return proposal


def forget_unconfirmed() -> int:
    """Delete what nobody confirmed within `FORGOTTEN_DAYS`; how many rows went."""
    old = sa.and_(Support.confirmed_at.is_(None), Support.created_at < clock.now() - timedelta(days=FORGOTTEN_DAYS))
    with transaction():
        done = db.session.execute(sa.delete(Support).where(old))
    return int(done.rowcount)  # type: ignore[attr-defined]


def hide_totals(plan: Plan, until: date | None, *, by: Principal) -> None:
    """Tell nobody how many support what until that day, included; None tells at once."""
    authorize(by, Permission.PLAN_RESCHEDULE, plan)
    with transaction():
        plan.supports_hidden_until = until
        audit.record("plan.hide_supports", plan, by=by)
