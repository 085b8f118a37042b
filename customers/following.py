"""Following a customer on its page: the button, and what the notice of a new owner says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Customer, Follower


@dataclass(frozen=True)
class Following:
    """Whether the reader follows the customer."""

    on: bool


def read(user: User) -> Exists:
    """Of the customer whose page it is."""
    return Exists(Follower.objects.filter(customer=OuterRef("pk"), user=user))


def draw(user: User, customer: Customer, found: bool) -> Following:
    return Following(found)


def new_owner_said(numbers: Mapping[str, Any]) -> str:
    """Who had it, and who has it now."""
    if "customers" in numbers:
        count = numbers["customers"]
        text = ngettext(
            "%(n)s customer you follow has a new owner", "%(n)s customers you follow have new owners", count
        )
        return text % {"n": count}
    if not numbers["to"]:
        return _("Went from %(from)s into the unassigned pool") % numbers
    if not numbers["from"]:
        return _("%(to)s looks after this customer now") % numbers
    return _("%(to)s looks after this customer now, before %(from)s") % numbers
