"""Who is the same: one normal form of names, addresses and numbers for files, forms, API and search. Pure.

Two customers are the same by customer number, else by phone and a fitting name, else by e-mail and a fitting name
(docs/adr/0008-who-is-the-same.md). Phones have their form in core.phones.
"""

import re
import unicodedata

from customers.words import folded, name_key, normalized

__all__ = ["email_key", "fit_key", "is_generated", "name_key", "names_fit", "number_key", "tidy"]

_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = {
    "co", "company", "corp", "corporation", "inc", "incorporated", "limited", "llc", "llp", "ltd", "plc",
    "gmbh", "ag", "kg", "sa", "sarl", "bv", "oy",
}  # fmt: skip
_TITLES = {"mr", "mrs", "ms", "miss", "dr"}
_CHINESE_FORMS = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|集团公司|股份公司|公司|先生|女士|小姐)$")
_GENERATED = re.compile(r"K\d{7,}")


def tidy(text: str) -> str:
    """As it is stored: composed characters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def email_key(text: str) -> str:
    """Equal for all spellings of one address."""
    return normalized(text)


def number_key(text: str) -> str:
    """A customer number as it is stored: full-width and composed characters in their usual forms, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_generated(number: str) -> bool:
    """Whether we gave this customer number: no file brought it along."""
    return bool(_GENERATED.fullmatch(number))


def names_fit(one: str, other: str) -> bool:
    """Whether both may name the same: case, accents, signs, order of words, Ltd, 有限公司 or Mr make no difference."""
    return fit_key(one) == fit_key(other)


def fit_key(name: str) -> str:
    """Equal for names that fit."""
    words = [word for word in _WORD.findall(folded(name_key(name))) if word not in _LEGAL_FORMS | _TITLES]
    found = sorted(_CHINESE_FORMS.sub("", word) for word in words)
    return " ".join(word for word in found if word) or name_key(name)
