"""Following a customer on its page: the button, who else follows, and what notices say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Customer, Follower


@dataclass(frozen=True)
class Following:
    """Whether the reader follows the customer, and the names of the colleagues who do."""

    on: bool
    others: list[str]


def read(user: User) -> JSONObject:
    """Of the customer whose page it is."""
    here = Follower.objects.filter(customer=OuterRef("pk"))
    # unscoped: the names of colleagues stand at a customer wherever their work does
    others = here.filter(user__is_active=True).exclude(user=user)
    names = ArraySubquery(others.order_by("user__name_sort", "user").values("user__name"))
    return JSONObject(on=Exists(here.filter(user=user)), others=names)


def draw(user: User, customer: Customer, found: dict[str, Any]) -> Following:
    return Following(found["on"], found["others"] or [])


def new_comment_said(numbers: Mapping[str, Any]) -> str:
    """Who says something there."""
    if "customers" in numbers:
        count = numbers["customers"]
        text = ngettext("%(n)s customer you follow has comments", "%(n)s customers you follow have comments", count)
        return text % {"n": count}
    return _("%(by)s comments on a customer you follow") % {"by": numbers["by_name"]}


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
