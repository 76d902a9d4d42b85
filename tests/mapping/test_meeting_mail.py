"""What the members of a body are told of a meeting, in both languages."""

from __future__ import annotations

import pytest

from intake.core import mail

CONTEXT = {
    "body_kind": "core_group",
    "plan": "PAGA3",
    "title": "Primera <reunión>",
    "starts_at": "2026-12-05T15:00:00+00:00",
    "mode": "virtual",
    "place": "Videollamada",
    "agenda": "1. Instalación.\n2. Varios.",
    "reason": "Por el paro.",
    "path": "/nucleo/PAGA3/grupo-nucleo/reuniones/1",
}


@pytest.mark.parametrize(
    ("locale", "day"), [("es", "5 de diciembre de 2026"), ("en", "5 December 2026"), ("qu", "2026")]
)
@pytest.mark.parametrize("kind", ["meeting_call", "meeting_change", "meeting_cancel"])
def test_every_message_says_which_meeting_when_and_where_to_read(app, kind, locale, day):
    made = mail.render(kind, locale, CONTEXT)
    assert "Primera <reunión>" in made.subject and day in made.subject
    assert "10:00" in made.text and CONTEXT["path"] in made.text
    assert (f"{CONTEXT['path']}.ics" in made.text) is (kind != "meeting_cancel")
    assert "<reunión>" not in made.html


def test_each_says_what_it_is_about(app):
    call, change, cancel = (mail.render(f"meeting_{k}", "es", CONTEXT).text for k in ("call", "change", "cancel"))
    assert "2. Varios." in call and "Virtual: Videollamada" in call and "Grupo Núcleo del PAGA3" in call
    assert "Virtual: Videollamada" in change and "Por el paro." not in change
    assert "Motivo: Por el paro." in cancel
