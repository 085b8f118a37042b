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


def by_pinyin(name: str) -> str:
    """By what people are sorted: Chinese names between the Latin ones, as they are spoken."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB, which an idle worker needn't hold

    return "".join(lazy_pinyin(unicodedata.normalize("NFKC", name).casefold()))
