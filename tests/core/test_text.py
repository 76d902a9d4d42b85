"""What people type, cleaned, folded and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.core import tokens
from intake.core.search import stems, terms
from intake.core.text import clean, number_of, plain, slugify


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  dos   espacios ", "dos espacios"),
        ("una\r\nlínea", "una\nlínea"),
        ("al rev\u202eés", "al revés"),
        ("cero\u200bancho\x00", "ceroancho"),
        ("e\u0301", "é"),
        (None, ""),
    ],
)
def test_clean(typed: str | None, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_plain_and_slug() -> None:
    assert plain("Cotacachí ÑANDÚ") == "cotacachi nandu"
    assert slugify("Fundación «Agua & Vida», 2.ª época") == "fundacion-agua-vida-2-a-epoca"
    assert slugify("¡!") == "x"
    assert len(slugify("palabra " * 50)) <= 80


@pytest.mark.parametrize(("one", "other"), [("Cotacachí", "cotacachi"), ("juntas parroquiales", "junta parroquial")])
def test_search_sees_through_accents_and_plurals(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("sent", "number"),
    [("0", 0), ("12", 12), ("9" * 9, 999_999_999), ("9" * 10, None), ("9" * 5_000, None), ("", None), (None, None)]
    + [(odd, None) for odd in ("-1", "1.0", " 1", "1_0", "²", "٣", "uno")],
)
def test_a_number_that_somebody_sends_is_one_or_none(sent, number):
    assert number_of(sent) == number


def test_search_terms_are_bounded_and_safe() -> None:
    assert terms("agua AGUA aguas") == ["agu"]
    assert len(terms(" ".join(f"palabra{i}" for i in range(99)))) == 12
    assert terms("' OR 1=1 -- \" * ( )") == ["or"]


def test_codes_survive_how_people_copy_them() -> None:
    code = tokens.new_code()
    stored = tokens.code_hash(code, "PAGA3-00001")
    assert tokens.matches(f" {tokens.readable(code).lower()} ", "PAGA3-00001", stored)
    assert tokens.matches(code.replace("0", "O").replace("1", "l"), "PAGA3-00001", stored)
    assert not tokens.matches(code, "PAGA3-00002", stored)
    assert not tokens.matches(code, "PAGA3-00001", None)


def test_a_lazy_sentence_that_quotes_markup_is_escaped(app):
    from intake.core.i18n import lazy_gettext, lazy_ngettext

    template = app.jinja_env.from_string("{{ words }} {{ [words]|join(' ') }}")
    for words in (
        lazy_gettext("No se reconoce «%(text)s».", text="<script>"),
        lazy_ngettext("%(num)s de %(text)s", "%(num)s de %(text)s", 1, text="<script>"),
    ):
        with app.test_request_context():
            page = template.render(words=words)
        assert page.count("&lt;script&gt;") == 2 and "<script>" not in page
