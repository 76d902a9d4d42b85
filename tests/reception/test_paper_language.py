"""The page that prints sheets says why they keep their languages, to whom reads it in another."""

from __future__ import annotations

import pytest

from tests.reception.test_desk_views import clerk, packet  # noqa: F401 -- fixtures


@pytest.mark.parametrize(("language", "says"), [("es", False), ("en", True)])
def test_the_screen_says_why_the_paper_keeps_its_languages(sign_in, packet, clerk, language, says):  # noqa: F811
    page = sign_in(clerk).get(f"/ventanilla/paquetes/{packet.reference}/imprimir?lang={language}").text
    above, papers = page.split('<div class="papers"')
    note = (
        "The sheets are in Spanish and Kichwa on purpose" if language == "en" else "en español y en kichwa a propósito"
    )
    assert (note in above) is says
    assert above.index('class="no-print column"') < above.index(note) if says else note not in page
    assert "a propósito" not in papers and "on purpose" not in papers
