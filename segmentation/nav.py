"""The pages that stand beside each other: warnings, what came of them, and whom to sell to next."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User


@dataclass(frozen=True)
class Beside:
    """One of them; `current`: the one that is open."""

    label: str | Promise
    url: str
    current: bool


PAGES = (
    ("warning_list", _("Warnings"), "warning.view"),
    ("warning_board", _("Board"), "warning.view"),
    ("warning_results", _("What came of the warnings"), "warning.view"),
    ("churn_model", _("How good they are"), "warning.view"),
    ("need_list", pgettext_lazy("of a customer", "Needs"), "need.view"),
    ("second_purchase", _("Second purchase"), "score.view"),
    ("rising", _("May become high-value"), "score.view"),
)


def beside(user: User, current: str, **urls: str) -> list[Beside]:
    """Those that this person may open; nothing where that is only one. `urls`: where one is to be opened narrowed."""
    found = [
        Beside(label, urls.get(name) or reverse(name), name == current)
        for name, label, right in PAGES
        if user.can(right)
    ]
    return found if len(found) > 1 else []
