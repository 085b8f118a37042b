"""Texts as they are stored, whichever door they come in by."""

import re
import unicodedata
from functools import lru_cache

from django.core.validators import validate_email

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


JOINERS = "\u200c\u200d"  # they shape Persian words and families of emoji
# What takes room or none and is never seen, so that a text of nothing else is no text: controls, marks of direction and
# other signs of the format, all kinds of blanks; and fillers, which Unicode counts among letters, marks and symbols.
_UNSEEN_KINDS = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0" + "".join(
    map(chr, range(0xFE00, 0xFE10))
)


def unseen(text: str) -> bool:
    """Whether nobody would see anything of it."""
    return all(unicodedata.category(sign) in _UNSEEN_KINDS or sign in _FILLERS for sign in text)


def seen(text: str) -> str:
    """The text without blanks around; empty when nobody would see anything of it."""
    return "" if unseen(text) else text.strip()


def has_half_character(text: str) -> bool:
    """Whether a lone surrogate stands in it, which JSON can say and no database can hold."""
    return bool(_HALF_CHARACTER.search(text))


def cut_bytes(text: str, most: int) -> str:
    """As much of the text as fits into so many bytes, with whole characters and a sign that something is missing."""
    data = text.encode()
    return text if len(data) <= most else data[: most - 3].decode(errors="ignore") + "…"


def mail_address(text: str) -> str:
    """An e-mail address without the full-width signs of a Chinese keyboard; ValidationError for what is none."""
    address = unicodedata.normalize("NFKC", text).strip()
    validate_email(address)
    return address


def by_pinyin(name: str) -> str:
    """By what people are sorted: Chinese names between the Latin ones, as they are spoken."""
    return "".join(_syllables(name))


def is_called(name: str, typed: str) -> bool:
    """Whether what was typed is a part of a person's name, as it is written, spoken or by its initials.

    李小龙 is found by 小龙, xiaolong and lxl.
    """
    wanted = "".join(unicodedata.normalize("NFKC", typed).casefold().split())
    syllables = _syllables(name)
    written = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return any(wanted in way for way in (written, "".join(syllables), "".join(part[0] for part in syllables)))


@lru_cache(maxsize=2048)
def _syllables(name: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB, which an idle worker needn't hold

    return tuple(part for part in lazy_pinyin(unicodedata.normalize("NFKC", name).casefold()) if part)
