"""Phone numbers in one spelling, by the phonenumbers library; numbers without country code are Chinese."""

import phonenumbers

DEFAULT_REGION = "CN"


def normal_mobile(text: str) -> str | None:
    """`+8613812345678` for anything that can be dialled, else None."""
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
