"""The messages of the mapping, in both languages."""

from __future__ import annotations

import pytest

from intake.core import mail

CONTEXT = {
    "actor_name": "Río <Claro>",
    "contact_name": "Rosa",
    "slug": "rio-claro",
    "reason": "No existe.",
    "token": "t" * 43,
}


@pytest.mark.parametrize("locale", ["es", "en", "qu"])
@pytest.mark.parametrize("kind", ["actor_self_register", "actor_verify", "actor_reject"])
def test_every_message_has_a_subject_and_names_the_actor(app, kind, locale):
    made = mail.render(kind, locale, CONTEXT)
    assert made.subject and "Río <Claro>" in made.text and "<Claro>" not in made.html


def test_the_reason_is_told_whole_with_the_way_back(app):
    text = mail.render("actor_reject", "es", CONTEXT).text
    assert "No existe." in text and "/actores/registro" in text
    assert "/actores/rio-claro" in mail.render("actor_verify", "es", CONTEXT).text
