"""Admission, rounds, assignment and reviews, with their refusals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid
from intake.core.identity import SYSTEM
from intake.evaluation import paga_rubric, queries, services
from intake.evaluation.inputs import NA, ExaminationInput, ReviewInput, RoundInput
from intake.extensions import db
from intake.reception.services import moves
from models import Admission, Assignment, AuditEntry, OutboxMessage, ProposalContact, Round, Rubric, Score
from models.enums import AssignmentStatus, ProposalStatus, ReviewSector, Role, RoundStatus
from tests import factories
from tests.evaluation.conftest import KEYS, House, principal, review

YES = ExaminationInput(
    is_clear=True, is_collaborative=True, is_open_government=True, is_public_policy=True, reason="Clara y posible."
)
NO = replace(YES, is_open_government=False, reason="No trata de gobierno abierto.")


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def mails() -> list[tuple[str, str]]:
    rows = db.session.execute(sa.select(OutboxMessage.kind, OutboxMessage.to_address).order_by(OutboxMessage.id))
    return [(kind, to) for kind, to in rows]


class TestAdmission:
    def test_all_four_admit(self, house: House) -> None:
        proposal = factories.proposal(house.plan)
        services.examine(proposal, YES, by=house.by(house.analyst))
        assert proposal.status is ProposalStatus.ADMITTED
        assert actions()[-2:] == ["admission.examine", "proposal.admit"]

    def test_one_no_only_proposes_and_tells_nobody(self, house: House) -> None:
        author = factories.user()
        proposal = factories.proposal(house.plan, author_id=author.id)
        services.examine(proposal, NO, by=house.by(house.analyst))
        assert proposal.status is ProposalStatus.REFUSAL_PROPOSED
        assert mails() == []

    def test_second_signature_refuses_with_the_first_reason(self, house: House) -> None:
        author = factories.user()
        proposal = factories.proposal(house.plan, author_id=author.id)
        services.examine(proposal, NO, by=house.by(house.analyst))
        services.countersign(proposal, confirm=True, reason="De acuerdo.", by=house.by(house.second))
        assert proposal.status is ProposalStatus.NOT_ADMITTED
        told = db.session.scalars(sa.select(OutboxMessage)).one()
        assert (told.kind, told.context["reason"]) == ("proposal_refuse", "No trata de gobierno abierto.")

    def test_second_signature_overrules(self, house: House) -> None:
        proposal = factories.proposal(house.plan)
        services.examine(proposal, NO, by=house.by(house.analyst))
        services.countersign(proposal, confirm=False, reason="Sí trata de eso.", by=house.by(house.director))
        assert proposal.status is ProposalStatus.ADMITTED

    def test_nobody_signs_twice(self, house: House) -> None:
        proposal = factories.proposal(house.plan)
        services.examine(proposal, NO, by=house.by(house.analyst))
        with pytest.raises(Forbidden, match="ya firmó"):
            services.countersign(proposal, confirm=True, reason="Otra vez.", by=house.by(house.analyst))
        assert proposal.status is ProposalStatus.REFUSAL_PROPOSED

    def test_nor_in_the_database(self, house: House) -> None:
        twice = Admission(
            proposal_id=house.proposal.id,
            is_clear=False,
            is_collaborative=True,
            is_open_government=True,
            is_public_policy=True,
            reason="x",
            examined_by_id=house.analyst.id,
            examined_at=clock.now(),
            second_by_id=house.analyst.id,
            second_at=clock.now(),
        )
        with pytest.raises(sa.exc.IntegrityError, match="two_people"):
            factories.save(twice)

    @pytest.mark.parametrize("given", [replace(YES, reason=" "), replace(NO, reason="")])
    def test_reason_is_demanded(self, house: House, given: ExaminationInput) -> None:
        with pytest.raises(Invalid) as refused:
            services.examine(factories.proposal(house.plan), given, by=house.by(house.analyst))
        assert refused.value.field == "reason"

    def test_once_only(self, house: House) -> None:
        proposal = factories.proposal(house.plan)
        services.examine(proposal, YES, by=house.by(house.analyst))
        with pytest.raises(Conflict):
            services.examine(proposal, NO, by=house.by(house.second))

    @pytest.mark.parametrize("role", [Role.CITIZEN, Role.REVIEWER, Role.DIRECTORATE, Role.CORE_GROUP])
    def test_only_analysts_examine(self, house: House, role: Role) -> None:
        with pytest.raises(Forbidden):
            services.examine(factories.proposal(house.plan), YES, by=principal(factories.user(role)))

    def test_not_ones_own(self, house: House) -> None:
        proposal = factories.proposal(house.plan, author_id=house.analyst.id)
        with pytest.raises(Forbidden, match="quien presentó"):
            services.examine(proposal, YES, by=house.by(house.analyst))
        assert proposal.status is ProposalStatus.SUBMITTED


class TestRounds:
    def test_rubric_is_made_once(self, house: House) -> None:
        by = house.by(house.director)
        assert services.ensure_rubric(by=by).id == services.ensure_rubric(by=by).id
        rubric = db.session.scalars(sa.select(Rubric)).one()
        assert (rubric.version, len(queries.latest_rubric(paga_rubric.CODE).criteria)) == (1, 7)  # type: ignore[union-attr]

    def test_a_changed_rubric_is_a_new_version(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(paga_rubric, "BLOCKS", paga_rubric.BLOCKS[:1])
        made = services.ensure_rubric(by=house.by(house.director))
        latest = queries.latest_rubric(paga_rubric.CODE)
        assert latest is not None
        assert (made.version, latest.id, len(latest.criteria)) == (2, made.id, 4)
        assert house.round.rubric_id != made.id
        old = services.create_round(
            house.plan, RoundInput(name="Con la primera", rubric_version=1), by=house.by(house.director)
        )
        assert (old.rubric_id, old.number) == (house.round.rubric_id, 2)

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            (RoundInput(name=" "), "name"),
            (RoundInput(name="x", reviews_per_proposal=0), "reviews_per_proposal"),
            (RoundInput(name="x", rubric_version=9), "rubric_version"),
        ],
    )
    def test_bad_rounds(self, house: House, given: RoundInput, field: str) -> None:
        with pytest.raises(Invalid) as refused:
            services.create_round(house.plan, given, by=house.by(house.director))
        assert refused.value.field == field

    def test_finish_waits_for_every_review(self, house: House) -> None:
        by = house.by(house.director)
        assignments = [house.assigned(r) for r in house.reviewers]
        for assignment, reviewer in zip(assignments[:2], house.reviewers, strict=False):
            services.submit_review(assignment, review(), by=principal(reviewer))
        assert services.finish_ready(house.round, by=by) == 0
        services.submit_review(assignments[2], review(0), by=principal(house.reviewers[2]))
        assert services.finish_ready(house.round, by=by) == 1
        assert house.proposal.status is ProposalStatus.EVALUATED

    def test_too_few_reviews_finish_only_with_a_reason(self, house: House) -> None:
        by = house.by(house.director)
        first, second = house.assigned(house.reviewers[0]), house.assigned(house.reviewers[1])
        services.submit_review(first, review(), by=principal(house.reviewers[0]))
        services.decline(second, "No conozco el tema.", by=principal(house.reviewers[1]))
        assert services.finish_ready(house.round, by=by) == 0
        assert services.finish_ready(house.round, by=by, reason="No hay más revisores del sector.") == 1

    def test_closing_cancels_what_was_not_sent(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        assert services.close_round(house.round, "Terminó el plazo.", by=house.by(house.director)) == 1
        assert (house.round.status, assignment.status) == (RoundStatus.CLOSED, AssignmentStatus.CANCELLED)
        assert mails()[-1] == ("assignment_cancelled", house.reviewers[0].email)
        with pytest.raises(Conflict):
            services.save_review(assignment, review(), by=principal(house.reviewers[0]))
        with pytest.raises(Conflict):
            house.assigned(house.reviewers[1])

    def test_closing_needs_a_reason(self, house: House) -> None:
        with pytest.raises(Invalid):
            services.close_round(house.round, " ", by=house.by(house.director))
        assert house.round.status is RoundStatus.OPEN


class TestAssignment:
    def test_assigning_begins_the_evaluation_and_tells(self, house: House) -> None:
        made = house.assigned(house.reviewers[1])
        assert (made.sector, made.status) == (ReviewSector.CIVIL_SOCIETY, AssignmentStatus.PENDING)
        assert house.proposal.status is ProposalStatus.IN_EVALUATION
        assert mails() == [("assignment_created", house.reviewers[1].email)]

    def test_account_of_the_author_is_refused(self, house: House) -> None:
        house.proposal.author_id = house.reviewers[0].id
        with pytest.raises(Conflict, match="quien presentó"):
            house.assigned(house.reviewers[0])

    @pytest.mark.parametrize("address", ["{}", " {} ", "{upper}", "{tagged}"])
    def test_address_of_the_author_is_refused(self, house: House, address: str) -> None:
        own = house.reviewers[0].email
        local, _, domain = own.partition("@")
        written = address.format(own, upper=own.upper(), tagged=f"{local}+paga@{domain}")
        factories.save(ProposalContact(proposal_id=house.proposal.id, email=written))
        with pytest.raises(Conflict, match="correo"):
            house.assigned(house.reviewers[0])

    @pytest.mark.parametrize("known", [True, False])
    def test_organisation_of_the_author_is_refused(self, house: House, known: bool) -> None:
        actor = factories.actor("Red Ejemplo")
        insider = factories.user(Role.REVIEWER, Role.INSTITUTION, sector=ReviewSector.ACADEMIA, actor=actor)
        house.proposal.organisation_id = actor.id if known else None
        house.proposal.organisation_name = None if known else "RED EJEMPLO"
        with pytest.raises(Conflict, match="organización"):
            house.assigned(insider)

    def test_only_who_holds_the_post_today(self, house: House) -> None:
        with pytest.raises(Conflict, match="cargo"):
            house.assigned(factories.user(Role.ANALYST))

    @pytest.mark.parametrize("status", [ProposalStatus.SUBMITTED, ProposalStatus.EVALUATED, ProposalStatus.WITHDRAWN])
    def test_only_admitted_proposals(self, house: House, status: ProposalStatus) -> None:
        with pytest.raises(Conflict):
            house.assigned(house.reviewers[0], factories.proposal(house.plan, status))

    def test_not_of_another_plan(self, house: House) -> None:
        foreign = factories.proposal(factories.plan(is_current=False), ProposalStatus.ADMITTED)
        with pytest.raises(Conflict, match="otro plan"):
            house.assigned(house.reviewers[0], foreign)

    def test_many_skip_what_cannot_be_and_send_one_mail_each(self, house: House) -> None:
        other = factories.proposal(house.plan, ProposalStatus.ADMITTED, author_id=house.reviewers[0].id)
        made, skipped = services.assign_many(
            house.round, [house.proposal, other], house.reviewers[:2], by=house.by(house.director)
        )
        assert made == 3
        assert [(s.folio, s.reviewer) for s in skipped] == [(other.folio, house.reviewers[0].name)]
        assert len(mails()) == 2

    def test_only_the_directorate(self, house: House) -> None:
        with pytest.raises(Forbidden):
            services.assign(house.round, house.proposal, house.reviewers[0], by=house.by(house.analyst))

    def test_reminders_go_once_a_day(self, house: House) -> None:
        house.assigned(house.reviewers[0])
        by = house.by(house.director)
        assert (services.remind(house.round, by=by), services.remind(house.round, by=by)) == (1, 1)
        assert [kind for kind, _to in mails()] == ["assignment_created", "assignment_reminder"]


class TestReviews:
    def test_draft_keeps_part_and_zero_is_kept(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        by = principal(house.reviewers[0])
        given = ReviewInput(values={KEYS[0]: 0, KEYS[1]: NA}, comments={KEYS[2]: "Falta saber."}, comment="")
        services.save_review(assignment, given, by=by)
        rows = db.session.execute(sa.select(Score.value, Score.not_applicable, Score.comment).order_by(Score.id)).all()
        assert [tuple(r) for r in rows] == [(0, False, ""), (None, True, ""), (None, False, "Falta saber.")]
        assert assignment.status is AssignmentStatus.IN_PROGRESS

    def test_sent_with_its_total(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        given = review(3, **{KEYS[0]: 0, KEYS[1]: NA})
        services.submit_review(assignment, given, by=principal(house.reviewers[0]))
        db.session.expire_all()
        assert assignment.status is AssignmentStatus.SUBMITTED
        assert assignment.total_pct == Decimal("83.333")  # (0+3+3)/9 and 1, half each

    def test_every_criterion_must_be_answered(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        for wrong, field in [
            (review(**{KEYS[3]: None}), f"score_{KEYS[3]}"),
            (ReviewInput(values=dict.fromkeys(KEYS, NA), comment="Nada de esto aplica."), f"score_{KEYS[0]}"),
            (review(comment="Bien."), "comment"),
            (review(**{KEYS[1]: 4}), f"score_{KEYS[1]}"),
            (review(**{KEYS[1]: -1}), f"score_{KEYS[1]}"),
        ]:
            with pytest.raises(Invalid) as refused:
                services.submit_review(assignment, wrong, by=principal(house.reviewers[0]))
            assert refused.value.field == field
        assert assignment.status is AssignmentStatus.PENDING

    def test_nobody_elses(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        for person in (house.reviewers[1], house.director, house.analyst):
            with pytest.raises(Forbidden):
                services.submit_review(assignment, review(), by=principal(person))

    def test_not_twice(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        by = principal(house.reviewers[0])
        services.submit_review(assignment, review(), by=by)
        with pytest.raises(Conflict):
            services.submit_review(assignment, review(0), by=by)
        with pytest.raises(Conflict):
            services.decline(assignment, "Me arrepentí.", by=by)

    def test_stale_draft_is_refused_even_when_only_scores_changed(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        by = principal(house.reviewers[0])
        seen = assignment.lock_version
        services.save_review(assignment, review(comment=""), by=by)
        then = assignment.lock_version
        services.save_review(assignment, review(1, comment=""), by=by)
        assert seen < then < assignment.lock_version
        with pytest.raises(Conflict, match="otra ventana"):
            services.save_review(assignment, replace(review(), lock_version=then), by=by)

    def test_authorship_found_later_stops_the_review(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        house.proposal.author_id = house.reviewers[0].id
        with pytest.raises(Forbidden, match="quien presentó"):
            services.submit_review(assignment, review(), by=principal(house.reviewers[0]))
        services.declare_conflict(assignment, "Es mía.", by=principal(house.reviewers[0]))
        assert assignment.status is AssignmentStatus.CONFLICT

    @pytest.mark.parametrize(
        ("service", "status"),
        [
            (services.declare_conflict, AssignmentStatus.CONFLICT),
            (services.decline, AssignmentStatus.NOT_COMPETENT),
        ],
    )
    def test_stepping_aside_tells_who_assigned(self, house: House, service: type, status: AssignmentStatus) -> None:
        assignment = house.assigned(house.reviewers[0])
        by = principal(house.reviewers[0])
        with pytest.raises(Invalid):
            service(assignment, "  ", by=by)
        service(assignment, "Trabajé ahí.", by=by)
        assert (assignment.status, assignment.declined_reason) == (status, "Trabajé ahí.")
        assert mails()[-1] == ("assignment_declined", house.director.email)

    def test_system_may_load_history(self, house: House) -> None:
        assignment = house.assigned(house.reviewers[0])
        then = clock.start_of(clock.today())
        with clock.at(then):
            services.submit_review(assignment, review(), by=SYSTEM)
        assert assignment.submitted_at == then

    def test_one_request_a_person_and_round(self, house: House) -> None:
        house.assigned(house.reviewers[0])
        with pytest.raises(Conflict, match="Ya se le pidió"):
            house.assigned(house.reviewers[0])
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Round)) == 1


def test_a_withdrawn_proposal_is_owed_by_nobody(house):
    reviewer, other = house.reviewers[:2]
    assignment = house.assigned(reviewer)
    sent = house.assigned(other)
    services.submit_review(sent, review(), by=house.by(other))
    moves.withdraw(house.proposal, by=SYSTEM, reason="Ya no hace falta.")
    assert (assignment.status, sent.status) == (AssignmentStatus.CANCELLED, AssignmentStatus.SUBMITTED)
    assert queries.open_reviews(reviewer.id) == 0
    told = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "assignment_cancelled")).one()
    assert (told.to_address, told.context["reason"]) == (reviewer.email, "Ya no hace falta.")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "assignment.cancel")).one()
    assert (entry.subject_id, entry.reason) == (assignment.id, "Ya no hace falta.")
    with pytest.raises(Conflict):
        services.submit_review(assignment, review(), by=house.by(reviewer))
