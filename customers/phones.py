"""Customers' phone numbers: one spelling for storage, one form without signs for search and comparison."""

import re

import phonenumbers
from django.utils.translation import gettext as _

from accounts.phones import BadPhoneError, at_home, plain_number, possible_number

__all__ = [
    "BadPhoneError", "all_callable", "can_be_called", "checked_phone", "checked_phones", "normal_phone", "phone_digits",
    "phone_keys", "tel_uri",
]  # fmt: skip

# The commonest spellings, told apart without the library: a million customers are written in minutes, not hours.
_ELEVEN_DIGITS = re.compile(r"(?:\+86|0086|86)?(1\d{10})")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_BETWEEN_NUMBERS = re.compile(r"[/,，;；、|\n]+|\s+(?:或|or)\s+|\s{2,}")
MOST_IN_A_CELL = 2
_WHOLE = 7


def checked_phone(text: str) -> str:
    """138 0013 8015 and every other spelling as 13800138015; 0512 6578 1234; +44 20 7946 0958; 010 6578 1234 ext. 801.

    BadPhoneError with a sentence for what isn't a possible number of its country.
    """
    number = possible_number(text)
    national = phonenumbers.national_significant_number(number)
    if not at_home(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    if _ELEVEN_DIGITS.fullmatch(national) and not number.extension:
        return national
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def checked_phones(text: str) -> list[str]:
    """The numbers of a cell such as 13800138401/13800138402, at most two; BadPhoneError when one isn't possible."""
    numbers = list(dict.fromkeys(checked_phone(part) for part in _parts(text)))
    if len(numbers) > MOST_IN_A_CELL:
        raise BadPhoneError(_("“%(value)s”: at most two phone numbers.") % {"value": text.strip()[:60]})
    return numbers


def _parts(text: str) -> list[str]:
    """One number, or several with signs between them; 010/65781234 is one."""
    if can_be_called(text):
        return [text]
    parts = [part for part in _BETWEEN_NUMBERS.split(plain_number(text)) if part.strip()]
    if len(parts) == 1:  # two whole numbers with one blank between them
        words = text.split()
        parts = words if all(len(phone_digits(word)) >= _WHOLE and can_be_called(word) for word in words) else [text]
    return parts


def normal_phone(text: str) -> str:
    """The one spelling; what isn't a possible number stays as typed, to be found and mended by people."""
    try:
        return checked_phone(text) if text.strip() else ""
    except BadPhoneError:
        return text.strip()


def can_be_called(text: str) -> bool:
    """Whether `text` is a possible phone number."""
    try:
        possible_number(text)
    except BadPhoneError:
        return False
    return True


def all_callable(text: str) -> bool:
    """Whether each number that stands in `text` can be called; nothing can't be wrong."""
    return all(_ELEVEN_DIGITS.fullmatch(part) or can_be_called(part) for part in _parts(text)) if text else True


def phone_digits(text: str) -> str:
    """The digits by which a number is found and compared: all its spellings, with or without extension, give the same.

    The own country's code is left out (13812345678, 051265781234), others stay in front (442079460958).
    """
    known = _ELEVEN_DIGITS.fullmatch(text)
    if known:
        return known[1]
    try:
        number = possible_number(text)
    except BadPhoneError:
        return _NOT_A_DIGIT.sub("", plain_number(text))
    number.extension = None
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home(number) else phonenumbers.PhoneNumberFormat.E164
    return _NOT_A_DIGIT.sub("", phonenumbers.format_number(number, style))


def phone_keys(text: str) -> list[str]:
    """`phone_digits` of each number that stands in `text`."""
    if not text:
        return []
    return [digits for part in _parts(text) if (digits := phone_digits(part))]


def tel_uri(text: str) -> str:
    """`tel:+861065781234;ext=801`; the digits alone for what can't be read."""
    try:
        return phonenumbers.format_number(possible_number(text), phonenumbers.PhoneNumberFormat.RFC3966)
    except BadPhoneError:
        return f"tel:{_NOT_A_DIGIT.sub('', plain_number(text))}"
