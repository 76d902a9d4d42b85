"""Proposing together: the author names people, each is asked by mail, and answers with the link of that mail alone.

Nobody is written to before the proposal is received and shown: a draft, or what is set aside, could be anybody's joke.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from intake.core import audit, clock, limits, mail, outbox, tokens
from intake.core.addresses import email_of
from intake.core.errors import Conflict, Invalid, TooMany
from intake.core.i18n import lazy_gettext as _l
from intake.core.permissions import Permission, authorize
from intake.core.text import clean
from intake.core.transaction import in_savepoint, transaction
from intake.extensions import db
from intake.reception import queries
from intake.reception.mail import write_to_author
from intake.reception.queries import attached as reading
from models import CoAuthor, Proposal
from models.enums import CoAuthorStatus, ProposalStatus

if TYPE_CHECKING:
    from intake.core.i18n import Text
    from intake.core.identity import Principal

MOST_PEOPLE = 8
NAME_CHARACTERS = 120
#: Mails that somebody may cause to people who never asked for them: from one network, for one proposal, to one mailbox,
#: and to one person about one proposal.
FROM_NETWORK = limits.Limit("coauthor_network", times=20, minutes=24 * 60)
FOR_ONE = limits.Limit("coauthor_proposal", times=12, minutes=24 * 60)
TO_ADDRESS = limits.Limit("coauthor_mailbox", times=5, minutes=24 * 60)
TO_PERSON = limits.Limit("coauthor_person", times=2, minutes=24 * 60)
#: News to the author of one person's changes of mind.
OF_ANSWERS = limits.Limit("coauthor_answer", times=6, minutes=24 * 60)
#: While its decision is open, people may join in; afterwards the names are those that were decided about.
OPEN = frozenset(
    {
        ProposalStatus.SUBMITTED,
        ProposalStatus.REFUSAL_PROPOSED,
        ProposalStatus.ADMITTED,
        ProposalStatus.IN_EVALUATION,
        ProposalStatus.EVALUATED,
    }
)
#: What a name has that is meant to lead the reader of our mail elsewhere.
_ADDRESS = re.compile(r"://|www\.|@|\b[\w-]+\.(?:com|net|org|info|io|ec|xyz|top|ru|cn)\b", re.IGNORECASE)
_WRITABLE = OPEN | {ProposalStatus.DRAFT, ProposalStatus.HELD}
#: Read again under a lock: the author and who was invited may act at the same moment.
_NOW = ["status", "folio", "author_id", "lock_version"]


def invite(proposal: Proposal, name: str, email: str, *, by: Principal, address: str = "") -> CoAuthor:
    """Name somebody, after those named before; asked by mail at once where the proposal is received already.

    ``address``: the author's network address. Raises `Invalid` (``person_name``, ``person_email``), `Conflict`.
    """
    called, written = _name_of(name), email_of(clean(email))
    if not called:
        raise Invalid(_l("Escriba el nombre de la persona."), field="person_name")
    if _ADDRESS.search(called):
        raise Invalid(_l("Escriba solo el nombre, sin direcciones de páginas ni de correo."), field="person_name")
    if written is None or len(written) > 254:
        raise Invalid(_l("Escriba su correo como nombre@ejemplo.org: allí le preguntaremos."), field="person_email")
    with transaction():
        _take(proposal, by)
        kept = reading.people_of(proposal)
        _refuse_wrong(proposal, written, [row.email for row in kept])
        row = CoAuthor(
            proposal_id=proposal.id,
            position=_next_position(proposal),
            name=called,
            email=written,
            invited_at=clock.now(),
        )
        if in_savepoint(lambda: db.session.add(row)) is not None:  # by another window, or joined with its proposal
            raise Invalid(_l("Esa persona ya está en la lista."), field="person_email")
        audit.record("co_author.invite", row, by=by, reference=proposal.folio)
        if proposal.status in OPEN and not _ask(proposal, row, address):
            raise Invalid(_too_many(), field="person_email")
    return row


def _name_of(typed: str) -> str:
    """The name on one line: it stands in the greeting of a mail, which is no place for a text of somebody's own."""
    return " ".join(clean(typed).split())[:NAME_CHARACTERS].strip()


def _take(proposal: Proposal, by: Principal) -> None:
    db.session.refresh(proposal, _NOW, with_for_update=True)
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    if proposal.status not in _WRITABLE:
        raise Conflict(_l("Esta propuesta ya tiene respuesta: no se le pueden sumar más personas."))


def _refuse_wrong(proposal: Proposal, email: str, kept: list[str | None]) -> None:
    if email in kept:
        raise Invalid(_l("Esa persona ya está en la lista."), field="person_email")
    own = queries.author_of(proposal).email
    if own is not None and own.casefold() == email:
        raise Invalid(_l("Ese es su propio correo: usted ya es quien propone."), field="person_email")
    if len(kept) >= MOST_PEOPLE:
        raise Invalid(_l("Puede nombrar hasta %(most)d personas.", most=MOST_PEOPLE), field="person_email")


def _next_position(proposal: Proposal) -> int:
    query = sa.select(sa.func.max(CoAuthor.position)).where(CoAuthor.proposal_id == proposal.id)
    return (db.session.scalar(query) or 0) + 1


def _too_many() -> Text:
    words: Text = _l("Hoy ya se escribió varias veces a esa dirección o desde esta propuesta. Inténtelo mañana.")
    return words


def send_waiting(proposal: Proposal, *, address: str = "") -> None:
    """Ask everybody named in the draft, once it is received and shown. Joins the caller's transaction.

    Whom a limit spares stays named and unasked; the author sees it and may ask again.
    """
    if proposal.status not in OPEN:
        return
    for row in reading.people_of(proposal):
        if row.token_hash is None and row.status is CoAuthorStatus.INVITED:
            _ask(proposal, row, address)


def _ask(proposal: Proposal, row: CoAuthor, address: str) -> bool:
    """Queue the mail with a new link; False where a limit forbids it. The link before it opens nothing any more."""
    email = row.email or ""
    counted = [(TO_PERSON, f"{proposal.id} {email}"), (TO_ADDRESS, email), (FOR_ONE, str(proposal.id))]
    if address:
        counted.append((FROM_NETWORK, address))
    if not all(limits.take(limit, key) for limit, key in counted):
        return False
    token = tokens.new_token()
    row.token_hash, row.invited_at = tokens.token_hash(token), clock.now()
    outbox.enqueue(
        "coauthor_invitation",
        to=email,
        locale=queries.author_of(proposal).locale,
        name=row.name,
        folio=proposal.folio,
        title=proposal.title,
        page=f"/propuestas/{proposal.folio}",
        link=mail.url_of(f"/coautoria/{token}"),
    )
    return True


def ask_again(proposal: Proposal, position: int, *, by: Principal, address: str = "") -> None:
    """Send the invitation again with a new link. Raises `TooMany` beyond the limits, `Conflict` once answered."""
    with transaction():
        _take(proposal, by)
        row = _waiting(proposal, position)
        if proposal.status not in OPEN:
            raise Conflict(_l("La invitación saldrá cuando su propuesta esté publicada."))
        sent = _ask(proposal, row, address)
        if sent:
            audit.record("co_author.ask_again", row, by=by, reference=proposal.folio)
    if not sent:
        raise TooMany(_too_many(), retry_after_seconds=limits.seconds_left(TO_PERSON))


def take_back(proposal: Proposal, position: int, *, by: Principal) -> bool:
    """Forget an invitation that waits for its answer; its link opens nothing any more. False where it was gone.

    Raises `Conflict` once it was answered: who proposes with somebody leaves of their own will.
    """
    with transaction():
        _take(proposal, by)
        if not any(row.position == position for row in reading.people_of(proposal)):
            return False
        row = _waiting(proposal, position)
        audit.record("co_author.take_back", row, by=by, reference=proposal.folio)
        db.session.delete(row)
    return True


def _waiting(proposal: Proposal, position: int) -> CoAuthor:
    row = next((row for row in reading.people_of(proposal) if row.position == position), None)
    if row is None:
        raise Conflict(_l("Esa persona ya no está en la lista."))
    db.session.refresh(row, with_for_update=True)
    if row.status is not CoAuthorStatus.INVITED:
        raise Conflict(_l("Esa persona ya respondió."))
    return row


def look(token: str) -> tuple[CoAuthor, Proposal]:
    """The invitation of a link and its proposal, loaded for a page. Three statements; `NotFound`."""
    row = reading.by_token(token)
    folio = db.session.scalar(sa.select(Proposal.folio).where(Proposal.id == row.proposal_id))
    return row, queries.by_folio(folio or "")


def answer(token: str, *, accepts: bool, name: str, is_named: bool, by: Principal) -> CoAuthor:
    """What the invited person says; the link is the right to say it, whoever ``by`` is. It can be said anew.

    The author is told by mail of the first answer and of changes of mind, `OF_ANSWERS` of them. Raises `NotFound`,
    `Invalid` (``name``) and `Conflict` where nothing can be joined any more; leaving is always possible.
    """
    called = _name_of(name)
    if accepts and not called:
        raise Invalid(_l("Escriba su nombre."), field="name")
    if accepts and _ADDRESS.search(called):
        raise Invalid(_l("Escriba solo el nombre, sin direcciones de páginas ni de correo."), field="name")
    with transaction():
        row, proposal = look(token)
        db.session.refresh(proposal, _NOW, with_for_update=True)  # as the author, who may take the invitation back
        db.session.refresh(row, with_for_update=True)
        if accepts and row.status is not CoAuthorStatus.ACCEPTED and proposal.status not in OPEN:
            raise Conflict(_l("Esta propuesta ya tiene respuesta: no se le pueden sumar más personas."))
        before = row.status
        row.status = CoAuthorStatus.ACCEPTED if accepts else CoAuthorStatus.DECLINED
        row.name, row.is_named = (called, is_named) if accepts else (row.name, False)
        row.answered_at = clock.now()
        row.user_id = by.user_id if accepts and by.user_id != proposal.author_id else None
        action = "co_author.accept" if accepts else "co_author.decline"
        audit.record(action, row, by=by, reference=proposal.folio)
        if row.status is not before and limits.take(OF_ANSWERS, str(row.id)):
            _tell_author(proposal, row, accepts=accepts)
    return row


def _tell_author(proposal: Proposal, row: CoAuthor, *, accepts: bool) -> None:
    write_to_author(
        proposal,
        "coauthor_answer",
        dedupe_key=f"coauthor:{row.id}:{row.answered_at}",
        name=row.name,
        accepts=accepts,
    )
