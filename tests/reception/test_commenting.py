"""Comments: who writes, what is kept, replies, the window, official answers, pages and their statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from intake.core import clock, limits
from intake.core.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded, StageClosed, TooMany
from intake.core.identity import GUEST
from intake.extensions import db
from intake.reception.services import commenting, moderating
from models import AuditEntry, Comment, ProposalContact
from models.enums import ModerationReason, Role, StageKind, Stance
from tests import factories
from tests.conftest import token_in
from tests.reception.talk import counts, person, proposal, queued, say, written


def texts(of) -> list[str]:
    return list(
        db.session.scalars(sa.select(Comment.text).where(Comment.proposal_id == of.id).order_by(Comment.number))
    )


def path(of, *rest) -> str:
    return "/".join([f"/propuestas/{of.folio}/comentarios", *map(str, rest)])


def test_a_comment_is_kept_clean_numbered_and_counted(app, as_principal):
    of, by = proposal(), as_principal(person())
    version = of.lock_version
    made = say(of, by, "  Muy bien.\u202e \r\n\r\nFalta el agua  ", stance=Stance.FOR)
    assert (made.number, made.text, made.stance) == (1, "Muy bien.\n\nFalta el agua", Stance.FOR)
    assert (say(of, by).number, counts(of)[1]) == (2, 2)
    assert db.session.scalar(sa.text(f"SELECT lock_version FROM proposal WHERE id = {of.id}")) == version
    entries = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.subject_ref).where(AuditEntry.subject_type == "comment")
    ).all()
    assert [tuple(e) for e in entries] == [("comment.write", f"{of.folio}/1"), ("comment.write", f"{of.folio}/2")]


def test_the_trace_of_a_new_comment_does_not_repeat_what_it_says(app, as_principal):
    of = proposal()
    say(of, as_principal(person()), "Un secreto")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "comment.write")).one()
    assert "secreto" not in str(entry.changes)


def test_the_same_form_twice_is_one_comment_and_another_person_s_key_is_another(app, as_principal):
    of, ana, luis = proposal(), as_principal(person()), as_principal(person())
    first, again = say(of, ana, key="a" * 43), say(of, ana, "otro texto", key="a" * 43)
    assert first.id == again.id
    assert say(of, luis, key="a" * 43).id != first.id
    assert (texts(of), counts(of)[1]) == (["Me parece bien."] * 2, 2)


def test_guests_do_not_comment(app):
    with pytest.raises(SignInNeeded):
        say(proposal(), GUEST)


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b", "palabra " * 301, "x" * 6001])
def test_empty_and_endless_comments_are_refused(app, as_principal, text):
    of, by = proposal(), as_principal(person())
    with pytest.raises(Invalid) as refused:
        say(of, by, text)
    assert (refused.value.field, counts(of)[1]) == ("text", 0)


def test_a_reply_to_a_reply_stays_in_the_thread(app, as_principal):
    of, by = proposal(), as_principal(person())
    root = say(of, by)
    reply = say(of, by, to=1)
    deeper = say(of, by, to=2)
    assert (reply.parent_id, deeper.parent_id) == (root.id, root.id)


def test_nobody_replies_to_what_is_missing_hidden_or_elsewhere(app, as_principal):
    of, other, by = proposal(), proposal(), as_principal(person())
    say(other, by)
    with pytest.raises(NotFound):
        say(of, by, to=1)
    made = say(of, by)
    staff = as_principal(person(Role.ANALYST))
    moderating.hide(of, made, reason=ModerationReason.SPAM, note="Publicidad", by=staff)
    with pytest.raises(Conflict, match="se ocultó"):
        say(of, by, to=1)


@pytest.mark.parametrize("stage", [StageKind.SELECTION, None])
def test_when_closed_people_do_not_comment_but_the_team_may_answer(app, as_principal, stage):
    of = proposal(stage)
    with pytest.raises(StageClosed):
        say(of, as_principal(person()))
    assert say(of, as_principal(person(Role.ANALYST)), official=True).is_official is True
    with pytest.raises(StageClosed):
        say(of, as_principal(person(Role.ANALYST)))


def test_only_the_team_answers_officially(app, as_principal):
    of = proposal()
    for role in (Role.FACILITATOR, Role.REVIEWER, Role.OBSERVER):
        with pytest.raises(Forbidden):
            say(of, as_principal(person(role)), official=True)


def test_an_official_answer_is_told_to_the_author_and_to_who_asked_once_each(app, as_principal):
    of, asker = proposal(), person(email="pregunta@demo.example")
    db.session.add(ProposalContact(proposal_id=of.id, email="autora@demo.example", consent=factories.consent()))
    db.session.commit()
    say(of, as_principal(asker), "¿Cuándo empieza?")
    assert queued("comment_answer") == []
    say(of, as_principal(person(Role.ANALYST)), "En enero.", to=1, official=True)
    sent = queued("comment_answer")
    assert sorted(m.to_address for m in sent) == ["autora@demo.example", "pregunta@demo.example"]
    assert "En enero." in written(sent[0]).text
    assert f"{path(of)}/2" in written(sent[0]).text


@pytest.mark.usefixtures("inside_window")
def test_ten_comments_in_ten_minutes_are_enough(app, as_principal, monkeypatch):
    monkeypatch.setattr(commenting, "BY_ACCOUNT", limits.Limit("comment_account", times=2, minutes=10))
    of, by = proposal(), as_principal(person())
    say(of, by)
    say(of, by)
    with pytest.raises(TooMany):
        say(of, by)
    assert counts(of)[1] == 2


def edit(of, made, by, text="Corregido.", version=None):
    commenting.edit(
        of,
        made,
        text=text,
        stance=Stance.AGAINST,
        lock_version=made.lock_version if version is None else version,
        by=by,
    )


def test_within_the_window_its_author_corrects_and_the_trace_keeps_what_it_was(app, as_principal):
    of, by = proposal(), as_principal(person())
    made = say(of, by)
    with time_machine.travel(clock.now() + timedelta(minutes=14), tick=False):
        edit(of, made, by)
        assert (made.text, made.stance, made.edited_at) == ("Corregido.", Stance.AGAINST, clock.now())
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "comment.edit")).one()
    assert entry.changes["text"] == ["(texto)", "(texto)"]  # that it changed; the words may be hidden one day


def test_after_the_window_or_by_others_or_on_an_old_page_nothing_changes(app, as_principal):
    of, by = proposal(), as_principal(person())
    made = say(of, by)
    for other in (person(), person(Role.DIRECTORATE)):
        with pytest.raises(Forbidden):
            edit(of, made, as_principal(other))
    with pytest.raises(Conflict):
        edit(of, made, by, version=99)
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=2), tick=False), pytest.raises(Conflict):
        edit(of, made, by)
    assert texts(of) == ["Me parece bien."]


def test_the_pages_write_reply_and_correct(app, sign_in, post):
    of, browser = proposal(), sign_in(person(name="Rosa Ejemplo"))
    sent = post(
        browser, path(of, "nuevo"), text="Hace falta <b>agua</b>: https://agua.example/x?a=1&b=2.", stance="for"
    )
    assert (sent.status_code, sent.location) == (303, f"{path(of, 1)}#c1")
    page = browser.get(path(of)).text
    assert "Hace falta &lt;b&gt;agua&lt;/b&gt;" in page
    assert 'href="https://agua.example/x?a=1&amp;b=2" rel="nofollow ugc noopener noreferrer"' in page
    assert "Rosa Ejemplo" in page
    assert path(of, 1, "editar") in page
    post(browser, f"{path(of, 'nuevo')}?responde=1", text="Y más.", stance="neutral")
    assert browser.get(path(of, 2)).location == f"{path(of, 1)}#c2"
    assert "Y más." in browser.get(path(of, 1)).text
    post(browser, path(of, 1, "editar"), text="Otra cosa", stance="against")
    page = app.test_client().get(path(of)).text
    assert "editado el" in page
    assert "En contra de la propuesta" in page
    assert "/editar" not in page
    assert "Otra cosa" in app.test_client().get(f"/propuestas/{of.folio}").text


def test_a_form_pressed_twice_makes_one(app, sign_in):
    of, browser = proposal(), sign_in(person())
    page = browser.get(path(of, "nuevo")).text
    key = page[page.index('name="key"') :].split('value="')[1].split('"')[0]
    fields = {"csrf_token": token_in(page), "key": key, "text": "Una vez", "stance": "neutral"}
    places = [browser.post(path(of, "nuevo"), data=fields).location for _ in range(2)]
    assert (places[0], texts(of)) == (places[1], ["Una vez"])


def test_what_a_guest_typed_is_carried_to_sign_in(app, client):
    of = proposal()
    page = client.get(path(of, "nuevo")).text
    assert "lo que escribió no se perderá" in page
    fields = {"csrf_token": token_in(page), "text": "Mi idea larga", "stance": "for"}
    answer = client.post(path(of, "nuevo"), data=fields)
    assert answer.status_code == 401
    assert "Mi idea larga" in answer.text
    assert texts(of) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Escriba su comentario."),
        ({"text": "x", "stance": "raro"}, "valid"),
        ({"text": "a" * 5000}, "Hay una palabra de 5000 letras seguidas."),
        ({"text": "palabra " * 301}, "como máximo 300 palabras"),
    ],
)
def test_bad_input_comes_back_with_what_was_typed(app, sign_in, post, fields, words):
    of, browser = proposal(), sign_in(person())
    answer = post(browser, path(of, "nuevo"), **{"stance": "neutral", **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert fields["text"].strip()[:20] in answer.text
    assert texts(of) == []


def test_the_stage_that_closed_meanwhile_leaves_the_text_and_says_so(app, sign_in):
    of, browser = proposal(), sign_in(person())
    token = token_in(browser.get(path(of, "nuevo")).text)
    db.session.execute(sa.text("UPDATE stage SET opens_on = NULL, closes_on = NULL"))
    db.session.commit()
    answer = browser.post(path(of, "nuevo"), data={"csrf_token": token, "text": "Mi idea", "stance": "neutral"})
    assert answer.status_code == 409
    assert "Mi idea" in answer.text
    assert "Hoy ninguna de las dos está abierta." in answer.text


def test_an_old_forgery_token_keeps_the_text(app, sign_in):
    of, browser = proposal(), sign_in(person())
    answer = browser.post(path(of, "nuevo"), data={"text": "Mi idea", "stance": "neutral"})
    assert (answer.status_code, "Mi idea" in answer.text, texts(of)) == (422, True, [])


@pytest.mark.parametrize("number", ["0", "99", "9" * 40])
def test_a_number_that_nobody_has_is_not_found(app, client, number):
    assert client.get(path(proposal(), number)).status_code == 404


def test_citizens_cannot_make_an_official_answer_by_the_form(app, sign_in, post):
    of = proposal()
    post(sign_in(person()), path(of, "nuevo"), text="Soy del equipo", stance="neutral", official="y")
    assert db.session.scalar(sa.select(Comment.is_official)) is False


def fill(of, by, roots: int, replies: int) -> None:
    rows = [
        Comment(proposal_id=of.id, number=n, author_id=by.user_id, text=f"Raíz {n}", created_at=clock.now())
        for n in range(1, roots + 1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    numbers = iter(range(roots + 1, roots + 1 + roots * replies))
    db.session.add_all(
        Comment(
            proposal_id=of.id, number=next(numbers), parent_id=row.id, author_id=by.user_id, text="R",
            created_at=clock.now(),
        )
        for row in rows
        for _ in range(replies)
    )  # fmt: skip
    of.comment_count = roots * (replies + 1)
    db.session.commit()


@pytest.mark.parametrize(("roots", "replies"), [(1, 1), (3, 2), (50, 7)])
def test_reading_takes_the_same_statements_however_many_there_are(
    app, client, as_principal, count_queries, roots, replies
):
    of = proposal()
    fill(of, as_principal(person()), roots, replies)
    with count_queries() as seen:
        page = client.get(path(of)).text
    assert (len(seen), page.count('<article class="comment')) == (6, min(roots, 20) * (1 + min(replies, 5)))
    with count_queries() as seen:
        assert client.get(path(of, 1)).status_code == 200
    assert len(seen) == 5


def test_pages_and_orders(app, client, as_principal):
    of = proposal()
    fill(of, as_principal(person()), 25, 0)
    newest, second = client.get(path(of)).text, client.get(f"{path(of)}?pagina=2").text
    assert ("Raíz 25<" in newest, "Raíz 5<" in newest, "Raíz 5<" in second) == (True, False, True)
    oldest = client.get(f"{path(of)}?orden=antiguos").text
    assert ("Raíz 1<" in oldest, "Raíz 25<" in oldest) == (True, False)
    assert "orden=antiguos" in oldest[oldest.index("govuk-pagination") :]


def test_a_reply_on_the_second_page_of_its_thread_is_found(app, client, as_principal):
    of = proposal()
    fill(of, as_principal(person()), 1, 25)
    place = client.get(path(of, 24)).location
    assert place == f"{path(of, 1)}?pagina=2#c24"
    assert 'id="c24"' in client.get(place).text


def test_the_copy_of_an_account_holds_its_comments_and_supports(app, as_principal):
    from intake.accounts import taking_away
    from intake.reception.services import supporting

    of, ana, luis = proposal(), as_principal(person()), as_principal(person())
    say(of, ana, "Lo mío")
    say(of, luis, "Lo ajeno")
    supporting.give(of, by=ana)
    copy = taking_away.copy(by=ana)
    assert [(c["folio"], c["text"]) for c in copy["comments"]] == [(of.folio, "Lo mío")]
    assert [s["folio"] for s in copy["supports"]] == [of.folio]
