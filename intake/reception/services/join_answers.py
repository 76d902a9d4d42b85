"""What authors answer, and what follows: joined, linked, or undone again. Nothing that was written is ever lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.core import audit, clock
from intake.core.errors import Conflict, Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.identity import SYSTEM
from intake.core.permissions import Permission, authorize
from intake.core.transaction import flush, transaction
from intake.extensions import db
from intake.reception import families
from intake.reception import mail as letters
from intake.reception.queries import joining as reading
from intake.reception.queries import unions
from intake.reception.services import family_authors, lead_text
from intake.reception.services.asking import words_of
from intake.reception.services.drafts import holding
from intake.reception.services.joining import REQUEST, forget_reminder, lock_all
from intake.reception.services.moves import fire
from models.enums import JoinStatus
from models.enums import ProposalStatus as S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intake.core.identity import Principal
    from models import JoinRequest, Proposal

#: Moves that undo a joining, by the state to which the proposal goes back: the team's, and the author's own.
UNDO = {S.SUBMITTED: "separate", S.ADMITTED: "separate_admitted"}
LEAVE = {S.SUBMITTED: "leave", S.ADMITTED: "leave_admitted"}
TOO_FEW = "Menos de dos autores unieron sus propuestas, así que no hay propuesta colectiva."


def answer(request: JoinRequest, said: JoinStatus, nuance: str = "", *, by: Principal) -> None:
    """An author's answer, once, until the last day. ``request`` as `reading.request_of` loads it.

    Whoever says yes is joined at once. When the last one has answered and fewer than two said yes, there is no
    collective proposal and all goes back. Raises `Invalid` (``nuance``), and `Conflict` where nothing is awaited.
    """
    proposal, collective = request.proposal, request.collective
    authorize(by, Permission.PROPOSAL_EDIT, proposal)
    if said not in families.ANSWERS:
        raise Invalid(_l("Elija una respuesta."), field="answer")
    words = ""
    if said is JoinStatus.NUANCED:
        words = words_of(nuance, families.NUANCE_WORDS, empty=_l("Escriba su matiz."), field="nuance")
    with transaction():
        hold(request.collective)
        _check_awaited(request)
        request.status, request.nuance, request.answered_at = said, words, clock.now()
        request.joined_from = proposal.status if said in families.JOINING else None
        facts = {"collective": collective.folio}
        audit.record("join_request.answer", request, by=by, reference=proposal.folio, extra=facts)
        forget_reminder(request)
        if said in families.JOINING:
            _join(request, by=by)
        _close_if_too_few(collective)


def hold(collective: Proposal) -> Sequence[JoinRequest]:
    """Take hold of a whole family, the collective proposal first: whoever comes second finds what the first one did."""
    lock_all([collective])
    found = [part.request for part in reading.parts(collective)]
    lock_all([request.proposal for request in found])
    for request in found:
        db.session.refresh(request, REQUEST)
    return found


def _check_awaited(request: JoinRequest) -> None:
    standing = families.standing(request)
    if standing is JoinStatus.SILENT:
        raise Conflict(_l("El plazo para responder terminó. Su propuesta sigue por separado, enlazada."))
    if standing is not JoinStatus.ASKED:
        raise Conflict(_l("Esta pregunta ya no espera respuesta."))
    if request.collective.status not in families.FORMING or request.proposal.status not in families.JOINABLE:
        raise Conflict(_l("La unión ya no es posible: una de las propuestas siguió su camino."))


def _join(request: JoinRequest, *, by: Principal) -> None:
    proposal, collective = request.proposal, request.collective
    proposal.joined_to_id = collective.id  # with the state, or the database refuses
    fire(proposal, "join", by=by, collective=collective.folio)
    family_authors.renew(collective)
    letters.write_to_author(
        proposal,
        "join_done",
        dedupe_key=f"join:{request.id}:done:{proposal.lock_version}",
        collective=collective.folio,
        collective_title=collective.title,
        collective_page=f"/propuestas/{collective.folio}",
        nuance=request.nuance,
    )


def separate(request: JoinRequest, *, reason: str, by: Principal) -> None:
    """Undo the joining of one proposal, with the reason; its author is told. Fewer than two left: all is undone.

    Raises `Invalid` (``reason``), and `Conflict` where it is not joined or the collective one has its answer.
    """
    authorize(by, Permission.PROPOSAL_JOIN)
    _part(request, UNDO, reason=reason, by=by)


def leave(request: JoinRequest, *, reason: str, by: Principal) -> None:
    """An author takes the consent back. As `separate`."""
    authorize(by, Permission.PROPOSAL_WITHDRAW, request.proposal)
    _part(request, LEAVE, reason=reason, by=by)


def _part(request: JoinRequest, moves: dict[S, str], *, reason: str, by: Principal) -> None:
    why = words_of(reason, families.WHY_WORDS, empty=_l("Escriba el motivo."), field="reason")
    with transaction():
        hold(request.collective)
        _check_undoable(request.collective)
        if not families.is_joined(request):
            raise Conflict(_l("Esta propuesta ya no está unida."))
        _undo(request, moves, reason=why, by=by)
        family_authors.renew(request.collective)
        _close_if_too_few(request.collective)
        lead_text.tell_leaders(request, reason=why, by=by)


def _check_undoable(collective: Proposal) -> None:
    if collective.status not in families.UNDOABLE:
        raise Conflict(_l("La propuesta colectiva ya tiene su respuesta y la unión no se puede deshacer."))


def _undo(request: JoinRequest, moves: dict[S, str], *, reason: str, by: Principal) -> None:
    """Back to the state it came from, as if it had never been joined but for the trace."""
    proposal, before = request.proposal, request.joined_from or S.SUBMITTED
    request.status, request.undone_at, request.joined_from = JoinStatus.UNDONE, clock.now(), None
    audit.record("join_request.undo", request, by=by, reason=reason, reference=proposal.folio)
    proposal.joined_to_id = None
    fire(proposal, moves[before], by=by, reason=reason)
    if moves is UNDO:
        _tell_apart(request, reason)


def _tell_apart(request: JoinRequest, reason: str) -> None:
    letters.write_to_author(
        request.proposal,
        "join_undone",
        dedupe_key=f"join:{request.id}:undone:{int(clock.now().timestamp())}",
        collective=request.collective.folio,
        collective_page=f"/propuestas/{request.collective.folio}",
        reason=reason,
    )


def dissolve(collective: Proposal, *, reason: str, by: Principal) -> None:
    """Undo the whole: every part goes back, open questions are closed, the collective one is withdrawn with the reason.

    Raises `Invalid` (``reason``), and `Conflict` once it has its answer.
    """
    authorize(by, Permission.PROPOSAL_JOIN)
    why = words_of(reason, families.WHY_WORDS, empty=_l("Escriba el motivo."), field="reason")
    with transaction():
        found = hold(collective)
        _check_undoable(collective)
        _dissolve(collective, found, reason=why, by=by)


def _dissolve(collective: Proposal, found: Sequence[JoinRequest], *, reason: str, by: Principal) -> None:
    for request in found:
        if families.is_joined(request):
            _undo(request, UNDO, reason=reason, by=by)
        elif request.status is JoinStatus.ASKED:
            _close(request, reason=reason, by=by)
    family_authors.renew(collective)
    fire(collective, "withdraw", by=holding(by, collective), reason=reason)


def _close(request: JoinRequest, *, reason: str, by: Principal) -> None:
    """Nothing is awaited any more; who could still have answered is told, who was silent stays silent."""
    was_awaited = families.is_awaited(request)
    request.status = JoinStatus.UNDONE if was_awaited else JoinStatus.SILENT
    request.undone_at = clock.now() if was_awaited else None
    audit.record("join_request.close", request, by=by, reason=reason, reference=request.proposal.folio)
    forget_reminder(request)
    if was_awaited:
        _tell_apart(request, reason)


def _close_if_too_few(collective: Proposal) -> None:
    """Once nobody can join any more: two are the least. The family is held already."""
    flush()
    found = [part.request for part in reading.parts(collective)]
    left = sum(families.is_joined(r) or families.is_awaited(r) for r in found)
    if left < families.LEAST_PARTS and collective.status in families.UNDOABLE:
        _dissolve(collective, found, reason=TOO_FEW, by=SYSTEM)


def close_lapsed() -> int:
    """Withdraw the collective proposals whose days are over with fewer than two parts; how many there were."""
    number = 0
    for collective in unions.lapsed():
        with transaction():
            found = hold(collective)
            if collective.status in families.FORMING and not any(families.is_awaited(r) for r in found):
                _dissolve(collective, found, reason=TOO_FEW, by=SYSTEM)
                number += 1
    return number


def close_for_withdrawn(proposal: Proposal, reason: str) -> None:
    """Its author took the proposal back while being asked: nothing is awaited of them any more.

    The collective one is not touched here, whose lock comes before that of its parts: `close_lapsed` sees to it.
    """
    for request in reading.asked_of(proposal):
        if families.is_awaited(request):
            request.status, request.undone_at = JoinStatus.UNDONE, clock.now()
            audit.record("join_request.close", request, by=SYSTEM, reason=reason, reference=proposal.folio)
            forget_reminder(request)
            lead_text.tell_leaders(request, reason=reason, by=SYSTEM)
