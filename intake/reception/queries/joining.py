"""Reading families: the parts of a collective proposal, what their authors said, and who is to be written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core import tokens
from intake.core.errors import Conflict, NotFound
from intake.core.i18n import lazy_gettext as _l
from intake.extensions import db
from intake.reception import families
from intake.reception.queries.one import Reader, author_of
from models import CoAuthor, JoinRequest, Plan, Proposal, ProposalContact, ProposalVersion, User
from models.enums import ProposalKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from intake.core.i18n import Text

#: What is shown of the other proposal of a question.
_SHOWN = (Proposal.folio, Proposal.title, Proposal.language, Proposal.status, Proposal.kind, Proposal.submitted_at)


class Part(NamedTuple):
    """A question with the proposal it is about; ``changed_at``: when its text last changed after it was asked."""

    request: JoinRequest
    proposal: Proposal
    changed_at: datetime | None


@dataclass(frozen=True)
class Family:
    """The two sides on which a proposal may stand: the parts it asks for, and those that asked for it, oldest first."""

    parts: tuple[Part, ...] = ()
    asked: tuple[JoinRequest, ...] = ()

    @property
    def joined(self) -> tuple[Part, ...]:
        """The parts whose authors said yes."""
        return tuple(part for part in self.parts if families.is_joined(part.request))

    @property
    def awaited(self) -> tuple[Part, ...]:
        """The parts whose authors may still answer."""
        return tuple(part for part in self.parts if families.is_awaited(part.request))

    @property
    def apart(self) -> tuple[Part, ...]:
        """The parts that go on by themselves, linked: their authors said no or nothing."""
        return tuple(part for part in self.parts if families.standing(part.request) in families.APART)

    @property
    def former(self) -> tuple[Part, ...]:
        """The parts whose authors had said yes and that were taken out again."""
        return tuple(part for part in self.parts if families.was_joined(part.request))

    @property
    def questions(self) -> tuple[JoinRequest, ...]:
        """Every question of both sides."""
        return (*(part.request for part in self.parts), *self.asked)

    @property
    def open_question(self) -> JoinRequest | None:
        """The question that waits for the answer of this proposal's author."""
        return next((r for r in self.asked if families.is_awaited(r)), None)

    @property
    def is_linked_to(self) -> tuple[JoinRequest, ...]:
        """The questions after which both went on apart."""
        return tuple(r for r in self.asked if families.standing(r) in families.APART)


NO_FAMILY = Family()


def family(proposal: Proposal) -> Family:
    """Both sides of a proposal. One statement: a collective one is never part of another."""
    if proposal.kind is ProposalKind.COLLECTIVE:
        return gathering(parts(proposal))
    return Family(asked=tuple(asked_of(proposal)))


def gathering(found: Iterable[Part]) -> Family:
    """The family of these parts, without those that were set aside since they were asked: nobody may read them."""
    return Family(parts=tuple(part for part in found if part.proposal.is_public))


def require_ready(proposal: Proposal) -> None:
    """Raise `Conflict` for a collective proposal whose authors may still answer, or that is fewer than two.

    No or one statement.
    """
    if (why := why_not_ready(proposal)) is not None:
        raise Conflict(why)


def why_not_ready(proposal: Proposal) -> Text | None:
    """Why a collective proposal can neither be examined nor asked anything yet; None of any other.

    No or one statement.
    """
    if proposal.kind is not ProposalKind.COLLECTIVE:
        return None
    found, words = family(proposal), None
    if found.awaited:
        words = _l("Sus autores todavía pueden responder. Se examina cuando respondan o termine su plazo.")
    elif len(found.joined) < families.LEAST_PARTS:
        words = _l("No reunió dos propuestas: no hay nada que examinar. Ciérrela en la página de la unión.")
    return words


def parts(collective: Proposal) -> list[Part]:
    """The proposals that were asked, in their order, also those set aside since (`gathering`). One statement."""
    changed = (
        sa.select(sa.func.max(ProposalVersion.edited_at))
        .where(ProposalVersion.proposal_id == JoinRequest.proposal_id, ProposalVersion.edited_at > JoinRequest.asked_at)
        .correlate(JoinRequest)
        .scalar_subquery()
    )
    query = (
        sa.select(JoinRequest, changed)
        .where(JoinRequest.collective_id == collective.id)
        .options(joinedload(JoinRequest.proposal).load_only(*_SHOWN))
        .order_by(JoinRequest.position)
    )
    return [Part(request, request.proposal, at) for request, at in db.session.execute(query)]


def asked_of(proposal: Proposal) -> Sequence[JoinRequest]:
    """What its author was asked, oldest first, each with its collective proposal. One statement."""
    query = (
        sa.select(JoinRequest)
        .where(JoinRequest.proposal_id == proposal.id)
        .options(joinedload(JoinRequest.collective).load_only(*_SHOWN))
    )
    return db.session.scalars(query.order_by(JoinRequest.asked_at, JoinRequest.id)).all()


def folio_by_token(token: str) -> tuple[int, str]:
    """The id of the question that a link opens, and the folio of its proposal. One statement; `NotFound`."""
    query = (
        sa.select(JoinRequest.id, Proposal.folio)
        .join(Proposal, Proposal.id == JoinRequest.proposal_id)
        .where(JoinRequest.token_hash == tokens.token_hash(token))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_l("Este enlace no es válido. Cópielo entero del último correo que recibió."))
    return found[0], str(found[1])


def request_of(request_id: int) -> JoinRequest:
    """A question with both proposals whole. One statement."""
    query = (
        sa.select(JoinRequest)
        .where(JoinRequest.id == request_id)
        .options(joinedload(JoinRequest.proposal), joinedload(JoinRequest.collective))
    )
    return db.session.scalars(query).one()


def request_between(collective: Proposal, folio: str) -> JoinRequest:
    """The question to a proposal about joining this collective one. One statement; `NotFound`."""
    query = (
        sa.select(JoinRequest)
        .join(Proposal, Proposal.id == JoinRequest.proposal_id)
        .where(JoinRequest.collective_id == collective.id, Proposal.folio == folio.upper())
        .options(joinedload(JoinRequest.proposal), joinedload(JoinRequest.collective))
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("A quien presentó esa propuesta no se le preguntó por esta unión."))
    return found


def co_authors(proposal: Proposal) -> Sequence[CoAuthor]:
    """Who made it beside its author, in their order. One statement."""
    query = sa.select(CoAuthor).where(CoAuthor.proposal_id == proposal.id).order_by(CoAuthor.position, CoAuthor.id)
    return db.session.scalars(query).all()


class Told(NamedTuple):
    """Somebody who is told what becomes of a proposal, and through which of its parts (None: it is their own)."""

    reader: Reader
    part_id: int | None = None
    folio: str | None = None
    title: str = ""


def told_of(proposal: Proposal) -> list[Told]:
    """Everybody who is answered: of a collective proposal the authors of all its parts, each once. One statement."""
    if proposal.kind is not ProposalKind.COLLECTIVE:
        return [Told(author_of(proposal))]
    query = (
        sa.select(Proposal.id, Proposal.folio, Proposal.title, Proposal.language)
        .add_columns(User.email, User.locale, ProposalContact.email)
        .join(JoinRequest, JoinRequest.proposal_id == Proposal.id)
        .outerjoin(User, User.id == Proposal.author_id)
        .outerjoin(ProposalContact, ProposalContact.proposal_id == Proposal.id)
        .where(JoinRequest.collective_id == proposal.id, JoinRequest.status.in_(families.JOINING))
        .order_by(JoinRequest.position)
    )
    found: dict[str, Told] = {}
    for key, folio, title, language, account, locale, contact in db.session.execute(query):
        if address := account or contact:
            found.setdefault(address.casefold(), Told(Reader(address, locale or language), key, folio, title))
    return list(found.values())


def whole(proposal_id: int) -> Proposal:
    """A proposal with its plan and stages, for its story. One or two statements."""
    plan = joinedload(Proposal.plan)
    query = sa.select(Proposal).where(Proposal.id == proposal_id).options(plan, plan.selectinload(Plan.stages))
    return db.session.scalars(query).unique().one()
