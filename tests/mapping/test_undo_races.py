"""An import of actors is taken back while somebody edits or joins one of them: never both, never a fault."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import batches, contacts, importing, merging, queries, services, undoing
from intake.mapping.inputs import ActorInput, ContactInput, MergeInput
from models import Actor, ActorContact
from models.enums import ActorKind
from tests import factories as make
from tests.racing import PATIENCE, hold_after, together, under
from tests.transfers import as_file

BROUGHT = {
    "nombre": "Uno",
    "tipo": "colectivo",
    "contacto_nombre": "Rosa",
    "contacto_correo": "rosa@demo.example",
    "consentimiento_fecha": "2025-03-02",
}


@pytest.fixture
def own_app(own_app):
    """An application on a database that nobody else uses, with an imported actor and another one."""
    with own_app.app_context():
        make.actor("Dos")
        importing.run(as_file([BROUGHT]), by=SYSTEM, name="marzo")
        db.session.commit()
    return own_app


def edit():
    services.edit_actor(one(), ActorInput(name="Uno nuevo", kind=ActorKind.COLLECTIVE), by=SYSTEM)


def add_contact():
    given = ContactInput(name="P", email="p@demo.example", phone=None, consent_version="1")
    contacts.add_contact(one(), given, by=SYSTEM)


def show_contact():
    actor = one()
    contacts.show_contact(
        db.session.scalars(sa.select(ActorContact)).one(), actor, public=True, by=SYSTEM, how="Lo dijo"
    )


def verify():
    services.move_actor(one(), "verify", by=SYSTEM)


def join():
    merging.merge(queries.actor("dos"), one(), MergeInput(reason="Es una."), by=SYSTEM)


def one():
    return queries.actor("uno")


ACTS = [edit, add_contact, show_contact, verify, join]


@pytest.mark.parametrize("act", ACTS)
def test_what_is_done_while_the_batch_is_looked_at_is_refused(own_app, monkeypatch, act):
    """The page was open before: the record is in the session already."""
    looked, ready = hold_after(monkeypatch, batches, "refuse_changed"), threading.Event()

    def undo():
        ready.wait(PATIENCE)
        undoing.undo("marzo", by=SYSTEM)

    def late():
        queries.actor("uno"), queries.actor("dos"), db.session.scalars(sa.select(ActorContact)).all()
        ready.set()
        with looked.coming():
            act()

    found = together(own_app, undo, late)
    assert found in (["Conflict", "done"], ["NotFound", "done"])
    with own_app.app_context():
        assert db.session.scalars(sa.select(Actor.slug)).all() == ["dos"]
        assert db.session.scalars(sa.select(ActorContact.id)).all() == []


@pytest.mark.parametrize("act", ACTS)
def test_a_batch_is_not_undone_under_what_is_being_kept(own_app, act):
    assert under(own_app, act, lambda: undoing.undo("marzo", by=SYSTEM)) == ["Conflict", "done"]
    with own_app.app_context():
        assert sorted(db.session.scalars(sa.select(Actor.slug))) == ["dos", "uno"]
