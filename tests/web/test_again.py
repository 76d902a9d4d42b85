"""A form that its service refused comes again with everything; where it cannot, the refusal's page gives the words."""

from __future__ import annotations

import pytest

from intake.core import errors, transaction
from models.enums import ProposalStatus, Role
from tests import factories as make

WORDS = "Es un texto que costó escribir: «así» & asá."


@pytest.fixture
def refused(monkeypatch):
    """Let every service refuse as if somebody had been first."""

    def by(error):
        def begin():
            raise error

        monkeypatch.setattr(transaction, "_begin_writing", begin)

    return by


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Conflict("Ya estaba."), 409),
        (errors.Forbidden("Ya no."), 403),
        (errors.Invalid("No va."), 422),
        (errors.TooMany("Espere.", retry_after_seconds=60), 429),
    ],
)
def test_the_form_comes_again_with_the_words_and_what_happened(app, sign_in, post, refused, error, status):
    of = make.proposal(make.plan(), ProposalStatus.SUBMITTED)
    browser = sign_in(make.user(Role.ANALYST))
    path = f"/propuestas/{of.folio}/apartar"
    browser.get(path)
    refused(error)
    seen = post(browser, path, reason=WORDS)
    assert seen.status_code == status
    assert str(error.message) in seen.text and 'name="reason"' in seen.text
    assert "costó escribir: «así» &amp; asá." in seen.text


def test_what_has_no_form_gives_the_words_back_on_the_page_of_the_refusal(app, sign_in, post, refused):
    actor = make.actor("Uno")
    browser = sign_in(make.user(Role.ANALYST))
    token_page = f"/actores/{actor.slug}"
    browser.get(token_page)
    refused(errors.Conflict("Ya estaba."))
    seen = post(browser, f"/actores/{actor.slug}/movimientos/verify", page="/propuestas/nueva", reason=WORDS)
    assert seen.status_code == 409 and "Ya estaba." in seen.text
    assert "costó escribir: «así» &amp; asá." in seen.text
    foreign = browser.post(
        f"/actores/{actor.slug}/movimientos/verify", data={"reason": WORDS}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 400 and "costó escribir" not in foreign.text
