"""Texts as they are stored, whichever door they come in by."""

import re
import unicodedata

from django.core.validators import validate_email

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def has_half_character(text: str) -> bool:
    """Whether a lone surrogate stands in it, which JSON can say and no database can hold."""
    return bool(_HALF_CHARACTER.search(text))


def mail_address(text: str) -> str:
    """An e-mail address without the full-width signs of a Chinese keyboard; ValidationError for what is none."""
    address = unicodedata.normalize("NFKC", text).strip()
    validate_email(address)
    return address
