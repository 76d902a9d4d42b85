"""A third look at a sheet that two people keyed differently."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core import audit, clock
from intake.core.addresses import email_of, phone_of
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import transaction
from intake.extensions import db
from intake.reception import mail, queries, sheets, writing
from intake.reception.inputs import ContactInput, ProposalInput
from intake.reception.queries import desk
from intake.reception.services.keying import handed_in
from intake.reception.services.moves import stages_of
from intake.reception.services.paper import held
from models import ProposalVersion
from models.enums import Branch, ProposalStatus, ProposerKind, PublicName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.core.identity import Principal
    from models import Proposal, Sheet

_SHAPES = {
    "contact_email": (email_of, _l("Escriba un correo como nombre@ejemplo.org.")),
    "contact_phone": (phone_of, _l("Ese número no parece correcto. Escríbalo como 099 123 4567.")),
}
_UNREAD = frozenset({ProposalStatus.HELD, ProposalStatus.SUBMITTED})
#: Fields that are told of a paper and are not in the text of its proposal.
_BESIDE_TEXT = sheets.CONTACT | {"dated_on"}
FIRST, SECOND = "first", "second"
#: Fields of a keying that hold a code, by name.
CODED = {"branch": Branch, "proposer_kind": ProposerKind, "public_name": PublicName}


def settle(sheet: Sheet, chosen: Mapping[str, str], *, by: Principal) -> bool:
    """Decide each field in which two keyings differ; whether the proposal's text was put right.

    ``chosen`` maps each field to "first", "second", or for `sheets.WORDS` to "=" and the words that stand on the sheet.
    The text changes only while nobody has examined it and its author has not corrected it, how to reach the author at
    any time: later mail goes there, and the receipt where nobody has examined it. Raises `Conflict` where nothing is
    open, `Invalid` on a field that was not decided or a day on which nothing was received, `Forbidden` to either of the
    two who keyed it.
    """
    with transaction():
        held(sheet)
        authorize(by, Permission.SHEET_SETTLE, sheet)
        if not sheet.difference_count or sheet.settled_at is not None:
            raise Conflict(_l("Esta hoja no tiene diferencias por resolver."))
        first = desk.first_keying(sheet)
        second = sheet.second or {}
        right = {name: _right(name, chosen.get(name, ""), first, second) for name in sheet.differences or []}
        wrong = {n: v for n, v in right.items() if sheets.same_form(v) != sheets.same_form(first.get(n, ""))}
        changed = _put_right(sheet, wrong, by)
        sheet.wrong_count, sheet.settled_at, sheet.settled_by_id = len(wrong), clock.now(), by.user_id
        sheet.second = {n: v for n, v in (sheet.second or {}).items() if n not in sheets.CONTACT} or None
        audit.record("sheet.settle", sheet, by=by, extra={"wrong": list(wrong), "changed": changed})
    return changed


def _right(name: str, choice: str, first: Mapping[str, str], second: Mapping[str, str]) -> str:
    if choice == FIRST:
        return first.get(name, "")
    if choice == SECOND:
        return second.get(name, "")
    if choice.startswith("=") and name in sheets.WORDS and clean(choice[1:]):
        return _told(name, clean(choice[1:]))
    raise Invalid(_l("Elija qué dice la hoja."), field=name)


def _told(name: str, words: str) -> str:
    """What a third person read, in the form in which the first keying is kept."""
    if name not in _SHAPES:
        return words
    shape, refusal = _SHAPES[name]
    found = shape(words)
    if found is None:
        raise Invalid(refusal, field=name)
    return found


def _put_right(sheet: Sheet, wrong: Mapping[str, str], by: Principal) -> bool:
    """Change what the first person had wrong; whether that was the text, which then has a version.

    Not the text once it is examined, nor over what its author wrote since: then only how to reach the author.
    """
    proposal = queries.by_folio(sheet.folio)
    db.session.refresh(proposal, ["status", "lock_version"], with_for_update=True)
    is_as_keyed = _is_as_keyed(proposal)
    put = {n: v for n, v in wrong.items() if is_as_keyed or n in sheets.CONTACT}
    if not put:
        return False
    address, before = queries.author_of(proposal).email, writing.content(proposal)
    if put.keys() - _BESIDE_TEXT:
        writing.write(proposal, _corrected(proposal, put))
    _contact_right(proposal, put)
    if "dated_on" in put:
        _date_right(sheet, proposal, put["dated_on"])
    writing.require_complete(proposal)
    is_changed = writing.content(proposal) != before
    if is_changed:
        _keep_version(proposal)
    audit.record("proposal.correct_keying", proposal, by=by, extra={"fields": list(put)})
    _send_receipt_again(proposal, address, by)
    return is_changed


def _date_right(sheet: Sheet, proposal: Proposal, day: str) -> None:
    """The day that stands on the sheet, on which the proposal was handed in. Raises `Invalid` as `keying.handed_in`."""
    sheet.dated_on = date.fromisoformat(day)
    proposal.submitted_at = handed_in(proposal.plan_id, sheet.dated_on, sheet.packet.event)


def _is_as_keyed(proposal: Proposal) -> bool:
    """Whether nobody has examined it and its author has not corrected it."""
    versions = db.session.scalar(
        sa.select(sa.func.count(ProposalVersion.id)).where(ProposalVersion.proposal_id == proposal.id)
    )
    return proposal.status is ProposalStatus.SUBMITTED and versions == 1


def _keep_version(proposal: Proposal) -> None:
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=2,
            content=writing.content(proposal),
            edited_at=proposal.updated_at,
            edited_by_author=False,
        )
    )


def _send_receipt_again(proposal: Proposal, before: str | None, by: Principal) -> None:
    """The receipt went to an address that was keyed wrongly, or to none: it goes to the one on the sheet.

    Not once it is examined: the receipt says that somebody will read it.
    """
    if proposal.status not in _UNREAD or queries.author_of(proposal).email in {None, before}:
        return
    mail.tell_author(proposal, "submit", reason="", stages=stages_of(proposal.plan_id))
    audit.record("proposal.send_receipt", proposal, by=by)


def _corrected(proposal: Proposal, wrong: Mapping[str, str]) -> ProposalInput:
    """The proposal as it stands, with what was wrong replaced."""
    kept = ProposalInput(
        **{name: getattr(proposal, name) for name in writing.TEXTS},
        theme_code=proposal.theme.code if proposal.theme else None,
        territory_code=proposal.territory.code if proposal.territory else None,
        approaches=tuple(a.approach for a in proposal.approaches),
        branch=proposal.branch,
        proposer_kind=proposal.proposer_kind,
        public_name=proposal.public_name,
        organisation_name=proposal.organisation_name,
        language=proposal.language,
    )
    names = {"theme": "theme_code", "territory": "territory_code"}
    changes: dict[str, Any] = {
        names.get(n, n): (CODED[n](v) if v else None) if n in CODED else v
        for n, v in wrong.items()
        if n not in _BESIDE_TEXT
    }
    return dataclasses.replace(kept, **changes)


def _contact_right(proposal: Proposal, wrong: Mapping[str, str]) -> None:
    """Who proposes, as the sheet says with its consent; nothing is kept where nothing stands."""
    if not sheets.CONTACT & wrong.keys():
        return
    kept = proposal.contact
    told = {name: (getattr(kept, name) if kept else None) for name in ("name", "email", "phone")}
    told |= {n.removeprefix("contact_"): wrong[n] or None for n in sheets.CONTACT & wrong.keys()}
    told["phone"] = phone_of(told["phone"] or "")
    writing.keep_contact(proposal, ContactInput(**told, consent=True))
