"""A lost claim code: another one is made by who can read the mail of the address that was left with the proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.accounts import links
from intake.core import audit, limits, mail, outbox
from intake.core.errors import NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import lazy_ngettext
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import queries
from intake.reception.inputs import Receipt
from intake.reception.services.codes import new_code
from models import Proposal
from models.enums import ProposalStatus, TokenPurpose

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal
    from models import OneTimeToken

#: Askings from one network address, and for one folio with one address: as many mails may reach a mailbox in an hour.
FROM_ADDRESS = limits.Limit("lost_code_address", times=20, minutes=60)
FOR_ONE = limits.Limit("lost_code", times=3, minutes=60)


def ask_for_code(folio: str, email: str, *, address: str) -> None:
    """Mail a link that makes another code, if ``email`` is the one left with the proposal.

    Nothing tells the asker whether it was: no answer, and one commit either way. ``address`` is the IP. Raises
    `TooMany`, counted before anything is looked up.
    """
    folio, typed = folio.upper(), _same_form(email)
    limits.hit(FROM_ADDRESS, address)
    with transaction():
        if within := limits.take(FOR_ONE, f"{folio} {typed}"):
            _send(folio, typed)
    if not within:
        raise limits.refusal(FOR_ONE, _asked_often)


def _asked_often(minutes: int) -> Text:
    words: Text = lazy_ngettext(
        "Ya pidió varias veces el código de esta propuesta. Revise su correo, o espere %(num)s minuto.",
        "Ya pidió varias veces el código de esta propuesta. Revise su correo, o espere %(num)s minutos.",
        minutes,
    )
    return words


def _same_form(email: str | None) -> str:
    return clean(email).casefold()


def _send(folio: str, typed: str) -> None:
    proposal = _submitted(Proposal.folio == folio)
    reader = queries.author_of(proposal) if proposal is not None else None
    if proposal is None or reader is None or reader.email is None or _same_form(reader.email) != typed:
        return
    about: dict[str, Any] = {"folio": proposal.folio, "title": proposal.title}
    if proposal.author_id is not None:  # the account is the key: its own links open it
        outbox.enqueue(
            "claim_code_account",
            to=reader.email,
            locale=reader.locale,
            sign_in_url=mail.url_of("/cuenta/entrar/enlace"),
            **about,
        )
        return
    links.void(TokenPurpose.CLAIM_CODE, reader.email, proposal_id=proposal.id)
    issued = links.issue(TokenPurpose.CLAIM_CODE, reader.email, proposal_id=proposal.id)
    outbox.enqueue(
        "claim_code",
        to=reader.email,
        locale=reader.locale,
        link=mail.url_of(f"/seguimiento/codigo/{issued.token}"),
        minutes=links.MINUTES,
        **about,
    )


def _submitted(condition: sa.ColumnElement[bool]) -> Proposal | None:
    return db.session.scalar(sa.select(Proposal).where(condition, Proposal.status != ProposalStatus.DRAFT))


def look_at_link(token: str) -> Proposal:
    """The proposal whose code the link renews. Raises `NotFound` for an unknown link, `Gone` for a used or old one."""
    return _of(links.look(TokenPurpose.CLAIM_CODE, token))


def _of(row: OneTimeToken) -> Proposal:
    """The link's proposal, as long as its author is still written to where the link went."""
    found = _submitted(Proposal.id == row.proposal_id)
    if found is None or _same_form(queries.author_of(found).email) != _same_form(row.email):
        raise NotFound(_l("Este enlace no es válido. Cópielo entero del correo, o pida otro."))
    return found


def renew_code(token: str, *, by: Principal) -> Receipt:
    """Use up the link and give the proposal another code; the former one opens nothing any more.

    The link is the right to do it, whoever ``by`` is. Raises as `look_at_link`.
    """
    code = new_code()
    with transaction():
        row = links.look(TokenPurpose.CLAIM_CODE, token)
        proposal = _of(row)
        links.consume(row)
        folio, proposal.claim_code_hash = proposal.folio or "", code.kept
        audit.record("proposal.renew_code", proposal, by=by)
    return Receipt(folio, code.told)
