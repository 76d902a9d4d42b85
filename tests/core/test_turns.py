"""On SQLite one writer is let in at a time: reading and computing do not keep the others waiting."""

from __future__ import annotations

import dataclasses
import threading

import pysqlite3
import pytest
import sqlalchemy as sa

from intake.accounts import own
from intake.core import files
from intake.core.files import Upload
from intake.core.identity import GUEST, SYSTEM
from intake.core.transaction import dialect, is_open, transaction
from intake.engine import locking, writing
from intake.extensions import db
from intake.reception import queries, services
from intake.reception.inputs import ProposalInput
from intake.reception.services import attachments, codes, submission
from models import Plan, Proposal
from tests import factories
from tests.racing import meanwhile
from tests.reception.kit import pdf, picture

GIVEN = ProposalInput(title="Agua limpia", problem="Llega turbia.", solution="Publicar los análisis.")


def is_free() -> bool:
    """Whether another connection would be let in to write now."""
    if dialect() != "sqlite":
        return not is_open()
    other = pysqlite3.connect(db.engine.url.database, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except pysqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


@pytest.fixture
def posting(own_app):
    """A request that may write, on a database of its own."""
    with own_app.app_context():
        factories.plan(code="PAGA3")
        db.session.commit()
        token = writing.set(True)
        yield own_app
        writing.reset(token)


def test_what_only_reads_lets_others_write_until_it_writes_itself(posting):
    db.session.scalars(sa.select(Plan)).all()
    assert is_free()
    with transaction():
        assert locking.get()
        if dialect() == "sqlite":
            assert not is_free()
    assert not locking.get()
    db.session.scalars(sa.select(Plan)).all()
    assert is_free()


def test_what_was_read_before_others_wrote_can_be_changed_afterwards(posting):
    """SQLite would refuse it: "database is locked"."""
    plan = db.session.scalars(sa.select(Plan)).one()

    def other():
        with posting.app_context(), transaction():
            db.session.execute(sa.update(Plan.__table__).values(summary_es="De otra persona"))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    with transaction():
        db.session.refresh(plan, with_for_update=True)
        assert plan.summary_es == "De otra persona"
        plan.vision_es = "Nuestra"
    assert (plan.summary_es, plan.vision_es) == ("De otra persona", "Nuestra")


def test_what_others_wrote_is_read_again_where_no_version_tells_of_it(posting):
    """Whoever is signed in has loaded the account before the service begins; an account has no version."""
    person = factories.user()
    db.session.commit()
    by, seen = factories.principal(person), person.session_epoch
    own.me(by)
    meanwhile(posting, lambda: own.sign_out_everywhere(by=by))
    assert person.session_epoch == seen
    assert own.sign_out_everywhere(by=by).session_epoch == seen + 2


def test_what_was_written_already_is_not_thrown_away(posting):
    plan = db.session.scalars(sa.select(Plan)).one()
    plan.vision_es = "Antes"
    db.session.flush()
    with transaction():
        plan.summary_es = "Después"
    db.session.expire_all()
    assert (plan.vision_es, plan.summary_es) == ("Antes", "Después")


def test_nobody_waits_while_a_code_is_hashed_and_files_are_cleaned(posting, monkeypatch):
    seen: list[tuple[str, bool]] = []

    def watch(module, name):
        real = getattr(module, name)

        def watched(*args, **named):
            seen.append((name, is_free()))
            return real(*args, **named)

        monkeypatch.setattr(module, name, watched)

    watch(files, "_reencoded")
    watch(files.documents, "bare")
    watch(codes.tokens, "code_hash")
    plan, key = db.session.scalars(sa.select(Plan)).one(), "k" * 43
    made, _address = services.create_draft(plan, GIVEN, None, by=GUEST, key=key)
    by = services.holding(GUEST, made)
    attachments.attach(made, Upload("a.jpg", picture()), "Un canal", by=by)
    attachments.attach(made, Upload("a.pdf", pdf()), "El acta", by=by)
    receipt = services.submit(queries.by_draft_key(key), by=by, key=key)
    assert services.submit(queries.by_draft_key(key), by=by, key=key) == receipt
    services.submit_directly(plan, GIVEN, None, by=SYSTEM)
    assert seen == [("_reencoded", True), ("bare", True), ("code_hash", True), ("code_hash", True), ("code_hash", True)]
    assert db.session.scalar(sa.select(sa.func.count(Proposal.folio))) == 2


def test_what_another_window_keeps_meanwhile_is_what_is_sent(posting, monkeypatch):
    plan, key = db.session.scalars(sa.select(Plan)).one(), "m" * 43
    made, _address = services.create_draft(plan, GIVEN, None, by=GUEST, key=key)
    by, real, looks = services.holding(GUEST, made), submission._look_at, []

    def keep():
        with posting.app_context():
            changed = dataclasses.replace(GIVEN, title="Agua limpia para Macas")
            services.save_draft(queries.by_draft_key(key), changed, by=by)

    def look(*args):
        found = real(*args)
        if not looks:
            thread = threading.Thread(target=keep)
            thread.start()
            thread.join()
        looks.append(found)
        return found

    monkeypatch.setattr(submission, "_look_at", look)
    services.submit(queries.by_draft_key(key), by=by, key=key)
    sent = queries.by_draft_key(key)
    assert (len(looks), sent.title) == (2, "Agua limpia para Macas")
    assert queries.versions(sent)[0].content["title"] == "Agua limpia para Macas"
