"""Words of files and of other programs in one spelling. Pure."""

from __future__ import annotations

import re
import unicodedata


def word(text: str) -> str:
    """The word in one case and width, without blanks around or doubled."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def bare(text: str) -> str:
    """Letters and digits alone, in one case and width."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())
