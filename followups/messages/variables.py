"""The variables of templates: a closed list, filled in once; what a value holds is never looked at for more of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Variable:
    """`code` in English texts, `zh` in Chinese ones; both are understood everywhere. `word` says what it stands for."""

    code: str
    zh: str
    word: str | Promise

    @property
    def place(self) -> str:
        """As it stands in a text in the reader's language."""
        name = self.code if (get_language() or "").startswith("en") else self.zh
        return f"{{{{{name}}}}}"


VARIABLES = (
    Variable("customer", "客户", _("the customer's name")),
    Variable("salutation", "称呼", _("how the reader is addressed, such as Ms Li")),
    Variable("contact", "联系人", _("the contact person's name")),
    Variable("owner", "负责人", _("the name of the customer's owner")),
    Variable("owner_phone", "负责人电话", _("the owner's mobile number")),
    Variable("sender", "发送人", _("the name of whoever sends it")),
    Variable("company", "公司", _("the name of our company")),
    Variable("product", "上次购买", _("the product that was bought last")),
    Variable("last_order", "上次购买日期", _("the day of the last order")),
    Variable("next_date", "下次联系", _("the day of the next follow-up")),
)
_BY_NAME = {name: one for one in VARIABLES for name in (one.code, one.zh)}


def places(text: str) -> Iterator[str]:
    """What stands between double braces, in order."""
    return (match.group(1) for match in PLACE.finditer(text))


def unknown(text: str) -> list[str]:
    """Names that are no variables, and braces without an end; nothing where the text is right."""
    wrong = [name for name in places(text) if name not in _BY_NAME]
    return list(dict.fromkeys(wrong + BRACES.findall(PLACE.sub("", text))))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the values that are known; a place without one stays as it is, for a person to fill in."""

    def value(match: re.Match[str]) -> str:
        variable = _BY_NAME.get(match.group(1))
        known = values.get(variable.code, "") if variable else ""
        # A value is no template: what a customer is called opens no place of its own.
        return BRACES.sub(lambda braces: " ".join(braces.group()), known) or match.group()

    return PLACE.sub(value, text)


def missing(text: str) -> list[Variable]:
    """The variables of a filled text that nothing is known for, each once."""
    return list(dict.fromkeys(_BY_NAME[name] for name in places(text) if name in _BY_NAME))
