"""Who may never judge a proposal: its author, under every identity that we know of; of a collective one, who led it.

Asked when a review is assigned and again whenever its page is opened, because posts and accounts change in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from intake.accounts import queries as accounts
from intake.core import clock
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain
from intake.extensions import db
from intake.reception.queries import unions
from models import Actor, CoAuthor, Post, PostHolding, Proposal, ProposalContact, User
from models.enums import CoAuthorStatus, ProposalKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from intake.core.i18n import Text
    from intake.core.identity import Principal

IS_AUTHOR: Text = _l("es quien presentó la propuesta")
SAME_ADDRESS: Text = _l("su correo es el de quien presentó la propuesta")
LEADS_IT: Text = _l("escribió su texto común o preguntó a sus autores")
SAME_ORGANISATION: Text = _l("pertenece a la organización que presentó la propuesta")


@dataclass(frozen=True)
class Authorship:
    """Every trace of who made a proposal. For comparing only: it never reaches a page."""

    author_ids: frozenset[int]
    emails: frozenset[str]
    organisation_ids: frozenset[int]
    organisation_names: frozenset[str]
    leader_ids: frozenset[int] = frozenset()  # of a collective one: who wrote its lead text and asked


@dataclass(frozen=True)
class Identity:
    """A possible reviewer, as far as conflicts go. ``organisations``: names of those they hold a post in today."""

    user_id: int | None
    email: str
    actor_ids: frozenset[int]
    organisations: frozenset[str]


def normal_email(address: str | None) -> str:
    """An address for comparing: small letters, without the ``+label`` that many services ignore."""
    local, at, domain = (address or "").strip().casefold().partition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def reason_against(authorship: Authorship, reviewer: Identity) -> Text | None:
    """Why this person may not review this proposal; None if nothing is known against it."""
    if reviewer.user_id is not None and reviewer.user_id in authorship.author_ids:
        return IS_AUTHOR
    if reviewer.user_id is not None and reviewer.user_id in authorship.leader_ids:
        return LEADS_IT
    if normal_email(reviewer.email) in authorship.emails:
        return SAME_ADDRESS
    if authorship.organisation_ids & reviewer.actor_ids or authorship.organisation_names & reviewer.organisations:
        return SAME_ORGANISATION
    return None


def authorships(proposal_ids: Collection[int]) -> Mapping[int, Authorship]:
    """The authorship of each proposal: of a collective one, that of all its parts and who led it.

    Who was named beside an author and accepted made it too. One statement, two where one is collective.
    """
    part, named = aliased(Proposal), aliased(User)
    query = (
        sa.select(
            Proposal.id,
            part.author_id,
            CoAuthor.user_id,
            part.organisation_id,
            part.organisation_name,
            User.email,
            ProposalContact.email,
            CoAuthor.email,
            named.email,
            Proposal.kind,
        )
        .join(part, sa.or_(part.id == Proposal.id, part.joined_to_id == Proposal.id))
        .outerjoin(User, User.id == part.author_id)
        .outerjoin(ProposalContact, ProposalContact.proposal_id == part.id)
        .outerjoin(CoAuthor, (CoAuthor.proposal_id == part.id) & (CoAuthor.status == CoAuthorStatus.ACCEPTED))
        .outerjoin(named, named.id == CoAuthor.user_id)
        .where(Proposal.id.in_(proposal_ids))
    )
    found: dict[int, list[Any]] = {key: [] for key in proposal_ids}
    for row in db.session.execute(query):
        found[row[0]].append(row[1:])
    collective = [key for key, rows in found.items() if any(row[-1] is ProposalKind.COLLECTIVE for row in rows)]
    leaders = unions.led_by(collective) if collective else {}
    return {key: _authorship(rows, leaders.get(key, frozenset())) for key, rows in found.items()}


def _authorship(rows: Sequence[Any], leaders: frozenset[int]) -> Authorship:
    """What several rows say together: author, who was named, organisation by key and by name, addresses, kind."""
    return Authorship(
        author_ids=frozenset(key for row in rows for key in row[:2] if key is not None),
        emails=frozenset(normal_email(address) for row in rows for address in row[4:-1] if address),
        organisation_ids=frozenset(row[2] for row in rows if row[2] is not None),
        organisation_names=frozenset(name for row in rows if (name := plain(row[3] or "").strip())),
        leader_ids=leaders,
    )


def identity_of(person: Principal) -> Identity:
    """A person as conflicts see them. One statement if they hold a post in an organisation, none otherwise."""
    names: frozenset[str] = frozenset()
    if person.actor_ids:
        query = sa.select(Actor.name_plain, Actor.acronym).where(Actor.id.in_(person.actor_ids))
        names = frozenset(plain(n).strip() for row in db.session.execute(query) for n in row if n)
    return Identity(person.user_id, person.email, person.actor_ids, names)


def identities(user_ids: Collection[int]) -> Mapping[int, Identity]:
    """Several accounts as conflicts see them, with the posts they hold today. One statement."""
    in_force = sa.and_(PostHolding.user_id == User.id, accounts.held_on(clock.today()))
    query = (
        sa.select(User.id, User.email, Post.actor_id, Actor.name_plain, Actor.acronym)
        .outerjoin(PostHolding, in_force)
        .outerjoin(Post, Post.id == PostHolding.post_id)
        .outerjoin(Actor, Actor.id == Post.actor_id)
        .where(User.id.in_(user_ids))
    )
    found: dict[int, Identity] = {}
    for key, email, actor_id, *names in db.session.execute(query):
        known = found.get(key, Identity(key, email, frozenset(), frozenset()))
        actors = known.actor_ids | ({actor_id} if actor_id is not None else set())
        found[key] = Identity(key, email, actors, known.organisations | {plain(n).strip() for n in names if n})
    return found


def between(proposal_id: int, person: Principal) -> Text | None:
    """Why this person may not review this proposal; None if nothing is known against it. At most three statements."""
    return reason_against(authorships([proposal_id])[proposal_id], identity_of(person))
