"""@name in a note or a comment: whom it means, and who may be told because they may see the customer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.scope import reach_of
from customers.models import Customer
from ui import formatting

OFFERED = 8
LOOKED_AT = 40  # of those whose name fits, before it is asked who may see the customer
# Not in an e-mail address. A name may hold spaces and needn't end with one, so the longest name that fits counts.
_AT = re.compile(r"(?<![0-9A-Za-z._%+-])@")


def mentioned(text: str, customer: Customer) -> list[User]:
    """The colleagues that a text names by @, each once; ValidationError where one of them may not see the customer.

    Of two who share a name those are meant who may see the customer. What is nobody's name stays a text.
    """
    rests = [text[found.end() :] for found in _AT.finditer(text)]
    if not rests:
        return []
    people = list(_colleagues())
    meant: dict[int, User] = {}
    strangers: list[str] = []
    for rest in rests:
        fitting = [person for person in people if rest.casefold().startswith(person.name.casefold())]
        longest = max((len(person.name) for person in fitting), default=0)
        named = [person for person in fitting if len(person.name) == longest]
        seeing = may_see(named, customer)
        meant |= {person.pk: person for person in seeing}
        if named and not seeing and named[0].name not in strangers:
            strangers.append(named[0].name)
    if strangers:
        words = ngettext(
            "%(names)s may not see this customer and can't be told. Take the @ away, or share the customer first.",
            "%(names)s may not see this customer and can't be told. Take the @s away, or share the customer first.",
            len(strangers),
        )
        raise ValidationError(words % {"names": formatting.listed(strangers)})
    return list(meant.values())


def offered(user: User, customer: Customer, typed: str) -> list[User]:
    """Whom a list offers while `typed` stands behind the @, by name or pinyin: people whose names the person may see
    anyway, and who may see the customer. Others are named by typing their name."""
    typed = typed.strip().casefold()
    known = User.objects.for_user(user).filter(is_active=True).exclude(pk=user.pk).select_related("role", "team")
    fitting = [
        person
        for person in known.order_by("name_sort", "pk")
        if typed in person.name.casefold() or person.name_sort.casefold().startswith(typed)
    ]
    return may_see(fitting[:LOOKED_AT], customer)[:OFFERED]


def may_see(people: Iterable[User], customer: Customer) -> list[User]:
    """Those who reach the customer, its entries as well."""
    return [
        person
        for person in people
        if reach_of(person).holds(customer, "customer.view", pool=False)
        and reach_of(person).holds(customer, "interaction.view", pool=False)
    ]


def _colleagues() -> QuerySet[User]:
    return User.objects.filter(is_active=True).select_related("role", "team")


def first_words(text: str, most: int = 120) -> str:
    """What a notice repeats of a text."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def mention_said(numbers: Mapping[str, Any]) -> str:
    """The sentence of a notice: who says something, and why its reader is told."""
    by = {"by": numbers["by_name"]}
    if numbers["what"] == "note":
        return _("%(by)s names you in a note") % by
    if numbers["named"]:
        return _("%(by)s names you in a comment") % by
    return _("%(by)s comments on an entry of yours, or after you") % by
