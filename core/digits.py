"""Whole numbers that stand in texts which anybody may have typed."""

MOST_DIGITS = 18  # what a bigint surely holds


def whole_number(text: str, most: int = 10**MOST_DIGITS - 1) -> int | None:
    """The number from 0 to `most` that a text of digits says; None for any other text.

    Such as ², which Python counts among the digits without reading it, or thousands of digits, which it refuses.
    """
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    number = int(text)
    return number if number <= most else None
