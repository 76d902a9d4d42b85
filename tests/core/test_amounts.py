"""Amounts as people write them."""

from decimal import Decimal

import pytest

from intake.core import amounts


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("48.000", "48000"),
        ("48,000", "48000"),
        ("48.000,50", "48000.50"),
        ("48000", "48000"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("USD 48 000,5", "48000.5"),
        ("$12", "12"),
        ("12500,50", "12500.50"),
        ("0", "0"),
        ("0,5", "0.5"),
    ],
)
def test_every_usual_way_is_understood(typed: str, value: str) -> None:
    assert amounts.parse(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    ["", "mucho", "-5", "1e999", "NaN", "Infinity", "1.23.456", "1.2345", "0.500", "1.234,567", "1,234,56", "12,", ",5",
     "1.234.56", "1,234.567,8", "٣٠٠."],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed: str) -> None:
    assert amounts.parse(typed) is None
