"""Ways to break each invariant of sheets of paper, past the services."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.extensions import db
from models import Packet, Proposal, Sheet


def _keyed() -> Any:
    query = sa.select(Sheet.id, Sheet.folio, Sheet.proposal_id, Sheet.keyed_by_id).where(Sheet.keyed_at.is_not(None))
    return db.session.execute(query.order_by(Sheet.id).limit(1)).one()


def _waiting() -> Any:
    query = sa.select(Sheet.id, Sheet.folio).where(Sheet.keyed_at.is_(None), Sheet.spoilt_reason == "")
    return db.session.execute(query.order_by(Sheet.id).limit(1)).one()


def _packet() -> str:
    return str(db.session.scalars(sa.select(Packet.reference).order_by(Packet.id).limit(1)).one())


def _set(model: Any, key: int, **values: Any) -> None:
    db.session.execute(sa.update(model.__table__).where(model.__table__.c.id == key).values(**values))


def break_sheets_keep_their_folio() -> str:
    row = _keyed()
    _set(Proposal, row.proposal_id, event_id=None)
    return str(row.folio)


def break_no_folio_twice() -> str:
    row, other = _waiting(), _keyed()
    _set(Sheet, other.id, proposal_id=None, keyed_at=None, keyed_by_id=None, second_at=None, second_by_id=None)
    _set(Proposal, other.proposal_id, folio=row.folio)
    return str(row.folio)


def break_a_tenth_is_drawn() -> str:
    db.session.execute(sa.update(Sheet.__table__).values(needs_second=False))
    return _packet()


def break_clerks_are_no_authors() -> str:
    row = _keyed()
    _set(Proposal, row.proposal_id, author_id=row.keyed_by_id)
    return str(row.folio)


def break_codes_are_on_paper() -> str:
    db.session.execute(sa.update(Packet.__table__).values(print_key="x" * 43))
    return _packet()
