"""Forgetting many at once: no statement names more rows than a database takes."""

from __future__ import annotations

import sqlalchemy as sa

from intake.core import clock
from intake.extensions import db
from intake.mapping import profiles, retention
from models import PersonProfile, Registration
from models.enums import RegistrationStatus
from tests import factories

MANY = 1_200


def test_no_statement_names_more_than_a_thousand_registrations(app):
    event = factories.event()
    fixed = {"event_id": event.id, "status": RegistrationStatus.REGISTERED, "created_at": clock.now()}
    rows = [{"reference": f"r{n}", "name": f"Persona {n}", **fixed} for n in range(MANY)]
    db.session.execute(sa.insert(Registration), rows)
    for n in (0, MANY - 1):
        factories.save(PersonProfile(plan_id=event.plan_id, person_key=profiles.own_key(event.plan_id, f"r{n}")))
    sizes = []

    def note(_connection, _cursor, _statement, parameters, _context, is_many):
        sizes.append(0 if is_many else len(parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert retention.forget(days=-1) == MANY
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert max(sizes) <= retention.CHUNK
    assert db.session.scalars(sa.select(PersonProfile.id)).all() == []
