"""The demonstration's supports and comments: said on their day, some reported, hidden, appealed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from intake.accounts import services as accounts
from intake.core import clock
from intake.core.identity import GUEST, SYSTEM
from intake.core.tokens import new_token, token_hash
from intake.core.transaction import flush
from intake.demo.source import Row, moment, read
from intake.extensions import db
from intake.reception.inputs import CommentInput
from intake.reception.queries.conversation import supporter_key
from intake.reception.services import commenting, moderating, supporting
from models import Support
from models.enums import ModerationReason, Stance

if TYPE_CHECKING:
    from intake.demo.world import World
    from models import Comment, Proposal

#: When those who only talk made their accounts.
_REGISTERED = -140
Said = dict[str, "Comment"]


def conversation(world: World) -> None:
    """People who talk have accounts from the start; everything else happens in its turn."""
    data = read("paga3_conversation")
    with clock.at(moment(world.day(_REGISTERED))):
        for row in data["people"]:
            address = f"{row['key']}@demo.example"
            world.users[row["key"]] = accounts.create_user(
                address, row["name"], by=SYSTEM, confirmed=True, is_demo=True
            )
    said: Said = {}
    for row in data["supports"]:
        world.at(row["offset"], 12, partial(_support, world, row))
    for row in data["comments"]:
        world.at(row["offset"], row["hour"], partial(_say, world, said, row))
    for row in data["hidden"]:
        _moderated(world, said, row)
    for row in data["reported"]:
        world.at(row["offset"], 15, partial(_report, world, said, row["by"], row))


def _support(world: World, row: Row) -> None:
    proposal = world.proposals[row["proposal"]]
    for key in row["people"]:
        supporting.give(proposal, by=world.who(key))
    for n in range(row["guests"]):
        _guest(proposal, f"invitado{n + 1}@demo.example")


def _guest(proposal: Proposal, address: str) -> None:
    """As if the mail had been asked for and its button pressed: the demonstration's outbox needs no such mails."""
    token = new_token()
    db.session.add(
        Support(
            proposal_id=proposal.id,
            person_key=supporter_key(address),
            token_hash=token_hash(token),
            created_at=clock.now(),
        )
    )
    flush()
    supporting.confirm(token, by=GUEST)


def _say(world: World, said: Said, row: Row) -> None:
    above = row["replies_to"]
    data = CommentInput(
        text=row["text_es"],
        stance=Stance(row["stance"]),
        replies_to=said[above].number if above else None,
        official=row["official"],
    )
    said[row["key"]] = commenting.write(world.proposals[row["proposal"]], data, by=world.who(row["by"]))


def _of(world: World, comment: Comment) -> Proposal:
    return next(p for p in world.proposals.values() if p.id == comment.proposal_id)


def _moderated(world: World, said: Said, row: Row) -> None:
    for n, key in enumerate(row["reported_by"]):
        world.at(row["offset"], row["hour"] - 1 + n / 10, partial(_report, world, said, key, row))
    world.at(row["offset"], row["hour"], partial(_hide, world, said, row))
    if row["appeal_es"]:
        world.at(row["appeal_offset"], 17, partial(_appeal, world, said, row))


def _report(world: World, said: Said, key: str, row: Row) -> None:
    comment = said[row["comment"]]
    reason = ModerationReason(row["reason"])
    note = row["note_es"] if "by" in row and row["by"] == key else ""
    moderating.report(_of(world, comment), comment, reason=reason, note=note, by=world.who(key))


def _hide(world: World, said: Said, row: Row) -> None:
    comment = said[row["comment"]]
    reason = ModerationReason(row["reason"])
    moderating.hide(_of(world, comment), comment, reason=reason, note=row["note_es"], by=world.who(row["by"]))


def _appeal(world: World, said: Said, row: Row) -> None:
    comment = said[row["comment"]]
    author = next(key for key, user in world.users.items() if user.id == comment.author_id)
    moderating.appeal(_of(world, comment), comment, text=row["appeal_es"], by=world.who(author))
