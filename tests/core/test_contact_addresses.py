"""Mail and telephones are read by one rule, whichever form, sheet or file brings them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from wtforms.validators import ValidationError

from forms.addresses import EmailShape, telephone
from intake.core.addresses import email_of, phone_of


@pytest.mark.parametrize("typed", ["991234567", "0991234567", "(099) 123-4567", "+593 99 123 4567", "00593991234567"])
def test_a_form_keeps_a_telephone_as_everybody_does(typed):
    field = SimpleNamespace(data=typed)
    telephone(None, field)
    assert field.data == phone_of(typed) == "+593991234567"


@pytest.mark.parametrize("typed", ["022345678", "22345678", "(02) 234-5678", "+593 2 234 5678"])
def test_a_landline_has_its_area_code(typed):
    assert phone_of(typed) == "+59322345678"


@pytest.mark.parametrize("typed", ["123", "2345678", "no tengo", "09912345678901", "+999 1234567"])
def test_what_is_no_telephone_is_refused_and_kept_in_its_field(typed):
    field = SimpleNamespace(data=typed)
    with pytest.raises(ValidationError):
        telephone(None, field)
    assert (field.data, phone_of(typed)) == (typed, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Rosa@Demo.Example", "rosa@demo.example"),
        ("ana..vera@demo.example", None),
        ("ana@demo", None),
        ("ana@demo.example.", None),
        ("ana vera@demo.example", None),
        ("", None),
    ],
)
def test_a_form_refuses_the_mail_that_nobody_would_keep(typed, kept):
    assert email_of(typed) == kept
    if kept is None:
        with pytest.raises(ValidationError):
            EmailShape()(None, SimpleNamespace(data=typed))
    else:
        EmailShape()(None, SimpleNamespace(data=typed))
