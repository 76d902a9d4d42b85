"""However many authors a collective proposal has, telling them takes the same statements."""

from __future__ import annotations

from intake.core import clock
from intake.core.transaction import transaction
from intake.reception import services
from models import CoAuthor
from models.enums import CoAuthorStatus, Role
from tests import factories
from tests.reception.family import YES, collective_of, proposals, say
from tests.reception.talk import person, queued


def test_as_many_statements_to_tell_three_authors_as_thirty(app, as_principal, count_queries):
    analyst, numbers = as_principal(person(Role.ANALYST)), []
    for size in (3, 30):
        parts = proposals(size)
        with transaction():
            for part in parts:
                factories.save(_beside(part))
        made = collective_of(parts, analyst)
        for part in parts:
            say(made, part, YES)
        with count_queries() as seen:
            services.move(made, "admit", by=analyst, reason="Cumple.")
        numbers.append(len(seen))
        told = [m for m in queued("proposal_admit") if m.context["folio"] == made.folio]
        assert {m.context["part"] for m in told} == {p.folio for p in parts}
        assert len([m for m in queued("coauthor_news") if m.dedupe_key.split(":")[2] == str(made.id)]) == size
    assert numbers[0] == numbers[1]


def _beside(part):
    return CoAuthor(
        proposal_id=part.id,
        position=1,
        name="Otra persona",
        email=f"otra{part.id}@demo.example",
        status=CoAuthorStatus.ACCEPTED,
        invited_at=clock.now(),
        answered_at=clock.now(),
    )
