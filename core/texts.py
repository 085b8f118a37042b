"""Texts that JSON and forms can carry and no database can hold."""

import re

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def has_half_character(text: str) -> bool:
    """Whether a lone surrogate stands in it, which JSON can say."""
    return bool(_HALF_CHARACTER.search(text))
