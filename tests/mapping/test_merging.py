"""Joining two records: everything that points at the one follows to the other, once, with its trace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.identity import SYSTEM
from intake.extensions import db
from intake.mapping import council as services_council
from intake.mapping import merging, queries, references, services
from intake.mapping.inputs import ActorInput, MergeInput
from intake.mapping.queries import council
from intake.reports import invariants
from models import (
    Actor,
    ActorMerge,
    Agreement,
    AuditEntry,
    Body,
    BodyMember,
    Campaign,
    Commitment,
    CommitmentParty,
    Post,
    Signature,
    Target,
    TargetStep,
)
from models.enums import (
    ActorKind,
    ActorStatus,
    BodyKind,
    GovernmentFunction,
    OutreachStep,
    PartyRole,
    Role,
    Seat,
)
from tests import factories as make

LEAVE = "body_member.leave"
WHY = MergeInput(reason="Es la misma: cambió de nombre.")


def two(**values):
    return make.actor("La que queda"), make.actor("La otra", **values)


def join(kept, other, given=WHY, by=SYSTEM):
    db.session.commit()
    row = merging.merge(kept, other, given, by=by)
    db.session.expire_all()
    return row


def test_every_column_that_points_at_an_actor_is_known():
    known = {f"{table}.actor_id" for table in references.LINKS} | {*references.PLAIN, *references.RESOLVED}
    history = {"actor_merge.kept_id", "actor_merge.merged_id"}  # what was joined when stays as it was written
    assert references.pointing_here() == known | history


def test_every_collision_is_resolved_where_it_may_happen():
    assert set(merging._RESOLVERS) == set(references.RESOLVED)
    once = set()
    for name in {*references.RESOLVED, *references.PLAIN}:
        table, column = references.column_of(name)
        keys = [c.columns for c in table.constraints if isinstance(c, (sa.UniqueConstraint, sa.PrimaryKeyConstraint))]
        once |= {name for columns in keys if column.name in columns}
    assert once <= set(references.RESOLVED)


def test_the_other_points_to_the_one_that_stays_and_both_are_traced(app, as_principal):
    kept, other = two()
    analyst = as_principal(make.user(Role.ANALYST))
    row = join(kept, other, by=analyst)
    assert (other.status, other.merged_into_id, other.status_reason) == (ActorStatus.MERGED, kept.id, WHY.reason)
    assert other.merged_at is not None
    assert (row.kept_id, row.merged_id, row.reason, row.merged_by_id) == (
        kept.id,
        other.id,
        WHY.reason,
        analyst.user_id,
    )
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action.in_(("actor.merge", "actor.absorb"))))
    told = {entry.action: (entry.subject_ref, entry.reason) for entry in entries}
    assert told == {"actor.merge": ("la-otra", WHY.reason), "actor.absorb": ("la-que-queda", WHY.reason)}


def test_what_is_chosen_is_taken_and_the_rest_stays(app):
    kept, other = two(
        acronym="LO",
        website="https://otra.example",
        kind=ActorKind.PUBLIC_INSTITUTION,
        function=GovernmentFunction.EXECUTIVE,
        source_on=date(2025, 1, 2),
        source="Censo",
    )
    kept.website = "https://queda.example"
    version = kept.lock_version
    take = {"name": "other", "acronym": "other", "kind": "other", "source": "other"}
    join(kept, other, MergeInput(reason="x", take=take))
    assert (kept.name, kept.name_plain, kept.slug) == ("La otra", "la otra", "la-que-queda")
    assert (kept.kind, kept.function) == (ActorKind.PUBLIC_INSTITUTION, GovernmentFunction.EXECUTIVE)
    assert (kept.acronym, kept.website, kept.source, kept.source_on) == (
        "LO",
        "https://queda.example",
        "Censo",
        date(2025, 1, 2),
    )
    assert kept.lock_version > version  # who has the form open must look again


@pytest.mark.parametrize(("take", "themes"), [("both", "abc"), ("kept", "ab"), ("other", "bc"), (None, "abc")])
def test_sets_are_joined_or_chosen(app, take, themes):
    kept, other = two()
    rows = {code: make.theme(code) for code in "abc"}
    for actor, codes in ((kept, "ab"), (other, "bc")):
        db.session.execute(
            sa.insert(_table("actor_theme")), [{"actor_id": actor.id, "theme_id": rows[c].id} for c in codes]
        )
    join(kept, other, MergeInput(reason="x", take={"themes": take} if take else {}))
    assert sorted(theme.code for theme in queries.actor("la-que-queda").themes) == list(themes)
    assert queries.actor("la-otra").themes == []


def _table(name):
    from models.base import Base

    return Base.metadata.tables[name]


def test_contacts_posts_and_proposals_follow(app, as_principal):
    kept, other = two()
    contact = make.contact(other)
    holder = make.user(Role.COUNTERPART, actor=other)
    proposal = make.proposal(organisation_id=other.id)
    moving = {str(one.words): one.number for one in merging.preview(other)}
    assert moving == {"Contactos": 1, "Puestos": 1, "Propuestas de la organización": 1}
    row = join(kept, other)
    assert (contact.actor_id, proposal.organisation_id) == (kept.id, kept.id)
    assert as_principal(holder).actor_ids == {kept.id}
    post = db.session.scalars(sa.select(Post.id).where(Post.actor_id == kept.id)).one()
    assert row.moved == {
        "actor_contact": [contact.id],
        "post": [post],
        "proposal": [proposal.id],
        "given_up": {},
    }
    assert merging.preview(other) == []


def campaign(plan, slug):
    return make.save(
        Campaign(slug=slug, plan_id=plan.id, title=slug, due_on=clock.today(), created_at=clock.now(), owner_id=None)
    )


def target(of, actor, step, days):
    since = clock.now() - timedelta(days=days)
    made = make.save(Target(campaign_id=of.id, actor_id=actor.id, step=step, since=since))
    make.save(TargetStep(target_id=made.id, step=step, at=since))
    return made


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (OutreachStep.CONTACTED, OutreachStep.ATTENDED, OutreachStep.ATTENDED),
        (OutreachStep.CONTRIBUTED, OutreachStep.IDENTIFIED, OutreachStep.CONTRIBUTED),
        (OutreachStep.CONFIRMED, OutreachStep.DECLINED, OutreachStep.DECLINED),
        (OutreachStep.CONTACTED, OutreachStep.CONTACTED, OutreachStep.CONTACTED),
    ],
)
def test_two_targets_of_a_campaign_become_the_one_that_came_furthest(app, mine, theirs, expected):
    kept, other = two()
    plan = make.plan()
    shared, alone = campaign(plan, "una"), campaign(plan, "dos")
    stays, goes = target(shared, kept, mine, 3), target(shared, other, theirs, 5)
    moves = target(alone, other, OutreachStep.CONFIRMED, 1)
    since = {stays.step: stays.since, goes.step: goes.since}  # the same step: the earlier one
    row = join(kept, other)
    found = db.session.scalars(sa.select(Target).order_by(Target.id)).all()
    assert [(t.campaign_id, t.actor_id, t.step) for t in found] == [
        (shared.id, kept.id, expected),
        (alone.id, kept.id, OutreachStep.CONFIRMED),
    ]
    assert found[0].since == since[expected]
    assert db.session.scalar(sa.select(sa.func.count()).where(TargetStep.target_id == found[0].id)) == 2
    assert row.moved["target"] == [moves.id]
    assert [one["step"] for one in row.moved["given_up"]["target"]] == [theirs.value]


def commitment(plan, *parties):
    n = db.session.scalar(sa.select(sa.func.count(Commitment.id))) + 1
    made = make.save(
        Commitment(plan_id=plan.id, number=n, reference=f"{plan.code}-{n}", title_es="C", created_at=clock.now())
    )
    for actor, role, values in parties:
        make.save(CommitmentParty(commitment_id=made.id, actor_id=actor.id, role=role, **values))
    return made


def test_two_parties_of_a_commitment_become_one_bound_from_the_earlier_day(app):
    kept, other = two()
    role = PartyRole.RESPONSIBLE
    days = [date(2026, 3, 1), date(2026, 1, 1)]
    made = commitment(
        make.plan(),
        (kept, role, {"since": days[0], "until": date(2026, 5, 1)}),
        (other, role, {"since": days[1], "is_lead": True}),
        (other, PartyRole.SUPPORT_GOVERNMENT, {}),
    )
    join(kept, other)
    found = db.session.scalars(sa.select(CommitmentParty).order_by(CommitmentParty.id)).all()
    assert [(p.commitment_id, p.actor_id, p.role, p.since, p.until, p.is_lead) for p in found] == [
        (made.id, kept.id, role, days[1], None, True),
        (made.id, kept.id, PartyRole.SUPPORT_GOVERNMENT, None, None, False),
    ]


def test_who_promises_and_who_watches_are_not_joined(app):
    kept, other = two()
    commitment(make.plan(), (kept, PartyRole.RESPONSIBLE, {}), (other, PartyRole.COUNTERPART, {}))
    with pytest.raises(Invalid) as error:
        join(kept, other)
    assert "contraparte" in str(error.value.message)


def sign(agreement, actor, day):
    return make.save(
        Signature(
            agreement_id=agreement.id,
            actor_id=actor.id,
            signer_name="N",
            signer_post="P",
            signed_on=day,
            recorded_at=clock.now(),
        )
    )


def test_a_half_signed_agreement_is_not_signed_by_joining(app):
    kept, other = two()
    parties = [(actor, PartyRole.RESPONSIBLE, {}) for actor in (kept, other)]
    made = commitment(make.plan(), *parties)
    agreement = make.save(Agreement(commitment_id=made.id, created_at=clock.now()))
    sign(agreement, other, date(2026, 2, 1))
    with pytest.raises(Invalid) as error:
        join(kept, other)
    assert made.reference in str(error.value.message)
    later = sign(agreement, kept, date(2026, 2, 3)).id
    row = join(kept, other)
    left = db.session.scalars(sa.select(Signature)).all()
    assert [(s.actor_id, s.signed_on) for s in left] == [(kept.id, date(2026, 2, 1))]
    assert [one["id"] for one in row.moved["given_up"]["signature"]] == [later]


def test_of_two_seats_in_a_body_the_older_goes_on(app):
    kept, other = two()
    body = make.save(Body(plan_id=make.plan().id, kind=BodyKind.CORE_GROUP))
    days = [date(2026, 3, 1), date(2026, 1, 1)]
    seats = [
        make.save(BodyMember(body_id=body.id, actor_id=actor.id, position=n, joined_on=days[n]))
        for n, actor in enumerate((kept, other))
    ]
    join(kept, other)
    assert [(seat.actor_id, seat.left_on) for seat in seats] == [(kept.id, clock.today()), (kept.id, None)]


def test_who_spoke_for_the_seat_that_ends_speaks_no_longer(app, as_principal):
    """Both records sit with people who speak for them: those of the seat that ends end with it, traced."""
    kept, other = two()
    body = make.body(make.plan(), seats=2)
    members = list(council.seats(body.id).values())
    members[0].actor_id, members[1].actor_id = other.id, kept.id
    today, later = clock.today(), clock.today() + timedelta(days=30)
    services_council.name_delegate(body, 1, make.delegation(), by=SYSTEM)
    services_council.name_delegate(body, 2, make.delegation(name="Sigue", until=later), by=SYSTEM)
    services_council.name_delegate(body, 2, make.delegation(seat=Seat.ALTERNATE), by=SYSTEM)
    services_council.name_delegate(body, 2, make.delegation(name="Futura", since=later + timedelta(1)), by=SYSTEM)
    row = join(kept, other, by=as_principal(make.user(Role.ANALYST)))
    first, second = council.seats(body.id).values()
    assert [(m.actor_id, m.left_on) for m in (first, second)] == [(kept.id, None), (kept.id, today)]
    assert [d.until for d in first.delegates] == [None]
    assert [d.until for d in second.delegates] == [today, today]
    assert [d["since"] for d in row.moved["given_up"]["delegate"]] == [(later + timedelta(1)).isoformat()]
    seen = sa.select(AuditEntry.action, AuditEntry.reason).where(AuditEntry.action.in_(("delegate.end", LEAVE)))
    found = db.session.execute(seen.order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in found] == [*[("delegate.end", WHY.reason)] * 3, (LEAVE, WHY.reason)]
    assert invariants.broken()["one_speaks_for_a_seat"] == []


def test_no_chain_is_broken(app):
    first, second = two()
    third = make.actor("La tercera")
    join(second, third)
    join(first, second)
    db.session.expire_all()
    assert (third.merged_into_id, second.merged_into_id) == (first.id, first.id)
    for kept, other in ((second, make.actor("Otra más")), (first, third)):
        with pytest.raises(Conflict) as error:
            join(kept, other)
        assert "La que queda" in str(error.value.message)
    assert merging.story_of(third)[1].slug == "la-que-queda"
    assert [actor.slug for actor, _row in merging.joined_to(first)] == ["la-otra", "la-tercera"]


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((ActorStatus.PENDING, ActorStatus.VERIFIED), "verificado"),
        ((ActorStatus.REJECTED, ActorStatus.PENDING), "rechazado"),
    ],
)
def test_the_wrong_one_does_not_stay(app, states, words):
    kept, other = (make.actor(f"Actor {n}", status=state) for n, state in enumerate(states))
    with pytest.raises(Invalid) as error:
        join(kept, other)
    assert words in str(error.value.message)
    assert join(other, kept).kept_id == other.id


def test_a_merge_needs_its_reason_its_right_and_two_records(app, as_principal):
    kept, other = two()
    facilitator = as_principal(make.user(Role.FACILITATOR))
    for refused, call in (
        (Invalid, lambda: join(kept, other, MergeInput(reason=" "))),
        (Invalid, lambda: join(kept, kept)),
        (Forbidden, lambda: join(kept, other, by=facilitator)),
    ):
        with pytest.raises(refused):
            call()
    assert db.session.scalar(sa.select(sa.func.count(ActorMerge.id))) == 0


def test_what_changed_since_it_was_seen_is_not_joined(app):
    kept, other = two()
    seen = MergeInput(reason="x", kept_version=kept.lock_version, other_version=other.lock_version)
    db.session.commit()
    given = ActorInput(name="Otro nombre", kind=ActorKind.COMMUNITY)
    services.edit_actor(queries.actor("la-otra"), given, by=SYSTEM)
    with pytest.raises(Conflict):
        join(kept, other, seen)


def test_a_joined_record_is_left_as_it_is(app):
    kept, other = two()
    join(kept, other)
    for call in (
        lambda one: services.edit_actor(one, ActorInput(name="x", kind=ActorKind.COMMUNITY), by=SYSTEM),
        lambda one: services.move_actor(one, "verify", by=SYSTEM),
    ):
        with pytest.raises(Conflict):
            call(queries.actor("la-otra"))
    assert db.session.scalars(sa.select(Actor).where(Actor.status == ActorStatus.MERGED)).one().name == "La otra"
