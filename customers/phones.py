"""Customers' phone numbers: one spelling for storage, bare digits for search and comparison."""

import re

import phonenumbers

from accounts.phones import DEFAULT_REGION

CHINESE_MOBILE = re.compile(r"1[3-9]\d{9}")
NOT_A_DIGIT = re.compile(r"\D")
FEWEST_DIGITS = 5


def normal_phone(text: str) -> str:
    """13812345678, 0512 6578 1234 or +44 20 7946 0958; what can't be read as a number stays as typed."""
    text = text.strip()
    digits = phone_digits(text)
    if CHINESE_MOBILE.fullmatch(digits):
        return digits
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    if not phonenumbers.is_valid_number(number) or number.extension:
        return text
    at_home = number.country_code == phonenumbers.country_code_for_region(DEFAULT_REGION)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def phone_digits(text: str) -> str:
    """The digits alone, without the own country's code: 138-1234-5678 and +86 138 1234 5678 are the same."""
    digits = NOT_A_DIGIT.sub("", text).removeprefix("00")
    return digits[2:] if digits.startswith("86") and len(digits) > 11 else digits


def looks_like_phone(text: str) -> bool:
    """Whether `text` has enough digits to be called."""
    return len(phone_digits(text)) >= FEWEST_DIGITS
