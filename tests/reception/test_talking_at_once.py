"""Supporting, commenting and moderating at the same moment, on a database of its own."""

from __future__ import annotations

import sqlalchemy as sa

from intake.accounts import queries as accounts
from intake.core.errors import Conflict
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception.inputs import CommentInput
from intake.reception.services import commenting, moderating, supporting
from models import Comment, Plan, Proposal, Support, User
from models.enums import ModerationReason, Role
from tests import factories
from tests.racing import answers
from tests.reception.talk import link_in, queued

PRESSES = 6


def prepared(app, *roles: Role) -> int:
    """A proposal and as many accounts as presses; the first account's id."""
    with app.app_context():
        factories.proposal(db.session.scalars(sa.select(Plan)).one())
        users = [factories.user(*roles, email=f"p{n}@demo.example") for n in range(PRESSES)]
        db.session.commit()
        return users[0].id


def one() -> Proposal:
    return db.session.scalars(sa.select(Proposal)).one()


def who(user_id: int):
    return accounts.principal_of(user_id)[0]


def counted(app) -> tuple[int, int, int, int]:
    with app.app_context():
        proposal = one()
        rows = db.session.scalar(sa.select(sa.func.count(Support.id)).where(Support.confirmed_at.is_not(None)))
        shown = db.session.scalar(sa.select(sa.func.count(Comment.id)).where(Comment.hidden_at.is_(None)))
        return proposal.support_count, rows, proposal.comment_count, shown


def test_one_account_pressing_many_times_counts_once(receiving):
    me = prepared(receiving)
    found = answers(receiving, *[lambda: supporting.give(one(), by=who(me))] * PRESSES)
    assert sorted(map(str, found)) == ["False"] * (PRESSES - 1) + ["True"]
    assert counted(receiving)[:2] == (1, 1)
    found = answers(receiving, *[lambda: supporting.take_back(one(), by=who(me))] * PRESSES)
    assert sorted(map(str, found)) == ["False"] * (PRESSES - 1) + ["True"]
    assert counted(receiving)[:2] == (0, 0)


def test_many_accounts_at_once_are_all_counted(receiving):
    first = prepared(receiving)
    ids = iter(range(first, first + PRESSES))
    found = answers(receiving, *[lambda: supporting.give(one(), by=who(next(ids)))] * PRESSES)
    assert found == [True] * PRESSES
    assert counted(receiving)[:2] == (PRESSES, PRESSES)


def test_the_guest_s_link_and_the_account_s_button_at_once_count_one_person(receiving):
    me = prepared(receiving)
    with receiving.app_context():
        supporting.ask(one(), "p0@demo.example", address="192.0.2.1")
        token = link_in(queued("support_confirm")[0]).rpartition("/")[2]
    turns = iter(range(PRESSES))

    def press():
        if next(turns) % 2:
            return supporting.give(one(), by=who(me))
        return supporting.confirm(token, by=GUEST)[1]

    found = answers(receiving, *[press] * PRESSES)
    assert sorted(map(str, found)) == ["False"] * (PRESSES - 1) + ["True"]
    assert counted(receiving)[:2] == (1, 1)


def test_simultaneous_comments_are_numbered_and_counted_and_a_double_click_is_one(receiving):
    me = prepared(receiving)
    same = CommentInput(text="Una vez", key="k" * 43)
    found = answers(receiving, *[lambda: commenting.write(one(), same, by=who(me)).number] * PRESSES)
    assert found == [1] * PRESSES
    found = answers(
        receiving, *[lambda: commenting.write(one(), CommentInput(text="Otra"), by=who(me + 1)).number] * PRESSES
    )
    assert sorted(found) == list(range(2, PRESSES + 2))
    assert counted(receiving)[2:] == (PRESSES + 1, PRESSES + 1)


def test_of_officials_who_hide_at_once_one_does(receiving):
    me = prepared(receiving, Role.ANALYST)
    with receiving.app_context():
        author = factories.user(email="autora@demo.example")
        db.session.commit()
        commenting.write(one(), CommentInput(text="Compre aquí"), by=who(author.id))

    def hide():
        comment = db.session.scalars(sa.select(Comment)).one()
        return moderating.hide(one(), comment, reason=ModerationReason.SPAM, note="Publicidad", by=who(me))

    found = answers(receiving, *[hide] * PRESSES)
    assert [type(f) for f in found if f is not None] == [Conflict] * (PRESSES - 1)
    assert counted(receiving)[2:] == (0, 0)
    with receiving.app_context():
        assert len(queued("comment_hidden")) == 1
        assert db.session.scalar(sa.select(sa.func.count(User.id))) == PRESSES + 1
