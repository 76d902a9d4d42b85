"""Many more proposals, for measuring: the first ones varied by place, in rows written at once.

The rooms' services make one proposal at a time, which is right for people and too slow for ten thousand. Here the rows
are written straight, with the same columns and the same entries of the trace; `flask check` holds for them too. No
contacts are made up, so nobody is written to.
"""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake.core.search import stems
from intake.demo.batch import Batch, continue_keys
from intake.demo.source import moment, read
from intake.evaluation.queries import criterion_score
from intake.evaluation.scoring import review_total
from intake.extensions import db
from intake.reception.folios import folio_name
from models import (
    Admission,
    Assignment,
    AuditEntry,
    Criterion,
    Plan,
    Proposal,
    ProposalApproach,
    ProposalVersion,
    Score,
    Territory,
    Theme,
)
from models.enums import Approach, AssignmentStatus, Branch, Channel, ReviewSector, TerritoryLevel
from models.enums import ProposalStatus as S

if TYPE_CHECKING:
    from intake.demo.world import World

REVIEWS_EACH = 3
_TEXTS = ("title", "problem", "solution", "expected_result")
_REASON = "Se entiende, llama a colaborar y puede aportar a una política pública."
_COMMENT = "Puntajes según la rúbrica publicada."
#: The way to each state, as moves of the lifecycle: (action, old state, new state), and how often it is made, of ten.
_WAYS: dict[S, int] = {S.SUBMITTED: 2, S.ADMITTED: 2, S.IN_EVALUATION: 4, S.EVALUATED: 2}
#: The states in which a proposal has reviews.
_REVIEWED = (S.IN_EVALUATION, S.EVALUATED)
_MOVES = (
    ("submit", S.DRAFT, S.SUBMITTED),
    ("admit", S.SUBMITTED, S.ADMITTED),
    ("begin_evaluation", S.ADMITTED, S.IN_EVALUATION),
    ("finish_evaluation", S.IN_EVALUATION, S.EVALUATED),
)


def proposals(world: World, number: int, seed: int, reviews: int | None = None) -> None:
    """Write ``number`` more proposals of the plan under way; the same seed gives the same ones.

    ``reviews``: how many there shall be in all. Then every proposal is under evaluation or evaluated, and some have one
    review more than others. Raises `ValueError` if there are not enough proposals or reviewers for so many.
    """
    if number > 0:
        _Maker(world, random.Random(seed)).make(number, reviews)  # noqa: S311 -- it varies examples, it guards nothing


class _Maker:
    """What every row needs, read once."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.dice = dice
        self.world = world
        self.plan_id = world.plans["PAGA3"].id
        self.round = world.rounds[2]
        self.sources = [row for row in read("paga3_proposals") if row["submitted_offset"] is not None]
        self.texts = {row["key"]: stems(*(row[name] or "" for name in _TEXTS[1:])) for row in self.sources}
        self.themes = dict(db.session.execute(sa.select(Theme.code, Theme.id)).all())
        self.theme_names = dict(db.session.execute(sa.select(Theme.code, Theme.name_es)).all())
        parishes = sa.select(Territory.id, Territory.code, Territory.name)
        where = (Territory.level == TerritoryLevel.PARISH, Territory.selectable)
        self.places = db.session.execute(parishes.where(*where).order_by(Territory.code)).all()
        names = dict(db.session.execute(sa.select(Territory.code, Territory.name)).all())
        self.near = {place.code: [names[place.code[:n]] for n in (2, 4, 6)] for place in self.places}
        self.criteria = db.session.scalars(
            sa.select(Criterion).where(Criterion.rubric_id == self.round.rubric_id).order_by(Criterion.position)
        ).all()
        keys = sorted(key for key in world.users if key.startswith("revision."))
        self.reviewers = [(world.users[key].id, world.who(key).sector) for key in keys]
        self.analyst = world.users["analisis"].id
        self.director = world.users["direccion"].id
        self.batch = Batch()

    def make(self, number: int, reviews: int | None) -> None:
        """All rows, then all at once; keys are counted here, in the same transaction that locks the counter."""
        plan = db.session.get_one(Plan, self.plan_id)
        db.session.refresh(plan, ["folio_counter", "lock_version"], with_for_update=True)
        folio = plan.folio_counter
        keys = itertools.count((db.session.scalar(sa.select(sa.func.max(Proposal.id))) or 0) + 1)
        self.reviews = itertools.count((db.session.scalar(sa.select(sa.func.max(Assignment.id))) or 0) + 1)
        ways = _WAYS if reviews is None else {state: _WAYS[state] for state in _REVIEWED}
        states = self.dice.choices(list(ways), weights=list(ways.values()), k=number)
        self.shares = itertools.repeat(REVIEWS_EACH) if reviews is None else iter(self._shares(number, reviews))
        days = sorted(self.dice.randint(-56, -2) for _ in range(number))
        for n, (state, offset) in enumerate(zip(states, days, strict=True), start=1):
            self._proposal(next(keys), folio + n, state, offset)
        self.batch.write()
        plan.folio_counter = folio + number
        db.session.flush()
        continue_keys(Proposal, Assignment)

    def _shares(self, number: int, reviews: int) -> list[int]:
        """How many reviews each proposal gets, so that there are ``reviews`` with those that stand already."""
        wanted = reviews - int(db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) or 0)
        each, more = divmod(wanted, number)
        if not 0 < each < len(self.reviewers):
            raise ValueError(f"{number} proposals and {len(self.reviewers)} reviewers do not make {reviews} reviews")
        return [each + (n < more) for n in range(number)]

    def _proposal(self, key: int, folio_number: int, state: S, offset: int) -> None:
        row = self.dice.choice(self.sources)
        place_id, place_code, place = self.dice.choice(self.places)
        title = f"{row['title'][:100]} ({place}, {folio_number})"
        at = moment(self.world.day(offset), 8 + self.dice.random() * 8)
        folio = folio_name("PAGA3", folio_number)
        beside = stems(*sorted([self.theme_names[row["theme"]], *self.near[place_code]]))
        texts = {"title": title, **{name: row[name] or "" for name in _TEXTS[1:]}}
        self.batch.add(
            Proposal,
            id=key,
            plan_id=self.plan_id,
            folio=folio,
            folio_number=folio_number,
            status=state,
            **texts,
            theme_id=self.themes[row["theme"]],
            territory_id=place_id,
            branch=Branch(row["branch"]),
            channel=Channel.WEB,
            created_at=at,
            submitted_at=at,
            updated_at=at,
            search_stems=" ".join(f"{stems(title)} {self.texts[row['key']]} {beside}".split()),
        )
        for code in row["approaches"]:
            self.batch.add(ProposalApproach, proposal_id=key, approach=Approach(code))
        content = {
            **texts,
            "theme": row["theme"],
            "territory": place_code,
            "approaches": sorted(row["approaches"]),
            "branch": row["branch"],
            "public_name": "anonymous",
            "organisation_name": None,
        }
        self.batch.add(ProposalVersion, proposal_id=key, number=1, content=content, edited_at=at)
        self._way(key, folio, state, at)

    def _way(self, key: int, folio: str, state: S, at: datetime) -> None:
        """The moves that led to the state, each with its entry, and what they left behind."""
        for step, (action, old, new) in enumerate(_MOVES):
            actor = (None, self.analyst, self.director, self.director)[step]
            self._trace(key, folio, f"proposal.{action}", [old, new], at + timedelta(hours=step), actor)
            if action == "admit":
                self._admission(key, at + timedelta(hours=step))
            if action == "begin_evaluation":
                self._reviews(key, folio, at + timedelta(hours=step), done=state is S.EVALUATED)
            if new is state:
                return

    def _trace(self, key: int, folio: str, action: str, states: list[Any], at: datetime, user_id: int | None) -> None:
        role = "guest" if user_id is None else ("analyst" if user_id == self.analyst else "directorate")
        self.batch.add(
            AuditEntry,
            at=at,
            user_id=user_id,
            role=role,
            action=action,
            subject_type="proposal",
            subject_id=key,
            subject_ref=folio,
            changes={"status": [s.value for s in states]},
            reason=_REASON if action.endswith("admit") else "",
        )

    def _admission(self, key: int, at: datetime) -> None:
        criteria = ("is_clear", "is_collaborative", "is_open_government", "is_public_policy")
        self.batch.add(
            Admission,
            proposal_id=key,
            **dict.fromkeys(criteria, True),
            reason=_REASON,
            examined_by_id=self.analyst,
            examined_at=at,
        )

    def _reviews(self, key: int, folio: str, at: datetime, *, done: bool) -> None:
        """The proposal's share of reviews: all handed in, or the last one still owed."""
        chosen = self.dice.sample(self.reviewers, next(self.shares))
        for n, who in enumerate(chosen, start=1):
            self._review(next(self.reviews), key, folio, who, at, done=done or n < len(chosen))

    def _review(
        self, review: int, key: int, folio: str, who: tuple[int, ReviewSector | None], at: datetime, *, done: bool
    ) -> None:
        values = [self.dice.randint(0, 3) for _ in self.criteria] if done else []
        total: Decimal | None = None
        if done:
            total = review_total([criterion_score(c, v) for c, v in zip(self.criteria, values, strict=True)])
        state = AssignmentStatus.SUBMITTED if done else AssignmentStatus.PENDING
        self.batch.add(
            Assignment,
            id=review,
            round_id=self.round.id,
            proposal_id=key,
            reviewer_id=who[0],
            sector=who[1],
            status=state,
            due_on=self.round.due_on,
            comment=_COMMENT if done else "",
            total_pct=total,
            assigned_at=at,
            assigned_by_id=self.director,
            submitted_at=at + timedelta(minutes=30) if done else None,
        )
        for criterion, value in zip(self.criteria, values, strict=False):
            self.batch.add(Score, assignment_id=review, criterion_id=criterion.id, value=value)
        entry = {"at": at, "subject_type": "assignment", "subject_id": review, "subject_ref": folio, "reason": ""}
        old = [None, AssignmentStatus.PENDING.value]
        self.batch.add(
            AuditEntry,
            **entry,
            user_id=self.director,
            role="directorate",
            action="assignment.create",
            changes={"status": old},
        )
        if done:
            change = {"status": [AssignmentStatus.PENDING.value, state.value], "total_pct": [None, str(total)]}
            who_did = {"user_id": who[0], "role": "reviewer"}
            self.batch.add(AuditEntry, **entry, **who_did, action="assignment.submit", changes=change)
