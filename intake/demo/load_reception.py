"""The demonstration's proposals: handed in, kept as drafts, withdrawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from intake.core.identity import GUEST, Principal
from intake.demo.source import Row, read
from intake.extensions import db
from intake.reception import services
from intake.reception.inputs import ContactInput, ProposalInput
from models import Proposal
from models.enums import Approach, Branch, Channel, ProposerKind, PublicName

if TYPE_CHECKING:
    from intake.demo.world import World

_ASSISTED = ("mesa", "papel", "curso")


def proposals(world: World) -> None:
    """Every proposal on its day; the file is in the order of submission, so folios follow it."""
    for n, row in enumerate(read("paga3_proposals")):
        offset = row["submitted_offset"]
        hour = 8 + (n % 60) / 10
        if row["channel"] == "papel" and row["event"]:
            continue  # on a sheet of the packet: `load_paper`
        if offset is None:
            world.at(-1, hour, partial(_draft, world, row))
            continue
        world.at(offset, hour, partial(_submit, world, row))
        if row["withdrawal"]:
            world.at(row["withdrawal"]["day_offset"], 16, partial(_withdraw, world, row))


def _submit(world: World, row: Row) -> None:
    event = world.events.get(row["event"] or "")
    receipt = services.submit_directly(
        world.plans["PAGA3"],
        proposal_input(row),
        contact_of(row),
        by=_author(world, row),
        channel=Channel(row["channel"]),
        event_id=event.id if event else None,
    )
    query = sa.select(Proposal).where(Proposal.folio == receipt.folio).options(joinedload(Proposal.contact))
    world.proposals[row["key"]] = db.session.scalars(query).one()


def _author(world: World, row: Row) -> Principal:
    """Who hands it in: the account, a guest, or the facilitator who writes down what was said or sent on paper."""
    if row["channel"] in _ASSISTED:
        return world.who("facilitacion")
    account = row["proposer"]["account"]
    return world.who(account) if account else GUEST


def proposal_input(row: Row, point: tuple[float, float] | None = None) -> ProposalInput:
    """What the proposal says, as reception takes it."""
    proposer = row["proposer"]
    return ProposalInput(
        title=row["title"],
        problem=row["problem"],
        solution=row["solution"],
        expected_result=row["expected_result"] or "",
        theme_code=row["theme"],
        territory_code=row["territory"],
        approaches=tuple(Approach(code) for code in row["approaches"]),
        branch=Branch(row["branch"]),
        proposer_kind=ProposerKind(proposer["kind"]),
        public_name=PublicName(proposer["public_name"]),
        organisation_name=proposer["organisation"],
        language=row["lang"],
        point=point,
    )


def contact_of(row: Row) -> ContactInput:
    """Who proposes, with their consent."""
    return ContactInput(name=row["proposer"]["name"], email=row["proposer"]["email"], consent=True)


def _draft(world: World, row: Row) -> None:
    by = _author(world, row)
    made, _key = services.create_draft(world.plans["PAGA3"], proposal_input(row), contact_of(row), by=by)
    world.proposals[row["key"]] = made


def _withdraw(world: World, row: Row) -> None:
    proposal = world.proposals[row["key"]]
    services.withdraw(proposal, by=services.holding(GUEST, proposal), reason=row["withdrawal"]["reason_es"])
