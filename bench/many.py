"""Rows for measuring the coverage: actors, campaigns, events with attendance and proposals, as many as asked for.

Written straight into tables, with the columns that pages read; the same seed gives the same rows.
"""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

CHUNK = 5_000


def fill(actors: int, events: int, proposals: int, seed: int = 7) -> None:
    """Fill an empty database (migrated, with its reference data) with a plan and so many rows. Commits."""
    from intake.extensions import db

    maker = _Maker(random.Random(seed))
    maker.actors(actors)
    maker.campaigns(actors)
    maker.events(events)
    maker.proposals(proposals)
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()


class _Maker:
    def __init__(self, dice: random.Random) -> None:
        from intake.core import clock
        from intake.core.identity import SYSTEM
        from intake.extensions import db
        from intake.plans import services
        from intake.plans.inputs import PlanInput
        from models import People, Sector, Territory, Theme
        from models.enums import PlanStatus

        self.dice, self.db, self.now = dice, db, clock.now()
        plan = services.create_plan(
            PlanInput(
                code="PAGA9",
                number=9,
                title_es="Plan medido",
                title_en="Measured plan",
                status=PlanStatus.CO_CREATION,
                is_current=True,
            ),
            by=SYSTEM,
        )
        self.plan_id = plan.id
        self.themes = list(db.session.scalars(sa.select(Theme.id)))
        self.sectors = list(db.session.scalars(sa.select(Sector.id)))
        self.peoples = list(db.session.scalars(sa.select(People.id)))
        self.places = list(db.session.scalars(sa.select(Territory.id).order_by(Territory.code)))

    def _write(self, table: Any, rows: Any) -> None:
        rows = iter(rows)
        while chunk := list(itertools.islice(rows, CHUNK)):
            self.db.session.execute(sa.insert(table), chunk)

    def _several(self, left: str, right: str, count: int, values: list[int], most: int) -> Any:
        for key in range(1, count + 1):
            for value in self.dice.sample(values, self.dice.randint(1, most)):
                yield {left: key, right: value}

    def actors(self, count: int) -> None:
        from models import Actor, actor_people, actor_territory, actor_theme
        from models.enums import ActorKind, ActorStatus

        kinds = list(ActorKind)
        rows = (
            {
                "id": n,
                "slug": f"organizacion-{n}",
                "name": f"Organización {n}",
                "name_plain": f"organizacion {n}",
                "kind": self.dice.choice(kinds),
                "status": ActorStatus.VERIFIED,
                "sector_id": self.dice.choice(self.sectors),
                "created_at": self.now,
                "verified_at": self.now,
            }
            for n in range(1, count + 1)
        )
        self._write(Actor.__table__, rows)
        self._write(actor_territory, self._several("actor_id", "territory_id", count, self.places, 3))
        self._write(actor_theme, self._several("actor_id", "theme_id", count, self.themes, 3))
        peoples = ({"actor_id": n, "people_id": self.dice.choice(self.peoples)} for n in range(1, count + 1, 5))
        self._write(actor_people, peoples)

    def campaigns(self, actors: int) -> None:
        from models import Campaign, Target
        from models.enums import CampaignStatus, OutreachStep

        for n in range(1, 21):
            row = {"id": n, "slug": f"campana-{n}", "plan_id": self.plan_id, "status": CampaignStatus.OPEN}
            row |= {"title": f"Campaña {n}", "due_on": self.now.date(), "created_at": self.now, "lock_version": 1}
            self._write(Campaign.__table__, [row])
        steps = list(OutreachStep)
        rows = (
            {"campaign_id": 1 + n % 20, "actor_id": n, "step": self.dice.choice(steps), "since": self.now}
            for n in range(1, actors + 1)
            if n % 5 < 2
        )
        self._write(Target.__table__, rows)

    def events(self, count: int) -> None:
        from models import Event, Participation, ParticipationCount, event_theme
        from models.enums import Dimension, EventKind, EventStatus

        rows = (
            {
                "id": n,
                "slug": f"mesa-{n}",
                "plan_id": self.plan_id,
                "kind": EventKind.TERRITORIAL_TABLE,
                "status": EventStatus.HELD,
                "title": f"Mesa {n}",
                "territory_id": self.dice.choice(self.places),
                "starts_at": self.now - timedelta(days=n % 300),
                "created_at": self.now,
            }
            for n in range(1, count + 1)
        )
        self._write(Event.__table__, rows)
        self._write(event_theme, self._several("event_id", "theme_id", count, self.themes, 2))
        parts = [[self.dice.randint(0, 30) for _ in range(4)] for _ in range(count)]
        totals = ({"id": n, "plan_id": self.plan_id, "event_id": n, "total": sum(p)} for n, p in enumerate(parts, 1))
        self._write(Participation.__table__, totals)
        names = {
            Dimension.GENDER: ("woman", "man", "other", "not_stated"),
            Dimension.AGE_BAND: ("18_29", "30_44", "45_64", "not_stated"),
        }
        counts = (
            {"participation_id": n, "dimension": dimension, "category": name, "people": people}
            for n, part in enumerate(parts, 1)
            for dimension, categories in names.items()
            for name, people in zip(categories, part, strict=True)
        )
        self._write(ParticipationCount.__table__, counts)

    def proposals(self, count: int) -> None:
        from models import Proposal
        from models.enums import ProposalStatus

        rows = (
            {
                "id": n,
                "plan_id": self.plan_id,
                "folio": f"PAGA9-{n:06d}",
                "folio_number": n,
                "status": ProposalStatus.SUBMITTED,
                "title": f"Propuesta {n}",
                "problem": "Falta información. " * 20,
                "theme_id": self.dice.choice(self.themes),
                "territory_id": self.dice.choice(self.places),
                "created_at": self.now,
                "submitted_at": self.now,
                "updated_at": self.now,
                "search_stems": "",
            }
            for n in range(1, count + 1)
        )
        self._write(Proposal.__table__, rows)
