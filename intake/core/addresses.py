"""Mail, telephone and web addresses as people write them, in the one form in which they are kept."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_WEB = re.compile(r"https?://[^\s/$.?#\"'<>][^\s\"'<>]*\.[^\s\"'<>]{2,}", re.IGNORECASE)


def email_of(text: str) -> str | None:
    """The address in small letters, None if it is none. Asks no network."""
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def phone_of(text: str) -> str | None:
    """The number in E.164, Ecuador's code where none was written; None if it is none.

    A spreadsheet drops the first zero of a number: ``991234567`` is read as ``0991234567``. A number without its area
    code is none: from elsewhere nobody can call it.
    """
    try:
        number = phonenumbers.parse(text, "EC")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def web_of(text: str) -> str | None:
    """The address with its scheme, ``https`` where none was written; None if it is none."""
    address = text if "://" in text else f"https://{text}"
    return address if _WEB.fullmatch(address) else None
