"""Reports, hiding, bringing back, appeals: who may, who may not, what stays public, what the author is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from intake.core import clock
from intake.core.errors import Conflict, Forbidden, Invalid, SignInNeeded
from intake.core.identity import GUEST, SYSTEM
from intake.extensions import db
from intake.reception.queries import conversation as reading
from intake.reception.services import commenting, moderating
from intake.reports import invariants_conversation as rules
from intake.reports import opendata
from models import AuditEntry, Comment, CommentReport
from models.enums import AppealStatus, ModerationReason, ProposalStatus, Role
from tests.reception.talk import counts, person, proposal, queued, say, written

SECRET = "Llamen al 099 123 4567"


@pytest.fixture
def at(app, as_principal):
    """A comment, its author, two officials and a reader."""

    class At:
        of = proposal()
        author_user, analyst_user, chief_user, reader_user = (
            person(email="autora@demo.example"),
            person(Role.ANALYST),
            person(Role.DIRECTORATE),
            person(),
        )
        author, analyst, chief, reader = map(as_principal, (author_user, analyst_user, chief_user, reader_user))
        comment = say(of, author, SECRET)

    return At


def hide(at, by=None, reason=ModerationReason.PERSONAL_DATA, note="Muestra un teléfono."):
    moderating.hide(at.of, at.comment, reason=reason, note=note, by=by or at.analyst)


def report(at, by, reason=ModerationReason.SPAM, note=""):
    moderating.report(at.of, at.comment, reason=reason, note=note, by=by)


def path(at, *rest) -> str:
    return "/".join([f"/propuestas/{at.of.folio}/comentarios", *map(str, rest)])


def test_a_report_hides_nothing_however_many_there_are(at, as_principal):
    for _ in range(12):
        report(at, as_principal(person()))
    assert (at.comment.hidden_at, counts(at.of)[1], reading.queue_numbers()[reading.REPORTED]) == (None, 1, 1)


def test_one_person_s_second_report_changes_the_first(at):
    report(at, at.reader)
    report(at, at.reader, ModerationReason.INSULT, "Mire bien")
    rows = db.session.scalars(sa.select(CommentReport)).all()
    assert [(r.reason, r.note) for r in rows] == [(ModerationReason.INSULT, "Mire bien")]
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "comment.report")) == 1


def test_who_may_not_report(at):
    with pytest.raises(SignInNeeded):
        report(at, GUEST)
    with pytest.raises(Conflict, match="propio"):
        report(at, at.author)
    hide(at)
    with pytest.raises(Conflict, match="oculto"):
        report(at, at.reader)


def test_hiding_keeps_the_place_tells_the_author_and_settles_the_reports(at, client):
    report(at, at.reader)
    hide(at)
    assert (at.comment.hidden_reason, counts(at.of)[1]) == (ModerationReason.PERSONAL_DATA, 0)
    assert db.session.scalar(sa.select(CommentReport.settled_at)) is not None
    (message,) = queued("comment_hidden")
    text = written(message).text
    assert (message.to_address, "Muestra un teléfono." in text, "Muestra datos personales" in text) == (
        "autora@demo.example",
        True,
        True,
    )
    assert path(at, 1, "apelar") in text
    for address in (path(at), path(at, 1), f"/propuestas/{at.of.folio}", "/datos/comentarios.json"):
        page = client.get(address).text
        assert "099 123" not in page, address
    page = client.get(path(at)).text
    assert "«Muestra datos personales»" in page
    assert 'id="c1"' in page


def test_its_author_reads_what_was_hidden_and_why(at, sign_in):
    hide(at)
    page = sign_in(at.author_user).get(path(at, 1)).text
    assert ("099 123" in page, "Muestra un teléfono." in page, path(at, 1, "apelar") in page) == (True, True, True)
    assert "099 123" not in sign_in(at.reader_user).get(path(at, 1)).text


def test_only_the_team_moderates_and_nobody_the_own_words(at, as_principal):
    for by in (at.author, at.reader, as_principal(person(Role.REVIEWER)), as_principal(person(Role.FACILITATOR))):
        with pytest.raises(Forbidden):
            hide(at, by)
        with pytest.raises(Forbidden):
            moderating.dismiss(at.of, at.comment, by=by)
        with pytest.raises(Forbidden):
            moderating.restore(at.of, at.comment, note="x", by=by)
    own = say(at.of, at.analyst)
    with pytest.raises(Forbidden):
        moderating.hide(at.of, own, reason=ModerationReason.SPAM, note="x", by=at.analyst)


def test_hiding_needs_a_reason_and_happens_once(at):
    with pytest.raises(Invalid):
        hide(at, note="  ")
    hide(at)
    with pytest.raises(Conflict):
        hide(at, at.chief)
    assert (counts(at.of)[1], len(queued("comment_hidden"))) == (0, 1)


def test_a_kept_comment_leaves_the_queue_and_a_new_reader_may_report_again(at, as_principal):
    report(at, at.reader)
    moderating.dismiss(at.of, at.comment, by=at.analyst)
    assert (reading.queue_numbers()[reading.REPORTED], counts(at.of)[1]) == (0, 1)
    with pytest.raises(Conflict):
        moderating.dismiss(at.of, at.comment, by=at.chief)
    with pytest.raises(Conflict, match="ya revisó"):
        report(at, at.reader)  # the same again: nobody will read it, and nobody says so
    assert reading.queue_numbers()[reading.REPORTED] == 0
    report(at, as_principal(person()))
    assert reading.queue_numbers()[reading.REPORTED] == 1


@pytest.mark.parametrize("new", [{"reason": ModerationReason.INSULT}, {"note": "Mire la segunda línea"}, {}])
def test_what_a_settled_report_tells_anew_is_read_again(at, new):
    report(at, at.reader, note="Repite")
    moderating.dismiss(at.of, at.comment, by=at.analyst)
    if not new:  # the words changed since
        at.comment.edited_at = clock.now() + timedelta(seconds=1)
    report(at, at.reader, **{"note": "Repite", **new})
    assert reading.queue_numbers()[reading.REPORTED] == 1
    row = db.session.scalars(sa.select(CommentReport)).one()
    assert (row.settled_at, row.reason) == (None, new.get("reason", ModerationReason.SPAM))
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.action == "comment.report")) == 2


def test_who_reports_the_same_again_keeps_the_words_and_learns_that_it_was_read(at, sign_in, post):
    browser = sign_in(at.reader_user)
    given = {"reason": "spam", "note": "Se repite mucho"}
    assert post(browser, path(at, 1, "denunciar"), **given).status_code == 303
    moderating.dismiss(at.of, at.comment, by=at.analyst)
    again = post(browser, path(at, 1, "denunciar"), **given)
    assert again.status_code == 409 and "ya revisó su denuncia" in again.text and "Se repite mucho" in again.text


def test_restoring_shows_it_again_and_tells_why(at, client):
    hide(at)
    moderating.restore(at.of, at.comment, note="Me equivoqué de comentario.", by=at.analyst)
    assert (at.comment.hidden_at, at.comment.hidden_reason, counts(at.of)[1]) == (None, None, 1)
    assert "Me equivoqué" in written(queued("comment_restored")[0]).text
    assert "099 123" in client.get(path(at)).text
    with pytest.raises(Conflict):
        moderating.restore(at.of, at.comment, note="x", by=at.chief)


def test_the_author_appeals_once_and_another_official_decides(at):
    with pytest.raises(Conflict, match="a la vista"):
        moderating.appeal(at.of, at.comment, text="¿Por qué?", by=at.author)
    hide(at)
    for by in (at.reader, at.analyst):
        with pytest.raises(Forbidden):
            moderating.appeal(at.of, at.comment, text="No es mío", by=by)
    with pytest.raises(Invalid):
        moderating.appeal(at.of, at.comment, text=" ", by=at.author)
    moderating.appeal(at.of, at.comment, text="Es el teléfono público de la junta.", by=at.author)
    with pytest.raises(Conflict, match="una vez"):
        moderating.appeal(at.of, at.comment, text="Otra vez", by=at.author)
    for by in (at.analyst, at.author, at.reader):
        with pytest.raises(Forbidden):
            moderating.decide_appeal(at.of, at.comment, grant=True, answer="Sí", by=by)
    with pytest.raises(Conflict, match="otra persona"):
        moderating.restore(at.of, at.comment, note="Mejor lo muestro", by=at.analyst)
    moderating.decide_appeal(at.of, at.comment, grant=True, answer="Es público.", by=at.chief)
    assert (at.comment.hidden_at, at.comment.appeal_status, counts(at.of)[1]) == (None, AppealStatus.GRANTED, 1)
    assert "la aceptó" in written(queued("comment_appeal")[0]).text
    with pytest.raises(Conflict):
        moderating.decide_appeal(at.of, at.comment, grant=False, answer="No", by=at.chief)


def test_a_refused_appeal_leaves_it_hidden_with_the_answer(at):
    hide(at)
    moderating.appeal(at.of, at.comment, text="No es cierto.", by=at.author)
    moderating.decide_appeal(at.of, at.comment, grant=False, answer="El teléfono es de otra persona.", by=at.chief)
    assert (at.comment.appeal_status, at.comment.hidden_at is not None, counts(at.of)[1]) == (
        AppealStatus.REFUSED,
        True,
        0,
    )
    text = written(queued("comment_appeal")[0]).text
    assert "la negó" in text
    assert "El teléfono es de otra persona." in text


def test_hidden_again_it_may_be_appealed_again_and_the_new_hider_does_not_decide(at):
    hide(at)
    moderating.appeal(at.of, at.comment, text="No.", by=at.author)
    moderating.decide_appeal(at.of, at.comment, grant=True, answer="Sí.", by=at.chief)
    hide(at, at.chief)
    assert at.comment.appeal_status is None
    moderating.appeal(at.of, at.comment, text="Otra vez no.", by=at.author)
    with pytest.raises(Forbidden):
        moderating.decide_appeal(at.of, at.comment, grant=True, answer="Sí.", by=at.chief)
    moderating.decide_appeal(at.of, at.comment, grant=True, answer="Sí.", by=at.analyst)
    assert counts(at.of)[1] == 1


def moderated() -> dict[str, tuple[int, int, int]]:
    return {m.reason.value: (m.by_people, m.by_machine, m.restored) for m in reading.moderated()}


def test_the_public_count_tells_person_from_machine_and_what_came_back(at, client):
    assert set(moderated().values()) == {(0, 0, 0)}
    hide(at)
    moderating.restore(at.of, at.comment, note="Error", by=at.analyst)
    hide(at, SYSTEM)
    assert moderated()["personal_data"] == (1, 1, 1)
    page = client.get("/normas").text
    row = page[page.index("Muestra datos personales</th>") :][:300]
    assert row.count(">1</td>") == 3
    assert at.comment.hidden_by_machine is True


def test_the_rules_name_every_reason(client):
    page = client.get("/normas").text
    for words in ("Insulta o discrimina", "Amenaza", "No trata de la propuesta", "Publicidad", "contrario a la ley"):
        assert words in page
    assert "número de denuncias" in page


def test_the_queue_and_the_decision_on_pages(at, sign_in, post):
    post(sign_in(at.reader_user), path(at, 1, "denunciar"), reason="personal_data", note="Es mi número")
    browser = sign_in(at.analyst_user)
    queue = browser.get("/moderacion").text
    assert path(at, 1, "moderar") in queue
    page = browser.get(path(at, 1, "moderar")).text
    assert "Es mi número" in page
    done = post(browser, path(at, 1, "moderar"), action="ocultar", reason="personal_data", note="Un teléfono.")
    assert (done.status_code, done.location) == (303, "/moderacion")
    assert "Muestra datos personales" in browser.get("/moderacion?ver=ocultos").text
    author = sign_in(at.author_user)
    assert post(author, path(at, 1, "apelar"), text="Es de la junta.").status_code == 303
    assert "usted ocultó el comentario" in browser.get(path(at, 1, "moderar")).text
    chief = sign_in(at.chief_user)
    assert "Es de la junta." in chief.get(path(at, 1, "moderar")).text
    assert post(chief, path(at, 1, "moderar"), action="aceptar", note="De acuerdo.").status_code == 303
    assert counts(at.of)[1] == 1


def test_two_officials_at_once_are_told_that_it_is_decided(at, sign_in, post):
    browser = sign_in(at.analyst_user)
    token_page = path(at, 1, "moderar")
    hide(at, at.chief)
    done = post(browser, token_page, action="ocultar", reason="spam", note="Es publicidad repetida")
    assert done.status_code == 409
    assert "ya está oculto" in done.text and "Moderar el comentario" in done.text
    assert "Es publicidad repetida" in done.text  # in a box: its form is not there any more
    assert at.comment.hidden_reason is ModerationReason.PERSONAL_DATA


@pytest.mark.parametrize(
    "fields",
    [{"action": "ocultar"}, {"action": "ocultar", "reason": "raro", "note": "x"}, {"action": "otra"}, {}],
)
def test_a_decision_without_reason_is_refused(at, sign_in, post, fields):
    answer = post(sign_in(at.analyst_user), path(at, 1, "moderar"), **fields)
    assert (answer.status_code, counts(at.of)[1]) == (422, 1)


def test_citizens_see_no_queue(at, sign_in, client):
    assert sign_in(at.reader_user).get("/moderacion").status_code == 403
    assert sign_in(at.reader_user).get(path(at, 1, "moderar")).status_code == 403
    assert client.get("/moderacion").status_code == 302


def test_a_guest_s_report_is_carried_to_sign_in(at, client, post):
    answer = post(client, path(at, 1, "denunciar"), reason="spam", note="Vende algo")
    assert (answer.status_code, "Vende algo" in answer.text) == (401, True)


@pytest.mark.parametrize("many", [1, 3, 50])
def test_the_queue_takes_the_same_statements(at, sign_in, as_principal, count_queries, many):
    rows = [
        Comment(proposal_id=at.of.id, number=n, author_id=at.author_user.id, text="x", created_at=clock.now())
        for n in range(2, many + 2)
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(
        CommentReport(comment_id=r.id, user_id=at.reader_user.id, reason=ModerationReason.SPAM, reported_at=clock.now())
        for r in rows
    )
    db.session.commit()
    browser = sign_in(at.analyst_user)
    with count_queries() as seen:
        page = browser.get("/moderacion").text
    assert (len(seen), page.count("/moderar")) == (5, min(many, 20))


def test_the_open_table_tells_the_rule_and_never_the_hidden_text(at):
    say(at.of, at.reader, "Otra idea", to=1)
    hide(at)
    names = [c.name for c in opendata.TABLES["comentarios"].columns]
    rows = [dict(zip(names, r, strict=True)) for r in opendata.rows(opendata.TABLES["comentarios"])]
    assert [(r["numero"], r["responde_a"], r["texto"], r["regla"], r["por_maquina"]) for r in rows] == [
        (1, None, None, "personal_data", "no"),
        (2, 1, "Otra idea", None, None),
    ]


def test_comments_of_a_proposal_set_aside_are_not_published(at):
    from models import Proposal

    db.session.execute(
        sa.update(Proposal.__table__).where(Proposal.id == at.of.id).values(status=ProposalStatus.HELD.value)
    )
    assert list(opendata.rows(opendata.TABLES["comentarios"])) == []


def broken() -> dict[str, list[str]]:
    names = (
        "supports_add_up",
        "comments_add_up",
        "hidden_for_a_told_reason",
        "appeals_decided_by_another",
        "replies_stay_in_their_thread",
    )
    return {name: found for name in names if (found := list(getattr(rules, name)()))}


def test_each_rule_of_the_check_is_seen_when_it_breaks(at):
    hide(at)
    moderating.appeal(at.of, at.comment, text="No.", by=at.author)
    moderating.decide_appeal(at.of, at.comment, grant=False, answer="No.", by=at.chief)
    reply = say(at.of, at.reader, official=False)
    other = say(proposal(), at.reader)
    assert broken() == {}
    here, table = f"{at.of.folio}/1", Comment.__table__

    def write(of: Comment, **values) -> None:
        db.session.execute(sa.update(table).where(table.c.id == of.id).values(**values))

    write(at.comment, appeal_by_id=at.analyst.user_id)
    write(reply, parent_id=other.id)
    db.session.execute(sa.text(f"UPDATE proposal SET support_count = 7, comment_count = 9 WHERE id = {at.of.id}"))
    assert broken() == {
        "supports_add_up": [at.of.folio],
        "comments_add_up": [at.of.folio],
        "appeals_decided_by_another": [here],
        "replies_stay_in_their_thread": [f"{at.of.folio}/2"],
    }
    write(at.comment, hidden_note=" ")
    assert broken()["hidden_for_a_told_reason"] == [here]
    write(at.comment, hidden_note="x", hidden_by_id=None)
    assert broken()["hidden_for_a_told_reason"] == [here]


def test_the_trace_keeps_no_word_that_may_be_hidden(at):
    """Observers read the trace: it says that words were written, changed and appealed for, never which."""
    given = {"text": f"{SECRET} ya", "stance": at.comment.stance, "lock_version": at.comment.lock_version}
    commenting.edit(at.of, at.comment, by=at.author, **given)
    hide(at)
    moderating.appeal(at.of, at.comment, text=f"No es mío: {SECRET}", by=at.author)
    moderating.decide_appeal(at.of, at.comment, grant=False, answer="Es un teléfono.", by=at.chief)
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_type == "comment")).all()
    told = {entry.action: entry.changes for entry in entries}
    assert SECRET not in json.dumps(list(told.values()), ensure_ascii=False)
    assert {e.reason for e in entries if e.action in {"comment.hide", "comment.refuse_appeal"}} == {"(texto)"}
    assert told["comment.edit"]["text"] == ["(texto)"] * 2
    assert told["comment.hide"]["hidden_note"][1] == told["comment.appeal"]["appeal"][1] == "(texto)"
    assert SECRET in at.comment.text and SECRET in at.comment.appeal  # the row, for those who decide
