"""Phone numbers, by the phonenumbers library: one rule for people who sign in, customers and contacts.

Numbers without country code are Chinese. Nothing is repaired: what isn't a possible number of its country is refused
with the reason, because a number with a letter dropped or a digit short calls somebody else.
"""

import re
import unicodedata

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, ValidationResult

from core.refusals import BadCellError

DEFAULT_REGION = "CN"
_WORDED_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|extension|x|#|\*)\s*:?\s*(\d{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"\s*-\s*(\d{1,6})$")
_SIGNS = re.compile(r"\(?\+?[\d\s().\-/·]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# 1.38001E+10, 13800138015.0: a spreadsheet took the number for a figure.
_FIGURE = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+|\d{5,}\.\d{1,2}", re.IGNORECASE)
# Chinese mobiles have eleven digits; the library's possible lengths are those of all Chinese numbers together.
_MOBILE_START = re.compile(r"1[3-9]")
_MOBILE_DIGITS = 11
_LONGEST_AT_HOME = 11
# (415) 555-0132: grouped as in North America. With a 0 in front it would call somebody in China.
_NORTH_AMERICAN = re.compile(r"\(?(?!400|800)[2-9]\d{2}\)?[\s.-]*\d{3}[\s.-]+\d{4}")

# The commonest spellings, told apart without the library: a million customers are written in minutes, not hours.
_ELEVEN_DIGITS = re.compile(r"(?:\+86|0086|86)?(1\d{10})")
_NOT_A_DIGIT = re.compile(r"[^0-9]")
_BETWEEN_NUMBERS = re.compile(r"[/,，;；、|\n]+|\s+(?:或|or)\s+|\s{2,}")
MOST_IN_A_CELL = 2
_WHOLE = 7


class BadPhoneError(BadCellError):
    """Not a possible phone number, in a form, a file or the API; the text is a sentence that says why."""


def possible_number(text: str) -> PhoneNumber:
    """The number that `text` writes, with its extension if it has one; BadPhoneError says what is wrong with it.

    0138..., 86138..., +86 138..., 0086..., full-width digits and any separators are the same number.
    """
    shown = text.strip()[:40]
    bare = plain_number(text)
    if _FIGURE.fullmatch(bare):
        raise BadPhoneError(
            _("“%(value)s” isn't a phone number: a spreadsheet has damaged it. Write the column as text.")
            % {"value": shown}
        )
    main, extension = _split(bare)
    if not _SIGNS.fullmatch(main):
        raise BadPhoneError(
            _("“%(value)s” isn't a phone number: write digits only, an extension as 010-65781234 ext. 801.")
            % {"value": shown}
        )
    if _NORTH_AMERICAN.fullmatch(main):
        raise BadPhoneError(
            _("“%(value)s” isn't a phone number of this country. Write the other country's code: +1 415 555 0132.")
            % {"value": shown}
        )
    number = _parsed(main)
    dashed = None if extension else _DASHED_EXTENSION.search(main)
    if dashed and (whole := _landline(main[: dashed.start()])) and not _is_valid(number):
        number, extension = whole, dashed[1]
    problem = _problem(number)
    if number is None or problem:
        raise BadPhoneError(_("“%(value)s” isn't a phone number: %(reason)s") % {"value": shown, "reason": problem})
    number.extension = extension or None
    return number


def plain_number(text: str) -> str:
    """Half-width, with plain dashes, without invisible signs that copying brings along."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf").strip()


def _split(bare: str) -> tuple[str, str]:
    """(number, extension written with a word)."""
    found = _WORDED_EXTENSION.search(bare)
    return (bare[: found.start()], found[1]) if found and found.start() else (bare, "")


def _parsed(text: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None


def at_home(number: PhoneNumber) -> bool:
    """Whether it is a number of the own country."""
    return number.country_code == phonenumbers.country_code_for_region(DEFAULT_REGION)


def _landline(text: str) -> PhoneNumber | None:
    """Dashes stand inside numbers too: only what is a whole landline may be followed by one and an extension."""
    number = _parsed(text)
    if number is None or not _is_valid(number) or (at_home(number) and _is_mobile(number)):
        return None
    return number


def _is_valid(number: PhoneNumber | None) -> bool:
    return number is not None and phonenumbers.is_valid_number(number)


def _is_mobile(number: PhoneNumber) -> bool:
    return bool(_MOBILE_START.match(str(number.national_number)))


def _problem(number: PhoneNumber | None) -> str:
    """Why it can't be called; empty when it can."""
    if number is None:
        return _("it is too short or too long.")
    if at_home(number):
        return _problem_at_home(number)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.IS_POSSIBLE:
        return ""
    if reason == ValidationResult.TOO_LONG:
        return _("it has too many digits for its country.")
    return _("it has too few digits for its country.")


def _problem_at_home(number: PhoneNumber) -> str:
    digits = len(phonenumbers.national_significant_number(number))
    if _is_mobile(number):
        if digits == _MOBILE_DIGITS:
            return ""
        return _("a mobile number has %(right)s digits, this one has %(digits)s.") % {
            "right": _MOBILE_DIGITS,
            "digits": digits,
        }
    if digits > _LONGEST_AT_HOME:
        return _("it has too many digits for its country.")
    reason = phonenumbers.is_possible_number_with_reason(number)
    possible = reason in (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
    if possible or phonenumbers.is_valid_short_number_for_region(number, DEFAULT_REGION):
        return ""
    return _("it has too few digits for its country.")


# --- numbers to sign in with: one telephone, whole ------------------------------------------------------------------
def checked_mobile(text: str) -> str:
    """`+8613812345678`, the one spelling of a sign-in number; BadPhoneError when nobody could sign in with it."""
    number = possible_number(text)
    whole = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    if number.extension or not whole:
        raise BadPhoneError(
            _("“%(value)s” isn't a number to sign in with: write the whole number of one telephone.")
            % {"value": text.strip()[:40]}
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_mobile(text: str) -> str | None:
    """`+8613812345678` for looking up who signs in, None for what no stored number can be.

    Wider than `checked_mobile`: who was stored before a rule became stricter still gets in.
    """
    number = _parsed(plain_number(text))
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- numbers for text messages --------------------------------------------------------------------------------------
def text_number(text: str) -> str | None:
    """`+8613812345678` of a mobile number; None for what no text message reaches: landlines, hotlines, extensions.

    Where a country gives both kinds the same numbers (North America), they count as mobile.
    """
    try:
        number = possible_number(text)
    except BadPhoneError:
        return None
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    # At home the start tells: the library learns of new ranges later than people get numbers in them.
    mobile = _is_mobile(number) if at_home(number) else phonenumbers.number_type(number) in kinds
    if number.extension or not mobile:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- numbers to call: one spelling for storage, one form without signs for search and comparison --------------------
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


def spaced(text: str) -> str:
    """The number in groups, as one reads it aloud: 138 0013 8015; what can't be read, or is masked, as it is."""
    digits = phone_digits(text) if "*" not in text else ""
    if _ELEVEN_DIGITS.fullmatch(digits):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    try:
        number = possible_number(text)
    except BadPhoneError:
        return text
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home(number) else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def country_and_digits(text: str) -> tuple[str, str]:
    """("+44 ", "2079460958") of a number abroad; ("", "13800138015") of one at home, with or without the code."""
    plain = plain_number(text)
    number = _parsed(plain) if plain.startswith("+") else None
    if number is not None and not at_home(number):
        return f"+{number.country_code} ", phonenumbers.national_significant_number(number)
    digits = _NOT_A_DIGIT.sub("", plain.removeprefix("+86"))
    known = _ELEVEN_DIGITS.fullmatch(digits)
    return "", known[1] if known else digits


def tel_uri(text: str) -> str:
    """`tel:+861065781234;ext=801`; the digits alone for what can't be read."""
    try:
        return phonenumbers.format_number(possible_number(text), phonenumbers.PhoneNumberFormat.RFC3966)
    except BadPhoneError:
        return f"tel:{_NOT_A_DIGIT.sub('', plain_number(text))}"
