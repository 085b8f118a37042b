"""What a short message says: that its sender wants no more, or asks something. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST_REFUSAL = 40  # who writes more means more
# All of the message, whatever signs stand around it. TD and T are what Chinese text messages ask for.
REFUSALS = frozenset(
    {
        *("stop", "stopall", "unsubscribe", "td", "t"),
        *("退订", "取消订阅", "td退订", "t退订", "回t退订", "拒收"),
    }
)
_SIGNS = re.compile(r"[\W_]+")
_ASKS = re.compile(r"[?？]|吗|怎么|怎样|如何|多少|多久|什么|能不能|可不可以|请问")


def is_refusal(text: str) -> bool:
    """Whether the whole message is a word of refusal: STOP, 退订, TD, 取消订阅."""
    if len(text) > LONGEST_REFUSAL:
        return False
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _SIGNS.sub("", plain) in REFUSALS


def asks(text: str) -> bool:
    """Whether a comment, which is rarely meant for us, asks something."""
    return bool(_ASKS.search(text[:2000]))


def tidy_text(text: str, most: int) -> str:
    """As it is stored: no NUL, no half characters, no other controls than line breaks, and at most so long."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    kept = "".join(
        sign for sign in whole[: 4 * most] if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )
    return kept.strip()[:most]


def tidy_line(text: str, most: int) -> str:
    """The same on one line, without marks of direction that could turn a name round."""
    shown = "".join(sign for sign in tidy_text(text, 4 * most) if unicodedata.category(sign) != "Cf")
    return " ".join(shown.split())[:most]
